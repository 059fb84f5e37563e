/** Incidents: what is said of them, and whom it reaches. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Subscriber } from "#src/platform/outbox.ts";
import {
  cancelIncident,
  carryToCases,
  findIncident,
  findUpdates,
  incidentForBuilding,
  incidentSubscribers,
  joinIncident,
  releaseBuildings,
  updateIncident,
} from "#src/service/incidents/index.ts";
import { runTicketCommand, ticketOfId } from "#src/service/tickets/index.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { buildingIdOf, plantHeatTown } from "#tests/support/heat-town.ts";
import { incidentDesk } from "#tests/support/incident-desk.ts";
import { as } from "#tests/support/tickets.ts";

let db: TestDatabase;
let startAgain: () => Promise<void>;
const subscribers: readonly Subscriber[] = incidentSubscribers;
beforeAll(async () => {
  db = await createTestDatabase("2027-01-20T10:00:00+08:00");
  await plantHeatTown(db, [
    { homes: 60, supplied: 54 },
    { homes: 60, supplied: 60 },
  ]);
  startAgain = await rememberBeginning(db);
});
afterAll(() => db.drop());
beforeEach(() => startAgain());
const { open, cold, incidentOf, version, entriesOf, messages, release, close } = incidentDesk(() => db);

describe("what is said", () => {
  test("reaches every case once in chunks, also when a chunk is handled again", async () => {
    const { incidentId } = await open();
    const cases: bigint[] = [];
    for (let n = 0; n < 250; n += 1) {
      const callerNumber = `+86138${String(10_000_000 + n)}`;
      cases.push((await cold(1, (n % 6) + 1, { callerNumber })).ticketId);
    }
    await handleEvents(db, subscribers);
    await as(db, db.actor, async (context) =>
      updateIncident(context, incidentId, await version(incidentId), {
        text: "正在更换循环泵",
        expectedBackAt: new Date("2027-01-20T13:00:00+08:00"),
      }),
    );
    const update = (await findUpdates(db.database.sql, incidentId)).at(-1);
    // Two workers hand over the same update; the second finds the cursor moved.
    await Promise.all(
      [1, 2, 3].map(() => as(db, db.actor, (context) => carryToCases(context, update?.id ?? 0n))),
    );
    await handleEvents(db, subscribers);
    const { entries, told } = await db.database.sql.one<{ entries: number; told: number }>(
      `select (select count(*) from ticket_entries where text = '事件进展：正在更换循环泵')::int as entries,
         (select count(distinct ticket_id) from ticket_entries where text = '事件进展：正在更换循环泵')::int as told`,
    );
    expect({ entries, told }).toEqual({ entries: 250, told: 250 });
    const queued = await messages();
    expect(queued).toHaveLength(250);
    expect(new Set(queued.map((one) => one.template))).toEqual(new Set(["incident-update"]));
    expect(cases).toHaveLength(250);
  });

  test("that some buildings are warm again reaches just these, and the last ones restore it", async () => {
    const { incidentId } = await open();
    const [one, two] = [
      await cold(1, 1, { callerNumber: "+8613800000001" }),
      await cold(1, 2, { callerNumber: "+8613800000002" }),
    ];
    await handleEvents(db, subscribers);
    await as(db, db.actor, async (context) =>
      releaseBuildings(context, incidentId, await version(incidentId), {
        buildingIds: [buildingIdOf(1, 1)],
        text: "东侧支路已通",
      }),
    );
    await handleEvents(db, subscribers);
    expect(await incidentForBuilding(db.database.sql, buildingIdOf(1, 1), db.clock.now())).toBeNull();
    expect(await incidentForBuilding(db.database.sql, buildingIdOf(1, 2), db.clock.now())).not.toBeNull();
    expect((await messages()).map((sent) => sent.recipient)).toEqual(["tel:+8613800000001"]);
    expect((await entriesOf(two.ticketId)).length).toBe(1);
    expect((await entriesOf(one.ticketId)).at(-1)?.text).toBe("已恢复供热：东侧支路已通");
    await as(db, db.actor, async (context) =>
      releaseBuildings(context, incidentId, await version(incidentId), { buildingIds: null, text: "" }),
    );
    expect((await findIncident(db.database.sql, incidentId))?.state).toBe("restored");
  });

  test("at the closing resolves the cases with its evidence; none is closed, and a leak is left alone", async () => {
    const { incidentId } = await open();
    const fresh = await cold(1, 1);
    const working = await cold(1, 2);
    await as(db, db.actor, (context) => runTicketCommand(context, working.ticketId, "start"));
    const leak = await cold(1, 2, { category: "fault.leak" });
    await handleEvents(db, subscribers);
    await release(incidentId);
    await close(incidentId, { evidenceRef: `ticket:${fresh.ticketId}` });
    await handleEvents(db, subscribers);
    for (const { ticketId } of [fresh, working]) {
      expect((await ticketOfId(db.database.sql, ticketId))?.state).toBe("resolved");
      expect((await entriesOf(ticketId)).at(-1)).toEqual({
        text: "事件办结：更换循环泵，二次侧恢复",
        evidence: "order",
        ref: `ticket:${fresh.ticketId}`,
      });
    }
    expect((await ticketOfId(db.database.sql, leak.ticketId))?.state).toBe("new");
    expect(await incidentForBuilding(db.database.sql, buildingIdOf(1, 1), db.clock.now())).toBeNull();
    await expect(
      as(db, db.actor, (context) => joinIncident(context, incidentId, { ticketId: leak.ticketId })),
    ).rejects.toMatchObject({ code: "incident.over" });
  });

  test("when it was none lets the cases go on alone", async () => {
    const { incidentId } = await open();
    const { ticketId } = await cold(1, 1);
    await handleEvents(db, subscribers);
    await as(db, db.actor, async (context) =>
      cancelIncident(context, incidentId, await version(incidentId), "误建"),
    );
    await handleEvents(db, subscribers);
    expect(await incidentOf(ticketId)).toBeNull();
    expect((await ticketOfId(db.database.sql, ticketId))?.state).toBe("new");
  });
});
