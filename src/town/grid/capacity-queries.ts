/** All SQL on the crews of stations and on how much one person may have open. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

/** The duties of an area, and in what else somebody is asked: as crew of a station, at a desk, by the role held. */
export const CAPACITY_DUTIES = ["manager", "deputy", "chief", "station", "desk", "holder"] as const;
export type CapacityDuty = (typeof CAPACITY_DUTIES)[number];

const stationExists = `select 1 as one from stations where id = :stationId`;
export const stationKnown = async (sql: Sql, stationId: bigint): Promise<boolean> =>
  (await sql.maybeOne(stationExists, { stationId })) !== null;

const addToCrew = `
  insert into station_duties (station_id, staff_id, valid) values (:stationId, :staffId, daterange(:from, null))
  on conflict do nothing returning id`;
export const insertStationDuty = (sql: Sql, row: { stationId: bigint; staffId: bigint; from: Day }) =>
  sql.maybeOne<{ id: bigint }>(addToCrew, row);

const dropFromCrew = `
  delete from station_duties where station_id = :stationId and staff_id = :staffId and lower(valid) >= :until`;
const endInCrew = `
  update station_duties set valid = daterange(lower(valid), :until)
  where station_id = :stationId and staff_id = :staffId and valid @> :until::date`;
/** Answers how many rows were ended. */
export const endStationDutyRows = async (
  sql: Sql,
  row: { stationId: bigint; staffId: bigint; until: Day },
): Promise<number> => (await sql.run(dropFromCrew, row)) + (await sql.run(endInCrew, row));

export type StationMember = {
  readonly stationId: bigint;
  readonly station: string;
  readonly staffId: bigint;
  readonly login: string;
  readonly name: string;
  readonly from: Day;
};
const stationCrews = `
  select station.id as "stationId", station.name as station, member.id as "staffId", member.login,
    member.display_name as name, lower(duty.valid) as "from"
  from station_duties duty join stations station on station.id = duty.station_id
  join staff_members member on member.id = duty.staff_id
  where duty.valid @> :day::date order by station.name, station.id, member.login limit :limit::integer`;
/** Who is in the crews of stations on a day. */
export const findStationCrews = (sql: Sql, query: { day: Day; limit: number }) =>
  sql.rows<StationMember>(stationCrews, query);

const storeDutyLimit = `
  insert into duty_capacities (duty, open_limit) values (:duty, :openLimit)
  on conflict (duty) do update set open_limit = excluded.open_limit`;
export const storeDutyCapacity = (sql: Sql, row: { duty: CapacityDuty; openLimit: number }) =>
  sql.run(storeDutyLimit, row);

const dropStaffLimit = `delete from staff_capacities where staff_id = :staffId and lower(valid) >= :from`;
const endStaffLimit = `
  update staff_capacities set valid = daterange(lower(valid), :from)
  where staff_id = :staffId and valid @> :from::date`;
const beginStaffLimit = `
  insert into staff_capacities (staff_id, valid, open_limit)
  select :staffId, daterange(:from, null), :openLimit::integer where :openLimit::integer is not null`;
/** From a day on; null: what the duty says holds again. */
export const replaceStaffCapacity = async (
  sql: Sql,
  row: { staffId: bigint; from: Day; openLimit: number | null },
): Promise<void> => {
  await sql.run(dropStaffLimit, row);
  await sql.run(endStaffLimit, row);
  await sql.run(beginStaffLimit, row);
};

const dutyLimits = `select duty, open_limit as "openLimit" from duty_capacities order by duty`;
export const findDutyCapacities = (sql: Sql) =>
  sql.rows<{ duty: CapacityDuty; openLimit: number }>(dutyLimits);

const staffLimits = `
  select m.id as "staffId", m.login, m.display_name as name, c.open_limit as "openLimit" from staff_capacities c join staff_members m on m.id = c.staff_id
  where c.valid @> :day::date order by m.login`;
export const findStaffCapacities = (sql: Sql, day: Day) =>
  sql.rows<{ staffId: bigint; login: string; name: string; openLimit: number }>(staffLimits, { day });
