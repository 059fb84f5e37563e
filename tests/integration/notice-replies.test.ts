/** What people answer to a notice comes back: to a case, to consent, to the list of the notice. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { approveNotice, startNotice, workOnNotice } from "#src/messages/notices/index.ts";
import { createIntakeTown, type IntakeTown, LI, STRANGER, WANG } from "#tests/support/intake-town.ts";
import { type NoticeDesk, openNoticeDesk } from "#tests/support/notice-town.ts";
import { as } from "#tests/support/tickets.ts";

let it: IntakeTown;
let desk: NoticeDesk;
let noticeId: bigint;
beforeAll(async () => {
  it = await createIntakeTown();
  desk = await openNoticeDesk(it.db);
  noticeId = await desk.ask({ audience: { accountNos: ["10000001", "10000002", "10000003"] } });
  await as(it.db, desk.checker, (context) => approveNotice(context, noticeId));
  await as(it.db, desk.maker, (context) => startNotice(context, noticeId, null));
  await workOnNotice({ commands: it.db.commands }, noticeId);
  await it.db.owner.sql.run("update messages set state = 'delivered' where regarding like 'notice:%'");
}, 60_000);
afterAll(() => it.stop());

const sql = () => it.db.database.sql;
const replies = () =>
  sql().rows<{ kind: string; accountId: bigint | null }>(
    `select kind, account_id as "accountId" from notice_replies order by received_id`,
  );

test("one message went to the phone of two homes", async () => {
  expect(
    await sql().rows(
      "select recipient, home_count as homes from messages where regarding = 'notice:' || :noticeId order by account_id",
      { noticeId },
    ),
  ).toEqual([
    { recipient: "tel:+8613812348000", homes: 0 },
    { recipient: "tel:+8613912349000", homes: 2 },
  ]);
});

test("that nobody is at home is noted, told to whoever listens, and answered", async () => {
  const received = await it.sms(LI, "当天不在家");
  expect(await it.outcomeOf(received)).toMatchObject({
    outcome: "answered",
    keyword: "away",
    ticketId: null,
    template: "reply-away-noted",
  });
  expect(await replies()).toEqual([{ kind: "away", accountId: it.accountOf("10000001") }]);
  const told = await sql().one<{ payload: object }>(
    "select payload from outbox_events where type = 'notice.replied' order by id desc limit 1",
  );
  expect(told.payload).toMatchObject({
    noticeId: String(noticeId),
    accountId: String(it.accountOf("10000001")),
    kind: "away",
    noticeKind: "general",
  });
});

test("that nobody is at home, with words behind it, is noted; with a question behind it a case is opened as well", async () => {
  const received = await it.sms(LI, "不在家，回老家了😀");
  expect(await it.outcomeOf(received)).toMatchObject({
    outcome: "answered",
    keyword: "away",
    ticketId: null,
  });
  const asking = await it.sms(LI, "不在家，家里漏水怎么办？");
  const outcome = await it.outcomeOf(asking);
  expect(outcome.ticketId).not.toBeNull();
  expect((await replies()).map((reply) => reply.kind)).toEqual(["away", "away", "away"]);
});

test("STOP stands with the notice and ends greetings, not notices", async () => {
  const received = await it.sms(WANG, "退订");
  expect(await it.outcomeOf(received)).toMatchObject({ outcome: "consent" });
  expect((await replies()).at(-1)).toEqual({ kind: "stop", accountId: null });
  expect(
    await sql().rows(
      "select purpose, refused from contact_refusals where recipient = 'tel:+8613912349000' order by 1",
    ),
  ).toEqual([
    { purpose: "greeting", refused: true },
    { purpose: "survey", refused: true },
  ]);
});

test("已缴 of a home whose bill is open becomes a case; of a paid one it is answered", async () => {
  const owner = it.db.owner.sql;
  // As if it had been a payment notice.
  await owner.run("update notices set purpose = 'payment-notice' where id = :noticeId", { noticeId });
  await owner.run("update messages set purpose = 'payment-notice' where regarding = 'notice:' || :noticeId", {
    noticeId,
  });
  const accountId = it.accountOf("10000001");
  const paid = await it.sms(LI, "已缴");
  expect((await it.outcomeOf(paid)).outcome).toBe("answered");
  await owner.run(
    `insert into heating_seasons (id, starts_on, ends_on, bills_open_on, payment_window_ends_on)
     values (2026, '2026-11-15', '2027-03-15', '2026-09-01', '2026-11-10') on conflict do nothing`,
  );
  await owner.run(
    `insert into bills (account_id, charge_point_id, season_id, kind, state, amount_fen, issued_on)
     select account_id, id, 2026, 'heat', 'offered', 205200, '2026-09-01' from charge_points where account_id = :accountId`,
    { accountId },
  );
  const received = await it.sms(LI, "已经交了");
  const { ticketId } = await it.outcomeOf(received);
  expect(await it.outcomeOf(received)).toMatchObject({ outcome: "opened", template: "case-opened" });
  expect(
    await sql().one("select category_code as category from tickets where id = :ticketId", { ticketId }),
  ).toEqual({
    category: "payment.find-account",
  });
  expect((await replies()).slice(-2)).toEqual([
    { kind: "paid", accountId },
    { kind: "paid", accountId },
  ]);
});

test("the same words of somebody who was told nothing are what they always were", async () => {
  const before = (await replies()).length;
  await it.sms(STRANGER, "不在家");
  expect(await replies()).toHaveLength(before);
});
