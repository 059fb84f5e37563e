/** SQL of the household on one page: what happened to it last, read across rooms. */
import type { Sql } from "#src/platform/sql.ts";

export type CaseLine = {
  readonly ticketNo: string;
  readonly category: string;
  readonly categoryName: string;
  readonly categoryNameEn: string;
  readonly severity: string;
  readonly state: string;
  readonly summary: string;
  readonly owner: string | null;
  readonly openedAt: Date;
  readonly dueAt: Date | null;
  readonly paused: boolean;
  readonly closedAt: Date | null;
};

/** Cases of a household, those in which something is still to be done first. */
export const findCases = (sql: Sql, query: { accountId: bigint; limit: number }) =>
  sql.rows<CaseLine>(
    `select t.ticket_no as "ticketNo", t.category_code as category, category.name as "categoryName",
       category.name_en as "categoryNameEn", t.severity, t.state, t.summary, owner.display_name as owner,
       t.opened_at as "openedAt", solution.due_at as "dueAt",
       coalesce(solution.state = 'paused', false) as paused, t.closed_at as "closedAt"
     from tickets t join ticket_categories category on category.code = t.category_code
     left join staff_members owner on owner.id = t.owner_id
     left join lateral (select clock.state, clock.due_at from ticket_clocks clock
       where clock.ticket_id = t.id and clock.kind = 'solution' order by clock.id desc limit 1) solution on true
     where t.account_id = :accountId
     order by t.state in ('closed', 'cancelled', 'merged'), t.id desc limit :limit::integer`,
    query,
  );

export type CallLine = {
  readonly id: bigint;
  readonly direction: "inbound" | "outbound";
  readonly beganAt: Date;
  readonly outcome: string | null;
  readonly wrapUp: string | null;
  readonly agent: string | null;
  /** The case that it became, or was told about. */
  readonly ticketNo: string | null;
};

export const findCalls = (sql: Sql, query: { accountId: bigint; limit: number }) =>
  sql.rows<CallLine>(
    `select c.id, c.direction, c.began_at as "beganAt", c.outcome, c.wrap_up as "wrapUp", agent.display_name as agent,
       ticket.ticket_no as "ticketNo"
     from calls c left join staff_members agent on agent.id = c.agent_id
     left join tickets ticket on ticket.id = c.ticket_id
     where c.account_id = :accountId order by c.began_at desc, c.id desc limit :limit::integer`,
    query,
  );

export type VisitLine = {
  readonly id: bigint;
  readonly kind: string;
  readonly state: string;
  readonly summary: string;
  readonly crew: string | null;
  readonly slotFrom: Date | null;
  readonly slotUntil: Date | null;
  readonly result: string | null;
  readonly finishedAt: Date | null;
  readonly openedAt: Date;
};

/** Work orders of a household, the youngest first. */
export const findVisits = (sql: Sql, query: { accountId: bigint; limit: number }) =>
  sql.rows<VisitLine>(
    `select o.id, o.kind, o.state, o.summary, crew.name as crew, o.slot_from as "slotFrom", o.slot_until as "slotUntil",
       o.result, o.finished_at as "finishedAt", o.opened_at as "openedAt"
     from work_orders o left join field_crews crew on crew.id = o.crew_id
     where o.account_id = :accountId order by o.id desc limit :limit::integer`,
    query,
  );
