/** Money that goes back: voids in the shift, corrections, banks' messages, moves, and prepaid money. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plantedAccountNo } from "#tests/support/town.ts";
import { codeOf, type CounterEdge, startCounter } from "./counter-edge.ts";

let counter: CounterEdge;
beforeAll(async () => {
  counter = await startCounter();
});
afterAll(() => counter.stop());

const approver = { login: "cashier-two", password: "cashier-two-password" };

describe("a void in the shift", () => {
  test("needs a second person on the spot; the bill is open again, the receipt void, the other payment free", async () => {
    const shiftId = await counter.openShift("cashier", "T01");
    const taken = await counter.post("cashier", "/counter-payments", {
      shiftId,
      tender: "cash",
      items: [
        { accountNo: plantedAccountNo(21), amountFen: 205_200 },
        { accountNo: plantedAccountNo(22), amountFen: 100 },
      ],
    });
    const [wrong, right] = (taken.body["payments"] as { paymentId: string }[]).map((one) => one.paymentId);
    const path = `/payments/${wrong}/void`;
    const reason = "wrong home";
    const self = { login: "cashier-one", password: "cashier-one-password" };
    expect(await codeOf(counter.post("cashier", path, { reason, approver: self }))).toEqual([
      403,
      "approval.own-request",
    ]);
    const guess = await counter.post("cashier", path, {
      reason,
      approver: { ...approver, password: "guess" },
    });
    expect(guess.status).toBeGreaterThanOrEqual(400);
    const byFinance = { login: "finance-one", password: "finance-one-password" };
    expect(
      (await counter.post("cashier", path, { reason, approver: byFinance })).status,
    ).toBeGreaterThanOrEqual(400);
    const attempts = () =>
      counter.town.db.owner.sql.one("select count(*) from audit_events where command = 'session.attempt'");
    const counted = await attempts();
    expect(await codeOf(counter.post("otherCashier", path, { reason, approver: self }))).toEqual([
      403,
      "shift.not-yours",
    ]);
    // What cannot be voided is refused before the approver's password is looked at: no guess, no code spent.
    expect(await attempts()).toEqual(counted);
    expect(await codeOf(counter.post("finance", path, { reason, approver }))).toEqual([403, "forbidden"]);

    const voided = await counter.post("cashier", path, { reason, approver });
    expect([voided.status, voided.body]).toMatchObject([
      200,
      { kind: "void-in-shift", amountFen: 205_200, voidedReceipts: [taken.body["receiptNo"]] },
    ]);
    expect(await codeOf(counter.post("cashier", path, { reason, approver }))).toEqual([
      409,
      "payment.already-reversed",
    ]);
    expect((await counter.get("cashier", `/accounts/${plantedAccountNo(21)}/balance`)).body).toMatchObject({
      receivableFen: 205_200,
    });
    expect((await counter.get("cashier", `/receipts/${String(taken.body["receiptId"])}`)).body).toMatchObject(
      {
        voidedAt: expect.any(String),
        voidReason: reason,
      },
    );
    expect(await codeOf(counter.post("cashier", "/receipts", { paymentIds: [wrong] }))).toEqual([
      409,
      "receipt.payment-reversed",
    ]);
    const anew = await counter.post("cashier", "/receipts", { paymentIds: [right] });
    expect(anew.body).toMatchObject({ receiptNo: "T01-2026-000002", totalFen: 100 });
    const { body } = await counter.get("cashier", `/shifts/${shiftId}`);
    expect(body).toMatchObject({
      tenders: [{ tender: "cash", takenCount: 2, reversedCount: 1, reversedFen: 205_200, keptFen: 100 }],
      receipts: { issuedCount: 2, voidedCount: 1 },
    });
    await counter.closeQuietly("cashier", shiftId);
    expect(await codeOf(counter.post("cashier", `/payments/${right}/void`, { reason, approver }))).toEqual([
      409,
      "payment.void-too-late",
    ]);
    await counter.proofsHold();
  });
});

describe("a firm's receipt", () => {
  test("is voided as a whole by one proof, or stands as a whole; a second time is refused", async () => {
    const shiftId = await counter.openShift("cashier", "T02");
    const items = Array.from({ length: 20 }, (_, at) => ({
      accountNo: plantedAccountNo(at + 1),
      amountFen: 1_000 + at,
    }));
    const taken = await counter.post("cashier", "/counter-payments", { shiftId, tender: "card", items });
    const path = `/receipts/${String(taken.body["receiptId"])}/void`;
    const reason = "another firm's list";
    const self = { login: "cashier-one", password: "cashier-one-password" };
    expect(await codeOf(counter.post("cashier", path, { reason, approver: self }))).toEqual([
      403,
      "approval.own-request",
    ]);
    const others = await counter.post("otherCashier", path, { reason, approver: self });
    expect(others.body["code"]).toBe("shift.not-yours");
    const states = () =>
      counter.town.db.owner.sql.rows(
        "select state, count(*)::int as homes from payments where shift_id = :shiftId group by 1",
        { shiftId },
      );
    expect(await states()).toEqual([{ state: "posted", homes: 20 }]);
    // Pressed twice: one of them voids all of it.
    const pressed = await Promise.all([1, 2].map(() => counter.post("cashier", path, { reason, approver })));
    expect(new Set(pressed.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect(pressed.find(({ status }) => status === 200)?.body).toMatchObject({
      receiptNo: taken.body["receiptNo"],
      totalFen: 20_190,
      payments: 20,
    });
    expect(await states()).toEqual([{ state: "reversed", homes: 20 }]);
    expect(await codeOf(counter.post("cashier", path, { reason, approver }))).toEqual([
      409,
      "receipt.already-void",
    ]);
    const approvals = await counter.town.db.owner.sql.rows(
      "select state from approvals where subject = :subject",
      { subject: `receipt:${String(taken.body["receiptId"])}` },
    );
    expect(approvals).toEqual([{ state: "used" }]);
    expect((await counter.get("cashier", `/receipts/${String(taken.body["receiptId"])}`)).body).toMatchObject(
      { voidReason: reason },
    );
    await counter.closeQuietly("cashier", shiftId);
    await counter.proofsHold();
  });

  test("one of its payments that cannot go back keeps all of them", async () => {
    const shiftId = await counter.openShift("cashier", "T03");
    // More than home 25 owes: what is left over is prepaid, and then used.
    const items = [
      { accountNo: plantedAccountNo(24), amountFen: 100 },
      { accountNo: plantedAccountNo(25), amountFen: 500_000 },
    ];
    const taken = await counter.post("cashier", "/counter-payments", { shiftId, tender: "cash", items });
    await counter.town.db.owner.sql.run(
      `update household_balances set balance_fen = 0 where code = 'prepaid'
       and account_id = (select id from heat_accounts where account_no = :no)`,
      { no: plantedAccountNo(25) },
    );
    const refused = await counter.post("cashier", `/receipts/${String(taken.body["receiptId"])}/void`, {
      reason: "wrong home",
      approver,
    });
    expect(refused.body["code"]).toBe("prepaid.spent");
    const states = await counter.town.db.owner.sql.rows(
      "select distinct state from payments where shift_id = :shiftId",
      { shiftId },
    );
    expect(states).toEqual([{ state: "posted" }]);
    await counter.town.db.owner.sql.run(
      `update household_balances set balance_fen = 500000 - 410400 where code = 'prepaid'
       and account_id = (select id from heat_accounts where account_no = :no)`,
      { no: plantedAccountNo(25) },
    );
    await counter.closeQuietly("cashier", shiftId);
  });
});

describe("a correction later", () => {
  test("needs an approval of exactly this, is used once, and is dated today", async () => {
    const id = await counter.bankPayment(31, "L-31", 205_200);
    counter.town.db.clock.set("2026-11-12T09:00:00+08:00");
    const reason = "double payment";
    expect(await codeOf(counter.post("finance", `/payments/${id}/reversal`, { reason }))).toEqual([
      409,
      "payment.approval-needed",
    ]);
    const asked = await counter.post("finance", `/payments/${id}/reversal-requests`, { reason });
    const pending = String(asked.body["approvalId"]);
    expect(
      await codeOf(counter.post("finance", `/payments/${id}/reversal`, { reason, approvalId: pending })),
    ).toEqual([409, "approval.pending"]);
    const approvalId = await counter.approved(`/payments/${id}/reversal-requests`, { reason });
    expect(
      await codeOf(counter.post("finance", `/payments/${id}/reversal`, { reason: "another", approvalId })),
    ).toEqual([409, "approval.changed"]);
    const done = await counter.post("finance", `/payments/${id}/reversal`, { reason, approvalId });
    expect(done.body).toMatchObject({ kind: "correction", accountingDate: "2026-11-12" });
    expect((await counter.get("finance", `/payments/${id}`)).body).toMatchObject({
      state: "reversed",
      accountingDate: "2026-11-10",
    });
    expect(await codeOf(counter.post("finance", `/payments/${id}/reversal`, { reason, approvalId }))).toEqual(
      [409, "payment.already-reversed"],
    );
    await counter.proofsHold();
  });

  test("by the bank's message: its own payment, of the day, once, and never a reversal of a reversal", async () => {
    const id = await counter.bankPayment(32, "L-32", 100);
    const reason = "customer cancelled";
    expect(
      await codeOf(counter.post("bankB", `/payments/${id}/reversal`, { reason, serial: "X-1" })),
    ).toEqual([404, "payment.not-found"]);
    expect(await codeOf(counter.post("bankA", `/payments/${id}/reversal`, { reason }))).toEqual([
      422,
      "payment.serial-needed",
    ]);
    const message = { originalSerial: "L-32", serial: "X-1", reason };
    const done = await counter.post("bankA", "/reversal-messages", message);
    expect(done.body).toMatchObject({ paymentId: id, kind: "bank-reversal" });
    expect((await counter.post("bankA", "/reversal-messages", message)).body).toEqual(done.body);
    expect((await counter.post("bankA", `/payments/${id}/reversal`, { reason, serial: "X-1" })).body).toEqual(
      done.body,
    );
    expect(await codeOf(counter.post("bankA", "/reversal-messages", { ...message, serial: "X-2" }))).toEqual([
      409,
      "payment.already-reversed",
    ]);
    expect(
      await codeOf(
        counter.post("bankA", "/reversal-messages", { originalSerial: "X-1", serial: "X-3", reason }),
      ),
    ).toEqual([409, "payment.not-reversible"]);
    const other = await counter.bankPayment(32, "L-32b", 100);
    expect(
      await codeOf(counter.post("bankA", `/payments/${other}/reversal`, { reason, serial: "X-1" })),
    ).toEqual([422, "payment.serial-reused"]);
    counter.town.db.clock.set("2026-11-13T09:00:00+08:00");
    expect(
      await codeOf(counter.post("bankA", `/payments/${other}/reversal`, { reason, serial: "X-4" })),
    ).toEqual([409, "payment.reversal-too-late"]);
    await counter.proofsHold();
  });

  test("of money that was prepaid and used is refused, until the bill gives it back", async () => {
    const id = await counter.bankPayment(33, "L-33", 500_000);
    const seasons = await counter.town.db.owner.sql.one<{ id: bigint }>(
      `with b as (insert into bills (account_id, charge_point_id, season_id, kind, sequence, state, amount_fen, issued_on)
         values (33, 33, 2026, 'heat', 2, 'due', 50000, '2026-11-13') returning id),
       p as (insert into postings (kind, source_id, accounting_date, value_date, created_at)
         select 'bill-issued', id, '2026-11-13', '2026-11-13', now() from b returning id),
       t as (insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
         select p.id, 'receivable', 'revenue_residential', 50000, '2026-11-13', 33, 2026, b.id from p, b),
       h as (update household_balances set balance_fen = balance_fen + 50000 where account_id = 33 and code = 'receivable')
       select id from b`,
    );
    const billNo = `2026-${seasons.id}`;
    const account = `/accounts/${plantedAccountNo(33)}`;
    const applied = await counter.post("cashier", `${account}/prepaid/apply`, {});
    expect(applied.body).toMatchObject({ appliedFen: 50_000, bills: [{ billNo, amountFen: 50_000 }] });
    expect((await counter.post("cashier", `${account}/prepaid/apply`, {})).body).toMatchObject({
      appliedFen: 0,
    });
    const reason = "wrong home";
    const refused = await counter.post("finance", `/payments/${id}/reversal-requests`, { reason });
    expect(refused.body).toMatchObject({
      code: "prepaid.spent",
      remedy: expect.stringContaining("release"),
      facts: { prepaidFen: 89_600, leftFen: 39_600 },
    });
    const release = { billNo, reason };
    const releaseApproval = await counter.approved(`${account}/prepaid/release-requests`, release);
    const released = await counter.post("finance", `${account}/prepaid/release`, {
      ...release,
      approvalId: releaseApproval,
    });
    expect(released.body).toMatchObject({ releasedFen: 50_000 });
    const told = await counter.town.db.owner.sql.rows(
      "select payload ->> 'billId' as bill from outbox_events where type = 'prepaid.released'",
    );
    expect(told).toEqual([{ bill: billNo.slice(5) }]);
    await counter.proofsHold();
    const approvalId = await counter.approved(`/payments/${id}/reversal-requests`, { reason });
    const reversed = await counter.post("finance", `/payments/${id}/reversal`, { reason, approvalId });
    expect(reversed.body).toMatchObject({ kind: "correction", amountFen: 500_000 });
    expect((await counter.get("finance", `${account}/balance`)).body).toMatchObject({
      offeredFen: 205_200,
      receivableFen: 255_200,
      prepaidFen: 0,
    });
    await counter.proofsHold();
  });

  test("moves money to the home where it belongs, in one command", async () => {
    const id = await counter.bankPayment(34, "L-34", 205_200);
    const move = { accountNo: plantedAccountNo(35), reason: "door mixed up" };
    expect(
      await codeOf(
        counter.post("finance", `/payments/${id}/move-requests`, {
          ...move,
          accountNo: plantedAccountNo(34),
        }),
      ),
    ).toEqual([422, "payment.same-account"]);
    const approvalId = await counter.approved(`/payments/${id}/move-requests`, move);
    const moved = await counter.post("finance", `/payments/${id}/move`, { ...move, approvalId });
    expect(moved.body).toMatchObject({
      reversal: { paymentId: id, kind: "correction" },
      payment: {
        accountNo: plantedAccountNo(35),
        amountFen: 205_200,
        serial: `M${id}-L-34`,
        channel: "bank-a",
      },
    });
    expect((await counter.get("finance", `/accounts/${plantedAccountNo(34)}/balance`)).body).toMatchObject({
      receivableFen: 205_200,
    });
    expect((await counter.get("finance", `/accounts/${plantedAccountNo(35)}/balance`)).body).toMatchObject({
      receivableFen: 0,
    });
    await counter.proofsHold();
  });

  test("moves cash within its open shift: the drawer holds it still, and the count fits", async () => {
    const shiftId = await counter.openShift("otherCashier", "T07");
    const paid = await counter.post("otherCashier", "/payments", counter.counterPayment(36, shiftId));
    const id = String(paid.body["paymentId"]);
    const move = { accountNo: plantedAccountNo(37), reason: "door mixed up" };
    const approvalId = await counter.approved(`/payments/${id}/move-requests`, move);
    const moved = await counter.post("finance", `/payments/${id}/move`, { ...move, approvalId });
    expect([moved.status, moved.body["code"]]).toEqual([200, undefined]);
    const closed = await counter.post("otherCashier", `/shifts/${shiftId}/close`, {
      countedCashFen: 10_000 + 205_200,
      posTotalFen: 0,
      depositSlipNo: "S-7",
    });
    expect([closed.status, closed.body]).toMatchObject([
      200,
      { state: "closed", expectedCashFen: 215_200, differenceReason: null },
    ]);
    await counter.proofsHold();
  });
});
