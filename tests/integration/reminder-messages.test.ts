/** From a stage of the ladder to the phone, and back as a call: what happens between queue and send wins. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { paymentReceivedSubscriber, reminderSubscriber } from "#src/messages/notices/index.ts";
import { setSetting } from "#src/platform/settings.ts";
import { assignDuty } from "#src/town/grid/index.ts";
import { accessAccount, placeHold } from "#src/town/accounts/index.ts";
import { person } from "#tests/support/people.ts";
import { createRemindedTown, type RemindedTown } from "#tests/support/reminded-town.ts";

const SHARED = "13812340001";
const [PAID, HELD, PART, FAILS] = ["13812340003", "13812340004", "13812340005", "13812340006"];

let town: RemindedTown;
let managerId: bigint | null;
let noticeId: bigint;
beforeAll(async () => {
  town = await createRemindedTown({
    "10000001": SHARED,
    "10000002": SHARED,
    "10000003": PAID,
    "10000004": HELD,
    "10000005": PART,
    "10000006": FAILS,
  });
  const manager = await person(town.db, "manager-one", ["area-manager"]);
  managerId = manager.id;
  await town.run((context) =>
    assignDuty(context, {
      areaId: town.town.areaId,
      staffId: manager.id ?? 0n,
      duty: "manager",
      from: day("2026-01-01"),
    }),
  );
}, 60_000);
afterAll(() => town.close());

const states = () =>
  town.rows<{ accountNo: string; state: string; reason: string }>(
    `select a.account_no as "accountNo", m.state, m.reason from messages m join heat_accounts a on a.id = m.account_id
     where m.regarding = 'notice:' || :noticeId order by a.account_no`,
    { noticeId },
  );
const calls = () =>
  town.rows<{ title: string; state: string; ownerId: bigint | null; areaId: bigint }>(
    `select title, state, owner_id as "ownerId", area_id as "areaId" from tasks where kind = 'payment-call' order by id`,
  );

describe("a stage", () => {
  test("becomes one notice, which waits for people, and a task that says so", async () => {
    const { runId } = await town.advance();
    await town.handle();
    await town.handle();
    noticeId = await town.noticeOfRun(runId);
    const [notice] = await town.rows(
      `select kind, purpose, template, state, expires_at as "expiresAt" from notices where id = :noticeId`,
      { noticeId },
    );
    expect(notice).toEqual({
      kind: "payment",
      purpose: "payment-notice",
      template: "payment-gentle",
      state: "draft",
      expiresAt: new Date("2026-11-08T00:00:00+08:00"),
    });
    expect(await town.rows("select kind, owner_role as role, state from tasks")).toEqual([
      { kind: "reminder-notice", role: "supervisor", state: "open" },
    ]);
  });

  test("a payment, a hold and a part between queue and send win; one phone is told of what it still owes", async () => {
    await town.start(noticeId);
    expect((await states()).map((row) => row.state)).toEqual(Array.from({ length: 5 }, () => "queued"));
    await town.pay("10000002");
    await town.pay("10000003");
    await town.pay("10000005", 100_001);
    await town.run(async (context) =>
      placeHold(context, {
        account: await accessAccount(context.sql, town.db.actor, "10000004", context.today),
        kind: "dispute",
        reason: "the area is wrong",
        startsOn: context.today,
        endsOn: null,
      }),
    );
    await town.sendDue();
    expect(await states()).toMatchObject([
      { accountNo: "10000001", state: "accepted" },
      { accountNo: "10000003", state: "skipped", reason: "paid-meanwhile" },
      { accountNo: "10000004", state: "skipped", reason: "hold-dispute" },
      { accountNo: "10000005", state: "accepted" },
      { accountNo: "10000006", state: "accepted" },
    ]);
    const [shared, ...more] = town.told(SHARED);
    expect(more).toEqual([]);
    expect(shared).toContain("缴费提醒");
    // The home that has paid is not named, and its amount is not in the sum.
    expect(shared).toContain("2052.00元");
    expect(shared).not.toContain("4104.00");
    expect(town.told(PAID)).toEqual([]);
    expect(town.told(HELD)).toEqual([]);
    expect(town.told(PART)[0]).toContain("1051.99元");
  });

  test("a message that reached nobody becomes a call of the area's manager, once, and goes when all is paid", async () => {
    const failed = town.gateway.log.taken.filter((one) => [FAILS, PART].some((to) => one.to === `+86${to}`));
    for (const one of failed) town.gateway.end(one.ref, "undelivered", "UNDELIV");
    await town.pay("10000005", 105_199);
    for (const one of failed) await town.receipts(town.reportsOf(one));
    await town.handle();
    await town.handle();
    // 10000005 has paid meanwhile: nobody rings.
    expect(await calls()).toEqual([
      {
        title:
          "电话缴费提醒：户号 10000006，短信未送达 Ring this account: its payment notice did not arrive (undelivered)",
        state: "open",
        ownerId: managerId,
        areaId: town.town.areaId,
      },
    ]);
    await town.pay("10000006");
    await town.handle();
    expect(await calls()).toMatchObject([{ state: "recalled" }]);
  });
});

describe("word of a payment", () => {
  const told = () => town.told(PAID).filter((text) => text.includes("缴费到账"));
  const back = () => town.told(PAID).filter((text) => text.includes("缴费更正"));

  test("comes by mail to whoever has no mobile", async () => {
    const subscribers = [reminderSubscriber, paymentReceivedSubscriber];
    await town.handle(subscribers);
    await town.db.owner.sql.run(
      `with gone as (delete from person_phones where number = '+86' || :number returning person_id)
       insert into person_mails (person_id, address, source, recorded_at)
       select person_id, 'li@example.com', 'test', now() from gone`,
      { number: HELD },
    );
    await town.run((context) => setSetting(context, { key: "notices.payment-received", value: true }));
    await town.pay("10000004", 4_321);
    await town.handle(subscribers);
    await town.sendDue();
    expect(await town.rows("select subject, body from outbox_viewer where channel = 'email'")).toMatchObject([
      { subject: "供热费已到账", body: expect.stringContaining("43.21 元") },
    ]);
    await town.run((context) => setSetting(context, { key: "notices.payment-received", value: false }));
  });

  test("goes only where the company wants it, and not of a payment that was taken back", async () => {
    const subscribers = [reminderSubscriber, paymentReceivedSubscriber];
    await town.handle(subscribers);
    await town.sendDue();
    expect(told()).toEqual([]);
    await town.run((context) => setSetting(context, { key: "notices.payment-received", value: true }));
    const kept = await town.pay("10000003", 1_234);
    const gone = await town.pay("10000003", 5_000);
    await town.handle(subscribers);
    await town.takeBack(gone);
    await town.sendDue();
    expect(told()).toHaveLength(1);
    expect(told()[0]).toContain("12.34元");
    const skipped = await town.rows(
      "select reason from messages where purpose = 'payment-receipt' and state = 'skipped'",
    );
    expect(skipped).toEqual([{ reason: "payment-taken-back" }]);
    // Of the one that nobody was told of nothing is said; of the one that was told its end is.
    await town.handle(subscribers);
    await town.sendDue();
    expect(back()).toEqual([]);
    await town.takeBack(kept);
    await town.handle(subscribers);
    await town.handle(subscribers);
    await town.sendDue();
    expect(back()).toHaveLength(1);
    expect(back()[0]).toContain("12.34元已被付款渠道撤回");
  });
});

describe("a text that nobody has written", () => {
  test("stops no event: people are told that there is no notice", async () => {
    await town.db.owner.sql.run(
      `with ladder as (insert into dunning_ladders (from_season, document, set_at) values (2026, 'x', now()) returning id)
       insert into dunning_stages select ladder.id, rank, code, name_zh, name_en, anchor, offset_days, audience, false,
         'no-such-text' from dunning_stages, ladder where ladder_id = 1`,
    );
    town.db.clock.set("2026-11-08T10:00:00+08:00");
    expect((await town.advance()).stage).toBe("last-days");
    await town.handle();
    const [task] = await town.rows<{ title: string; details: { code: string } }>(
      "select title, details from tasks where kind = 'reminder-notice' order by id desc limit 1",
    );
    expect(task?.title).toContain("No notice could be made");
    expect(task?.details.code).toBe("template.not-found");
  });
});
