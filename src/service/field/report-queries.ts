/** SQL on reports from the door that arrived too late, and on photos of shafts. */
import type { Bindings, Sql } from "#src/platform/sql.ts";
import { orderScope } from "./order-queries.ts";

export type FieldReportRow = {
  readonly orderId: bigint;
  readonly reportKey: string;
  readonly outcome: string;
  readonly note: string;
  readonly madeAt: Date;
  readonly seenVersion: number;
  readonly foundVersion: number;
  readonly foundState: string;
  readonly refusal: string;
  readonly taskId: bigint | null;
  readonly now: Date;
  readonly recordedBy: bigint | null;
};
const addReport = `
  insert into field_reports (work_order_id, report_key, outcome, note, made_at, seen_version, found_version, found_state,
    refusal, task_id, recorded_at, recorded_by)
  values (:orderId, :reportKey, :outcome, :note, :madeAt, :seenVersion, :foundVersion, :foundState, :refusal, :taskId, :now,
    :recordedBy)
  on conflict (report_key) do nothing`;
export const insertFieldReport = (sql: Sql, row: FieldReportRow) => sql.run(addReport, row);

const kept = `select exists (select 1 from field_reports where report_key = :reportKey) as kept`;
/** Whether a report was kept under this key. */
export const wasReportKept = async (sql: Sql, reportKey: string): Promise<boolean> =>
  (await sql.one<{ kept: boolean }>(kept, { reportKey })).kept;

const countVisit = `
  update work_orders set visit_count = visit_count + 1, version = version + 1 where id = :orderId
  returning visit_count as "ordinal", version`;
/** For a visit to an order that nothing else changes. */
export const countLateVisit = (sql: Sql, orderId: bigint) =>
  sql.one<{ ordinal: number; version: number }>(countVisit, { orderId });

const ofShaft = `
  select o.id from work_orders o join premises on premises.id = o.premises_id
  where o.unit_id = :unitId and o.kind = 'valve' and (:floor::text is null or premises.floor = :floor::text)
    and (o.state not in ('done', 'cancelled') or o.state = 'done' and exists (
      select 1 from work_order_visits visit where visit.work_order_id = o.id and visit.outcome = 'done'
        and visit.arrived_at >= :since::timestamptz and visit.arrived_at < :until::timestamptz))
    and ${orderScope("o")}
  order by o.id`;
/** Valve orders behind the door of a shaft: those that wait, and those that were done by a visit between the two, whenever it was sent. */
export const findOrdersOfShaft = async (
  sql: Sql,
  query: Bindings & { unitId: bigint; floor: string | null; since: Date; until: Date },
): Promise<bigint[]> => (await sql.rows<{ id: bigint }>(ofShaft, query)).map(({ id }) => id);
