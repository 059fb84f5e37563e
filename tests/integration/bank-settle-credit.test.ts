/** A held credit of the bank booked as its day by two people: as fee, with what the bank owes, with what it sent too much. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  readBankDay,
  requestReturn,
  requestSettlement,
  returnSuspense,
  type SettleOrder,
  settleSuspense,
} from "#src/bank/reconciliation/index.ts";
import { must } from "#src/kernel/errors.ts";
import {
  bankRow,
  BILL_FEN,
  buildBankTown,
  type BankTown,
  importFile,
  LIVE_CHANNEL,
  onDay,
  postLive,
  refusalOf,
  writeBankFile,
} from "#tests/support/bank-town.ts";
import { writeStatement } from "#tests/support/statement-file.ts";

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ households: 30, at: "2026-11-20T09:00:00+08:00" });
});
afterAll(() => town.drop());

/** A day of the channel with so many payments, each of one bill and with a fee of 0.50 by contract. */
const bankDay = async (day: string, households: readonly number[]): Promise<void> => {
  await postLive(
    town,
    households.map((household) => ({ serial: `S${household}`, household, paidAt: `${day}T12:00:00+08:00` })),
  );
  const rows = households.map((household) => bankRow(`S${household}`, household, { day: onDay(day) }));
  await importFile(town, await writeBankFile(town, rows, { bankDay: onDay(day) }), { channel: LIVE_CHANNEL });
};

let balanceFen = 100_00n;
const yuan = (fen: bigint): string => `${fen / 100n}.${String(fen % 100n).padStart(2, "0")}`;
let statements = 0;
/** Imports a statement with one credit and answers the item in which it is held. */
const credit = async (amountFen: bigint, text: string): Promise<bigint> => {
  const opening = balanceFen;
  balanceFen += amountFen;
  statements += 1;
  const day = `2026-11-${String(10 + statements)}`;
  const source = writeStatement(town.folder, [
    {
      id: `S${statements}`,
      day,
      balances: [yuan(opening), yuan(balanceFen)],
      entries: [{ amount: yuan(amountFen), text }],
    },
  ]);
  const done = await importFile(town, source, { channel: LIVE_CHANNEL, profile: "camt053" });
  expect(done.counts).toEqual({ suspense: 1 });
  return (await town.db.owner.sql.one<{ id: bigint }>("select max(id) as id from suspense_items")).id;
};
const ask = (order: SettleOrder) => town.as(town.finance, (context) => requestSettlement(context, order));
const settle = (order: SettleOrder, approvalId: bigint) =>
  town.as(town.finance, (context) => settleSuspense(context, { ...order, approvalId }));
const byTwo = async (order: SettleOrder): Promise<void> => {
  const approvalId = await ask(order);
  await town.approve(approvalId);
  await settle(order, approvalId);
};
const itemOf = (id: bigint) =>
  town.db.owner.sql.one("select state, amount_fen as fen from suspense_items where id = :id", { id });
const postedOf = (itemId: bigint) =>
  town.db.owner.sql.rows(
    `select t.debit::text, t.credit::text, t.amount_fen as fen from bank_credits c
     join postings p on p.kind = 'channel-settled' and p.source_id = c.id join transfers t on t.posting_id = p.id
     where c.reference = 'suspense:' || :itemId::bigint order by t.id`,
    { itemId },
  );
const breakOf = async (itemId: bigint) =>
  must(
    await town.db.owner.sql.maybeOne(
      `select b.state, b.resolution, t.state as task from suspense_items i join breaks b on b.bank_line_id = i.bank_line_id
       join tasks t on t.id = b.task_id where i.id = :itemId`,
      { itemId },
    ),
    "the difference of the credit",
  );

test("what is missing is the fee that the bank kept: asked, approved, booked once", async () => {
  await bankDay("2026-11-10", [1, 2]);
  const itemId = await credit(2n * BILL_FEN - 500n, "A BANK DAY 20261110");
  const order: SettleOrder = {
    itemId,
    channel: LIVE_CHANNEL,
    day: onDay("2026-11-10"),
    difference: "fee",
    reason: "advice 7: the bank keeps 5.00",
  };
  const approvalId = await ask(order);
  expect((await refusalOf(settle(order, approvalId))).code).toBe("approval.pending");
  await town.approve(approvalId);
  const other = { ...order, reason: "something else" };
  expect((await refusalOf(settle(other, approvalId))).code).toBe("approval.changed");
  await settle(order, approvalId);
  expect(await itemOf(itemId)).toEqual({ state: "settled", fen: 2n * BILL_FEN - 500n });
  expect(await postedOf(itemId)).toEqual([
    { debit: "suspense", credit: "channel_clearing", fen: 2n * BILL_FEN - 500n },
    { debit: "bank_fee", credit: "channel_clearing", fen: 500n },
  ]);
  expect(await breakOf(itemId)).toEqual({ state: "resolved", resolution: "settled", task: "recalled" });
  const day = await readBankDay(town.db.owner.sql, LIVE_CHANNEL, order.day);
  expect(day.credits).toEqual({ credits: 1n, grossFen: 2n * BILL_FEN, feeFen: 500n });
  expect(day.creditGapFen).toBe(0n);
  expect((await refusalOf(settle(order, approvalId))).code).toBe("suspense.settled");
  expect((await refusalOf(ask(order))).code).toBe("suspense.settled");
  expect(await town.offenders()).toEqual([]);
});

test("what the bank still owes stays in the channel's clearing until another credit brings it", async () => {
  await bankDay("2026-11-11", [3, 4]);
  const day = onDay("2026-11-11");
  const first = await credit(BILL_FEN, "A BANK DAY 20261111");
  const order = { channel: LIVE_CHANNEL, day, reason: "the bank cut its batch in two" };
  await byTwo({ ...order, itemId: first, difference: "bank-owes" });
  expect(await postedOf(first)).toEqual([
    { debit: "suspense", credit: "channel_clearing", fen: BILL_FEN },
    { debit: "bank_fee", credit: "channel_clearing", fen: 100n },
  ]);
  expect((await readBankDay(town.db.owner.sql, LIVE_CHANNEL, day)).creditGapFen).toBe(BILL_FEN - 100n);
  const second = await credit(BILL_FEN - 100n, "A BANK DAY 20261111");
  const early = await refusalOf(ask({ ...order, itemId: second, difference: "bank-owes" }));
  expect(early.code).toBe("credit.wrong-difference");
  await byTwo({ ...order, itemId: second, difference: "fee" });
  expect(await postedOf(second)).toEqual([
    { debit: "suspense", credit: "channel_clearing", fen: BILL_FEN - 100n },
  ]);
  expect((await readBankDay(town.db.owner.sql, LIVE_CHANNEL, day)).creditGapFen).toBe(0n);
  expect(await town.offenders()).toEqual([]);
});

test("what the bank sent too much stays money of nobody, and goes back", async () => {
  await bankDay("2026-11-12", [5]);
  const itemId = await credit(BILL_FEN + 300n, "A BANK DAY 20261112");
  const order = { itemId, channel: LIVE_CHANNEL, day: onDay("2026-11-12"), reason: "advice 9" };
  expect((await refusalOf(ask({ ...order, difference: "fee" }))).code).toBe("credit.wrong-difference");
  await byTwo({ ...order, difference: "bank-overpaid" });
  expect(await itemOf(itemId)).toEqual({ state: "open", fen: 350n });
  expect(await postedOf(itemId)).toEqual([
    { debit: "suspense", credit: "channel_clearing", fen: BILL_FEN - 50n },
    { debit: "bank_fee", credit: "channel_clearing", fen: 50n },
  ]);
  expect(await breakOf(itemId)).toMatchObject({ state: "open" });
  expect(await town.offenders()).toEqual([]);
  const back = { itemId, reason: "the bank asked for it" };
  const approvalId = await town.as(town.finance, (context) => requestReturn(context, back));
  await town.approve(approvalId);
  await town.as(town.finance, (context) => returnSuspense(context, { ...back, approvalId }));
  expect(await breakOf(itemId)).toMatchObject({ state: "resolved", resolution: "returned" });
  expect(await town.offenders()).toEqual([]);
});

test("only a credit of a statement, on a day that has a file, of a channel that is there", async () => {
  const itemId = await credit(77n, "rent");
  const order = {
    itemId,
    channel: LIVE_CHANNEL,
    day: onDay("2026-11-13"),
    difference: "fee" as const,
    reason: "x",
  };
  expect((await refusalOf(ask(order))).code).toBe("bank-day.no-file");
  expect((await refusalOf(ask({ ...order, channel: "no-bank" }))).code).toBe("channel.unknown");
  expect((await refusalOf(ask({ ...order, itemId: 9999n }))).code).toBe("suspense.not-found");
  const file = await writeBankFile(town, [bankRow("H1", "700000001", { day: onDay("2026-11-14") })], {
    bankDay: onDay("2026-11-14"),
  });
  await importFile(town, file);
  const held = await town.db.owner.sql.one<{ id: bigint }>("select max(id) as id from suspense_items");
  const wrong = await refusalOf(ask({ ...order, itemId: held.id, day: onDay("2026-11-14") }));
  expect(wrong.code).toBe("suspense.not-a-credit");
  expect(await town.offenders()).toEqual([]);
});
