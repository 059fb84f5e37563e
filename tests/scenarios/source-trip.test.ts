/**
 * Wednesday 20 January, 19:30: a heat source trips, 41 stations, 29,380 homes of which 26,100 are supplied. At full size: the signed
 * messages over HTTP, the incident, who hangs under it, and whom each message would be about.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import {
  closeIncident,
  countAudience,
  countIncident,
  findAudience,
  findIncident,
  findUpdates,
  incidentForBuilding,
  incidentSubscribers,
  joinIncident,
} from "#src/service/incidents/index.ts";
import { ticketOfId } from "#src/service/tickets/index.ts";
import { secondsWithoutHeat, supplyRoutes } from "#src/town/supply/index.ts";
import { ask, type Edge, platformOf, startEdge } from "#tests/http/edge.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import {
  buildingIdOf,
  plantHeatTown,
  SOURCE_A,
  SOURCE_B,
  stationCode,
  type StationPlan,
} from "#tests/support/heat-town.ts";
import { as, openCase } from "#tests/support/tickets.ts";

const SECRET = "the-dispatch-centre-and-we-hold-this-key";
/** Stations 1 to 14 come back by a switch. */
const SWITCHED = 14;
const plan: StationPlan[] = Array.from({ length: 41 }, (_unused, index) => ({
  homes: index < 24 ? 717 : 716,
  supplied: index < SWITCHED ? 710 : index < 28 ? 599 : 598,
}));

let db: TestDatabase;
let edge: Edge;
beforeAll(async () => {
  db = await createTestDatabase("2027-01-20T19:30:40+08:00");
  await plantHeatTown(db, plan);
  // The company decides that people may be written to from 07:00 on.
  await db.owner.sql.run(
    `update working_calendar_blocks set from_minute = 420
     where calendar_id in (select id from working_calendars where name = 'contact-hours')`,
  );
  const platform = { ...platformOf(db), webhookSecrets: { dispatch: SECRET } };
  edge = await startEdge(platform, supplyRoutes, { publicWrites: ["POST /hooks/dispatch"] });
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

const send = async (eventId: string, event: object): Promise<unknown> => {
  const raw = JSON.stringify({ eventId, event });
  const headers = signWebhook(SECRET, raw, db.clock.now());
  const answer = await ask(edge, "/api/v1/hooks/dispatch", { raw, headers });
  expect(answer.status).toBe(202);
  return answer.body["outcome"];
};
const alarm = (occurredAt: string) => ({
  kind: "alarm",
  asset: { source: SOURCE_A },
  occurredAt,
  stopsHeat: true,
  note: "热源跳闸",
});
const clockTo = (instant: string): void => db.clock.set(`2027-01-${instant}+08:00`);
const work = () => handleEvents(db, incidentSubscribers);
const sql = () => db.database.sql;
const incidents = () =>
  sql().rows<{ id: bigint; openedAt: Date; state: string }>(
    `select id, opened_at as "openedAt", state from incidents order by id`,
  );
const lastUpdate = async (id: bigint) => {
  const said = (await findUpdates(sql(), id)).at(-1);
  return {
    kind: said?.kind,
    buildings: said?.buildings,
    audience: await countAudience(sql(), { updateId: said?.id ?? 0n, day: "2027-01-20" }),
    back: said?.expectedBackAt?.toISOString() ?? null,
    id: said?.id ?? 0n,
  };
};
const spoken = (station: number) => incidentForBuilding(sql(), buildingIdOf(station, 1), db.clock.now());
const secondsOf = async (station: number): Promise<number> => {
  const buildingId = buildingIdOf(station, 6);
  const span = {
    buildingIds: [buildingId],
    from: new Date("2027-01-20T00:00:00+08:00"),
    to: db.clock.now(),
  };
  return (await secondsWithoutHeat(sql(), span)).get(buildingId) ?? 0;
};

test("the night of the source", async () => {
  // 19:30: the alarm comes three times; 19:32: one incident, spoken at once.
  const outcomes = [
    await send("D-1", alarm("2027-01-20T19:30:00+08:00")),
    await send("D-1", alarm("2027-01-20T19:30:00+08:00")),
    await send("D-2", alarm("2027-01-20T19:31:00+08:00")),
  ];
  expect(outcomes).toEqual(["recorded", "repeated", "same"]);
  clockTo("20T19:32:00");
  await work();
  const [incident, ...others] = await incidents();
  expect(others).toEqual([]);
  expect(incident?.openedAt.toISOString()).toBe("2027-01-20T11:32:00.000Z");
  const id = incident?.id ?? 0n;
  expect((await spoken(1))?.script).toContain("自19:30起暂停供热，正在抢修，恢复时间确定后会及时告知");
  const reach = await countIncident(sql(), { incidentId: id, at: db.clock.now(), day: "2027-01-20" });
  expect(reach).toMatchObject({ buildings: 246, homes: 29_380, homesSupplied: 26_100 });
  expect(await lastUpdate(id)).toMatchObject({ kind: "opened", audience: 26_100 });
  // Stopped homes are told nothing.
  const told = await findAudience(sql(), {
    updateId: (await lastUpdate(id)).id,
    day: "2027-01-20",
    after: -1n,
    limit: 30_000,
  });
  expect(told).toHaveLength(26_100);
  expect(told.filter(({ accountId }) => Number(accountId) % 10_000 > 710)).toEqual([]);

  // 1,900 calls: 1,600 answered by the incident alone, 40 cases that join it, 20 leaks of their own, the rest about other things.
  await as(db, db.actor, async (context) => {
    for (let call = 1; call <= 1600; call += 1) {
      await joinIncident(context, id, { callId: BigInt(call) });
    }
  });
  const cold: bigint[] = [];
  const leaks: bigint[] = [];
  for (let n = 0; n < 60; n += 1) {
    const station = n < 20 ? 1 : 20;
    const { ticketId } = await openCase(db, {
      buildingId: buildingIdOf(station, (n % 6) + 1),
      category: n % 3 === 0 ? "fault.leak" : "heat.not-hot",
      callerNumber: `+86139${String(10_000_000 + n)}`,
    });
    (n % 3 === 0 ? leaks : cold).push(ticketId);
  }
  await work();
  const counts = () => countIncident(sql(), { incidentId: id, at: db.clock.now(), day: "2027-01-20" });
  const hanging = await counts();
  expect([hanging.calls + hanging.tickets, hanging.tickets, leaks.length]).toEqual([1640, 40, 20]);

  // 20:05: another source takes 14 stations; just these are told.
  clockTo("20T20:06:00");
  const stations = Array.from({ length: SWITCHED }, (_unused, index) => stationCode(index + 1));
  await send("D-3", {
    kind: "switch",
    asset: { stations },
    to: { source: SOURCE_B },
    occurredAt: "2027-01-20T20:05:00+08:00",
  });
  await work();
  expect(await lastUpdate(id)).toMatchObject({ kind: "partial", buildings: 84, audience: 9940 });
  expect(await counts()).toMatchObject({ buildings: 162, homesSupplied: 16_160 });
  expect([await spoken(1), (await spoken(20))?.incidentId]).toEqual([null, id]);

  // 21:50: a new hour, to just the others.
  clockTo("20T21:50:00");
  await send("D-4", {
    kind: "analysis",
    asset: { source: SOURCE_A },
    occurredAt: "2027-01-20T21:50:00+08:00",
    note: "更换主循环泵",
    expectedBackAt: "2027-01-21T01:30:00+08:00",
  });
  await work();
  expect(await lastUpdate(id)).toMatchObject({
    kind: "update",
    audience: 16_160,
    back: "2027-01-20T17:30:00.000Z",
  });
  expect((await spoken(20))?.script).toContain("预计1月21日01:30恢复");

  // 01:20: back; the message waits until 07:00. A late copy of the alarm changes nothing.
  clockTo("21T01:21:00");
  await send("D-5", {
    kind: "restored",
    asset: { source: SOURCE_A },
    occurredAt: "2027-01-21T01:20:00+08:00",
  });
  await work();
  clockTo("21T01:40:00");
  expect(await send("D-0", alarm("2027-01-20T19:29:59+08:00"))).toBe("recorded");
  await work();
  expect(await lastUpdate(id)).toMatchObject({ kind: "restored", buildings: 162, audience: 16_160 });
  expect(await incidents()).toMatchObject([{ id, state: "restored" }]);
  const waiting = await sql().rows<{ template: string; at: string; messages: bigint }>(
    `select template, to_char(not_before at time zone 'Asia/Shanghai', 'DD HH24:MI') as "at", count(*) as messages
     from messages group by 1, 2 order by 2`,
  );
  const ofFirst = cold.slice(0, 13).length;
  expect(waiting).toEqual([
    { template: "incident-restored", at: "20 20:06", messages: BigInt(ofFirst) },
    { template: "incident-update", at: "20 21:50", messages: BigInt(40 - ofFirst) },
    { template: "incident-restored", at: "21 07:00", messages: BigInt(40 - ofFirst) },
  ]);

  // 0:35 and 5:50 hours, and a second more for what the late copy knew better.
  expect([await secondsOf(1), await secondsOf(SWITCHED), await secondsOf(15), await secondsOf(41)]).toEqual([
    35 * 60 + 1,
    35 * 60 + 1,
    350 * 60 + 1,
    350 * 60 + 1,
  ]);

  // In the morning a person closes it with what shows that it is over; the leaks stay what they are.
  clockTo("21T08:30:00");
  const version = (await findIncident(sql(), id))?.version ?? 0;
  await as(db, db.actor, (context) =>
    closeIncident(context, id, version, {
      evidence: "更换主循环泵，二次侧温度恢复",
      evidenceKind: "visit",
      evidenceRef: null,
    }),
  );
  await work();
  for (const ticketId of cold) expect((await ticketOfId(sql(), ticketId))?.state).toBe("resolved");
  for (const ticketId of leaks) expect((await ticketOfId(sql(), ticketId))?.state).toBe("new");
  expect(day("2027-01-21")).toBe("2027-01-21");
}, 240_000);
