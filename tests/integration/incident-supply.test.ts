/** Incidents follow the dispatch centre: tied to what a person opened, gone with a switch, back with the next one. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  closeIncident,
  findIncident,
  findUpdates,
  incidentSubscribers,
  openIncident,
  releaseBuildings,
  troubleOfBuilding,
} from "#src/service/incidents/index.ts";
import { happeningIn, recordReport } from "#src/town/supply/index.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { buildingIdOf, plantHeatTown, SOURCE_B, stationCode } from "#tests/support/heat-town.ts";
import { as } from "#tests/support/tickets.ts";

let db: TestDatabase;
let startAgain: () => Promise<void>;
beforeAll(async () => {
  db = await createTestDatabase("2027-01-20T10:00:00+08:00");
  await plantHeatTown(db, [
    { homes: 12, supplied: 10 },
    { homes: 12, supplied: 12 },
  ]);
  startAgain = await rememberBeginning(db);
});
afterAll(() => db.drop());
beforeEach(() => startAgain());

const subscribers = incidentSubscribers;
const open = () =>
  as(db, db.actor, (context) =>
    openIncident(context, { kind: "heat-outage", affected: { stationId: 1n }, startsAt: context.now }),
  );
const version = async (id: bigint) => (await findIncident(db.database.sql, id))?.version ?? 0;

describe("an outage of the dispatch centre", () => {
  const report = (eventId: string, event: unknown) =>
    as(db, db.actor, (context) =>
      recordReport(context, { provider: "dispatch", eventId, happening: happeningIn.parse(event) }),
    );
  const trip = { kind: "alarm", asset: { station: stationCode(1) }, stopsHeat: true } as const;
  const standing = () =>
    db.database.sql.rows<{ id: bigint; state: string; by: string; outageId: bigint | null }>(
      `select id, state, opened_by_kind as "by", outage_id as "outageId" from incidents order by id`,
    );

  test("is tied to the incident that a person opened before", async () => {
    const { incidentId } = await open();
    await report("D-1", { ...trip, occurredAt: "2027-01-20T09:58:00+08:00" });
    await handleEvents(db, subscribers);
    const [incident, ...more] = await standing();
    expect(more).toEqual([]);
    expect(incident).toMatchObject({ id: incidentId, by: "person" });
    expect(incident?.outageId).not.toBeNull();
  });

  test("is told of as long as it runs, also when people closed its incident", async () => {
    await report("D-1", { ...trip, occurredAt: "2027-01-20T09:58:00+08:00" });
    await handleEvents(db, subscribers);
    const id = (await standing())[0]?.id ?? 0n;
    const trouble = () => troubleOfBuilding(db.database.sql, buildingIdOf(1, 2), db.clock.now());
    expect((await trouble())?.incidentId).toBe(id);
    const closing = { evidence: "已处理", evidenceKind: "visit", evidenceRef: null } as const;
    const close = async (force: string | null) =>
      as(db, db.actor, async (context) =>
        closeIncident(context, id, await version(id), { ...closing, force }),
      );
    await expect(close(null)).rejects.toMatchObject({ code: "incident.still-out" });
    await close("误以为已恢复");
    const known = await trouble();
    expect(known).toMatchObject({ incidentId: null, expectedBackAt: null });
    expect(known?.script).toContain("春晖苑12号楼因设备故障自09:58起暂停供热");
    expect(known?.scriptEn).not.toBe("");
    await report("D-2", {
      kind: "restored",
      asset: { station: stationCode(1) },
      occurredAt: "2027-01-20T09:59:00+08:00",
    });
    expect(await trouble()).toBeNull();
  });

  test("ends when a clock that is a little ahead of ours says so; a planned stop keeps its hour", async () => {
    await report("D-1", { ...trip, occurredAt: "2027-01-20T09:58:00+08:00" });
    await handleEvents(db, subscribers);
    const asset = { station: stationCode(1) };
    const told = { kind: "restored", asset, occurredAt: "2027-01-20T10:00:42+08:00" };
    expect((await report("D-2", told)).outcome).toBe("recorded");
    await handleEvents(db, subscribers);
    expect(await standing()).toMatchObject([{ state: "restored" }]);
    expect((await report("D-2", told)).outcome).toBe("repeated");
    const planned = { kind: "outage", asset, planned: true, occurredAt: "2027-01-20T10:04:00+08:00" };
    const { reportId } = await report("D-3", planned);
    expect(
      await db.database.sql.one("select occurred_at as at from supply_reports where id = :reportId", {
        reportId,
      }),
    ).toEqual({ at: new Date("2027-01-20T02:04:00Z") });
  });

  test("that is over when it is told opens nothing", async () => {
    await report("D-2", {
      kind: "restored",
      asset: { station: stationCode(1) },
      occurredAt: "2027-01-20T09:50:00+08:00",
    });
    await report("D-1", { ...trip, occurredAt: "2027-01-20T09:40:00+08:00" });
    await handleEvents(db, subscribers);
    expect(await standing()).toEqual([]);
  });

  test("cannot be released by hand, goes when all is switched, and comes back when it is switched back", async () => {
    await report("D-1", { ...trip, asset: { source: "S-A" }, occurredAt: "2027-01-20T09:58:00+08:00" });
    await handleEvents(db, subscribers);
    const id = (await standing())[0]?.id ?? 0n;
    await expect(
      as(db, db.actor, async (context) =>
        releaseBuildings(context, id, await version(id), { buildingIds: null, text: "" }),
      ),
    ).rejects.toMatchObject({ code: "incident.follows-supply" });
    const turn = (eventId: string, source: string, clock: string) =>
      report(eventId, {
        kind: "switch",
        asset: { stations: [1, 2].map(stationCode) },
        to: { source },
        occurredAt: `2027-01-20T${clock}:00+08:00`,
      });
    await turn("D-2", SOURCE_B, "09:59");
    await handleEvents(db, subscribers);
    expect(await standing()).toMatchObject([{ id, state: "restored" }]);
    await turn("D-3", "S-A", "10:00");
    await handleEvents(db, subscribers);
    expect(await standing()).toMatchObject([{ id, state: "open" }]);
    expect((await findUpdates(db.database.sql, id)).map((said) => [said.kind, said.buildings])).toEqual([
      ["opened", 12],
      ["restored", 12],
      ["back-again", 12],
    ]);
  });
});
