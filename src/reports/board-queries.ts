/** SQL of the boards that no sheet has: clocks, first contact, and the ledger of what was found and closed. */
import type { Sql } from "#src/platform/sql.ts";
import { ticketScope } from "#src/service/tickets/index.ts";
import { inNamedAreas } from "./area-queries.ts";
import { CALLS_IN, CASE_PARTS, CASES } from "./hotline-queries.ts";
import type { Span } from "./span.ts";

const clocks = `
  select clock.kind, count(*) as due, count(*) filter (where clock.state = 'stopped' and clock.met) as met
  from ticket_clocks clock join tickets t on t.id = clock.ticket_id
  where clock.state <> 'cancelled' and t.state not in ('cancelled', 'merged') and ${ticketScope("t")}
    and ${inNamedAreas("t.building_id")} and clock.due_at >= :from::timestamptz and clock.due_at < :cut::timestamptz
  group by clock.kind
  order by array_position(array['first-response', 'on-site', 'solution', 'ruling', 'referral', 'call-back'], clock.kind)`;
/** Clocks that ran out in the span: kept, or broken. */
export const countClocks = (sql: Sql, span: Span) =>
  sql.rows<{ kind: string; due: bigint; met: bigint }>(clocks, span);

/**
 * Answered calls that an agent has wrapped up, as `c`, and whether nothing more was needed: no case, and the number did not call again
 * within seven days.
 */
export const FIRST_CONTACT = `c.wrap_up = 'answered-no-case' and not exists (select 1 from calls again
    where again.number = c.number and again.direction = 'inbound' and again.began_at > c.began_at
      and again.began_at < c.began_at + interval '7 days')`;
export const CONTACTS = `c.outcome = 'answered' and c.wrap_up in ('answered-no-case', 'case', 'joined-case', 'joined-incident')`;
const firstContact = `
  select count(*) as counted, count(*) filter (where ${FIRST_CONTACT}) as met from ${CALLS_IN} and ${CONTACTS}`;
export const firstContactFix = (sql: Sql, span: Span) =>
  sql.one<{ counted: bigint; met: bigint }>(firstContact, span);

const closures = `
  select t.source, first.code, first.name, first.name_en as "nameEn", count(*) as found,
    count(*) filter (where t.state = 'closed') as closed,
    count(*) filter (where t.state = 'closed' and t.closing_class = 'solved') as solved
  from ${CASES.replace(
    "tickets t where",
    `tickets t
    join ticket_categories first on first.code = split_part(t.category_code, '.', 1) where`,
  )} and ${CASE_PARTS.new}
  group by t.source, first.code, first.name, first.name_en, first.ordinal order by t.source desc, first.ordinal`;
export type Closures = {
  readonly source: "reported" | "found";
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly found: bigint;
  readonly closed: bigint;
  readonly solved: bigint;
};
/** Two ledgers: what people told us, and what we found ourselves. */
export const countClosures = (sql: Sql, span: Span) => sql.rows<Closures>(closures, span);

const closuresByArea = `
  select area.id, area.name, area.code, count(*) as found, count(*) filter (where t.state = 'closed') as closed,
    count(*) filter (where t.state = 'closed' and t.closing_class = 'solved') as solved
  from ${CASES.replace(
    "tickets t where",
    `tickets t
    left join service_area_buildings served on served.building_id = t.building_id and served.valid @> :toDay::date
    left join service_areas area on area.id = served.area_id where`,
  )} and ${CASE_PARTS.new}
  group by area.id, area.name, area.code order by area.code nulls last`;
export type AreaClosures = {
  /** Null: of no building, or of one that nobody serves. */
  readonly id: bigint | null;
  readonly name: string | null;
  readonly found: bigint;
  readonly closed: bigint;
  readonly solved: bigint;
};
export const countClosuresByArea = (sql: Sql, span: Span) => sql.rows<AreaClosures>(closuresByArea, span);
