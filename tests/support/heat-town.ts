/**
 * A network to switch: two heat sources, any number of stations on the first one and one on the second, one loop each, six buildings a
 * station, homes of which some are supplied and the others stopped. Set-based, as the owner.
 *
 * Ids say where they stand: station s, building s * 10 + (1..6), home s * 10,000 + n; the second source's station has the number 999.
 */
import type { TestDatabase } from "./database.ts";

export const SOURCE_A = "S-A";
export const SOURCE_B = "S-B";
export const FAR_STATION = 999;
export const BUILDINGS_A_STATION = 6;

export type HeatTown = {
  readonly stations: number;
  readonly homes: number;
  readonly supplied: number;
};
export type StationPlan = { readonly homes: number; readonly supplied: number };

export const stationCode = (station: number): string => `T-${station}`;
export const buildingIdOf = (station: number, building: number): bigint => BigInt(station * 10 + building);
export const accountNoOf = (station: number, home: number): string => `9${station * 10_000 + home}`;
export const communityCode = (station: number): string => `C-${station}`;
export const buildingName = (building: number): string => `${building}号楼`;

const STEPS = [
  `create temporary table planned on commit drop as
   select * from jsonb_to_recordset(:plan::jsonb) p (station integer, homes integer, supplied integer)`,
  `insert into heat_sources (id, code, name) values (1, 'S-A', '东热源'), (2, 'S-B', '西热源')`,
  `insert into stations (id, heat_source_id, code, name, owner, taken_over_on)
   select station, case station when 999 then 2 else 1 end, 'T-' || station, station || '号热力站', 'company', '2010-05-01'
   from planned`,
  `insert into loops (id, station_id, code) select station, station, '1' from planned`,
  `insert into communities (id, code, name, base_name, district)
   select station, 'C-' || station, '春晖苑' || station, '春晖苑' || station, '金水区' from planned`,
  `insert into buildings (id, community_id, loop_id, name)
   select station * 10 + b, station, station, b || '号楼' from planned, generate_series(1, 6) b`,
  `insert into units (id, building_id, name) select id, id, '1单元' from buildings`,
  `insert into premises (id, unit_id, building_id, floor, door, address)
   select station * 10000 + n, station * 10 + n % 6 + 1, station * 10 + n % 6 + 1, '', n::text,
     '金水区春晖苑' || station || (n % 6 + 1) || '号楼1单元' || n
   from planned, generate_series(1, homes) n`,
  `insert into heat_accounts (id, account_no, premises_id, opened_on)
   select id, '9' || id, id, '2015-01-01' from premises`,
  `insert into charge_points (id, account_id) select id, id from heat_accounts`,
  `insert into supply_states (charge_point_id, valid, state)
   select premises.id, daterange('2015-01-01', null),
     case when premises.id - station * 10000 <= supplied then 'supplied' else 'suspended' end
   from planned join premises on premises.id / 10000 = station`,
  `insert into service_areas (id, code, name, level) values (1, 'EAST', '东片区', 'area'), (2, 'WEST', '西片区', 'area')`,
  `insert into service_area_buildings (area_id, building_id, valid)
   select case when id / 10 = 999 then 2 else 1 end, id, daterange('2015-01-01', null) from buildings`,
];

/** Plants it; station numbers count from 1. The station of the second source has six homes, all supplied. */
export const plantHeatTown = async (
  db: TestDatabase,
  stations: readonly StationPlan[],
): Promise<HeatTown> => {
  const plan = [
    ...stations.map((station, index) => ({ station: index + 1, ...station })),
    { station: FAR_STATION, homes: 6, supplied: 6 },
  ];
  await db.owner.bulk(async (sql) => {
    for (const step of STEPS) {
      await sql.run(step, step.includes(":plan") ? { plan: JSON.stringify(plan) } : {});
    }
    for (const table of ["buildings", "premises", "heat_accounts", "charge_points", "stations", "loops"]) {
      await sql.run(`select setval(pg_get_serial_sequence('${table}', 'id'), 100000000)`);
    }
    await sql.run("analyze");
  });
  return {
    stations: stations.length,
    homes: stations.reduce((sum, one) => sum + one.homes, 0),
    supplied: stations.reduce((sum, one) => sum + one.supplied, 0),
  };
};
