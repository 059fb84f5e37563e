import { expect, test } from "vitest";
import { z } from "zod";
import { fieldErrors } from "./field-errors.ts";

const shape = z.strictObject({
  accountNo: z.string().regex(/^\d{4}$/, "four digits"),
  amountFen: z.int({ error: "a whole number of fen" }).min(1).max(500),
  day: z.iso.date(),
  tender: z.enum(["cash", "card"]),
  note: z.string().trim().min(2).max(5),
  rows: z
    .array(z.strictObject({ area: z.number() }))
    .min(1)
    .max(2),
  values: z.record(z.string().regex(/^[a-z]$/), z.string()),
  pair: z.union([z.strictObject({ one: z.string() }), z.strictObject({ other: z.string() })]),
  each: z.array(z.string()).refine((all) => new Set(all).size === all.length, {
    error: "each once",
    params: { rule: "each-once" },
  }),
});
const FINE = {
  accountNo: "0001",
  amountFen: 5,
  day: "2026-11-27",
  tender: "cash",
  note: "fine",
  rows: [{ area: 1 }],
  values: { a: "1" },
  pair: { one: "1" },
  each: ["a"],
};
const errorsOf = (given: Record<string, unknown>) => {
  const read = shape.safeParse({ ...FINE, ...given }, { reportInput: true });
  return read.success ? [] : fieldErrors(read.error.issues, "body");
};

test("what fits has no errors", () => expect(errorsOf({})).toEqual([]));

test.each([
  [{ accountNo: undefined }, "accountNo", "missing", undefined],
  [{ tender: undefined }, "tender", "missing", undefined],
  [{ pair: undefined }, "pair", "missing", undefined],
  [{ amountFen: undefined }, "amountFen", "missing", undefined],
  [{ more: 1 }, "more", "unknown", undefined],
  [{ rows: [{ area: 1 }, { area: "x" }] }, "rows[1].area", "wrong-type", { expected: "number" }],
  [{ amountFen: 1.5 }, "amountFen", "wrong-type", { expected: "int" }],
  [{ amountFen: 0 }, "amountFen", "too-small", { least: 1 }],
  [{ amountFen: 501 }, "amountFen", "too-large", { most: 500 }],
  [{ note: " x " }, "note", "too-short", { least: 2 }],
  [{ note: "too long" }, "note", "too-long", { most: 5 }],
  [{ rows: [] }, "rows", "too-few", { least: 1 }],
  [{ rows: Array.from({ length: 3 }, () => ({ area: 1 })) }, "rows", "too-many", { most: 2 }],
  [{ tender: "shells" }, "tender", "not-listed", { values: ["cash", "card"] }],
  [{ day: "27.11.2026" }, "day", "wrong-format", { format: "date" }],
  [{ accountNo: "x" }, "accountNo", "wrong-pattern", { pattern: String.raw`/^\d{4}$/` }],
  [{ values: { A: "1" } }, "values.A", "wrong-pattern", { pattern: "/^[a-z]$/" }],
  [{ pair: { third: "1" } }, "pair", "no-fit", undefined],
  [{ each: ["a", "a"] }, "each", "rule", { rule: "each-once" }],
])("%o", (given, field, code, params) => {
  expect(errorsOf(given)).toEqual([
    {
      field,
      reason: expect.stringMatching(/./) as unknown,
      code,
      ...(params === undefined ? {} : { params }),
    },
  ]);
});

test("a reason never holds what was sent", () => {
  const sent = "13900001111";
  const said = JSON.stringify(errorsOf({ accountNo: sent, tender: sent, day: sent, amountFen: sent }));
  expect(said).not.toContain(sent);
});
