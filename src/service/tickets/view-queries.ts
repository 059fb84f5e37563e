/** SQL behind what people see of cases: lists and the whole of one. */
import type { Sql } from "#src/platform/sql.ts";
import { TICKET_COLUMNS, type TicketReach, ticketScope } from "./queries.ts";
import type { Ticket } from "./schema.ts";

export type TicketView = Ticket & {
  readonly categoryName: string;
  readonly categoryNameEn: string;
  readonly accountNo: string | null;
  readonly building: string | null;
  readonly address: string | null;
  readonly owner: string | null;
  readonly ownerArea: string | null;
  readonly mergedInto: string | null;
  readonly dueAt: Date | null;
  readonly overdue: boolean;
  readonly paused: boolean;
};

/** The bindings are those of `ticketScope`. `mergedInto` is null when the other case is out of reach. `overdue`: the solution's clock ran out and nothing has stopped it; `paused`: it stands still. */
export const VIEW_COLUMNS = `${TICKET_COLUMNS}, category.name as "categoryName", category.name_en as "categoryNameEn",
  account.account_no as "accountNo", community.name || building.name as building,
  coalesce(premises.address, t.address_text) as address, owner.login as owner, area.name as "ownerArea",
  (select target.ticket_no from tickets target where target.id = t.merged_into_id and ${ticketScope("target")})
    as "mergedInto", solution.due_at as "dueAt",
  coalesce(solution.state = 'running' and solution.due_at < :now::timestamptz, false) as overdue,
  coalesce(solution.state = 'paused', false) as paused`;

export const VIEW_FROM = `
  join ticket_categories category on category.code = t.category_code
  left join heat_accounts account on account.id = t.account_id
  left join premises on premises.id = t.premises_id
  left join buildings building on building.id = t.building_id
  left join communities community on community.id = building.community_id
  left join staff_members owner on owner.id = t.owner_id
  left join service_areas area on area.id = t.owner_area_id
  left join lateral (select clock.state, clock.due_at from ticket_clocks clock
    where clock.ticket_id = t.id and clock.kind = 'solution' order by clock.id desc limit 1) solution on true`;

const one = `select ${VIEW_COLUMNS} from tickets t ${VIEW_FROM} where t.id = :ticketId`;
export const findTicketView = (sql: Sql, query: TicketReach & { ticketId: bigint; now: Date }) =>
  sql.one<TicketView>(one, query);

const list = `
  select ${VIEW_COLUMNS} from tickets t ${VIEW_FROM}
  where ${ticketScope("t")}
    and (:states::text[] is null or t.state = any(:states::text[]))
    and (:ownerId::bigint is null or t.owner_id = :ownerId::bigint)
    and (:ownerRole::text is null or t.owner_role = :ownerRole::text)
    and (:category::text is null or t.category_code = :category::text or t.category_code like :category::text || '.%')
    and (:source::text is null or t.source = :source::text)
    and (:severity::text is null or t.severity = :severity::text)
    and (:buildingId::bigint is null or t.building_id = :buildingId::bigint)
    and (:accountId::bigint is null or t.account_id = :accountId::bigint)
    and (:ticketId::bigint is null or t.id = :ticketId::bigint)
    and (:dueBefore::timestamptz is null or (solution.state = 'running' and solution.due_at < :dueBefore::timestamptz))
    and (:beforeId::bigint is null or t.id < :beforeId::bigint)
  order by t.id desc limit :limit`;

export type TicketFilter = {
  readonly states: readonly string[] | null;
  readonly ownerId: bigint | null;
  readonly ownerRole: string | null;
  readonly category: string | null;
  readonly source: string | null;
  readonly severity: string | null;
  readonly buildingId: bigint | null;
  readonly accountId: bigint | null;
  readonly ticketId: bigint | null;
  readonly dueBefore: Date | null;
};

/** The youngest first. */
export const listTickets = (
  sql: Sql,
  query: TicketReach & TicketFilter & { now: Date; beforeId: bigint | null; limit: number },
) => sql.rows<TicketView>(list, query);

export type EntryView = {
  readonly id: bigint;
  readonly ticketNo: string;
  readonly kind: string;
  readonly text: string;
  readonly textEn: string;
  readonly details: Record<string, unknown>;
  readonly ref: string | null;
  readonly evidence: string | null;
  readonly at: Date;
  readonly by: string;
};

// The case's own lines and those of every case that was merged into it, at whatever depth, as far as the reader may see these. Which case
// out of reach it was merged with or linked to, its own lines do not say either.
const timeline = `
  with recursive family as (
    select :ticketId::bigint as id
    union
    select merged.id from tickets merged join family on merged.merged_into_id = family.id
  ), seen as (
    select t.id from family join tickets t on t.id = family.id
    where t.id = :ticketId::bigint or ${ticketScope("t")}
  )
  select e.id, ticket_number(e.ticket_id) as "ticketNo", e.kind, e.text, e.text_en as "textEn",
    e.evidence,
    case when other.hidden then e.details - array['ticketId', 'intoTicketId', 'fromTicketId'] else e.details end as details,
    case when other.hidden then null else e.ref end as ref, e.entered_at as "at", e.entered_by_name as "by"
  from ticket_entries e join seen on seen.id = e.ticket_id
  cross join lateral (select e.kind in ('merge', 'link') and not exists (
    select 1 from tickets named where named.id = coalesce(e.details ->> 'intoTicketId', e.details ->> 'fromTicketId',
        e.details ->> 'ticketId', substring(e.ref from '^ticket:([0-9]+)$'))::bigint
      and ${ticketScope("named")}) as hidden) other
  order by e.id desc limit 500`;
/** The latest 500 lines, the latest first. */
export const findTimeline = (sql: Sql, query: TicketReach & { ticketId: bigint }) =>
  sql.rows<EntryView>(timeline, query);

const related = `
  select 'merged' as kind, t.ticket_no as "ticketNo", t.state, true as outward
    from tickets t where t.merged_into_id = :ticketId and ${ticketScope("t")}
  union all
  select link.kind, t.ticket_no, t.state, link.ticket_id = :ticketId
    from ticket_links link
    join tickets t on t.id = case when link.ticket_id = :ticketId then link.other_ticket_id else link.ticket_id end
    where :ticketId in (link.ticket_id, link.other_ticket_id) and ${ticketScope("t")}
  order by 1, 2`;
/** What it is tied to, as far as the reader may see that. */
export const findRelated = (sql: Sql, query: TicketReach & { ticketId: bigint }) =>
  sql.rows<{ kind: string; ticketNo: string; state: string; outward: boolean }>(related, query);

const clocks = `
  select kind, subject, state, due_at as "dueAt", stopped_at as "stoppedAt", met from ticket_clocks
  where ticket_id = :ticketId order by due_at, id`;
export const findClockView = (sql: Sql, ticketId: bigint) =>
  sql.rows<{
    kind: string;
    subject: string;
    state: string;
    dueAt: Date;
    stoppedAt: Date | null;
    met: boolean | null;
  }>(clocks, { ticketId });

const withRef = `select 1 as one from ticket_entries where ticket_id = :ticketId and ref = :ref limit 1`;
export const hasEntryWithRef = async (sql: Sql, ticketId: bigint, ref: string): Promise<boolean> =>
  (await sql.maybeOne(withRef, { ticketId, ref })) !== null;
