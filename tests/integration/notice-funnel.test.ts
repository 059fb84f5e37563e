/** The funnel of a notice: each home stands in one figure, every figure is its list, and both end at the reader's bounds. */
import { readSegmentPrice } from "#src/messages/messaging/index.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#src/platform/actor.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import {
  type Audience,
  cancelNeverBegun,
  createNotice,
  findNotice,
  forgetNoticeContacts,
  funnelOf,
  listNoticeRecipients,
  previewNotice,
  startNotice,
  workOnNotice,
} from "#src/messages/notices/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { plantHeatTown } from "#tests/support/heat-town.ts";
import {
  general,
  type NoticeDesk,
  openNoticeDesk,
  plantResidents,
  EVERYWHERE,
} from "#tests/support/notice-town.ts";
import { platformOf } from "#tests/support/people.ts";
import { as } from "#tests/support/tickets.ts";

const DAY = "2026-10-28";
let db: TestDatabase;
let desk: NoticeDesk;
let id: bigint;
beforeAll(async () => {
  db = await createTestDatabase(`${DAY}T10:00:00+08:00`);
  await plantHeatTown(db, [{ homes: 60, supplied: 60 }]);
  await plantResidents(db);
  desk = await openNoticeDesk(db);
  await db.owner.sql.run(
    "update person_phones set number = '+8613900000123' where person_id in (10001, 10002, 10003)",
  );
  await db.owner.sql.run("delete from account_roles where account_id = 10004");
  await db.owner.sql.run("update person_phones set confirmed = false where person_id = 10007");
  id = await desk.approved({ audience: { everybody: true } });
  await as(db, desk.maker, (context) => startNotice(context, id, null));
  await workOnNotice({ commands: db.commands }, id);
}, 60_000);
afterAll(() => db.drop());

const funnel = (actor: Actor = desk.maker) => funnelOf(db.database.sql, actor, DAY, id);
const listed = async (outcome: string, reason: string | null = null, actor: Actor = desk.maker) =>
  (
    await listNoticeRecipients(db.database.sql, {
      ...scopeBindings(actor.scope, DAY),
      noticeId: id,
      regarding: `notice:${id}`,
      outcomes: [outcome as "skipped"],
      reason,
      channel: null,
      after: -1n,
      limit: 1000,
    })
  ).length;

test("while everything is queued", async () => {
  expect(await funnel()).toMatchObject({
    audience: 66,
    messages: 62,
    sent: 0,
    byOutcome: { skipped: 2, queued: 64, waiting: 0 },
    skippedBy: { "no-person": 1, "number-wrong": 1 },
  });
});

test("a plan that was made before the tables were analysed reads each message of the notice about once", async () => {
  const read = await db.database.bulk(async (sql) => {
    // What a planner does that takes the notice for a handful of rows.
    for (const way of ["mergejoin", "seqscan", "bitmapscan", "material", "memoize"]) {
      await sql.run(`set local enable_${way} = off`);
    }
    await funnelOf(sql, desk.maker, DAY, id);
    return sql.one<{ n: number }>(
      "select idx_tup_fetch::int as n from pg_stat_xact_user_tables where relname = 'messages'",
    );
  });
  expect(read.n).toBeLessThan(2 * 62);
});

test("however messages end, the figures add up to the audience, and each is its list", async () => {
  // In the order of their households; the first is the phone of three homes, of which one is left out.
  const ends = [
    "accepted",
    "delivered",
    "delivered",
    "undelivered",
    "expired",
    "rejected",
    "unknown",
    "skipped",
    "calling",
    "cancelled",
  ];
  await db.owner.sql.run(
    `update messages m set state = ended.state, segments = 2, cost_milli_fen = 9000,
       reason = case when ended.state in ('skipped', 'rejected', 'undelivered') then 'because-' || ended.state else '' end
     from (select id, row_number() over (order by account_id) as n from messages where regarding = 'notice:' || :id) place,
       unnest(:ends::text[]) with ordinality ended (state, n)
     where place.id = m.id and ended.n = place.n`,
    { id, ends },
  );
  await db.owner.sql.run(
    `update message_homes set left_out = 'moved-out' where account_id = 10002
       and message_id in (select id from messages where regarding = 'notice:' || :id)`,
    { id },
  );
  const figures = await funnel();
  expect(figures.byOutcome).toEqual({
    skipped: 4,
    waiting: 0,
    queued: 53,
    accepted: 2,
    delivered: 2,
    undelivered: 1,
    expired: 1,
    rejected: 1,
    unknown: 1,
    cancelled: 1,
  });
  expect(figures).toMatchObject({
    audience: 66,
    // Of the unknown one nobody can say that a provider took it.
    sent: 6,
    failed: 3,
    byChannel: { sms: 64 },
    repliesBy: {},
    segments: 20,
    costMilliFen: 90_000n,
    skippedBy: { "no-person": 1, "number-wrong": 1, "moved-out": 1, "because-skipped": 1 },
    failedBy: { "because-rejected": 1, "because-undelivered": 1, "no-receipt": 1 },
  });
  // A gateway that never says its price: what it took costs its charged parts at the contract's price, as before it was sent.
  const unpriced = (set: string) =>
    db.owner.sql.run(
      `update messages set cost_milli_fen = ${set} where regarding = 'notice:' || :id and state = 'delivered'`,
      { id },
    );
  await unpriced("null");
  const price = await readSegmentPrice(db.owner.sql);
  expect((await funnel()).costMilliFen).toBe(90_000n - 2n * 9000n + 4n * price);
  await unpriced("9000");
  expect(Object.values(figures.byOutcome).reduce((sum, n) => sum + n, 0)).toBe(figures.audience);
  for (const [outcome, n] of Object.entries(figures.byOutcome))
    expect([outcome, await listed(outcome)]).toEqual([outcome, n]);
  for (const [reason, n] of Object.entries(figures.skippedBy))
    expect(await listed("skipped", reason)).toBe(n);
});

test("who was told and who was missed are audiences of the next notice", async () => {
  const households = async (audience: Audience): Promise<number> => {
    const { noticeId } = await as(db, desk.maker, (context) => createNotice(context, general({ audience })));
    const notice = await findNotice(db.database.sql, noticeId);
    if (notice === null) throw new Error("the notice is there");
    return (await previewNotice(platformOf(db), notice, EVERYWHERE)).counts.households;
  };
  // Gaps, and what was rejected, not delivered or expired; not the home that had moved out, nor what was skipped or cancelled.
  expect(await households({ missedBy: [id] })).toBe(5);
  expect(await households({ toldBy: [id] })).toBe(60);
  expect(await households({ toldBy: [id], stationIds: [1n] })).toBe(54);
});

test("whoever is bound to an area counts and lists its homes alone", async () => {
  const west: Actor = { ...desk.maker, scope: { kind: "areas", areaIds: [2n] } };
  const figures = await funnel(west);
  expect(figures).toMatchObject({ audience: 6, byOutcome: { queued: 6 } });
  expect(await listed("queued", null, west)).toBe(6);
  expect(await listed("delivered", null, west)).toBe(0);
});

test("numbers are forgotten two years after the end; homes, reasons and states stay", async () => {
  await db.owner.sql.run("update notices set state = 'finished', ended_at = :at where id = :id", {
    id,
    at: db.clock.now(),
  });
  const before = await funnel();
  expect(await forgetNoticeContacts(db.database, new Date("2028-10-01T00:00:00Z"))).toEqual({
    noticeContacts: 0,
  });
  expect(await forgetNoticeContacts(db.database, new Date("2028-11-01T00:00:00Z"))).toEqual({
    noticeContacts: 64,
  });
  expect(
    await db.database.sql.one(
      "select count(*)::int as n from notice_recipients where notice_id = :id and (contact <> '' or label <> '')",
      { id },
    ),
  ).toEqual({ n: 0 });
  expect(await funnel()).toEqual(before);
});

test("an approval that nobody begins is thrown away, and its numbers are forgotten like those of one that ended", async () => {
  const left = await desk.approved({ audience: { everybody: true } });
  expect(await cancelNeverBegun(db)).toEqual({ neverBegun: 0 });
  const { noticeContacts } = await forgetNoticeContacts(db.database, new Date("2028-11-01T00:00:00Z"));
  expect(noticeContacts).toBeGreaterThan(50);
  db.clock.set("2026-12-28T02:30:00+08:00");
  expect(await cancelNeverBegun(db)).toEqual({ neverBegun: 1 });
  expect(await findNotice(db.database.sql, left)).toMatchObject({
    state: "cancelled",
    stateReason: "never-begun",
  });
  expect(await cancelNeverBegun(db)).toEqual({ neverBegun: 0 });
});
