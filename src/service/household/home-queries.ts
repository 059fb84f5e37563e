/** SQL of what the page shows of a home: where it is, its valve, its payments with their receipts, its cases. It writes nothing. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { SupplyState, ValveState } from "#src/town/accounts/index.ts";
import { doorLabel } from "#src/town/network/index.ts";

export type HomeRow = {
  readonly id: bigint;
  readonly accountNo: string;
  readonly community: string;
  readonly buildingId: bigint;
  readonly building: string;
  readonly unit: string;
  readonly door: string;
  /** With its floor, where the door does not say it: for whoever lives there. */
  readonly ownDoor: string;
  readonly ownerName: string | null;
  readonly owedFen: bigint;
};

const homes = `
  select account.id, account.account_no as "accountNo", community.name as community, building.id as "buildingId",
    building.name as building, unit.name as unit, premises.door, ${doorLabel("premises")} as "ownDoor",
    (select owner.name from account_roles role join people owner on owner.id = role.person_id
     where role.account_id = account.id and role.valid @> :day::date and role.role in ('owner', 'payer')
     order by role.role, role.id limit 1) as "ownerName",
    coalesce((select sum(amount_fen - paid_fen) from bills
      where account_id = account.id and state in ('due', 'offered')), 0)::bigint as "owedFen"
  from heat_accounts account
  join premises on premises.id = account.premises_id
  join units unit on unit.id = premises.unit_id
  join buildings building on building.id = premises.building_id
  join communities community on community.id = building.community_id
  where account.id = any(:ids::bigint[])
  order by array_position(:ids::bigint[], account.id)`;
export const findHomes = (sql: Sql, query: { ids: readonly bigint[]; day: Day }) =>
  sql.rows<HomeRow>(homes, query);

const points = `
  select point.name,
    (select state.state from supply_states state
     where state.charge_point_id = point.id and state.valid @> :day::date) as supply,
    (select state.state from valve_states state
     where state.charge_point_id = point.id and state.valid @> :day::date) as valve
  from charge_points point where point.account_id = :accountId order by point.ordinal`;
export const findPoints = (sql: Sql, query: { accountId: bigint; day: Day }) =>
  sql.rows<{ name: string; supply: SupplyState | null; valve: ValveState | null }>(points, query);

const receiptOfPayment = `
  select receipt_id as "receiptId" from receipt_payments where payment_id = :paymentId and active`;
export const findReceiptOf = (sql: Sql, paymentId: bigint) =>
  sql.maybeOne<{ receiptId: bigint }>(receiptOfPayment, { paymentId });

/** Of whoever lives there now: what the people before had to say is theirs. Words only of what was written at this page. */
const cases = `
  select ticket.id, ticket.state, ticket.channel, ticket.category_code as category, category.name as "categoryName",
    category.name_en as "categoryNameEn", ticket.opened_at as "openedAt", ticket.closed_at as "closedAt",
    ticket.closing_class as "closingClass", case when ticket.channel = 'self-service' then ticket.summary end as summary,
    (select count(*) from ticket_entries entry where entry.ticket_id = ticket.id and entry.kind = 'attachment'
      and entry.entered_by_name = 'household') as photos
  from tickets ticket join ticket_categories category on category.code = ticket.category_code
  where ticket.account_id = :accountId and ticket.state <> 'cancelled'
    and ticket.opened_at >= coalesce((
      select min(lower(role.valid))::timestamp at time zone 'Asia/Shanghai' from account_roles role
      where role.account_id = :accountId and role.valid @> :day::date and (:personId::bigint is null
        or role.person_id = :personId::bigint)), '-infinity'::timestamptz)
  order by ticket.id desc limit :limit::integer`;
export type CaseRow = {
  readonly id: bigint;
  readonly state: string;
  readonly channel: string;
  readonly category: string;
  readonly categoryName: string;
  readonly categoryNameEn: string;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly closingClass: "solved" | "explained" | null;
  readonly summary: string | null;
  readonly photos: bigint;
};
export const findCases = (
  sql: Sql,
  query: { accountId: bigint; personId: bigint | null; day: Day; limit: number },
) => sql.rows<CaseRow>(cases, query);

const caseState = `
  select state from tickets where id = :ticketId and account_id = :accountId and channel = 'self-service'`;
/** Of a case that was reported from this page about this home; null for every other. */
export const findCaseState = async (
  sql: Sql,
  query: { ticketId: bigint; accountId: bigint },
): Promise<string | null> => (await sql.maybeOne<{ state: string }>(caseState, query))?.state ?? null;

const photosOf = `
  select count(*) from ticket_entries
  where ticket_id = :ticketId and kind = 'attachment' and entered_by_name = 'household'`;
export const countPhotos = async (sql: Sql, ticketId: bigint): Promise<number> =>
  Number((await sql.one<{ count: bigint }>(photosOf, { ticketId })).count);

const openHere = `
  select count(*) from tickets
  where account_id = :accountId and channel = 'self-service' and state not in ('closed', 'cancelled', 'merged', 'resolved')`;
export const countOpenHere = async (sql: Sql, accountId: bigint): Promise<number> =>
  Number((await sql.one<{ count: bigint }>(openHere, { accountId })).count);

const addLookUp = `
  insert into household_look_ups (session_id, account_id, looked_at) values (:sessionId, :accountId, :now) returning id`;
export const insertLookUp = (sql: Sql, row: { sessionId: bigint; accountId: bigint; now: Date }) =>
  sql.one<{ id: bigint }>(addLookUp, row);

const lookUp = `
  select account_id as "accountId" from household_look_ups
  where id = :id and session_id = :sessionId and looked_at > :since`;
export const findLookUp = (sql: Sql, query: { id: bigint; sessionId: bigint; since: Date }) =>
  sql.maybeOne<{ accountId: bigint }>(lookUp, query);
