/** A very small town for tests: one building on one loop, in one service area. */
import { parseAreaM2 } from "#src/kernel/area.ts";
import { day, type Day } from "#src/kernel/day.ts";
import {
  accessAccount,
  type AccountInput,
  type ChargePointInput,
  openAccount,
  setPerson,
} from "#src/town/accounts/index.ts";
import type { TestDatabase } from "./database.ts";

export type SmallTown = {
  readonly heatSourceId: bigint;
  readonly stationId: bigint;
  readonly communityId: bigint;
  readonly buildingId: bigint;
  readonly unitId: bigint;
  readonly areaId: bigint;
};

/** Builds it with plain statements as the owner, so that the tests of each room stand on their own feet. */
export const buildSmallTown = async (db: TestDatabase, name = "A"): Promise<SmallTown> =>
  db.owner.sql.one<SmallTown>(
    `with source as (
       insert into heat_sources (code, name) values ('S' || :name, '热源' || :name) returning id
     ), station as (
       insert into stations (heat_source_id, code, name, owner, taken_over_on)
       select id, 'T' || :name, '热力站' || :name, 'company', date '2010-05-01' from source returning id
     ), loop as (
       insert into loops (station_id, code) select id, '1' from station returning id
     ), community as (
       insert into communities (code, name, base_name, district)
       values ('C' || :name, '书香苑' || :name, '书香苑' || :name, '金水区') returning id
     ), building as (
       insert into buildings (community_id, loop_id, name)
       select community.id, loop.id, '1号楼' from community, loop returning id
     ), unit as (
       insert into units (building_id, name) select id, '1单元' from building returning id
     ), area as (
       insert into service_areas (code, name, level) values ('G' || :name, '片区' || :name, 'area') returning id
     ), served as (
       insert into service_area_buildings (area_id, building_id, valid)
       select area.id, building.id, daterange('2020-01-01', null) from area, building
     )
     select source.id as "heatSourceId", station.id as "stationId", community.id as "communityId",
       building.id as "buildingId", unit.id as "unitId", area.id as "areaId"
     from source, station, community, building, unit, area`,
    { name },
  );

/** A door in the building; each call makes another. */
export const addPremises = async (db: TestDatabase, town: SmallTown, door: string): Promise<bigint> => {
  const row = await db.owner.sql.one<{ id: bigint }>(
    `insert into premises (unit_id, building_id, floor, door, address)
     values (:unitId, :buildingId, '', :door, '金水区 书香苑 1号楼1单元' || :door) returning id`,
    { unitId: town.unitId, buildingId: town.buildingId, door },
  );
  return row.id;
};

export const home = (overrides: Partial<ChargePointInput> = {}): ChargePointInput => ({
  heatClass: "residential",
  loopType: "independent",
  innerArea: parseAreaM2("90"),
  grossArea: parseAreaM2("100"),
  rounding: "three-decimals",
  document: "certificate 2012-0815",
  ...overrides,
});

/** An active account on a door of its own, billed on 90.00 m2 unless told otherwise. */
export const openTestAccount = async (
  db: TestDatabase,
  town: SmallTown,
  accountNo: string,
  overrides: Partial<Omit<AccountInput, "openedOn">> & { readonly openedOn?: Day } = {},
): Promise<{ accountId: bigint; chargePointIds: readonly bigint[] }> => {
  const premisesId = overrides.premisesId ?? (await addPremises(db, town, accountNo));
  const { result } = await db.commands.run({ name: "account.open", actor: db.actor }, (context) =>
    openAccount(context, {
      accountNo,
      openedOn: day("2026-01-01"),
      chargePoints: [home()],
      ...overrides,
      premisesId,
    }),
  );
  return result;
};

/** The owner of a home, called 慕容北辰, who can be reached by these numbers. */
export const addTestOwner = async (
  db: TestDatabase,
  accountNo: string,
  numbers: readonly string[],
): Promise<void> => {
  await db.commands.run({ name: "test.owner", actor: db.actor }, async (context) =>
    setPerson(context, {
      account: await accessAccount(context.sql, db.actor, accountNo, context.today),
      role: "owner",
      kind: "person",
      name: "慕容北辰",
      phones: numbers.map((number) => ({ number })),
      from: day("2026-10-01"),
      source: "counter",
    }),
  );
};
