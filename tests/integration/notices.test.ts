/** A notice goes once: one message a phone however often it is begun, held and ended by a word. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cancelNotice,
  findNoticesAtWork,
  funnelOf,
  noticeStateCheck,
  pauseNotice,
  resumeNotice,
  startNotice,
  stopNotice,
  workOnNotice,
} from "#src/messages/notices/index.ts";
import { createNoticeTown, type NoticeTown, refusal } from "#tests/support/notice-town.ts";
import { as } from "#tests/support/tickets.ts";

let town: NoticeTown;
beforeAll(async () => {
  town = await createNoticeTown();
}, 60_000);
afterAll(() => town.db.drop());

describe("the fan-out", () => {
  test("leaves one message a phone, which names all its homes; gaps have none; again it leaves nothing", async () => {
    const id = await town.desk.approved({});
    const chunks = await town.run(id, 10);
    expect(chunks).toBeGreaterThanOrEqual(6);
    const queued = await town.messagesOf(id);
    expect(queued).toHaveLength(54);
    const shared = queued.find(({ recipient }) => recipient === "tel:+8613900000123");
    expect(shared).toMatchObject({ accountId: 10001n, state: "queued" });
    const named = await town.sql.rows<{ label: string }>(
      `select h.label from message_homes h join messages m on m.id = h.message_id
       where m.regarding = 'notice:' || :id order by h.ordinal`,
      { id },
    );
    expect(named.map(({ label }) => label)).toEqual([
      "春晖苑12号楼1单元1",
      "春晖苑13号楼1单元2",
      "春晖苑14号楼1单元3",
    ]);
    expect(queued.map(({ accountId }) => accountId)).not.toContain(10004n);
    // The cursor is set back, as if its transaction had never been: the database knows each phone.
    await town.db.owner.sql.run(
      "update notice_fan_outs set cursor_account_id = 0, finished_at = null where notice_id = :id",
      { id },
    );
    await workOnNotice({ commands: town.db.commands }, id);
    expect(await town.messagesOf(id)).toHaveLength(54);
  });

  test("goes on behind the chunk at which a process ended, also when several begin it at once", async () => {
    const id = await town.desk.approved({});
    await as(town.db, town.desk.maker, (context) => startNotice(context, id, null));
    const settings = { chunkMessages: 10, settleMessages: 7 };
    let left = 2;
    await workOnNotice({ commands: town.db.commands }, id, { settings, goesOn: () => (left -= 1) >= 0 });
    expect(await town.messagesOf(id)).toHaveLength(20);
    await Promise.all(
      Array.from({ length: 4 }, () => workOnNotice({ commands: town.db.commands }, id, { settings })),
    );
    // Whoever met another at work passed by; one more look does what is left.
    await workOnNotice({ commands: town.db.commands }, id, { settings });
    const queued = await town.messagesOf(id);
    expect(new Set(queued.map(({ recipient }) => recipient)).size).toBe(54);
    expect(queued).toHaveLength(54);
  });

  test("reads who owes from the bills", async () => {
    await town.db.owner.sql.run(
      `insert into heating_seasons (id, starts_on, ends_on, bills_open_on, payment_window_ends_on)
       values (2026, '2026-11-15', '2027-03-15', '2026-09-01', '2026-11-10') on conflict do nothing`,
    );
    await town.db.owner.sql.run(
      `insert into bills (account_id, charge_point_id, season_id, kind, state, amount_fen, paid_fen, issued_on)
       select id, id, 2026, 'heat', 'due', 205200, case id when 10002 then 205200 else 0 end, '2026-09-01'
       from charge_points where id in (10001, 10002, 10003, 10009)`,
    );
    expect(
      (await town.countsOf({ audience: { stationIds: [1n], owes: { atLeastFen: 1, offers: false } } }))
        .households,
    ).toBe(3);
  });
});

describe("a notice at work", () => {
  test("is paused, goes on and is stopped: what is queued follows, and each message is asked again", async () => {
    const id = await town.desk.approved({});
    await town.run(id);
    const homes = (
      await town.sql.rows<{ id: bigint; accountId: bigint }>(
        `select id, account_id as "accountId" from messages where regarding = 'notice:' || :id order by id limit 3`,
        { id },
      )
    ).map((row) => ({
      messageId: row.id,
      accountId: row.accountId,
      purpose: "service-notice",
      step: `notice:${id}`,
      regarding: `notice:${id}`,
      personId: null,
    }));
    const verdicts = () => noticeStateCheck.check(town.sql, homes, town.db.clock.now());
    // Nothing stands in the way, and what goes has the words that were approved: those of the program.
    const words = { pins: { sms: "0" } };
    expect(await verdicts()).toMatchObject([words, words, words]);

    await as(town.db, town.desk.maker, (context) => pauseNotice(context, id, "用语有误"));
    expect(await verdicts()).toMatchObject([{ until: expect.any(Date) }, {}, {}]);
    await workOnNotice({ commands: town.db.commands }, id);
    const due = () =>
      town.sql.one<{ due: number; held: number }>(
        `select (count(*) filter (where not_before <= :now))::int as due,
           (count(*) filter (where not_before > :now))::int as held
         from messages where regarding = 'notice:' || :id and state = 'queued'`,
        { id, now: town.db.clock.now() },
      );
    expect(await due()).toEqual({ due: 0, held: 54 });
    // However long it is paused, nobody claims them: it is the resuming that calls them back.
    expect(
      await town.sql.one(
        `select count(*)::int as n from messages where regarding = 'notice:' || :id and state = 'queued'
           and not_before < :now::timestamptz + interval '10 years'`,
        { id, now: town.db.clock.now() },
      ),
    ).toEqual({ n: 0 });

    await as(town.db, town.desk.maker, (context) => resumeNotice(context, id, "已核对"));
    await workOnNotice({ commands: town.db.commands }, id);
    expect(await due()).toEqual({ due: 54, held: 0 });

    // Paused by a slip and gone on with at once: some are put off already, and none of them may stay so.
    await as(town.db, town.desk.maker, (context) => pauseNotice(context, id, "误操作"));
    let chunks = 2;
    const settings = { chunkMessages: 5000, settleMessages: 7 };
    await workOnNotice({ commands: town.db.commands }, id, { settings, goesOn: () => (chunks -= 1) >= 0 });
    expect(await due()).toEqual({ due: 40, held: 14 });
    await as(town.db, town.desk.maker, (context) => resumeNotice(context, id, "误操作"));
    expect(await findNoticesAtWork(town.sql, false)).toContain(id);
    await workOnNotice({ commands: town.db.commands }, id, { settings });
    expect(await due()).toEqual({ due: 54, held: 0 });

    await town.db.owner.sql.run(
      `update messages set state = 'accepted' where id = (select min(id) from messages where regarding = 'notice:' || :id)`,
      { id },
    );
    await as(town.db, town.desk.maker, (context) => stopNotice(context, id, "发错片区"));
    expect(await verdicts()).toMatchObject([{ reason: "notice-stopped" }, {}, {}]);
    await workOnNotice({ commands: town.db.commands }, id);
    const states = await town.sql.rows(
      `select state, reason, count(*)::int as n from messages where regarding = 'notice:' || :id group by 1, 2 order by 1`,
      { id },
    );
    expect(states).toEqual([
      { state: "accepted", reason: "", n: 1 },
      { state: "cancelled", reason: "notice-stopped", n: 53 },
    ]);
    expect(await refusal(as(town.db, town.desk.maker, (context) => resumeNotice(context, id, "x")))).toBe(
      "notice.wrong-state",
    );
  });

  test("that is stopped in the middle of its fan-out makes no further message", async () => {
    const id = await town.desk.approved({});
    await as(town.db, town.desk.maker, (context) => startNotice(context, id, null));
    let left = 1;
    const settings = { chunkMessages: 10, settleMessages: 4 };
    await workOnNotice({ commands: town.db.commands }, id, { settings, goesOn: () => (left -= 1) >= 0 });
    await as(town.db, town.desk.maker, (context) => stopNotice(context, id, "停"));
    await workOnNotice({ commands: town.db.commands }, id, { settings });
    expect((await town.messagesOf(id)).map(({ state }) => state)).toEqual(Array(10).fill("cancelled"));
  });

  test("waits for its hour and for the end of the quiet hours; is finished when its last message is gone", async () => {
    const id = await town.desk.approved({ startsAt: new Date("2026-10-29T03:00:00+08:00") });
    await town.run(id);
    const at = await town.sql.one<{ at: string }>(
      `select distinct to_char(not_before at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as at
       from messages where regarding = 'notice:' || :id`,
      { id },
    );
    expect(at.at).toMatch(/^2026-10-29 0[89]:/);
    expect((await town.noticeOf(id)).state).toBe("running");
    // Asked again, it begins at the first that is not gone, not at the first of all.
    await town.db.owner.sql.run(
      `update messages set state = 'delivered' where regarding = 'notice:' || :id::bigint
         and id in (select id from messages where regarding = 'notice:' || :id::bigint order by id limit 40)`,
      { id },
    );
    await workOnNotice({ commands: town.db.commands }, id);
    expect(
      await town.sql.one(
        `select (select count(*) from messages where regarding = 'notice:' || :id::bigint and id < unsent_from)::int as gone
         from notice_fan_outs where notice_id = :id::bigint`,
        { id },
      ),
    ).toEqual({ gone: 40 });
    await town.db.owner.sql.run(
      "update messages set state = 'delivered' where regarding = 'notice:' || :id",
      {
        id,
      },
    );
    await workOnNotice({ commands: town.db.commands }, id);
    expect((await town.noticeOf(id)).state).toBe("finished");
  });

  test("that was made early hides none that was made late", async () => {
    const ids = [await town.desk.approved({}), await town.desk.approved({})];
    for (const id of ids) await as(town.db, town.desk.maker, (context) => startNotice(context, id, null));
    const [early = 0n, late = 0n] = ids;
    expect(await findNoticesAtWork(town.sql, false, 0n, 1)).toEqual([early]);
    expect(await findNoticesAtWork(town.sql, false, early, 1)).toEqual([late]);
    for (const id of ids) await workOnNotice({ commands: town.db.commands }, id);
  });

  test("is thrown away only before it runs", async () => {
    const id = await town.desk.ask({});
    await as(town.db, town.desk.maker, (context) => cancelNotice(context, id, null, "不需要了"));
    const frozen = await town.desk.approved({ audience: { stationIds: [2n] } });
    await as(town.db, town.desk.maker, (context) => cancelNotice(context, frozen, null, "不需要了"));
    expect((await funnelOf(town.sql, town.desk.maker, "2026-10-28", frozen)).byOutcome).toMatchObject({
      waiting: 0,
      cancelled: 12,
    });
    expect(await town.noticeOf(id)).toMatchObject({ state: "cancelled", stateReason: "不需要了" });
    const { approvalId } = await town.noticeOf(id);
    expect(await town.sql.one("select state from approvals where id = :approvalId", { approvalId })).toEqual({
      state: "withdrawn",
    });
  });
});
