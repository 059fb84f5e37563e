/** From offer to debt, and back: bills falling due and bills cancelled, with their postings. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { cancelBill, type Bill, fallDue, findBillsOf, issueBillRun } from "#src/money/billing/index.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { type BillingTown, createBillingTown, offendersOf, runningOn } from "#tests/support/billing.ts";
import { person } from "#tests/support/people.ts";

let town: BillingTown;
let finance: Actor;
let approver: Actor;
beforeAll(async () => {
  town = await createBillingTown();
  finance = await person(town.db, "finance-one", ["finance"]);
  approver = await person(town.db, "approver-one", ["finance-approver"]);
  await issueBillRun(runningOn(town.db), { actor: finance, season: 2026 });
});
afterAll(() => town.db.drop());

const billOf = async (accountNo: string): Promise<Bill> => {
  const { id } = await town.db.database.sql.one<{ id: bigint }>(
    "select id from heat_accounts where account_no = :accountNo",
    { accountNo },
  );
  const bills = await findBillsOf(town.db.database.sql, id);
  const bill = bills.find((one) => one.state !== "cancelled") ?? bills[0];
  if (bill === undefined) throw new Error(`${accountNo} has no bill`);
  return bill;
};

const transfersOf = (billId: bigint, kind: string) =>
  town.db.database.sql.rows(
    `select transfer.debit || ' < ' || transfer.credit as moved, transfer.amount_fen as fen,
       posting.value_date as "valueDate"
     from transfers transfer join postings posting on posting.id = transfer.posting_id
     where transfer.bill_id = :billId and posting.kind = :kind order by transfer.id`,
    { billId, kind },
  );

/** As the owner: what a payment of collection would write, for a bill that is paid in part when it falls due. */
const payOffered = (bill: Bill, amountFen: bigint) =>
  town.db.owner.transaction(async (sql) => {
    const { id } = await sql.one<{ id: bigint }>(
      `insert into postings (kind, source_id, accounting_date, value_date, created_at)
       values ('payment', :billId, '2026-10-01', '2026-10-01', now()) returning id`,
      { billId: bill.id },
    );
    await sql.run(
      `insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
       values (:id, 'channel_clearing', 'offered', :amountFen, '2026-10-01', :accountId, 2026, :billId)`,
      { id, amountFen, accountId: bill.accountId, billId: bill.id },
    );
    await sql.run(
      `insert into allocations (posting_id, account_id, bill_id, amount_fen, rule, rank)
       values (:id, :accountId, :billId, :amountFen, 'oldest-first', 1)`,
      { id, amountFen, accountId: bill.accountId, billId: bill.id },
    );
    await sql.run("update bills set paid_fen = :amountFen where id = :billId", {
      amountFen,
      billId: bill.id,
    });
    await sql.run(
      `update household_balances set balance_fen = balance_fen - :amountFen
       where account_id = :accountId and code = 'offered'`,
      { amountFen, accountId: bill.accountId },
    );
  });

const cancel = (bill: Bill, input: { reason: string; approvalId?: bigint }, actor = finance) =>
  town.db.commands
    .run({ name: "bill.cancel", actor }, (context) => cancelBill(context, bill, input))
    .then(({ result }) => result);

const decide = (id: string, decision: "approved" | "refused") =>
  town.db.commands.run({ name: "approval.decide", actor: approver }, (context) =>
    decideApproval(context, BigInt(id), decision, "looked at"),
  );

describe("falling due", () => {
  test("before the day nothing happens, and no debt is made in advance", async () => {
    const early = await fallDue(runningOn(town.db), { actor: finance, season: 2026 });
    expect(early).toMatchObject({ bills: 0n, day: "2026-09-01" });
    await expect(
      fallDue(runningOn(town.db), { actor: finance, season: 2026, day: day("2026-11-15") }),
    ).rejects.toMatchObject({ code: "bills.day-ahead" });
    await expect(fallDue(runningOn(town.db), { actor: finance, season: 1999 })).rejects.toMatchObject({
      code: "season.unknown",
    });
  });

  test("series loops and shops owe from the first day, what is paid stays paid; independent homes owe nothing", async () => {
    await payOffered(await billOf("H003"), 50_000n);
    await payOffered(await billOf("H006"), 205_200n);
    town.db.clock.set("2026-11-16T08:00:00+08:00");
    const result = await fallDue(runningOn(town.db), { actor: finance, season: 2026, chunkAccounts: 2 });
    expect(result).toEqual({
      season: 2026,
      day: "2026-11-16",
      bills: 3n,
      sumFen: 746_400n,
      openFen: 491_200n,
    });
    const partly = await billOf("H003");
    expect(partly).toMatchObject({
      state: "due",
      amountFen: 205_200n,
      paidFen: 50_000n,
      dueOn: "2026-11-15",
    });
    expect(await transfersOf(partly.id, "bill-fell-due")).toEqual([
      { moved: "receivable < offered", fen: 155_200n, valueDate: "2026-11-15" },
      { moved: "unearned_revenue < revenue_residential", fen: 205_200n, valueDate: "2026-11-15" },
    ]);
    expect(await transfersOf((await billOf("H006")).id, "bill-fell-due")).toEqual([
      { moved: "unearned_revenue < revenue_residential", fen: 205_200n, valueDate: "2026-11-15" },
    ]);
    expect(await billOf("H001")).toMatchObject({ state: "offered", dueOn: null });
    expect(await offendersOf(town.db)).toEqual([]);
  });

  test("a second time it moves nothing", async () => {
    const again = await fallDue(runningOn(town.db), { actor: finance, season: 2026 });
    expect(again).toMatchObject({ bills: 0n, sumFen: 0n, openFen: 0n });
  });
});

describe("cancelling", () => {
  test("first asks for a second person, then takes an offer back by the opposite of row 1", async () => {
    const bill = await billOf("H001");
    const asked = await cancel(bill, { reason: "wrong flat" });
    expect(asked).toMatchObject({ state: "approval-requested", postingId: null });
    expect(await billOf("H001")).toMatchObject({ state: "offered" });
    const approvalId = BigInt(asked.approvalId);
    await expect(cancel(bill, { reason: "wrong flat", approvalId })).rejects.toMatchObject({
      code: "approval.pending",
    });
    await decide(asked.approvalId, "approved");
    await expect(cancel(bill, { reason: "another reason", approvalId })).rejects.toMatchObject({
      code: "approval.changed",
    });
    expect(await cancel(bill, { reason: "wrong flat", approvalId })).toMatchObject({ state: "cancelled" });
    expect(await billOf("H001")).toMatchObject({ state: "cancelled", cancelledReason: "wrong flat" });
    expect(await transfersOf(bill.id, "bill-cancelled")).toEqual([
      { moved: "unearned_revenue < offered", fen: 205_200n, valueDate: "2026-11-16" },
    ]);
    expect(await offendersOf(town.db)).toEqual([]);
  });

  test("a debt is taken back out of revenue, and the household can be billed again", async () => {
    const bill = await billOf("H004");
    const asked = await cancel(bill, { reason: "measured again" });
    await decide(asked.approvalId, "approved");
    await cancel(bill, { reason: "measured again", approvalId: BigInt(asked.approvalId) });
    expect(await transfersOf(bill.id, "bill-cancelled")).toEqual([
      { moved: "revenue_non_residential < receivable", fen: 336_000n, valueDate: "2026-11-16" },
    ]);
    // A harmless repeat brings nothing back that two people cancelled.
    await expect(issueBillRun(runningOn(town.db), { actor: finance, season: 2026 })).rejects.toMatchObject({
      code: "bill-run.cancelled-again",
      detail: { field: "reissueCancelled", facts: { count: 2n, accountNo: expect.any(String) } },
    });
    const again = await issueBillRun(runningOn(town.db), {
      actor: finance,
      season: 2026,
      reissueCancelled: true,
    });
    expect(again).toMatchObject({ newBills: 2n, newSumFen: 541_200n });
    expect(await billOf("H004")).toMatchObject({ state: "due" });
    expect(await offendersOf(town.db)).toEqual([]);
  });

  test("what is paid, cancelled already, without a reason or refused by the second person is not cancelled", async () => {
    const paid = await billOf("H003");
    await expect(cancel(paid, { reason: "x" })).rejects.toMatchObject({
      code: "bill.has-payments",
      detail: { remedy: expect.stringContaining("/reversal") },
    });
    const bill = await billOf("H002");
    await expect(cancel(bill, { reason: "  " })).rejects.toMatchObject({ code: "bill.reason-needed" });
    const asked = await cancel(bill, { reason: "x" });
    await decide(asked.approvalId, "refused");
    await expect(cancel(bill, { reason: "x", approvalId: BigInt(asked.approvalId) })).rejects.toMatchObject({
      code: "approval.refused",
    });
    const gone = await town.db.database.sql.one<{ id: bigint }>(
      "select id from bills where state = 'cancelled' order by id limit 1",
    );
    await expect(cancel({ ...bill, id: gone.id, state: "cancelled" }, { reason: "x" })).rejects.toMatchObject(
      { code: "bill.cancelled" },
    );
  });

  test("a bill paid between the reading and the cancelling stays", async () => {
    const bill = await billOf("H002");
    const asked = await cancel(bill, { reason: "y" });
    await decide(asked.approvalId, "approved");
    await payOffered(bill, 100n);
    await expect(cancel(bill, { reason: "y", approvalId: BigInt(asked.approvalId) })).rejects.toMatchObject({
      code: "bill.changed",
    });
    expect(await offendersOf(town.db)).toEqual([]);
  });
});

describe("the proofs name what was altered behind our back", () => {
  const tamper = async (statement: string): Promise<string[]> => {
    await town.db.owner.sql.run("alter table bill_lines disable trigger all");
    await town.db.owner.sql.run("alter table transfers disable trigger all");
    try {
      await town.db.owner.sql.run(statement);
    } finally {
      await town.db.owner.sql.run("alter table bill_lines enable trigger all");
      await town.db.owner.sql.run("alter table transfers enable trigger all");
    }
    return (await offendersOf(town.db)).map(({ rule, row }) => `${rule}: ${row}`);
  };

  test("a fen on a line, a transfer on another account, a state, an allocation", async () => {
    const bill = await billOf("H011");
    expect(
      await tamper(`update bill_lines set amount_fen = amount_fen + 1 where bill_id = ${bill.id}`),
    ).toEqual(
      expect.arrayContaining([
        `a bill is the sum of its lines: bills:${bill.id}`,
        expect.stringMatching(/^a heat line follows from its inputs: bill_lines:/),
      ]),
    );
    await tamper(`update bill_lines set amount_fen = amount_fen - 1 where bill_id = ${bill.id}`);
    expect(await offendersOf(town.db)).toEqual([]);
    expect(
      await tamper(`update transfers set credit = 'revenue_residential' where bill_id = ${bill.id}`),
    ).toContain(`a heat bill is posted once, whole, against the right accounts: bills:${bill.id}`);
    await tamper(`update transfers set credit = 'unearned_revenue' where bill_id = ${bill.id}`);
    expect(await tamper(`update bills set state = 'due' where id = ${bill.id}`)).toEqual(
      expect.arrayContaining([
        `an offer that fell due is posted as such: bills:${bill.id}`,
        `offered and receivable of a household equal its open bills: household_balances:${bill.accountId}/offered`,
      ]),
    );
    expect(await tamper(`update bills set state = 'offered', paid_fen = 1 where id = ${bill.id}`)).toContain(
      `what is paid on a bill equals its allocations: bills:${bill.id}`,
    );
  });
});

test("a bill that prepaid money paid is freed another way, and the refusal says which", async () => {
  const bill = await billOf("H004");
  await town.db.owner.sql.run(
    `insert into household_balances (account_id, code, balance_fen) values (:accountId, 'prepaid', 100)
     on conflict (account_id, code) do update set balance_fen = 100`,
    { accountId: bill.accountId },
  );
  await town.db.owner.sql.rows(
    `select * from apply_prepaid(array[:accountId::bigint], 'oldest-first', 2026::smallint, '2026-11-20'::date, null, now())`,
    { accountId: bill.accountId },
  );
  const refused = await cancel(await billOf("H004"), { reason: "x" }).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: "bill.has-payments",
    detail: { facts: { prepaidFen: 100n, otherFen: 0n } },
  });
  const { remedy } = (refused as { detail: { remedy: string } }).detail;
  expect(remedy).toContain("prepaid/release");
  expect(remedy).not.toContain("/reversal");
});
