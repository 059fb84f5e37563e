/** A day at the counter over real HTTP: shifts, payments for several homes at once, receipts. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plantedAccountNo } from "#tests/support/town.ts";
import { codeOf, type CounterEdge, startCounter } from "./counter-edge.ts";

let counter: CounterEdge;
beforeAll(async () => {
  counter = await startCounter();
});
afterAll(() => counter.stop());

describe("a shift", () => {
  test("takes cash and card, is counted, and what is missing is posted with its reason", async () => {
    const shift = await counter.openShift("cashier", "T01");
    expect(await codeOf(counter.post("cashier", "/shifts", { till: "T02", openingCashFen: 0 }))).toEqual([
      409,
      "shift.already-open",
    ]);
    expect(await codeOf(counter.post("otherCashier", "/shifts", { till: "T01", openingCashFen: 0 }))).toEqual(
      [409, "shift.till-in-use"],
    );
    expect((await counter.post("cashier", "/payments", counter.counterPayment(1, shift))).status).toBe(201);
    const card = { ...counter.counterPayment(2, shift, 30_000), tender: "card" };
    expect((await counter.post("cashier", "/payments", card)).status).toBe(201);
    const count = { countedCashFen: 215_000, posTotalFen: 30_000, depositSlipNo: "0815" };
    const refused = await counter.post("cashier", `/shifts/${shift}/close`, count);
    expect(refused.body).toMatchObject({
      code: "shift.difference-needs-reason",
      field: "differenceReason",
      facts: { cashSurplusFen: -200, posSurplusFen: 0 },
    });
    expect(
      await codeOf(
        counter.post("cashier", `/shifts/${shift}/close`, { countedCashFen: 215_200, posTotalFen: 30_000 }),
      ),
    ).toEqual([422, "shift.slip-needed"]);
    expect(await codeOf(counter.post("otherCashier", `/shifts/${shift}/close`, count))).toEqual([
      404,
      "shift.unknown",
    ]);
    const closed = await counter.post("cashier", `/shifts/${shift}/close`, {
      ...count,
      differenceReason: "找零错",
    });
    expect(closed.body).toMatchObject({
      state: "closed",
      expectedCashFen: 215_200,
      countedCashFen: 215_000,
      expectedPosFen: 30_000,
      tenders: [
        { tender: "card", takenCount: 1, keptFen: 30_000 },
        { tender: "cash", takenCount: 1, keptFen: 205_200 },
      ],
    });
    const moved = await counter.town.db.owner.sql.rows(
      `select g.kind, t.debit, t.credit, t.amount_fen as fen from postings g join transfers t on t.posting_id = g.id
       where g.kind in ('shift-difference', 'shift-deposited') and g.source_id = :shift order by t.id`,
      { shift },
    );
    expect(moved).toEqual([
      { kind: "shift-difference", debit: "cash_difference", credit: "cash", fen: 200n },
      { kind: "shift-deposited", debit: "bank", credit: "cash", fen: 205_000n },
      { kind: "shift-deposited", debit: "bank", credit: "pos_clearing", fen: 30_000n },
    ]);
    expect(await codeOf(counter.post("cashier", `/shifts/${shift}/close`, count))).toEqual([
      409,
      "shift.closed",
    ]);
    expect(await codeOf(counter.post("cashier", "/payments", counter.counterPayment(1, shift)))).toEqual([
      409,
      "shift.closed",
    ]);
    await counter.proofsHold();
  });

  test("of yesterday takes no money and must be closed before a new one opens", async () => {
    const shift = await counter.openShift("cashier", "T01");
    counter.town.db.clock.set("2026-11-11T09:00:00+08:00");
    expect(await codeOf(counter.post("cashier", "/payments", counter.counterPayment(1, shift)))).toEqual([
      409,
      "shift.of-another-day",
    ]);
    const refused = await counter.post("cashier", "/shifts", { till: "T01", openingCashFen: 0 });
    expect(refused.body).toMatchObject({ code: "shift.of-another-day", facts: { shiftId: shift } });
    await counter.closeQuietly("cashier", shift);
    await counter.closeQuietly("cashier", await counter.openShift("cashier", "T01"));
  });

  test("whose cashier does not come is counted by somebody else with the reason, and its till is free again", async () => {
    const shift = await counter.openShift("otherCashier", "T05");
    expect(
      (await counter.post("otherCashier", "/payments", counter.counterPayment(9, shift, 1_000))).status,
    ).toBe(201);
    const inPlace = `/shifts/${shift}/close-in-place`;
    const count = { countedCashFen: 11_000, posTotalFen: 0, depositSlipNo: "0816" };
    const reason = "收费员突发疾病，未能交班";
    expect(await codeOf(counter.post("cashier", inPlace, { ...count, reason }))).toEqual([403, "forbidden"]);
    expect((await counter.post("approver", inPlace, count)).status).toBe(400);
    expect(
      await codeOf(counter.post("approver", inPlace, { ...count, countedCashFen: 10_900, reason })),
    ).toEqual([422, "shift.difference-needs-reason"]);
    const closed = await counter.post("approver", inPlace, { ...count, reason });
    expect(closed.body).toMatchObject({
      state: "closed",
      expectedCashFen: 11_000,
      countedCashFen: 11_000,
      inPlaceReason: reason,
      closedInPlaceBy: expect.any(String),
    });
    await counter.closeQuietly("otherCashier", await counter.openShift("otherCashier", "T05"));
    await counter.proofsHold();
  });

  test("is needed at a counter, and is the cashier's own", async () => {
    const theirs = await counter.openShift("otherCashier", "T09");
    const mine = await counter.openShift("cashier", "T01");
    const { shiftId: _, ...without } = counter.counterPayment(3, mine);
    expect(await codeOf(counter.post("cashier", "/payments", without))).toEqual([
      409,
      "payment.shift-needed",
    ]);
    expect(await codeOf(counter.post("cashier", "/payments", counter.counterPayment(3, theirs)))).toEqual([
      404,
      "shift.unknown",
    ]);
    expect(
      await codeOf(
        counter.post("cashier", "/payments", { ...counter.counterPayment(3, mine), tender: "transfer" }),
      ),
    ).toEqual([422, "payment.tender"]);
    expect(
      await codeOf(
        counter.post("cashier", "/payments", {
          ...counter.counterPayment(3, mine),
          serial: "T01-2026-000001-1",
        }),
      ),
    ).toEqual([422, "payment.serial-reserved"]);
    expect((await counter.get("cashier", `/shifts/${theirs}`)).status).toBe(404);
    const listed = await counter.get("cashier", "/shifts?state=open");
    expect((listed.body["items"] as { id: string }[]).map((item) => item.id)).toEqual([mine]);
    expect(((await counter.get("finance", "/shifts?state=open")).body["items"] as unknown[]).length).toBe(2);
    // Who sees all asks for the own one, which is there by the person and not by a name.
    expect((await counter.get("finance", "/shifts?state=open&own=true")).body["items"]).toEqual([]);
    const own = await counter.get("otherCashier", "/shifts?state=open&own=true");
    expect((own.body["items"] as { id: string }[]).map((item) => item.id)).toEqual([theirs]);
    await counter.closeQuietly("otherCashier", theirs);
    await counter.closeQuietly("cashier", mine);
  });
});

test("shifts stand newest day first, whatever their numbers, page by page", async () => {
  // Carried over from the time before: later numbers, earlier days.
  await counter.town.db.owner.sql.run(
    `insert into shifts (staff_id, till, business_day, state, opened_at, closed_at)
     select s.staff_id, 'OLD', day::date, 'closed', day + interval '8 hours', day + interval '17 hours'
     from (select min(staff_id) as staff_id from shifts) s,
       unnest(array['2025-10-30', '2025-10-02', '2025-11-05', '2024-09-25']::timestamptz[]) as day`,
    {},
  );
  type Page = { items: { businessDay: string; cashier: string; till: string }[]; nextCursor: string | null };
  const read = async (cursor: string | null, seen: Page["items"] = []): Promise<Page["items"]> => {
    const more = cursor === null ? "" : `&cursor=${cursor}`;
    const { body } = await counter.get("finance", `/shifts?state=closed&limit=2${more}`);
    const page = body as Page;
    const all = [...seen, ...page.items];
    return page.nextCursor === null ? all : read(page.nextCursor, all);
  };
  const days = (await read(null)).map(({ businessDay }) => businessDay);
  expect(days).toEqual(days.toSorted().toReversed());
  expect(days.slice(-4)).toEqual(["2025-11-05", "2025-10-30", "2025-10-02", "2024-09-25"]);
  expect(await codeOf(counter.get("finance", "/shifts?cursor=WyIxIl0"))).toEqual([400, "request.bad-cursor"]);
  await counter.town.db.owner.sql.run("delete from shifts where till = 'OLD'", {});
});

describe("a receipt", () => {
  test("for several accounts is taken, printed, printed again as a copy, and numbered in its till's series", async () => {
    const shiftId = await counter.openShift("cashier", "T01");
    const asked = {
      shiftId,
      tender: "cash",
      payerName: "金水物业",
      items: [
        { accountNo: plantedAccountNo(12), amountFen: 500_000 },
        { accountNo: plantedAccountNo(11), amountFen: 100 },
        { accountNo: plantedAccountNo(13), amountFen: 250 },
      ],
    };
    const first = await counter.post("cashier", "/counter-payments", asked, "one-counter-key");
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      receiptNo: "T01-2026-000001",
      totalFen: 500_350,
      payments: [
        { serial: "T01-2026-000001-1", accountNo: plantedAccountNo(12), prepaidFen: 89_600 },
        { serial: "T01-2026-000001-2", accountNo: plantedAccountNo(11), prepaidFen: 0 },
        { serial: "T01-2026-000001-3", accountNo: plantedAccountNo(13), prepaidFen: 0 },
      ],
    });
    const again = await counter.post("cashier", "/counter-payments", asked, "one-counter-key");
    expect(again.body).toEqual(first.body);
    expect([first, again].map(({ headers }) => headers.get("idempotent-replayed"))).toEqual([null, "true"]);

    const id = String(first.body["receiptId"]);
    const page = await counter.get("cashier", `/receipts/${id}/print`);
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(page.text).toContain("T01-2026-000001");
    expect(page.text).toContain("金水物业");
    expect(page.text).toContain("5,003.50");
    expect(page.text).not.toContain("补打");
    expect((await counter.get("cashier", `/receipts/${id}/print?paper=roll-80`)).text).toContain("补打");
    const pdf = await counter.get("cashier", `/receipts/${id}/pdf`);
    expect([pdf.headers.get("content-type"), pdf.text.slice(0, 5)]).toEqual(["application/pdf", "%PDF-"]);
    expect((await counter.get("cashier", `/receipts/${id}`)).body).toMatchObject({
      printCount: 3,
      voidedAt: null,
      lines: [
        { accountNo: plantedAccountNo(12), amountFen: 205_200, stillDueFen: 0 },
        { accountNo: plantedAccountNo(12), amountFen: 205_200, stillDueFen: 0 },
        { accountNo: plantedAccountNo(12), amountFen: 89_600, billNo: null },
        { accountNo: plantedAccountNo(11), amountFen: 100, stillDueFen: 205_100 },
        { accountNo: plantedAccountNo(13), amountFen: 250, stillDueFen: 204_950 },
      ],
    });
    // Found again without its number, by its cashier and by who looks after the tills; not by another cashier.
    const listed = await counter.get("cashier", "/receipts");
    expect(listed.body["items"]).toEqual([
      {
        receiptId: id,
        receiptNo: "T01-2026-000001",
        totalFen: 500_350,
        shiftId,
        till: "T01",
        issuedAt: expect.any(String),
        cashier: expect.stringMatching(/./),
        payerName: "金水物业",
        printCount: 3,
        voidedAt: null,
        tenders: ["cash"],
        homes: [12, 11, 13].map((home) => ({
          accountNo: plantedAccountNo(home),
          address: expect.stringMatching(/./),
        })),
        homeCount: 3,
      },
    ]);
    expect((await counter.get("finance", "/receipts")).body).toEqual(listed.body);
    expect((await counter.get("otherCashier", "/receipts")).body["items"]).toEqual([]);
    expect((await counter.get("cashier", "/receipts?day=2026-11-01")).body["items"]).toEqual([]);
    expect((await counter.get("cashier", `/receipts/${id}`)).body).toMatchObject({
      cashier: expect.stringMatching(/./),
      till: "T01",
      tenders: [
        {
          tender: "cash",
          channel: "counter",
          channelName: "营业厅",
          channelNameEn: "Counter",
          amountFen: 500_350,
        },
      ],
      lines: expect.arrayContaining([expect.objectContaining({ address: expect.stringMatching(/./) })]),
    });
    const audited = await counter.town.db.owner.sql.rows<{ n: number }>(
      `select (details ->> 'printCount')::int as n from audit_events
       where command = 'receipt.print' and subject = :subject order by id`,
      { subject: `receipt:${id}` },
    );
    expect(audited.map((row) => row.n)).toEqual([1, 2, 3]);
    await counter.closeQuietly("cashier", shiftId);
    await counter.proofsHold();
  });

  test("is all or nothing: a bad item names itself, and no number is used up", async () => {
    const shiftId = await counter.openShift("cashier", "T01");
    const items = [{ accountNo: plantedAccountNo(13), amountFen: 100 }];
    const withItem = (bad: Record<string, unknown>) =>
      counter.post("cashier", "/counter-payments", { shiftId, tender: "card", items: [...items, bad] });
    const unknown = await withItem({ accountNo: "999999999", amountFen: 1 });
    expect(unknown.body).toMatchObject({ code: "account.not-found", field: "items[1].accountNo" });
    const zero = await withItem({ accountNo: plantedAccountNo(14), amountFen: 0 });
    expect(zero.body).toMatchObject({ code: "payment.amount-not-positive", field: "items[1].amountFen" });
    const bill = await withItem({ accountNo: plantedAccountNo(14), amountFen: 1, billNo: "2026-1" });
    expect(bill.body).toMatchObject({ code: "payment.bill-unknown", field: "items[1].billNo" });
    await counter.town.db.owner.sql.run("update heat_accounts set state = 'closed' where id = 59");
    const closed = await withItem({ accountNo: plantedAccountNo(59), amountFen: 1 });
    expect(closed.body).toMatchObject({ code: "payment.account-closed", field: "items[1].accountNo" });
    const good = await withItem({ accountNo: plantedAccountNo(14), amountFen: 1 });
    expect(good.body).toMatchObject({ receiptNo: "T01-2026-000002" });
    await counter.closeQuietly("cashier", shiftId);
    await counter.proofsHold();
  });

  test("of a channel's payment is issued on request, once, in the office's series", async () => {
    const paid = await counter.post("bankA", "/payments", {
      accountNo: plantedAccountNo(15),
      amountFen: 100,
      channel: "bank-a",
      serial: "R-15",
      paidAt: counter.town.db.clock.now().toISOString(),
    });
    const paymentIds = [String(paid.body["paymentId"])];
    const issued = await counter.post("finance", "/receipts", { paymentIds });
    expect([issued.status, issued.body["receiptNo"]]).toEqual([201, "E-2026-000001"]);
    const again = await counter.post("finance", "/receipts", { paymentIds });
    expect(again.body).toMatchObject({
      code: "receipt.already-issued",
      field: "paymentIds",
      facts: { receiptNo: "E-2026-000001" },
    });
    expect(await codeOf(counter.post("finance", "/receipts", { paymentIds: ["999999"] }))).toEqual([
      404,
      "payment.not-found",
    ]);
  });
});
