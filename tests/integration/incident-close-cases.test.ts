/** Closing the cases of a closed incident together: with its evidence, by the guards of each, and not those that somebody must look at. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Actor } from "#src/platform/actor.ts";
import {
  closeCases,
  incidentSubscribers,
  joinIncident,
  releaseBuildings,
} from "#src/service/incidents/index.ts";
import { addEntry, runTicketCommand, ticketOfId } from "#src/service/tickets/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { buildingIdOf, plantHeatTown } from "#tests/support/heat-town.ts";
import { inArea, incidentDesk } from "#tests/support/incident-desk.ts";
import { person, platformOf } from "#tests/support/people.ts";
import { as } from "#tests/support/tickets.ts";

let db: TestDatabase;
let boss: Actor;
beforeEach(async () => {
  db = await createTestDatabase("2027-01-20T10:00:00+08:00");
  await plantHeatTown(db, [
    { homes: 60, supplied: 54 },
    { homes: 60, supplied: 60 },
  ]);
  boss = await person(db, "boss", ["supervisor"]);
}, 60_000);
afterEach(() => db.drop());
const { open, cold, version, release, close } = incidentDesk(() => db);

const work = () => handleEvents(db, incidentSubscribers);
const closeThem = (id: bigint, more: { after?: bigint; limit?: number } = {}, actor: Actor = boss) =>
  closeCases(platformOf(db), actor, id, { after: 0n, limit: 200, ...more });
const stateOf = async (id: bigint) => {
  const ticket = await ticketOfId(db.database.sql, id);
  return [ticket?.state, ticket?.closingClass ?? null];
};

test("what heat ended is closed as solved; what somebody must look at stays, with the reason", async () => {
  const { incidentId } = await open();
  const first = await cold(1, 1, { callerNumber: "+8613800000001" });
  const second = await cold(1, 2);
  const byOwner = await cold(1, 2);
  const byHand = await cold(1, 1, { category: "payment.amount" });
  const called = await cold(1, 1);
  const bare = await cold(1, 1, { category: "heat.below-standard" });
  await as(db, boss, (context) => joinIncident(context, incidentId, { ticketId: byHand.ticketId }));
  await work();
  await as(db, boss, async (context) => {
    await runTicketCommand(context, byOwner.ticketId, "start");
    await runTicketCommand(context, byOwner.ticketId, "resolve", { text: "家里是阀门问题" });
  });
  await expect(closeThem(incidentId)).rejects.toMatchObject({ code: "incident.not-closed" });
  await release(incidentId);
  await close(incidentId, { evidenceKind: "visit" });
  expect((await closeThem(incidentId)).unresolved).toBe(5);
  await work();
  db.clock.advanceMs(60_000);
  await as(db, boss, (context) =>
    addEntry(context, called.ticketId, { kind: "call", text: "用户来电：还是不热" }),
  );
  const stays = [
    { ticketNo: byOwner.ticketNo, why: "own" },
    { ticketNo: byHand.ticketNo, why: "own" },
    { ticketNo: called.ticketNo, why: "call-back" },
    { ticketNo: bare.ticketNo, why: "fields" },
  ];
  expect(await closeThem(incidentId)).toEqual({ closed: 2, stayed: stays, next: null, unresolved: 0 });
  for (const { ticketId } of [first, second]) expect(await stateOf(ticketId)).toEqual(["closed", "solved"]);
  for (const { ticketId } of [byOwner, byHand, called, bare]) {
    expect(await stateOf(ticketId)).toEqual(["resolved", null]);
  }
  // Again, as after a kill: nothing is closed twice, what stays is named again.
  expect(await closeThem(incidentId)).toMatchObject({ closed: 0, stayed: stays });
});

test("goes on where it ended, in bounded steps, and within one's areas", async () => {
  const { incidentId } = await open();
  const cases = [];
  for (let n = 0; n < 5; n += 1) cases.push(await cold(1, 1));
  await work();
  await release(incidentId);
  await close(incidentId, { evidenceKind: "visit" });
  await work();
  const one = await closeThem(incidentId, { limit: 2 });
  expect([one.closed, one.next === null]).toEqual([2, false]);
  const two = await closeThem(incidentId, { limit: 2, after: one.next ?? 0n });
  const three = await closeThem(incidentId, { limit: 2, after: two.next ?? 0n });
  expect([two.closed, three.closed, three.next]).toEqual([2, 1, null]);
  for (const { ticketId } of cases) expect(await stateOf(ticketId)).toEqual(["closed", "solved"]);
  await expect(closeThem(incidentId, {}, inArea(2n))).rejects.toMatchObject({ code: "incident.not-found" });
});

test("a building that nobody said is warm again is called back first", async () => {
  const { incidentId } = await open();
  const warm = await cold(1, 1);
  const unknown = await cold(1, 2);
  await work();
  await as(db, db.actor, async (context) =>
    releaseBuildings(context, incidentId, await version(incidentId), {
      buildingIds: [buildingIdOf(1, 1)],
      text: "",
    }),
  );
  await close(incidentId, { evidenceKind: "call-back", force: "其余逐户回访" }, boss);
  await work();
  expect(await closeThem(incidentId)).toMatchObject({
    closed: 1,
    stayed: [{ ticketNo: unknown.ticketNo, why: "call-back" }],
  });
  expect(await stateOf(warm.ticketId)).toEqual(["closed", "solved"]);
});
