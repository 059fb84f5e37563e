/**
 * SQL of the sheet of orders (转办日报): every count of a day by authority and branch, and the orders behind the ones that hurt. A round of
 * its own (重办) is an order of its own.
 */
import { addDays, type Day, instantOfDay } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { ticketScope, type TicketReach } from "#src/service/tickets/index.ts";

// The branch (分公司) above the area that serves the case's building that day; cases without a building have none.
const BRANCH = `left join lateral (
    with recursive chain as (
      select area.id, area.parent_id, area.level, area.name from service_area_buildings served
      join service_areas area on area.id = served.area_id
      where served.building_id = t.building_id and served.valid @> :scopeDay::date
      union all
      select parent.id, parent.parent_id, parent.level, parent.name
      from chain join service_areas parent on parent.id = chain.parent_id where chain.level <> 'branch'
    )
    select name from chain order by (level = 'branch') desc limit 1
  ) branch on true`;

const WAITING = `r.state in ('received', 'signed-for', 'return-asked')`;
const inDay = (column: string): string => `${column} >= :from::timestamptz and ${column} < :to::timestamptz`;
/** Due before the cut (the end of the day, or now while it is not over) and not answered by then, whatever happened since. */
const OVERDUE = `r.due_at < :cut::timestamptz and coalesce(r.taken_back_at, 'infinity') >= :cut::timestamptz
  and coalesce(r.reported_at, 'infinity') >= :cut::timestamptz and r.received_at < :cut::timestamptz`;

/** A day, half open, and the instant up to which it is told. */
export type FigureSpan = { readonly from: Date; readonly to: Date; readonly cut: Date };
export const spanOfDay = (on: Day, now: Date): FigureSpan => {
  const to = instantOfDay(addDays(on, 1));
  return { from: instantOfDay(on), to, cut: now < to ? now : to };
};

const figures = `
  select r.authority_code as "authority", authority.name as "authorityName", coalesce(branch.name, '') as branch,
    count(*) filter (where ${inDay("r.received_at")})::int as received,
    count(*) filter (where ${inDay("r.signed_for_at")})::int as "signedFor",
    count(*) filter (where ${inDay("r.return_asked_at")})::int as returned,
    count(*) filter (where ${inDay("r.taken_back_at")})::int as "takenBack",
    count(*) filter (where ${inDay("r.due_at")} and r.state <> 'taken-back')::int as "dueToday",
    count(*) filter (where ${OVERDUE})::int as overdue,
    count(*) filter (where ${inDay("r.received_at")} and r.round > 1)::int as "doneAgain",
    count(*) filter (where ${WAITING} and t.return_count >= 2)::int as "bouncedTwice",
    count(*) filter (where ${inDay("r.reported_at")})::int as reported,
    count(*) filter (where ${inDay("r.reported_at")} and r.reported_in_time)::int as "reportedInTime",
    count(*) filter (where ${inDay("r.reported_at")} and t.closing_class = 'solved')::int as solved,
    count(*) filter (where ${inDay("r.satisfied_at")})::int as rated,
    count(*) filter (where ${inDay("r.satisfied_at")} and r.satisfied)::int as satisfied
  from referrals r join tickets t on t.id = r.ticket_id
  join referral_authorities authority on authority.code = r.authority_code ${BRANCH}
  where ${ticketScope("t")} and r.received_at < :to::timestamptz
    and (${WAITING} or greatest(r.reported_at, r.taken_back_at, r.satisfied_at, r.due_at) >= :from::timestamptz)
  group by r.authority_code, authority.name, authority.ordinal, branch.name
  order by authority.ordinal, r.authority_code, branch.name nulls last`;

export type ReferralFigures = {
  readonly authority: string;
  readonly authorityName: string;
  readonly branch: string;
  readonly received: number;
  readonly signedFor: number;
  readonly returned: number;
  readonly takenBack: number;
  readonly dueToday: number;
  readonly overdue: number;
  readonly doneAgain: number;
  readonly bouncedTwice: number;
  readonly reported: number;
  readonly reportedInTime: number;
  readonly solved: number;
  readonly rated: number;
  readonly satisfied: number;
};
export const countReferrals = (sql: Sql, query: TicketReach & FigureSpan) =>
  sql.rows<ReferralFigures>(figures, query);

const named = `
  select case when ${OVERDUE} then 'overdue' when ${inDay("r.due_at")} and ${WAITING} then 'due-today'
      else 'bounced-twice' end as why,
    r.id, r.authority_code as "authority", r.outside_no as "outsideNo", r.round, t.ticket_no as "ticketNo",
    r.due_at as "dueAt", t.return_count as "returns", coalesce(owner.display_name, t.owner_role, '') as owner
  from referrals r join tickets t on t.id = r.ticket_id left join staff_members owner on owner.id = t.owner_id
  where ${ticketScope("t")} and ((${OVERDUE}) or (${WAITING} and (${inDay("r.due_at")} or t.return_count >= 2)))
  order by 1 desc, r.due_at, r.id limit 1000`;
export type NamedReferral = {
  readonly why: "overdue" | "due-today" | "bounced-twice";
  readonly id: bigint;
  readonly authority: string;
  readonly outsideNo: string;
  readonly round: number;
  readonly ticketNo: string;
  readonly dueAt: Date;
  readonly returns: number;
  readonly owner: string;
};
/** Each one that is overdue, due today, or was bounced twice, with its number and who has it. */
export const nameReferrals = (sql: Sql, query: TicketReach & FigureSpan) =>
  sql.rows<NamedReferral>(named, query);
