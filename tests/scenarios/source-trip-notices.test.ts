/**
 * Wednesday 20 January, 19:30, the homes' side of it: a heat source trips, 26,100 supplied homes. At full size: one approver for the
 * first message, the all-clear to just 9,940, a new time to just 16,160, and at night nothing that can wait for the morning.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import {
  approveNotice,
  findNotice,
  funnelOf,
  noticeSupplyCheck,
  startApproved,
  toldByNoticeCheck,
  workOnNotice,
} from "#src/messages/notices/index.ts";
import { incidentSubscribers } from "#src/service/incidents/index.ts";
import { secondsWithoutHeat, supplyRoutes } from "#src/town/supply/index.ts";
import { ask, type Edge, platformOf, startEdge } from "#tests/http/edge.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { buildingIdOf, plantHeatTown, SOURCE_A, SOURCE_B, stationCode } from "#tests/support/heat-town.ts";
import { mobileOf, type NoticeDesk, openNoticeDesk, plantResidents } from "#tests/support/notice-town.ts";
import { as, openCase } from "#tests/support/tickets.ts";

const SECRET = "the-dispatch-centre-and-we-hold-this-key";
/** Stations 1 to 14 come back by a switch. */
const SWITCHED = 14;
const plan = Array.from({ length: 41 }, (_unused, index) => ({
  homes: index < 24 ? 717 : 716,
  supplied: index < SWITCHED ? 710 : index < 28 ? 599 : 598,
}));

let db: TestDatabase;
let edge: Edge;
let desk: NoticeDesk;
beforeAll(async () => {
  db = await createTestDatabase("2027-01-20T09:00:00+08:00");
  await plantHeatTown(db, plan);
  await plantResidents(db);
  await db.owner.sql.run(
    `update working_calendar_blocks set from_minute = 420
     where calendar_id in (select id from working_calendars where name = 'contact-hours')`,
  );
  desk = await openNoticeDesk(db);
  // On a quiet morning two people approved what one may send at night.
  for (const template of ["supply-outage", "supply-new-time", "supply-back"])
    await desk.approveText(template);
  const platform = { ...platformOf(db), webhookSecrets: { dispatch: SECRET } };
  edge = await startEdge(platform, supplyRoutes, { publicWrites: ["POST /hooks/dispatch"] });
}, 180_000);
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

const sql = () => db.database.sql;
const clockTo = (instant: string): void => db.clock.set(`2027-01-${instant}+08:00`);
const send = async (eventId: string, event: object): Promise<void> => {
  const raw = JSON.stringify({ eventId, event });
  const answer = await ask(edge, "/api/v1/hooks/dispatch", {
    raw,
    headers: signWebhook(SECRET, raw, db.clock.now()),
  });
  expect(answer.status).toBe(202);
};
const notices = () =>
  sql().rows<{ id: bigint; kind: string; state: string; messages: number }>(
    "select id, kind, state, messages from notices order by id",
  );
const work = async (): Promise<void> => {
  await handleEvents(db, incidentSubscribers);
  for (const { id, state } of await notices())
    if (["running", "stopped"].includes(state)) await workOnNotice({ commands: db.commands }, id);
};
/** What a sender would have done with everything that is due. */
const sendDue = (): Promise<number> =>
  db.owner.bulk((owner) =>
    owner.run(
      `update messages set state = 'delivered', called_at = :now, changed_at = :now
       where state = 'queued' and not_before <= :now and regarding like 'notice:%'`,
      { now: db.clock.now() },
    ),
  );
const hours = (id: bigint) =>
  sql().rows<{ at: string; n: number; stations: number }>(
    `select to_char(not_before at time zone 'Asia/Shanghai', 'DD HH24:MI') as at, count(*)::int as n,
       max(account_id / 10000)::int as stations
     from messages where regarding = 'notice:' || :id group by 1`,
    { id },
  );

test("the night of the source, as its homes are told", async () => {
  clockTo("20T19:30:40");
  await send("D-1", {
    kind: "alarm",
    asset: { source: SOURCE_A },
    occurredAt: "2027-01-20T19:30:00+08:00",
    stopsHeat: true,
  });
  clockTo("20T19:32:00");
  await work();
  // It waits for one person, who is told so.
  const [outage, ...none] = await notices();
  expect(none).toEqual([]);
  expect(outage).toMatchObject({ kind: "outage", state: "draft" });
  const outageId = outage?.id ?? 0n;
  expect(
    await sql().one(
      "select state, owner_role as role from tasks where kind = 'notice-approve' and source = :source",
      {
        source: `notice:${outageId}`,
      },
    ),
  ).toEqual({ state: "open", role: "supervisor" });

  clockTo("20T19:45:00");
  await as(db, desk.checker, async (context) => {
    await approveNotice(context, outageId, null, { atNight: true });
    await startApproved(context, outageId);
  });
  await work();
  expect(await findNotice(sql(), outageId)).toMatchObject({ households: 26_100, messages: 26_100 });
  expect(await hours(outageId)).toEqual([{ at: "20 19:45", n: 26_100, stations: 41 }]);
  // Stopped homes are told nothing: homes beyond the supplied ones of each station.
  expect(
    await sql().one(
      `select count(*)::int as n from messages where regarding = 'notice:' || :outageId and account_id % 10000 > 710`,
      { outageId },
    ),
  ).toEqual({ n: 0 });
  await sendDue();

  // 20:05: another source takes 14 stations.
  clockTo("20T20:06:00");
  await send("D-3", {
    kind: "switch",
    asset: { stations: Array.from({ length: SWITCHED }, (_unused, index) => stationCode(index + 1)) },
    to: { source: SOURCE_B },
    occurredAt: "2027-01-20T20:05:00+08:00",
  });
  await work();
  const back = (await notices()).at(-1);
  expect(back).toMatchObject({ kind: "heat-back", state: "running", messages: 9940 });
  expect(await hours(back?.id ?? 0n)).toEqual([{ at: "20 20:06", n: 9940, stations: SWITCHED }]);
  await sendDue();

  // A caller with a case hears it from the notice, not twice.
  const cold = await openCase(db, {
    buildingId: buildingIdOf(20, 3),
    category: "heat.not-hot",
    callerNumber: mobileOf(200_002),
  });
  await work();

  // 21:50: a new time, to just the others, at once.
  clockTo("20T21:50:00");
  await send("D-4", {
    kind: "analysis",
    asset: { source: SOURCE_A },
    occurredAt: "2027-01-20T21:50:00+08:00",
    note: "更换主循环泵",
    expectedBackAt: "2027-01-21T01:30:00+08:00",
  });
  await work();
  const later = (await notices()).at(-1);
  expect(later).toMatchObject({ kind: "new-time", state: "running", messages: 16_160 });
  expect(await hours(later?.id ?? 0n)).toEqual([{ at: "20 21:50", n: 16_160, stations: 41 }]);
  expect(
    await sql().one(
      `select distinct variables ->> 'back' as back from messages where regarding = 'notice:' || :id`,
      { id: later?.id ?? 0n },
    ),
  ).toEqual({ back: "1月21日01:30" });
  const ofCase = await sql().one<{ id: bigint; step: string; accountId: bigint | null }>(
    `select id, step, account_id as "accountId" from messages where regarding = 'ticket:' || :id`,
    { id: cold.ticketId },
  );
  const asHome = { purpose: "incident-update", personId: null, regarding: `ticket:${cold.ticketId}` };
  expect(
    await toldByNoticeCheck.check(
      sql(),
      [{ ...asHome, messageId: ofCase.id, step: ofCase.step, accountId: ofCase.accountId }],
      db.clock.now(),
    ),
  ).toMatchObject([{ messageId: ofCase.id, reason: "told-by-notice" }]);
  await sendDue();

  // 01:20: back; nobody is woken. What had said otherwise is stopped.
  clockTo("21T01:21:00");
  await send("D-5", {
    kind: "restored",
    asset: { source: SOURCE_A },
    occurredAt: "2027-01-21T01:20:00+08:00",
  });
  await work();
  const morning = (await notices()).at(-1);
  expect(morning).toMatchObject({ kind: "heat-back", state: "running", messages: 16_160 });
  const morningId = morning?.id ?? 0n;
  expect(await hours(morningId)).toEqual([{ at: "21 07:00", n: 16_160, stations: 41 }]);
  expect((await notices()).map(({ kind }) => kind)).toEqual(["outage", "heat-back", "new-time", "heat-back"]);

  // Should heat go again before seven, a message that says the contrary is not called.
  const asked = async (at: string) => {
    const rows = await sql().rows<{ id: bigint; accountId: bigint }>(
      `select id, account_id as "accountId" from messages where regarding = 'notice:' || :morningId
       and account_id between 200001 and 200003`,
      { morningId },
    );
    return noticeSupplyCheck.check(
      sql(),
      rows.map((row) => ({
        messageId: row.id,
        accountId: row.accountId,
        personId: null,
        purpose: "incident-update",
        step: `notice:${morningId}`,
        regarding: `notice:${morningId}`,
      })),
      new Date(at),
    );
  };
  expect(await asked("2027-01-21T07:00:00+08:00")).toEqual([]);
  expect(await asked("2027-01-21T01:00:00+08:00")).toMatchObject([{ reason: "heat-gone-again" }, {}, {}]);

  // 0:35 and 5:50 hours are kept for each home, by its building.
  const span = { from: new Date("2027-01-20T00:00:00+08:00"), to: db.clock.now() };
  const without = await secondsWithoutHeat(sql(), {
    ...span,
    buildingIds: [buildingIdOf(1, 6), buildingIdOf(41, 6)],
  });
  expect([without.get(buildingIdOf(1, 6)), without.get(buildingIdOf(41, 6))]).toEqual([35 * 60, 350 * 60]);

  clockTo("21T07:00:00");
  await sendDue();
  await work();
  for (const { id } of await notices()) {
    const figures = await funnelOf(sql(), desk.checker, "2027-01-21", id);
    expect(figures.byOutcome.delivered).toBe(figures.audience);
  }
}, 240_000);
