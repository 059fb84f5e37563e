/** SQL on crews, their members, and the list of duty phones. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

const addCrew = `
  insert into field_crews (code, name, area_id, created_at) values (:code, :name, :areaId, :now)
  on conflict (code) do nothing returning id`;
export const insertCrew = (sql: Sql, row: { code: string; name: string; areaId: bigint | null; now: Date }) =>
  sql.maybeOne<{ id: bigint }>(addCrew, row);

const addMember = `
  insert into field_crew_members (crew_id, name, number, staff_id, leads, valid)
  values (:crewId, :name, :number, :staffId, :leads, daterange(:from, null)) returning id`;
export const insertMember = async (
  sql: Sql,
  row: {
    crewId: bigint;
    name: string;
    number: string | null;
    staffId: bigint | null;
    leads: boolean;
    from: Day;
  },
): Promise<bigint> => (await sql.one<{ id: bigint }>(addMember, row)).id;

const endMember = `
  update field_crew_members set valid = daterange(lower(valid), :until)
  where id = :memberId and crew_id = :crewId and upper_inf(valid) and lower(valid) < :until::date`;
export const closeMember = async (
  sql: Sql,
  row: { crewId: bigint; memberId: bigint; until: Day },
): Promise<boolean> => (await sql.run(endMember, row)) === 1;

export type CrewRow = {
  readonly id: bigint;
  readonly code: string;
  readonly name: string;
  readonly areaId: bigint | null;
  readonly areaName: string | null;
  readonly active: boolean;
  readonly waiting: number;
};
const CREW = `
  select crew.id, crew.code, crew.name, crew.area_id as "areaId", area.name as "areaName", crew.active,
    (select count(*) from work_orders o where o.crew_id = crew.id and o.state not in ('done', 'cancelled'))::int as waiting
  from field_crews crew left join service_areas area on area.id = crew.area_id`;
const crewById = `${CREW} where crew.id = :crewId`;
export const findCrew = (sql: Sql, crewId: bigint) => sql.maybeOne<CrewRow>(crewById, { crewId });
const allCrews = `${CREW} order by crew.code`;
export const findCrews = (sql: Sql) => sql.rows<CrewRow>(allCrews);

export type MemberRow = {
  readonly id: bigint;
  readonly crewId: bigint;
  readonly name: string;
  readonly number: string | null;
  readonly leads: boolean;
};
const membersOn = `
  select id, crew_id as "crewId", name, number, leads from field_crew_members
  where valid @> :day::date order by crew_id, leads desc, id`;
export const findMembers = (sql: Sql, day: Day) => sql.rows<MemberRow>(membersOn, { day });

const areaKnown = `select 1 as one from service_areas where id = :areaId`;
export const isAreaKnown = async (sql: Sql, areaId: bigint): Promise<boolean> =>
  (await sql.maybeOne(areaKnown, { areaId })) !== null;

const areasAbove = `
  with recursive above as (
    select id, parent_id from service_areas where id = any(:areaIds::bigint[])
    union
    select area.id, area.parent_id from above join service_areas area on area.id = above.parent_id
  )
  select id from above`;
/** These areas and all above them. */
export const findAreasAbove = async (sql: Sql, areaIds: readonly bigint[]): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(areasAbove, { areaIds })).map(({ id }) => id);

export type DutyPhone = {
  readonly id: bigint;
  readonly areaId: bigint | null;
  readonly rank: number;
  readonly name: string;
  readonly number: string;
};
/** Who held the rank until now is relieved that day; what was to begin later is dropped. */
const relieve = `
  update field_duty_phones set valid = daterange(lower(valid), :from)
  where area_id is not distinct from :areaId::bigint and rank = :rank and valid @> :from::date and lower(valid) < :from::date`;
const dropLater = `
  delete from field_duty_phones
  where area_id is not distinct from :areaId::bigint and rank = :rank and lower(valid) > :from::date`;
const laterCalled = `
  select 1 as one from field_duty_phones phone
  where phone.area_id is not distinct from :areaId::bigint and phone.rank = :rank and lower(phone.valid) > :from::date
    and exists (select 1 from emergency_calls called where called.duty_phone_id = phone.id) limit 1`;
/** Whether somebody who took the rank after that day stands in a chain of calls. */
export const hasLaterCalls = async (
  sql: Sql,
  row: { areaId: bigint | null; rank: number; from: Day },
): Promise<boolean> => (await sql.maybeOne(laterCalled, row)) !== null;

/** Who took the rank that very day and may have been called already: the calls keep their own name and number. */
const replaceToday = `
  update field_duty_phones set name = :name, number = :number, staff_id = :staffId, valid = daterange(lower(valid), null)
  where area_id is not distinct from :areaId::bigint and rank = :rank and lower(valid) = :from::date returning id`;
const addPhone = `
  insert into field_duty_phones (area_id, rank, name, number, staff_id, valid)
  values (:areaId, :rank, :name, :number, :staffId, daterange(:from, null)) returning id`;
export type NewDutyPhone = {
  readonly areaId: bigint | null;
  readonly rank: number;
  readonly name: string;
  readonly number: string;
  readonly staffId: bigint | null;
  readonly from: Day;
};
export const replaceDutyPhone = async (sql: Sql, row: NewDutyPhone): Promise<bigint> => {
  await sql.run(dropLater, row);
  const sameDay = await sql.maybeOne<{ id: bigint }>(replaceToday, row);
  if (sameDay !== null) return sameDay.id;
  await sql.run(relieve, row);
  return (await sql.one<{ id: bigint }>(addPhone, row)).id;
};

const endPhone = `
  update field_duty_phones set valid = daterange(lower(valid), :until)
  where area_id is not distinct from :areaId::bigint and rank = :rank and valid @> :until::date and lower(valid) < :until::date`;
export const endDutyPhone = async (
  sql: Sql,
  row: { areaId: bigint | null; rank: number; until: Day },
): Promise<boolean> => (await sql.run(endPhone, row)) === 1;

const phonesOn = `
  select id, area_id as "areaId", rank, name, number from field_duty_phones
  where valid @> :day::date order by area_id nulls last, rank`;
export const findDutyPhones = (sql: Sql, day: Day) => sql.rows<DutyPhone>(phonesOn, { day });

/**
 * Lists of the area that serves the building, then of each area above it, then of the company. Where nobody knows the building (or no
 * area serves it): of the company and its head office, then everybody who is on duty anywhere. A number is called once.
 */
const chainFor = `
  with recursive chain as (
    select area.id, area.parent_id, 0 as height
    from service_area_buildings served join service_areas area on area.id = served.area_id
    where served.building_id = :buildingId::bigint and served.valid @> :day::date
    union all
    select parent.id, parent.parent_id, chain.height + 1
    from chain join service_areas parent on parent.id = chain.parent_id where chain.height < 10
  ), wanted as (
    select phone.id, phone.area_id, phone.rank, phone.name, phone.number, case
        when chain.id is not null then chain.height
        when phone.area_id is null then 99
        when area.parent_id is null then 100
        else 101 end as height
    from field_duty_phones phone left join chain on chain.id = phone.area_id
    left join service_areas area on area.id = phone.area_id
    where phone.valid @> :day::date
      and (phone.area_id is null or chain.id is not null or not exists (select from chain))
  )
  select id, area_id as "areaId", rank, name, number
  from (select distinct on (number) * from wanted order by number, height, rank) once
  order by height, rank`;
export const findDutyChain = (sql: Sql, buildingId: bigint | null, day: Day) =>
  sql.rows<DutyPhone>(chainFor, { buildingId, day });
