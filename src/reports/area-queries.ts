/** SQL on who serves a building: the parts that the statements of reports share. */
import type { Sql } from "#src/platform/sql.ts";

const below = `
  with recursive tree as (
    select id from service_areas where id = :areaId
    union all
    select child.id from tree join service_areas child on child.parent_id = tree.id
  )
  select array_agg(id) as ids from tree`;
/** An area and everything below it. Nothing for an area that does not exist. */
export const findAreasBelow = async (sql: Sql, areaId: bigint): Promise<readonly bigint[]> =>
  (await sql.one<{ ids: readonly bigint[] | null }>(below, { areaId })).ids ?? [];

/** A condition: the building is served by one of `:inAreas` on the last day of the span, if areas were named; by nobody, where 0 is. */
export const inNamedAreas = (buildingId: string): string => `(:inAreas::bigint[] is null or exists (
    select 1 from service_area_buildings named_area where named_area.building_id = ${buildingId}
      and named_area.valid @> :toDay::date and named_area.area_id = any(:inAreas::bigint[]))
    or (0 = any(:inAreas::bigint[]) and not exists (select 1 from service_area_buildings any_area
      where any_area.building_id = ${buildingId} and any_area.valid @> :toDay::date)))`;

/**
 * A table expression of areas with their branch (分公司) and manager (专管员) on the last day of the span; `id` is the area that serves
 * buildings, which may be a branch itself.
 */
export const AREA_FACTS = `(
    select area.id, area.name, area.code, branch.id as branch_id, branch.name as branch_name,
      duty.staff_id as manager_id, manager.display_name as manager_name
    from service_areas area
    left join lateral (
      with recursive chain as (
        select a.id, a.parent_id, a.level, a.name from service_areas a where a.id = area.id
        union all
        select parent.id, parent.parent_id, parent.level, parent.name
        from chain join service_areas parent on parent.id = chain.parent_id where chain.level <> 'branch'
      )
      select id, name from chain where level = 'branch' limit 1
    ) branch on true
    left join lateral (
      select d.staff_id from area_duties d where d.area_id = area.id and d.duty = 'manager' and d.valid @> :toDay::date
      order by d.id desc limit 1
    ) duty on true
    left join staff_members manager on manager.id = duty.staff_id)`;
