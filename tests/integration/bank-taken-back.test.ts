/** What the bank takes back: once is a reversal, again is the bank's mistake, and a part of it moved nothing of ours. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DelimitedRow } from "#src/bank/channels/index.ts";
import {
  type BankDayView,
  readBankDay,
  requestResolution,
  resolveBreak,
} from "#src/bank/reconciliation/index.ts";
import { must } from "#src/kernel/errors.ts";
import {
  bankRow,
  BILL_FEN,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  LIVE_CHANNEL,
  onDay,
  postLive,
  refusalOf,
  standing,
  writeBankFile,
} from "#tests/support/bank-town.ts";
import { holdBridge } from "#tests/support/report-lists.ts";

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ at: "2026-11-30T09:00:00+08:00", households: 40 });
});
afterAll(() => town.drop());

const november = (n: number) => onDay(`2026-11-${String(n).padStart(2, "0")}`);
/** A file of the bank's day. */
const take = async (
  n: number,
  rows: readonly DelimitedRow[],
  more: { readonly channel?: string; readonly dryRun?: boolean } = {},
) => importFile(town, await writeBankFile(town, rows, { bankDay: november(n) }), more);
const back = (serial: string, original: string, household: number, more: Partial<DelimitedRow> = {}) =>
  bankRow(serial, household, { kind: "reversal", originalSerial: original, ...more });
const view = async (n: number, channel = FILE_CHANNEL): Promise<BankDayView> => {
  const one = await readBankDay(town.db.owner.sql, channel, november(n));
  await holdBridge(town.db.owner.sql, one);
  return one;
};
const sides = (one: BankDayView): Record<string, [bigint, bigint]> =>
  Object.fromEntries(
    Object.entries({ ours: one.bridge.ours, ...one.bridge.differences })
      .filter(([, side]) => side.items !== 0n || side.fen !== 0n)
      .map(([part, side]) => [part, [side.items, side.fen]]),
  );
const breakOf = async (serial: string): Promise<bigint> =>
  (
    await town.db.owner.sql.one<{ id: bigint }>(
      "select b.id from breaks b join bank_lines l on l.id = b.bank_line_id where l.serial = :serial",
      { serial },
    )
  ).id;
const answer = async (serial: string, action: "reverse" | "dismiss" | "suspense"): Promise<string> => {
  const order = { breakId: await breakOf(serial), action, reason: "looked at it" };
  if (action !== "reverse") return town.as(town.finance, (context) => resolveBreak(context, order));
  const approvalId = await town.as(town.finance, (context) => requestResolution(context, order));
  await town.approve(approvalId);
  return town.as(town.finance, (context) => resolveBreak(context, { ...order, approvalId }));
};
const OPEN = { openFen: BILL_FEN, prepaidFen: 0n };
const TWICE = { class: "state", state: "open", rule: "taken-back-twice", owner: null, ownerRole: "finance" };

describe("a payment that the bank took back", () => {
  test("is taken back again in the same file: a difference with a task, and the bridge closes", async () => {
    await take(2, [bankRow("P1", 1), bankRow("P2", 2)]);
    const rows = [back("P1R1", "P1", 1), back("P1R2", "P1", 1)];
    expect((await take(6, rows, { dryRun: true })).counts).toEqual({ reversed: 1, break: 1 });
    expect((await take(6, rows)).counts).toEqual({ reversed: 1, break: 1 });
    expect(await standing(town, 1)).toEqual(OPEN);
    const day = await view(6);
    expect(sides(day)).toEqual({ ours: [1n, -BILL_FEN], state: [1n, -BILL_FEN] });
    expect(day.breaks).toMatchObject([{ ...TWICE, taskState: "open", bankAmountFen: BILL_FEN }]);
    expect([day.bridge.file?.fen, day.closes]).toEqual([-2n * BILL_FEN, true]);
    expect(await town.offenders()).toEqual([]);
  });

  test("is taken back again in a later file, whomever it names: a difference; the same serial again is a replay", async () => {
    const rows = [back("P1R3", "P1", 7), back("P1R4", "P1", 1), back("P1R1", "P1", 1), back("P1R2", "P1", 1)];
    expect((await take(8, rows)).counts).toEqual({ break: 2, ignored: 2 });
    const day = await view(8);
    expect(sides(day)).toEqual({ state: [2n, -2n * BILL_FEN], repeated: [2n, -2n * BILL_FEN] });
    expect(day.breaks).toMatchObject([TWICE, TWICE]);
    expect(day.closes).toBe(true);
    expect(await standing(town, 7)).toEqual(OPEN);
  });

  test("is taken back once and again in the file that brings it", async () => {
    const rows = [back("P3R2", "P3", 3), back("P3R1", "P3", 3), bankRow("P3", 3)];
    expect((await take(9, rows, { dryRun: true })).counts).toEqual({ posted: 1, reversed: 1, break: 1 });
    expect((await take(9, rows)).counts).toEqual({ posted: 1, reversed: 1, break: 1 });
    expect((await view(9)).closes).toBe(true);
  });

  test("the second time is dismissed, and reversed by nobody", async () => {
    expect((await refusalOf(answer("P1R2", "reverse"))).code).toBe("payment.already-reversed");
    expect(await answer("P1R2", "dismiss")).toBe("dismissed");
    expect((await take(10, [back("P1R5", "P1", 1)])).counts).toEqual({ break: 1 });
    expect(await town.offenders()).toEqual([]);
  });

  test("after our answer to the first line, in real time, is a difference too", async () => {
    const live = { channel: LIVE_CHANNEL };
    await postLive(town, [{ serial: "L1", household: 11, paidAt: "2026-11-02T12:00:00+08:00" }]);
    await take(2, [bankRow("L1", 11)], live);
    expect((await take(3, [back("L1R1", "L1", 11)], live)).counts).toEqual({ break: 1 });
    expect(await answer("L1R1", "reverse")).toBe("reversed");
    expect((await take(4, [back("L1R2", "L1", 11), back("L1R1", "L1", 11)], live)).counts).toEqual({
      break: 1,
      ignored: 1,
    });
    expect((await view(4, LIVE_CHANNEL)).breaks).toMatchObject([
      { class: "state", rule: "taken-back-twice" },
    ]);
    expect((await view(4, LIVE_CHANNEL)).closes).toBe(true);
    expect(await town.offenders()).toEqual([]);
  });

  test("whose first reversal was dismissed is taken back by the second", async () => {
    await take(11, [bankRow("P4", 4)]);
    const wrong = back("P4R1", "P4", 4, { amountMinor: BILL_FEN - 1n });
    expect((await take(12, [wrong])).counts).toEqual({ break: 1 });
    expect(await answer("P4R1", "dismiss")).toBe("dismissed");
    expect((await take(13, [back("P4R2", "P4", 4)])).counts).toEqual({ reversed: 1 });
  });
});

describe("ours is what our books have", () => {
  const paid = { amountMinor: 7000n };
  const part = { amountMinor: 5000n };

  test("a payment taken back in part is not taken back here", async () => {
    await take(14, [bankRow("A1", 21, paid)]);
    expect((await take(15, [back("A1R1", "A1", 21, part)])).counts).toEqual({ break: 1 });
    const day = await view(15);
    expect(sides(day)).toEqual({ amount: [1n, -5000n] });
    expect(day.closes).toBe(true);
  });

  test("and as a whole the day after: the reversal is of its own day, and nothing was kept", async () => {
    expect((await take(16, [back("A1R2", "A1", 21, paid)])).counts).toEqual({ reversed: 1 });
    expect(sides(await view(15))).toEqual({ amount: [1n, -5000n] });
    expect(sides(await view(16))).toEqual({ ours: [1n, -7000n] });
    for (const n of [15, 16]) expect((await view(n)).closes).toBe(true);
    expect((await refusalOf(answer("A1R1", "suspense"))).code).toBe("break.bank-has-less");
    expect(await town.offenders()).toEqual([]);
  });

  test("in part and as a whole in one file", async () => {
    await take(17, [bankRow("A2", 22, paid)]);
    const rows = [back("A2R1", "A2", 22, part), back("A2R2", "A2", 22, paid)];
    expect((await take(18, rows)).counts).toEqual({ break: 1, reversed: 1 });
    const day = await view(18);
    expect(sides(day)).toEqual({ ours: [1n, -7000n], amount: [1n, -5000n] });
    expect(must(day.bridge.file, "the file").fen).toBe(-12_000n);
    expect(day.closes).toBe(true);
  });

  test("a payment that another file brought is not ours again with another amount", async () => {
    await take(19, [bankRow("A3", 23, paid)]);
    expect((await take(22, [bankRow("A3", 23, part)])).counts).toEqual({ break: 1 });
    const day = await view(22);
    expect(sides(day)).toEqual({ amount: [1n, 5000n] });
    expect(day.closes).toBe(true);
    expect(sides(await view(19))).toEqual({ ours: [1n, 7000n] });
    expect(await town.offenders()).toEqual([]);
  });
});
