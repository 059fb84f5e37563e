import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  areaOfBuilding,
  assignBuildings,
  assignDuty,
  createArea,
  findCoverage,
} from "#src/town/grid/index.ts";
import {
  createBuilding,
  createCommunity,
  createHeatSource,
  createLoop,
  createPremises,
  createStation,
  createUnit,
  findStationOfPremises,
} from "#src/town/network/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const run = async <T>(work: (context: CommandContext) => Promise<T>): Promise<T> =>
  (await db.commands.run({ name: "test", actor: db.actor }, work)).result;

const station = (heatSourceId: bigint, code: string) => ({
  heatSourceId,
  code,
  name: `站${code}`,
  owner: "property-firm" as const,
  takenOverOn: null,
  propertyFirmName: "某某物业",
  propertyFirmPhone: "65550000",
});

/** A building with one home; every part of it named by `code`. */
const build = async (code: string) => {
  const heatSourceId = await run((context) => createHeatSource(context, { code, name: `热源${code}` }));
  const stationId = await run((context) => createStation(context, station(heatSourceId, code)));
  const loopId = await run((context) => createLoop(context, { stationId, code: "1", zone: "低区" }));
  const communityId = await run((context) =>
    createCommunity(context, { code, name: `书香名邸${code}（二期）`, district: "金水区", street: "文化路" }),
  );
  const buildingId = await run((context) => createBuilding(context, { communityId, loopId, name: "9号楼" }));
  const unitId = await run((context) => createUnit(context, { buildingId, name: "2单元" }));
  const premisesId = await run((context) => createPremises(context, { unitId, floor: "13层", door: "东户" }));
  return { heatSourceId, stationId, loopId, communityId, buildingId, unitId, premisesId };
};

describe("the network", () => {
  test("grows from the source to the door, and a door knows its station", async () => {
    const built = await build("N1");
    expect(await findStationOfPremises(db.database.sql, built.premisesId)).toMatchObject({
      id: built.stationId,
      owner: "property-firm",
      propertyFirmPhone: "+8637165550000",
    });
    const rows = await db.database.sql.rows(
      `select premises.address, community.base_name as base, community.phase
       from premises, communities community where premises.id = :premisesId and community.id = :communityId`,
      built,
    );
    expect(rows).toEqual([
      { address: "金水区文化路书香名邸N1（二期）9号楼2单元13层东户", base: "书香名邸N1", phase: "二期" },
    ]);
    // The same door name on another floor is another home.
    await run((context) => createPremises(context, { unitId: built.unitId, floor: "12层", door: "东户" }));
    await expect(
      run((context) => createPremises(context, { unitId: built.unitId, floor: "12层", door: "东户" })),
    ).rejects.toMatchObject({ code: "network.already-there" });
  });

  test("a station of the company has its day, one of a property firm its phone, and a parent that exists", async () => {
    const heatSourceId = await run((context) => createHeatSource(context, { code: "N2", name: "热源N2" }));
    const base = station(heatSourceId, "N2");
    const create = (overrides: object) => run((context) => createStation(context, { ...base, ...overrides }));
    await expect(create({ owner: "company" })).rejects.toMatchObject({ code: "station.no-take-over-day" });
    await expect(create({ propertyFirmPhone: null })).rejects.toMatchObject({
      code: "station.no-firm-phone",
    });
    await expect(create({ propertyFirmPhone: "12" })).rejects.toMatchObject({ code: "phone.unreadable" });
    await expect(create({ heatSourceId: 999_999n })).rejects.toMatchObject({
      code: "network.parent-unknown",
    });
  });
});

describe("the grid", () => {
  test("a building has one area a day; a new assignment ends the old one; history is not rewritten", async () => {
    const { buildingId } = await build("G1");
    const company = await run((context) =>
      createArea(context, { code: "co", name: "公司", level: "company", parentId: null }),
    );
    const branch = await run((context) =>
      createArea(context, { code: "east", name: "东区", level: "branch", parentId: company }),
    );
    const [first, second] = await Promise.all(
      ["a1", "a2"].map((code) =>
        run((context) => createArea(context, { code, name: code, level: "area", parentId: branch })),
      ),
    );
    const assign = (areaId: bigint, from: string) =>
      run((context) => assignBuildings(context, { areaId, buildingIds: [buildingId], from: day(from) }));
    await assign(must(first, "a1"), "2026-01-01");
    await assign(must(second, "a2"), "2026-09-01");
    await expect(assign(must(first, "a1"), "2026-09-01")).rejects.toMatchObject({
      code: "area.later-assignment",
    });
    const areaOn = async (on: string) => (await areaOfBuilding(db.database.sql, buildingId, day(on)))?.code;
    expect([await areaOn("2025-12-31"), await areaOn("2026-08-31"), await areaOn("2026-09-01")]).toEqual([
      undefined,
      "a1",
      "a2",
    ]);
    await expect(
      db.owner.sql.run(
        `insert into service_area_buildings (area_id, building_id, valid)
         values (:areaId, :buildingId, daterange('2026-10-01', null))`,
        { areaId: first, buildingId },
      ),
    ).rejects.toMatchObject({ code: "23P01" });
    await expect(
      run((context) =>
        createArea(context, { code: "x", name: "x", level: "branch", parentId: first ?? null }),
      ),
    ).rejects.toMatchObject({ code: "area.wrong-level" });
    await expect(
      run((context) =>
        assignBuildings(context, { areaId: branch, buildingIds: [999_999n], from: day("2026-10-01") }),
      ),
    ).rejects.toMatchObject({ code: "building.not-found" });
  });

  test("the manager is the area's own, else the nearest above; gaps are findings", async () => {
    const { buildingId } = await build("G2");
    const staff = await db.owner.sql.rows<{ id: bigint }>(
      `insert into staff_members (login, display_name) values ('wang', '王'), ('zhao', '赵') returning id`,
    );
    const [wang, zhao] = staff.map((row) => row.id);
    const branch = await run((context) =>
      createArea(context, { code: "b2", name: "b2", level: "branch", parentId: null }),
    );
    const area = await run((context) =>
      createArea(context, { code: "g2", name: "g2", level: "area", parentId: branch }),
    );
    const today = day("2026-09-01");
    const findings = async () =>
      (await findCoverage(db.database.sql, today, 100)).map((row) => `${row.kind} ${row.id}`);
    expect(await findings()).toContain(`building-without-area ${buildingId}`);
    await run((context) =>
      assignBuildings(context, { areaId: area, buildingIds: [buildingId], from: day("2026-08-01") }),
    );
    expect(await findings()).not.toContain(`building-without-area ${buildingId}`);
    expect(await findings()).toContain(`area-without-manager ${area}`);
    const manage = (areaId: bigint, staffId: bigint | undefined, from: string) =>
      run((context) =>
        assignDuty(context, { areaId, staffId: must(staffId, "staff"), duty: "manager", from: day(from) }),
      );
    const manager = async (on: string) =>
      (await areaOfBuilding(db.database.sql, buildingId, day(on)))?.managerName;
    await manage(branch, wang, "2026-08-01");
    expect(await manager("2026-09-01")).toBe("王");
    await manage(area, zhao, "2026-08-15");
    await manage(area, wang, "2026-09-01");
    expect([await manager("2026-08-14"), await manager("2026-08-20"), await manager("2026-09-01")]).toEqual([
      "王",
      "赵",
      "王",
    ]);
    await expect(manage(area, 999_999n, "2026-09-02")).rejects.toMatchObject({ code: "staff.not-found" });
    // Whose login was ended is nobody's help: the duty counts as open.
    await db.owner.sql.run("update staff_members set disabled_at = now() where id = :zhao", { zhao });
    await manage(branch, zhao, "2026-08-30");
    expect(
      (await findCoverage(db.database.sql, today, 100)).filter(({ kind }) => kind === "duty-without-person"),
    ).toEqual([{ kind: "duty-without-person", id: branch, name: "b2", duty: "manager" }]);
  });
});
