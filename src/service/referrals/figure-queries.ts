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
    select id, name from chain order by (level = 'branch') desc limit 1
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

/** What each count of the sheet counts, with the order as `r` and its case as `t`: the lists behind the numbers ask the same. */
export const REFERRAL_PARTS = {
  received: inDay("r.received_at"),
  signedFor: inDay("r.signed_for_at"),
  /** Of those received in the day: signed for by the cut. */
  responded: `${inDay("r.received_at")} and r.signed_for_at < :cut::timestamptz`,
  returned: inDay("r.return_asked_at"),
  takenBack: inDay("r.taken_back_at"),
  dueToday: `${inDay("r.due_at")} and r.state <> 'taken-back'`,
  overdue: OVERDUE,
  doneAgain: `${inDay("r.received_at")} and r.round > 1`,
  bouncedTwice: `${WAITING} and t.return_count >= 2`,
  reported: inDay("r.reported_at"),
  reportedInTime: `${inDay("r.reported_at")} and r.reported_in_time`,
  solved: `${inDay("r.reported_at")} and t.closing_class = 'solved'`,
  rated: inDay("r.satisfied_at"),
  satisfied: `${inDay("r.satisfied_at")} and r.satisfied`,
} as const;
export type ReferralPart = keyof typeof REFERRAL_PARTS;

const figures = `
  select r.authority_code as "authority", authority.name as "authorityName", coalesce(branch.name, '') as branch,
    branch.id as "branchId",
    ${Object.entries(REFERRAL_PARTS)
      .map(([part, condition]) => `count(*) filter (where ${condition})::int as "${part}"`)
      .join(",\n    ")}
  from referrals r join tickets t on t.id = r.ticket_id
  join referral_authorities authority on authority.code = r.authority_code ${BRANCH}
  where ${ticketScope("t")} and r.received_at < :to::timestamptz
    and (${WAITING} or greatest(r.reported_at, r.taken_back_at, r.satisfied_at, r.due_at) >= :from::timestamptz)
  group by r.authority_code, authority.name, authority.ordinal, branch.name, branch.id
  order by authority.ordinal, r.authority_code, branch.name nulls last`;

export type ReferralFigures = Readonly<Record<ReferralPart, number>> & {
  readonly authority: string;
  readonly authorityName: string;
  readonly branch: string;
  /** Null: the case has no building, or nobody serves it. */
  readonly branchId: bigint | null;
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
