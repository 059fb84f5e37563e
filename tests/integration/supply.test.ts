/** What the dispatch centre reports, in whatever order, and who is affected by it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  affectedBuildings,
  affectedPremises,
  type Happening,
  happeningIn,
  recordReport,
  roadOfBuilding,
  secondsWithoutHeat,
} from "#src/town/supply/index.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import {
  buildingIdOf,
  buildingName,
  communityCode,
  FAR_STATION,
  plantHeatTown,
  SOURCE_A,
  SOURCE_B,
  stationCode,
} from "#tests/support/heat-town.ts";

let db: TestDatabase;
let startAgain: () => Promise<void>;
beforeAll(async () => {
  db = await createTestDatabase("2027-01-21T09:00:00+08:00");
  await plantHeatTown(db, [
    { homes: 12, supplied: 10 },
    { homes: 12, supplied: 12 },
    { homes: 6, supplied: 0 },
  ]);
  startAgain = await rememberBeginning(db);
});
afterAll(() => db.drop());
beforeEach(() => startAgain());

const at = (clock: string, day = "2027-01-20"): string => `${day}T${clock}:00+08:00`;
const when = (clock: string, day?: string): Date => new Date(at(clock, day));
const told = (event: unknown): Happening => happeningIn.parse(event);

const report = async (eventId: string, event: unknown) =>
  (
    await db.commands.run({ name: "supply.report", actor: db.actor }, (context) =>
      recordReport(context, { provider: "dispatch", eventId, happening: told(event) }),
    )
  ).result;

const trip = (clock: string, more: object = {}) => ({
  kind: "alarm",
  asset: { source: SOURCE_A },
  occurredAt: at(clock),
  stopsHeat: true,
  ...more,
});
const back = (clock: string) => ({ kind: "restored", asset: { source: SOURCE_A }, occurredAt: at(clock) });
const turn = (clock: string, stations: readonly number[], source: string) => ({
  kind: "switch",
  asset: { stations: stations.map(stationCode) },
  to: { source },
  occurredAt: at(clock),
});

const outages = () =>
  db.database.sql.rows<{ from: Date; to: Date | null; back: Date | null }>(
    `select from_at as "from", to_at as "to", expected_back_at as "back" from supply_outages
     where withdrawn_at is null order by from_at`,
  );
const count = async (table: string): Promise<number> =>
  Number((await db.owner.sql.one<{ n: bigint }>(`select count(*) as n from ${table}`)).n);
const secondsOf = async (station: number): Promise<number> => {
  const buildingId = buildingIdOf(station, 1);
  const span = { buildingIds: [buildingId], from: when("00:00"), to: when("09:00", "2027-01-21") };
  return (await secondsWithoutHeat(db.database.sql, span)).get(buildingId) ?? 0;
};

describe("a report", () => {
  test("is stored once under its own id, whoever sends it how often at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => report("D-1", trip("19:30"))));
    expect(answers.filter((answer) => answer.outcome === "recorded")).toHaveLength(1);
    expect(answers.filter((answer) => answer.outcome === "repeated")).toHaveLength(19);
    expect(new Set(answers.map((answer) => answer.reportId)).size).toBe(1);
    expect(await outages()).toHaveLength(1);
    expect(await count("outbox_events where type = 'supply.reported'")).toBe(1);
  });

  test("told again under another id within the window is the same thing", async () => {
    expect((await report("D-1", trip("19:30"))).outcome).toBe("recorded");
    expect((await report("D-2", trip("19:31"))).outcome).toBe("same");
    expect((await report("D-3", trip("19:45"))).outcome).toBe("same");
    expect(await outages()).toHaveLength(1);
    expect(await count("outbox_events where type = 'supply.reported'")).toBe(1);
    // Outside of the window it is news, of the same stop.
    expect((await report("D-4", trip("20:30"))).outcome).toBe("recorded");
    expect(await outages()).toHaveLength(1);
  });

  test("of a second trip within the window is another outage when heat was back between", async () => {
    await report("D-1", trip("19:30"));
    await report("D-2", back("19:40"));
    expect((await report("D-3", trip("19:45"))).outcome).toBe("recorded");
    expect(await outages()).toHaveLength(2);
  });

  test("that names what is not in the network is kept, and a person gets it", async () => {
    const answer = await report("D-1", trip("19:30", { asset: { station: "T-404" } }));
    expect(answer.outcome).toBe("kept");
    expect(await outages()).toEqual([]);
    expect(await count("tasks where kind = 'supply-report'")).toBe(1);
    expect((await report("D-1", trip("19:30", { asset: { station: "T-404" } }))).outcome).toBe("repeated");
    expect(await count("tasks where kind = 'supply-report'")).toBe(1);
  });

  test("from the future is refused, a planned stop is not", async () => {
    const ahead = { kind: "outage", asset: { station: "T-1" }, occurredAt: at("09:00", "2027-01-25") };
    await expect(report("D-1", ahead)).rejects.toMatchObject({ code: "supply.from-the-future" });
    expect((await report("D-2", { ...ahead, planned: true })).outcome).toBe("recorded");
  });
});

describe("in whatever order", () => {
  const night = [
    ["D-1", trip("19:30", { expectedBackAt: at("22:00") })],
    ["D-2", trip("19:34")],
    ["D-3", turn("20:05", [1], SOURCE_B)],
    [
      "D-4",
      {
        ...trip("21:50"),
        kind: "analysis",
        stopsHeat: undefined,
        note: "循环泵",
        expectedBackAt: at("23:30"),
      },
    ],
    ["D-5", { kind: "restored", asset: { source: SOURCE_A }, occurredAt: at("01:20", "2027-01-21") }],
    ["D-6", turn("02:00", [1], SOURCE_A)],
  ] as const;
  const events = night.map(([id, event]) => {
    const { stopsHeat, ...rest } = event as Record<string, unknown>;
    return [id, stopsHeat === undefined ? rest : event] as const;
  });

  const orders: readonly (readonly [string, readonly number[]])[] = [
    ["in order", [0, 1, 2, 3, 4, 5]],
    ["backwards", [5, 4, 3, 2, 1, 0]],
    ["the return before the trip", [4, 0, 1, 2, 3, 5]],
    ["the switch before the trip", [2, 0, 3, 5, 4, 1]],
    ["everything twice, the second time backwards", [0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0]],
    ["the trip last", [1, 2, 3, 4, 5, 0]],
  ];
  test.each(orders)("%s: one outage, 0:35 and 5:50 hours", async (_, order) => {
    for (const index of order) {
      const [id, event] = events[index] ?? ["", {}];
      await report(id, event);
    }
    expect(await outages()).toEqual([
      { from: when("19:30"), to: when("01:20", "2027-01-21"), back: when("23:30") },
    ]);
    expect([await secondsOf(1), await secondsOf(2), await secondsOf(FAR_STATION)]).toEqual([
      35 * 60,
      350 * 60,
      0,
    ]);
  });
});

describe("who is affected", () => {
  test("is told by the network as it is switched at that instant", async () => {
    const { sql } = db.database;
    const onA = async (clock: string) => {
      const found = await affectedBuildings(sql, { heatSourceId: 1n }, when(clock));
      return [...new Set(found.map((id) => Number(id) / 10).map(Math.floor))];
    };
    expect(await onA("20:00")).toEqual([1, 2, 3]);
    await report("D-1", turn("20:05", [1, 3], SOURCE_B));
    expect(await onA("20:04")).toEqual([1, 2, 3]);
    expect(await onA("20:05")).toEqual([2]);
    await report("D-2", turn("21:00", [3], SOURCE_A));
    expect(await onA("21:00")).toEqual([2, 3]);
    // As built, whatever was switched meanwhile.
    expect(await onA("19:00")).toEqual([1, 2, 3]);
    expect(await roadOfBuilding(sql, buildingIdOf(1, 1), when("21:00"))).toEqual({
      loopId: 1n,
      stationId: 1n,
      heatSourceId: 2n,
    });
    expect(await affectedPremises(sql, { stationId: 1n }, when("21:00"))).toHaveLength(12);
    expect(await affectedPremises(sql, { loopId: 2n, buildingIds: [11n] }, when("21:00"))).toHaveLength(14);
    await expect(affectedBuildings(sql, {}, when("21:00"))).rejects.toMatchObject({
      code: "supply.nothing-named",
    });
  });

  test("a building turned to another loop follows that loop's station and source", async () => {
    const { sql } = db.database;
    const building = { community: communityCode(1), building: buildingName(1) };
    await report("D-1", {
      kind: "switch",
      asset: { buildings: [building] },
      to: { station: stationCode(FAR_STATION), loop: "1" },
      occurredAt: at("20:00"),
    });
    expect(await roadOfBuilding(sql, buildingIdOf(1, 1), when("20:00"))).toMatchObject({
      stationId: BigInt(FAR_STATION),
      heatSourceId: 2n,
    });
    expect(await affectedBuildings(sql, { stationId: 1n }, when("20:00"))).toHaveLength(5);
    await report("D-2", trip("20:10", { asset: { buildings: [building] } }));
    await report("D-3", { kind: "restored", asset: { buildings: [building] }, occurredAt: at("20:40") });
    // A source and, below it, a building: a second without heat counts once.
    await report("D-4", trip("20:20", { asset: { source: SOURCE_B } }));
    await report("D-5", { kind: "restored", asset: { source: SOURCE_B }, occurredAt: at("21:00") });
    expect([await secondsOf(1), await secondsOf(FAR_STATION)]).toEqual([50 * 60, 40 * 60]);
  });
});
