/** All SQL on the network: sources, stations, loops, communities, buildings, units, premises. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export const STATION_OWNERS = ["company", "property-firm"] as const;
export type StationOwner = (typeof STATION_OWNERS)[number];

type Added = { readonly id: bigint };

const addHeatSource = `
  insert into heat_sources (code, name) values (:code, :name) on conflict do nothing returning id`;
export const insertHeatSource = (sql: Sql, row: { code: string; name: string }) =>
  sql.maybeOne<Added>(addHeatSource, row);

export type StationInput = {
  readonly heatSourceId: bigint;
  readonly code: string;
  readonly name: string;
  readonly owner: StationOwner;
  readonly takenOverOn: Day | null;
  readonly propertyFirmName: string | null;
  /** Normalised (kernel/phone). */
  readonly propertyFirmPhone: string | null;
};

const addStation = `
  insert into stations (heat_source_id, code, name, owner, taken_over_on, property_firm_name, property_firm_phone)
  values (:heatSourceId, :code, :name, :owner, :takenOverOn, :propertyFirmName, :propertyFirmPhone)
  on conflict do nothing returning id`;
export const insertStation = (sql: Sql, row: StationInput) => sql.maybeOne<Added>(addStation, row);

const addLoop = `
  insert into loops (station_id, code, zone) values (:stationId, :code, :zone) on conflict do nothing returning id`;
export const insertLoop = (sql: Sql, row: { stationId: bigint; code: string; zone: string }) =>
  sql.maybeOne<Added>(addLoop, row);

const addCommunity = `
  insert into communities (code, name, base_name, phase, district, street)
  values (:code, :name, :baseName, :phase, :district, :street) on conflict do nothing returning id`;
export const insertCommunity = (
  sql: Sql,
  row: { code: string; name: string; baseName: string; phase: string; district: string; street: string },
) => sql.maybeOne<Added>(addCommunity, row);

const addBuilding = `
  insert into buildings (community_id, loop_id, name) values (:communityId, :loopId, :name)
  on conflict do nothing returning id`;
export const insertBuilding = (sql: Sql, row: { communityId: bigint; loopId: bigint; name: string }) =>
  sql.maybeOne<Added>(addBuilding, row);

const addUnit = `
  insert into units (building_id, name) values (:buildingId, :name) on conflict do nothing returning id`;
export const insertUnit = (sql: Sql, row: { buildingId: bigint; name: string }) =>
  sql.maybeOne<Added>(addUnit, row);

const addPremises = `
  insert into premises (unit_id, building_id, floor, door, address)
  select units.id, units.building_id, :floor, :door, :address from units where units.id = :unitId
  on conflict do nothing returning id`;
export const insertPremises = (
  sql: Sql,
  row: { unitId: bigint; floor: string; door: string; address: string },
) => sql.maybeOne<Added>(addPremises, row);

/** What an address is made of, from the unit up. */
const unitAddress = `
  select communities.district, communities.street, communities.name as community, buildings.name as building,
    units.name as unit
  from units join buildings on buildings.id = units.building_id
  join communities on communities.id = buildings.community_id
  where units.id = :unitId`;
export const findUnitAddress = (sql: Sql, unitId: bigint) =>
  sql.maybeOne<{ district: string; street: string; community: string; building: string; unit: string }>(
    unitAddress,
    { unitId },
  );

const present = {
  heat_sources: "select 1 as one from heat_sources where id = :id",
  stations: "select 1 as one from stations where id = :id",
  loops: "select 1 as one from loops where id = :id",
  communities: "select 1 as one from communities where id = :id",
  buildings: "select 1 as one from buildings where id = :id",
  units: "select 1 as one from units where id = :id",
} as const;
export type NetworkTable = keyof typeof present;
export const exists = async (sql: Sql, table: NetworkTable, id: bigint): Promise<boolean> =>
  (await sql.maybeOne(present[table], { id })) !== null;

export type TreeRow = {
  readonly sourceId: bigint;
  readonly sourceCode: string;
  readonly sourceName: string;
  readonly stationId: bigint | null;
  readonly stationCode: string;
  readonly stationName: string;
  readonly owner: StationOwner;
};
const tree = `
  select source.id as "sourceId", source.code as "sourceCode", source.name as "sourceName",
    station.id as "stationId", station.code as "stationCode", station.name as "stationName", station.owner
  from heat_sources source left join stations station on station.heat_source_id = source.id
  order by source.code, station.code`;
export const findTree = (sql: Sql) => sql.rows<TreeRow>(tree);

const STATION_COLUMNS = `
  station.id, station.code, station.name, station.owner, station.taken_over_on as "takenOverOn",
  station.property_firm_name as "propertyFirmName", station.property_firm_phone as "propertyFirmPhone",
  station.heat_source_id as "heatSourceId", station.version`;

export type StationRow = {
  readonly id: bigint;
  readonly code: string;
  readonly name: string;
  readonly owner: StationOwner;
  readonly takenOverOn: Day | null;
  readonly propertyFirmName: string | null;
  readonly propertyFirmPhone: string | null;
  readonly heatSourceId: bigint;
  /** Counts the changes. */
  readonly version: number;
};

const stationLocked = `select ${STATION_COLUMNS} from stations station where station.id = :stationId for update`;
export const lockStation = (sql: Sql, stationId: bigint) =>
  sql.maybeOne<StationRow>(stationLocked, { stationId });

const changeOwnership = `
  update stations set owner = :owner, taken_over_on = :takenOverOn, property_firm_name = :propertyFirmName,
    property_firm_phone = :propertyFirmPhone, version = version + 1
  where id = :id returning version`;
export const updateStationOwnership = (
  sql: Sql,
  row: Pick<StationRow, "id" | "owner" | "takenOverOn" | "propertyFirmName" | "propertyFirmPhone">,
) => sql.one<{ version: number }>(changeOwnership, row);

const stationWithCounts = `
  select ${STATION_COLUMNS},
    (select count(*) from loops where loops.station_id = station.id)::int as loops,
    (select count(*) from buildings join loops on loops.id = buildings.loop_id
      where loops.station_id = station.id)::int as buildings,
    (select count(distinct buildings.community_id) from buildings join loops on loops.id = buildings.loop_id
      where loops.station_id = station.id)::int as communities,
    (select count(*) from premises join buildings on buildings.id = premises.building_id
      join loops on loops.id = buildings.loop_id where loops.station_id = station.id)::int as premises
  from stations station where station.id = :stationId`;
export const findStation = (sql: Sql, stationId: bigint) =>
  sql.maybeOne<StationRow & { loops: number; buildings: number; communities: number; premises: number }>(
    stationWithCounts,
    { stationId },
  );

const loopsOf = `select id, code, zone from loops where station_id = :stationId order by code`;
export const findLoops = (sql: Sql, stationId: bigint) =>
  sql.rows<{ id: bigint; code: string; zone: string }>(loopsOf, { stationId });

const stationOfPremises = `
  select ${STATION_COLUMNS}
  from premises join buildings on buildings.id = premises.building_id
  join loops on loops.id = buildings.loop_id join stations station on station.id = loops.station_id
  where premises.id = :premisesId`;
export const findStationRowOfPremises = (sql: Sql, premisesId: bigint) =>
  sql.maybeOne<StationRow>(stationOfPremises, { premisesId });

export type CommunityRow = {
  readonly id: bigint;
  readonly code: string;
  readonly name: string;
  readonly baseName: string;
  readonly phase: string;
  readonly district: string;
  readonly street: string;
};
const communityPage = `
  select id, code, name, base_name as "baseName", phase, district, street from communities
  where id > :after order by id limit :limit`;
export const findCommunities = (sql: Sql, after: bigint, limit: number) =>
  sql.rows<CommunityRow>(communityPage, { after, limit });

const buildingsOf = `
  select buildings.id, buildings.name, buildings.loop_id as "loopId", loops.station_id as "stationId",
    (select count(*) from premises where premises.building_id = buildings.id)::int as premises
  from buildings join loops on loops.id = buildings.loop_id
  where buildings.community_id = :communityId order by length(buildings.name), buildings.name`;
export const findBuildings = (sql: Sql, communityId: bigint) =>
  sql.rows<{ id: bigint; name: string; loopId: bigint; stationId: bigint; premises: number }>(buildingsOf, {
    communityId,
  });
