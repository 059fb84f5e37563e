/** SQL on the leak cases that hang under tests. */
import type { Sql } from "#src/platform/sql.ts";

const join = `
  insert into pressure_leaks (ticket_id, test_id, joined_at, joined_by) values (:ticketId, :testId, :now, :by)
  on conflict (ticket_id) do nothing returning test_id`;
/** False when this case hangs under a test already. */
export const insertLeak = async (
  sql: Sql,
  row: { readonly ticketId: bigint; readonly testId: bigint; readonly now: Date; readonly by: bigint | null },
): Promise<boolean> => (await sql.maybeOne(join, row)) !== null;

const ofTicket = `select test_id as "testId", isolated_at as "isolatedAt" from pressure_leaks where ticket_id = :ticketId`;
export const findLeak = (sql: Sql, ticketId: bigint) =>
  sql.maybeOne<{ testId: bigint; isolatedAt: Date | null }>(ofTicket, { ticketId });

const isolate = `
  update pressure_leaks set isolated_at = :at, isolated_by = :by
  where ticket_id = :ticketId and test_id = :testId and isolated_at is null returning test_id`;
export const markIsolated = async (
  sql: Sql,
  row: { readonly ticketId: bigint; readonly testId: bigint; readonly at: Date; readonly by: bigint | null },
): Promise<boolean> => (await sql.maybeOne(isolate, row)) !== null;

const openOnes = `select count(*)::int as leaks from pressure_leaks where test_id = :testId and isolated_at is null`;
export const countOpenLeaks = async (sql: Sql, testId: bigint): Promise<number> =>
  (await sql.one<{ leaks: number }>(openOnes, { testId })).leaks;

// Water was in the building: from its beginning until so long after it ended, also under a test that failed.
const underPressure = `
  select id from pressure_tests
  where building_id = :buildingId and begun_at is not null and begun_at <= :at::timestamptz
    and (ended_at is null or ended_at > :endedAfter::timestamptz)
  order by begun_at desc, id desc limit 1`;
export const findTestUnderPressure = (
  sql: Sql,
  row: { readonly buildingId: bigint; readonly at: Date; readonly endedAfter: Date },
) => sql.maybeOne<{ id: bigint }>(underPressure, row);

const buildingOfHome = `
  select coalesce((select building_id from premises where id = :premisesId::bigint),
    (select home.building_id from heat_accounts account join premises home on home.id = account.premises_id
      where account.id = :accountId::bigint)) as "buildingId"`;
export const findBuildingOfHome = async (
  sql: Sql,
  row: { readonly premisesId: bigint | null; readonly accountId: bigint | null },
): Promise<bigint | null> => (await sql.one<{ buildingId: bigint | null }>(buildingOfHome, row)).buildingId;

export type LeakRow = {
  readonly ticketNo: string;
  readonly state: string;
  readonly summary: string;
  readonly supply: string | null;
  readonly reportedAt: Date;
  /** When somebody of the duty list took it. */
  readonly acknowledgedAt: Date | null;
  readonly isolatedAt: Date | null;
};
const leaksOf = `
  select ticket.ticket_no as "ticketNo", ticket.state, ticket.summary, ticket.opened_at as "reportedAt",
    (select supply.state from charge_points point join supply_states supply on supply.charge_point_id = point.id
      where point.account_id = ticket.account_id and supply.valid @> :day::date order by point.ordinal limit 1) as supply,
    (select min(chain.acknowledged_at) from work_order_tickets waiting
      join emergency_chains chain on chain.work_order_id = waiting.work_order_id
      where waiting.ticket_id = ticket.id) as "acknowledgedAt",
    leak.isolated_at as "isolatedAt"
  from pressure_leaks leak join tickets ticket on ticket.id = leak.ticket_id
  where leak.test_id = :testId order by ticket.opened_at, ticket.id`;
export const findLeaks = (sql: Sql, row: { readonly testId: bigint; readonly day: string }) =>
  sql.rows<LeakRow>(leaksOf, row);
