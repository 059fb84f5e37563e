/** A statement of several pages: taken as one where the file has them all, refused by name where one is missing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectBankFile } from "#src/bank/channels/index.ts";
import {
  buildBankTown,
  type BankTown,
  importFile,
  LIVE_CHANNEL,
  refusalOf,
} from "#tests/support/bank-town.ts";
import { type StatementPart, writeStatement } from "#tests/support/statement-file.ts";

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ households: 5 });
});
afterAll(() => town.drop());

const take = (parts: readonly StatementPart[]) =>
  importFile(town, writeStatement(town.folder, parts), { channel: LIVE_CHANNEL, profile: "camt053" });
const inspect = (parts: readonly StatementPart[]) =>
  inspectBankFile(writeStatement(town.folder, parts), { profile: "camt053" });
const statements = () =>
  town.db.owner.sql.rows(
    `select s.bank_statement_id as id, s.opening_fen as opening, s.closing_fen as closing, s.credits_fen as credits,
       s.debits_fen as debits, (select count(*)::int from bank_statement_entries e where e.statement_id = s.id) as entries
     from bank_statements s order by s.id`,
  );

const page = (
  id: string,
  number: number,
  last: boolean,
  balances: StatementPart["balances"],
  entries: StatementPart["entries"],
): StatementPart => ({ id, day: "2026-11-11", balances, entries, page: { number, last } });

/** Every page repeats the balances of the whole: none balances alone. */
const WHOLE = ["100.00", "160.00"] as const;
const first = page("P1", 1, false, WHOLE, [{ amount: "30.00" }, { amount: "20.00" }]);
const second = page("P1", 2, false, WHOLE, [{ amount: "20.00" }, { amount: "5.00", sign: "DBIT" }]);
const third = page("P1", 3, true, WHOLE, [{ amount: "5.00", sign: "DBIT" }]);

describe("pages that repeat the balances of the whole", () => {
  test.each([
    ["the last one is missing", [first, second], "page 3"],
    ["one in the middle is missing", [first, third], "page 2"],
    ["only one is there", [second], "page 1, 3"],
  ])("%s: refused by name, nothing is taken", async (_name, parts, words) => {
    const refusal = await refusalOf(take(parts));
    expect(refusal.code).toBe("statement.page-missing");
    const report = await inspect(parts);
    expect(report.acceptable).toBe(false);
    const [problem] = report.problems.filter((one) => one.code === "statement.page-missing");
    expect(problem?.message).toContain(words);
    expect(await statements()).toEqual([]);
  });

  test("the same one twice, and all of them with a fen too much", async () => {
    expect((await refusalOf(take([first, second, second, third]))).code).toBe("statement.page-twice");
    const off = page("P1", 3, true, ["100.00", "160.01"], third.entries);
    expect((await refusalOf(take([first, second, off]))).code).toBe("statement.balance-mismatch");
    expect(await statements()).toEqual([]);
  });

  test("all of them, in any order, are one statement; equal entries of two pages are two entries", async () => {
    expect((await inspect([first, second, third])).acceptable).toBe(true);
    const done = await take([first, third, second]);
    expect(done).toMatchObject({ state: "posted", counts: { suspense: 3, ignored: 2 } });
    expect(await statements()).toEqual([
      { id: "P1", opening: 10_000n, closing: 16_000n, credits: 7000n, debits: 1000n, entries: 5 },
    ]);
    expect(await town.offenders()).toEqual([]);
    expect((await refusalOf(take([first, second, third]))).code).toBe("file.already-imported");
  });
});

test("pages that carry the balance up to them, and one statement without pages beside them", async () => {
  const begins = {
    ...page("P2", 1, false, ["160.00", "190.00"], [{ amount: "30.00", text: "of P2" }]),
    closes: "ITBD" as const,
  };
  const ends = page("P2", 2, true, ["190.00", "200.00"], [{ amount: "10.00", text: "of P2" }]);
  const alone: StatementPart = {
    id: "P3",
    day: "2026-11-12",
    balances: ["200.00", "201.00"],
    entries: [{ amount: "1.00" }],
  };
  expect(await take([begins, ends, alone])).toMatchObject({ state: "posted", counts: { suspense: 3 } });
  const [, both, single] = await statements();
  expect([both, single]).toEqual([
    { id: "P2", opening: 16_000n, closing: 20_000n, credits: 4000n, debits: 0n, entries: 2 },
    { id: "P3", opening: 20_000n, closing: 20_100n, credits: 100n, debits: 0n, entries: 1 },
  ]);
  expect(await town.offenders()).toEqual([]);
});

test("pages of which only the first opens and only the last closes", async () => {
  const begins = { ...page("P4", 1, false, ["201.00", null], [{ amount: "2.00" }]), day: "2026-11-13" };
  const ends = { ...page("P4", 2, true, [null, "204.00"], [{ amount: "1.00" }]), day: "2026-11-13" };
  expect(await take([begins, ends])).toMatchObject({ state: "posted" });
  expect((await statements()).at(-1)).toMatchObject({ id: "P4", opening: 20_100n, closing: 20_400n });
  expect(await town.offenders()).toEqual([]);
});
