/** SQL on valve orders: raised from tasks, shown by stairwell, recalled with their tasks. */
import type { Day } from "#src/kernel/day.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import { orderScope } from "./order-queries.ts";
import { walkingOrder } from "#src/town/network/index.ts";
import type { OrderState } from "./order-states.ts";
import { contactQuery } from "./place-queries.ts";

/** The kind of the tasks that payments raise. */
const TASK_KIND = "valve-opening";

const raise = `
  insert into work_orders (kind, source_key, task_id, account_id, charge_point_id, premises_id, unit_id, building_id,
    address, contact_name, contact_number, opened_at, opened_by)
  select 'valve', 'task:' || task.id, task.id, account.id, point.id, premises.id, premises.unit_id, premises.building_id,
    premises.address, coalesce(contact.name, ''), coalesce(contact.number, ''), :now, :openedBy
  from tasks task
  join charge_points point on point.id = (task.details ->> 'chargePointId')::bigint
  join heat_accounts account on account.id = point.account_id
  join premises on premises.id = account.premises_id
  left join lateral (${contactQuery("account.id", ":today::date")}) contact on true
  where task.id = any(:taskIds::bigint[]) and task.kind = '${TASK_KIND}' and task.state = 'open'
  order by task.id
  on conflict do nothing returning id`;
/** An order for each of these tasks that is open and has none; repeating raises nothing. */
export const raiseValveOrders = async (
  sql: Sql,
  row: { taskIds: readonly bigint[]; today: Day; now: Date; openedBy: bigint | null },
): Promise<bigint[]> => (await sql.rows<{ id: bigint }>(raise, row)).map(({ id }) => id);

const orphaned = `
  select o.id from work_orders o join tasks task on task.id = o.task_id
  where o.task_id = any(:taskIds::bigint[]) and o.kind = 'valve' and task.state <> 'open'
    and o.state in ('open', 'scheduled', 'not-home', 'follow-up')
  order by o.id`;
/** Orders that nobody has begun whose task is done or recalled. */
export const findOrphanedOrders = async (sql: Sql, taskIds: readonly bigint[]): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(orphaned, { taskIds })).map(({ id }) => id);

const openTasksOf = `
  select task.id, (task.details ->> 'chargePointId')::bigint as "chargePointId"
  from tasks task
  where task.account_id = :accountId and task.kind = '${TASK_KIND}' and task.state = 'open'
    and (:chargePointId::bigint is null or (task.details ->> 'chargePointId')::bigint = :chargePointId::bigint)
  order by task.id`;
export const findOpenValveTasks = (sql: Sql, query: { accountId: bigint; chargePointId: bigint | null }) =>
  sql.rows<{ id: bigint; chargePointId: bigint }>(openTasksOf, query);

const taskOpen = `select 1 as one from tasks where id = :taskId and state = 'open' for update`;
export const isTaskOpen = async (sql: Sql, taskId: bigint): Promise<boolean> =>
  (await sql.maybeOne(taskOpen, { taskId })) !== null;

const orderOfTask = `
  select id from work_orders where task_id = :taskId and kind = 'valve' order by id desc limit 1`;
export const findOrderOfTask = (sql: Sql, taskId: bigint) =>
  sql.maybeOne<{ id: bigint }>(orderOfTask, { taskId });

const valvePoint = `
  select point.ordinal, coalesce(valve.state, 'unknown') as valve
  from charge_points point
  left join valve_states valve on valve.charge_point_id = point.id and valve.valid @> :today::date
  where point.id = :chargePointId`;
export const findValvePoint = (sql: Sql, query: { chargePointId: bigint; today: Day }) =>
  sql.maybeOne<{ ordinal: number; valve: string }>(valvePoint, query);

export type ValveStanding = {
  readonly valve: string;
  readonly supply: string;
  readonly bills: number;
  readonly unpaid: number;
};
const standing = `
  select coalesce(valve.state, 'unknown') as valve, coalesce(supply.state, 'undecided') as supply,
    count(bill.id)::int as bills, count(bill.id) filter (where bill.paid_fen <> bill.amount_fen)::int as unpaid
  from charge_points point
  left join valve_states valve on valve.charge_point_id = point.id and valve.valid @> :today::date
  left join supply_states supply on supply.charge_point_id = point.id and supply.valid @> :today::date
  left join bills bill on bill.charge_point_id = point.id and bill.season_id = :seasonId and bill.kind = 'heat'
    and bill.state <> 'cancelled'
  where point.account_id = :accountId and (:chargePointId::bigint is null or point.id = :chargePointId::bigint)
  group by point.id, valve.state, supply.state order by point.id`;
/** Why a valve is not opened: the state of each charge point, for the words of the refusal. */
export const findValveStanding = (
  sql: Sql,
  query: { accountId: bigint; chargePointId: bigint | null; seasonId: number | null; today: Day },
) => sql.rows<ValveStanding>(standing, query);

export type Stairwell = {
  readonly unitId: bigint;
  readonly buildingId: bigint;
  readonly communityId: bigint;
  readonly community: string;
  readonly building: string;
  readonly unit: string;
};
/** Live valve orders of the actor's scope, narrowed by what was asked. */
const WAITING = `
  o.kind = 'valve' and o.state not in ('done', 'cancelled') and ${orderScope("o")}
    and (:areaId::bigint is null or exists (select 1 from service_area_buildings served
      where served.building_id = o.building_id and served.valid @> :scopeDay::date
        and served.area_id = :areaId::bigint))
    and (:crewId::bigint is null or o.crew_id = :crewId::bigint)
    and (:dayFrom::timestamptz is null or (o.slot_from >= :dayFrom::timestamptz and o.slot_from < :dayUntil::timestamptz))`;
const stairwells = `
  select unit.id as "unitId", building.id as "buildingId", community.id as "communityId", community.name as community,
    building.name as building, unit.name as unit
  from units unit join buildings building on building.id = unit.building_id
  join communities community on community.id = building.community_id
  where exists (select 1 from work_orders o where o.unit_id = unit.id and ${WAITING})
    and (community.id, building.id, unit.id)
      > (:afterCommunity::bigint, :afterBuilding::bigint, :afterUnit::bigint)
  order by community.id, building.id, unit.id limit :limit::integer`;
export type StairwellFilter = {
  readonly areaId: bigint | null;
  readonly crewId: bigint | null;
  readonly dayFrom: Date | null;
  readonly dayUntil: Date | null;
  readonly afterCommunity: bigint;
  readonly afterBuilding: bigint;
  readonly afterUnit: bigint;
  readonly limit: number;
};
/** The way a manager walks: community by community, building by building. */
export const listStairwells = (sql: Sql, scope: Bindings, filter: StairwellFilter) =>
  sql.rows<Stairwell>(stairwells, { ...scope, ...filter });

export type Door = {
  readonly id: bigint;
  readonly unitId: bigint;
  readonly floor: string;
  readonly door: string;
  readonly accountNo: string;
  readonly state: OrderState;
  readonly version: number;
  readonly valve: string;
  readonly slotFrom: Date | null;
  readonly slotUntil: Date | null;
  readonly cases: number;
  readonly openedAt: Date;
};
const doors = `
  select o.id, o.unit_id as "unitId", premises.floor, premises.door, account.account_no as "accountNo", o.state, o.version,
    coalesce(valve.state, 'unknown') as valve, o.slot_from as "slotFrom", o.slot_until as "slotUntil",
    (select count(*) from work_order_tickets joined where joined.work_order_id = o.id)::int as cases,
    o.opened_at as "openedAt"
  from work_orders o join premises on premises.id = o.premises_id join heat_accounts account on account.id = o.account_id
  left join valve_states valve on valve.charge_point_id = o.charge_point_id and valve.valid @> :scopeDay::date
  where o.unit_id = any(:unitIds::bigint[]) and ${WAITING}
  order by o.unit_id, ${walkingOrder("premises")}, o.id`;
export const listDoors = (
  sql: Sql,
  scope: Bindings,
  filter: Omit<StairwellFilter, "afterCommunity" | "afterBuilding" | "afterUnit" | "limit">,
  unitIds: readonly bigint[],
) => sql.rows<Door>(doors, { ...scope, ...filter, unitIds });

const waitingInUnit = `
  select o.id from work_orders o
  where o.unit_id = :unitId and o.kind = 'valve' and o.state in ('open', 'scheduled', 'not-home', 'follow-up')
    and ${orderScope("o")}
  order by o.id`;
export const findWaitingInUnit = async (sql: Sql, scope: Bindings, unitId: bigint): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(waitingInUnit, { unitId, ...scope })).map(({ id }) => id);
