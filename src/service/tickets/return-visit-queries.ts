/** SQL of return visits. */
import type { Sql } from "#src/platform/sql.ts";
import { type TicketReach, ticketScope } from "./queries.ts";

const share = `
  select return_visit_basis_points as "basisPoints" from ticket_categories where code = :code`;
export const findShare = (sql: Sql, code: string) => sql.one<{ basisPoints: number }>(share, { code });

const add = `
  insert into return_visits (ticket_id, closing_no, due_at) values (:ticketId, :closingNo, :dueAt)
  on conflict (ticket_id, closing_no) do nothing`;
export const insertReturnVisit = (sql: Sql, row: { ticketId: bigint; closingNo: number; dueAt: Date }) =>
  sql.run(add, row);

const drop = `
  update return_visits set state = 'dropped', version = version + 1 where ticket_id = :ticketId and state = 'open'`;
export const dropReturnVisits = (sql: Sql, ticketId: bigint) => sql.run(drop, { ticketId });

const answer = `
  insert into return_visits (ticket_id, closing_no, due_at, state, attempts, asked_at, asked_by, solved, satisfaction, remark)
  values (:ticketId, :closingNo, :now, 'answered', 1, :now, :by::bigint, :solved, :satisfaction::smallint, :remark)
  on conflict (ticket_id, closing_no) do update set state = 'answered', attempts = return_visits.attempts + 1,
    asked_at = excluded.asked_at, asked_by = excluded.asked_by, solved = excluded.solved,
    satisfaction = excluded.satisfaction, remark = excluded.remark, version = return_visits.version + 1
  where return_visits.state in ('open', 'not-reached')
  returning id`;
/** Null when this closing was answered before. */
export const answerReturnVisit = (
  sql: Sql,
  row: {
    ticketId: bigint;
    closingNo: number;
    solved: boolean;
    satisfaction: number | null;
    remark: string;
    now: Date;
    by: bigint | null;
  },
) => sql.maybeOne<{ id: bigint }>(answer, row);

const missed = `
  update return_visits set attempts = attempts + 1, version = version + 1, asked_at = :now, asked_by = :by::bigint,
    due_at = case when attempts + 1 < :most then :nextAt::timestamptz else due_at end,
    state = case when attempts + 1 < :most then 'open' else 'not-reached' end
  where ticket_id = :ticketId and state = 'open' returning state, attempts`;
/** Null when no return visit is open. */
export const missReturnVisit = (
  sql: Sql,
  row: { ticketId: bigint; most: number; nextAt: Date; now: Date; by: bigint | null },
) => sql.maybeOne<{ state: string; attempts: number }>(missed, row);

export type ReturnVisitRow = {
  readonly id: bigint;
  readonly ticketNo: string;
  readonly category: string;
  readonly summary: string;
  readonly closedAt: Date | null;
  readonly closingClass: string | null;
  readonly state: string;
  readonly dueAt: Date;
  readonly attempts: number;
  readonly satisfaction: number | null;
  readonly solved: boolean | null;
};

const list = `
  select r.id, t.ticket_no as "ticketNo", t.category_code as "category", t.summary, t.closed_at as "closedAt",
    t.closing_class as "closingClass", r.state, r.due_at as "dueAt", r.attempts, r.satisfaction, r.solved
  from return_visits r join tickets t on t.id = r.ticket_id
  where r.state = :state and (:dueBefore::timestamptz is null or r.due_at < :dueBefore::timestamptz)
    and (r.due_at, r.id) > (:afterDueAt::timestamptz, :afterId::bigint) and ${ticketScope("t")}
  order by r.due_at, r.id limit :limit`;
export const listReturnVisits = (
  sql: Sql,
  query: TicketReach & {
    state: string;
    dueBefore: Date | null;
    afterDueAt: string;
    afterId: bigint;
    limit: number;
  },
) => sql.rows<ReturnVisitRow>(list, query);
