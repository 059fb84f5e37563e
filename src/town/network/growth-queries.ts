/**
 * The network grown by many rows at once, from a roll. Set-based twin of `build-network.ts`: what is missing is added by
 * name, what is there is used as it is.
 */
import type { Sql } from "#src/platform/sql.ts";

export type NetworkGrowth = {
  readonly heatSources: number;
  readonly stations: number;
  readonly loops: number;
  readonly communities: number;
  readonly buildings: number;
  readonly units: number;
  readonly premises: number;
};

// The names of a building's loop, each station's owner and so on may differ from row to row; the caller has settled
// them into one value per station and building before (`*_settled` columns).
const growSources = (rows: string) => `
  insert into heat_sources (code, name)
  select 'R' || substr(encode(sha256(convert_to(heat_source, 'UTF8')), 'hex'), 1, 10), heat_source
  from (select distinct heat_source from ${rows}) named
  on conflict do nothing`;

const growStations = (rows: string) => `
  insert into stations (heat_source_id, code, name, owner, taken_over_on, property_firm_name, property_firm_phone)
  select source.id, 'T' || substr(encode(sha256(convert_to(named.heat_source || '/' || named.station, 'UTF8')), 'hex'), 1, 10),
    named.station, named.owner, named.taken_over_on, named.firm_name, named.firm_phone
  from (
    select heat_source, station, min(station_owner_settled) as owner, min(taken_over_on_settled) as taken_over_on,
      min(nullif(property_firm_name, '')) as firm_name, min(nullif(property_firm_phone, '')) as firm_phone
    from ${rows} group by heat_source, station
  ) named
  join heat_sources source on source.name = named.heat_source
  on conflict do nothing`;

const growLoops = (rows: string) => `
  insert into loops (station_id, code)
  select distinct station.id, named.loop
  from (select distinct heat_source, station, loop from ${rows}) named
  join heat_sources source on source.name = named.heat_source
  join stations station on station.heat_source_id = source.id and station.name = named.station
  on conflict do nothing`;

const growCommunities = (rows: string) => `
  insert into communities (code, name, base_name, phase, district, street)
  select 'C' || substr(encode(sha256(convert_to(concat_ws('/', district, street, community), 'UTF8')), 'hex'), 1, 12),
    community, min(base_name), min(phase), district, street
  from ${rows} group by district, street, community
  on conflict do nothing`;

const growBuildings = (rows: string) => `
  insert into buildings (community_id, loop_id, name)
  select community.id, loops.id, named.building
  from (
    select distinct district, street, community, building, heat_source_settled, station_settled, loop_settled
    from ${rows}
  ) named
  join communities community on community.district = named.district and community.street = named.street
    and community.name = named.community
  join heat_sources source on source.name = named.heat_source_settled
  join stations station on station.heat_source_id = source.id and station.name = named.station_settled
  join loops on loops.station_id = station.id and loops.code = named.loop_settled
  on conflict do nothing`;

const growUnits = (rows: string) => `
  insert into units (building_id, name)
  select building.id, named.unit
  from (select distinct district, street, community, building, unit from ${rows}) named
  join communities community on community.district = named.district and community.street = named.street
    and community.name = named.community
  join buildings building on building.community_id = community.id and building.name = named.building
  on conflict do nothing`;

/** Every unit of the town under its names: few beside the homes, and joined to them by one hash. */
const UNITS_NAMED = `units_named as materialized (
    select community.district, community.street, community.name as community, building.name as building,
      units.name as unit, units.id as unit_id, units.building_id
    from units join buildings building on building.id = units.building_id
    join communities community on community.id = building.community_id
  )`;

// A door that two rows name is added once: the second row conflicts with the first.
const growPremises = (rows: string) => `
  with ${UNITS_NAMED}
  insert into premises (unit_id, building_id, floor, door, address)
  select named.unit_id, named.building_id, row.floor, row.door,
    concat(row.district, row.street, row.community, row.building, row.unit, row.floor, row.door)
  from ${rows} row
  join units_named named using (district, street, community, building, unit)
  on conflict do nothing`;

/**
 * A relation (row_no, premises_id) for the rows of `rows`, after `growNetwork`: as the body of a `with` clause that ends
 * in the name `premises_named`.
 */
export const premisesNamed = (rows: string): string => `${UNITS_NAMED}, premises_named as materialized (
    select row.row_no, premises.id as premises_id
    from ${rows} row
    join units_named named using (district, street, community, building, unit)
    join premises on premises.unit_id = named.unit_id and premises.floor = row.floor and premises.door = row.door
  )`;

/**
 * Adds what `rows` names and is not there yet; answers how many of each were added. `rows` is a table or a query in
 * parentheses with the columns heat_source, station, station_owner_settled, taken_over_on_settled, property_firm_name,
 * property_firm_phone, loop, heat_source_settled, station_settled, loop_settled (of the building), district, street,
 * community, base_name, phase, building, unit, floor, door: text without nulls but for the firm's and the day. Codes are
 * made from the names, so that the same roll makes the same codes. Repeating adds nothing.
 */
export const growNetwork = async (sql: Sql, rows: string): Promise<NetworkGrowth> => {
  const heatSources = await sql.run(growSources(rows));
  const stations = await sql.run(growStations(rows));
  const loops = await sql.run(growLoops(rows));
  const communities = await sql.run(growCommunities(rows));
  const buildings = await sql.run(growBuildings(rows));
  const units = await sql.run(growUnits(rows));
  const premises = await sql.run(growPremises(rows));
  return { heatSources, stations, loops, communities, buildings, units, premises };
};

const countMissing = (rows: string) => `
  with places as materialized (
    select distinct district, street, community, building, unit, floor, door from ${rows} new_rows
  ), stations_named as materialized (select distinct heat_source, station, loop from ${rows} new_rows),
  known_loops as (
    select source.name as heat_source, station.name as station, loops.code as loop
    from heat_sources source left join stations station on station.heat_source_id = source.id
    left join loops on loops.station_id = station.id
  ), known_places as (
    select community.district, community.street, community.name as community, building.name as building,
      units.name as unit, premises.floor, premises.door
    from communities community left join buildings building on building.community_id = community.id
    left join units on units.building_id = building.id left join premises on premises.unit_id = units.id
  )
  select
    (select count(*) from (select heat_source from stations_named except select heat_source from known_loops) x)::int
      as "heatSources",
    (select count(*) from (select heat_source, station from stations_named
      except select heat_source, station from known_loops) x)::int as stations,
    (select count(*) from (select heat_source, station, loop from stations_named
      except select heat_source, station, loop from known_loops) x)::int as loops,
    (select count(*) from (select district, street, community from places
      except select district, street, community from known_places) x)::int as communities,
    (select count(*) from (select district, street, community, building from places
      except select district, street, community, building from known_places) x)::int as buildings,
    (select count(*) from (select district, street, community, building, unit from places
      except select district, street, community, building, unit from known_places) x)::int as units,
    (select count(*) from (select district, street, community, building, unit, floor, door from places
      except select district, street, community, building, unit, floor, door from known_places) x)::int as premises`;

/** What `growNetwork` would add. Reads only. */
export const foreseeNetworkGrowth = (sql: Sql, rows: string): Promise<NetworkGrowth> =>
  sql.one<NetworkGrowth>(countMissing(rows));
