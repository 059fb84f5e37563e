/** SQL on orders from outside. */
import type { Sql } from "#src/platform/sql.ts";
import { ticketScope, type TicketReach } from "#src/service/tickets/index.ts";
import type { Referral } from "./schema.ts";

const COLUMNS = `r.id, r.ticket_id as "ticketId", t.ticket_no as "ticketNo", t.account_id as "accountId",
  r.authority_code as "authorityCode", authority.name as "authorityName", authority.name_en as "authorityNameEn",
  r.outside_no as "outsideNo", r.round, r.parent_id as "parentId", r.state, r.title, r.demand, r.requirement, r.urgency,
  r.caller_name as "callerName", r.caller_number as "callerNumber", r.address_text as "addressText",
  r.received_at as "receivedAt", r.due_at as "dueAt", r.return_before as "returnBefore",
  r.signed_for_at as "signedForAt", r.return_reason as "returnReason", r.return_company_id as "returnCompanyId",
  r.return_asked_at as "returnAskedAt", r.return_refused_count as "returnRefusedCount",
  r.taken_back_at as "takenBackAt", r.receipt_no as "receiptNo", r.reported_at as "reportedAt",
  reporter.display_name as "reportedBy", r.report_file_id as "reportFileId", r.reported_in_time as "reportedInTime",
  r.satisfied, r.version`;
const FROM = `from referrals r join tickets t on t.id = r.ticket_id
  join referral_authorities authority on authority.code = r.authority_code
  left join staff_members reporter on reporter.id = r.reported_by`;

export type Authority = {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly kind: string;
  readonly active: boolean;
};
const AUTHORITY = `code, name, name_en as "nameEn", kind, active`;
const authorities = `select ${AUTHORITY} from referral_authorities order by ordinal, code`;
export const listAuthorities = (sql: Sql) => sql.rows<Authority>(authorities);
const oneAuthority = `select ${AUTHORITY} from referral_authorities where code = :code`;
export const findAuthority = (sql: Sql, code: string) => sql.maybeOne<Authority>(oneAuthority, { code });
const setAuthority = `
  insert into referral_authorities as known (code, name, name_en, kind, active)
  values (:code, :name, :nameEn, :kind, :active)
  on conflict (code) do update set name = excluded.name, name_en = excluded.name_en, kind = excluded.kind,
    active = excluded.active
  returning known.code, known.name, known.name_en as "nameEn", known.kind, known.active`;
export const upsertAuthority = (sql: Sql, authority: Authority) =>
  sql.one<Authority>(setAuthority, authority);

const labelsFor = `
  select label, field, authority_code is not null as own from referral_labels
  where authority_code is null or authority_code = :authority order by own, id`;
/** General names first, so that the authority's own overwrite them. */
export const findLabels = (sql: Sql, authority: string) =>
  sql.rows<{ label: string; field: string; own: boolean }>(labelsFor, { authority });
const setLabel = `
  insert into referral_labels (authority_code, field, label) values (:authority, :field, :label)
  on conflict (label, coalesce(authority_code, '')) do update set field = excluded.field`;
export const upsertLabel = (sql: Sql, row: { authority: string | null; field: string; label: string }) =>
  sql.run(setLabel, row);

export type NewReferralRow = {
  readonly ticketId: bigint;
  readonly authority: string;
  readonly outsideNo: string;
  readonly round: number;
  readonly parentId: bigint | null;
  readonly title: string;
  readonly demand: string;
  readonly requirement: string;
  readonly urgency: string;
  readonly callerName: string | null;
  readonly callerNumber: string | null;
  readonly addressText: string | null;
  readonly receivedAt: Date;
  readonly dueAt: Date;
  readonly returnBefore: Date | null;
  readonly importId: bigint | null;
  readonly now: Date;
  readonly by: bigint | null;
};
const addReferral = `
  insert into referrals (ticket_id, authority_code, outside_no, round, parent_id, title, demand, requirement, urgency,
    caller_name, caller_number, address_text, received_at, due_at, return_before, import_id, entered_at, entered_by)
  values (:ticketId, :authority, :outsideNo, :round, :parentId, :title, :demand, :requirement, :urgency, :callerName,
    :callerNumber, :addressText, :receivedAt, :dueAt, :returnBefore, :importId, :now, :by)
  on conflict do nothing returning id`;
/** Null when this number of this authority is there in this round, or its parent was done again before. */
export const insertReferral = (sql: Sql, row: NewReferralRow) =>
  sql.maybeOne<{ id: bigint }>(addReferral, row);

const latestOfNumber = `
  select ${COLUMNS} ${FROM} where r.authority_code = :authority and r.outside_no = :outsideNo
  order by r.round desc limit 1`;
export const findLatestOfNumber = (sql: Sql, number: { authority: string; outsideNo: string }) =>
  sql.maybeOne<Referral>(latestOfNumber, number);

const childOf = `select ${COLUMNS} ${FROM} where r.parent_id = :parentId`;
export const findChildOf = (sql: Sql, parentId: bigint) => sql.maybeOne<Referral>(childOf, { parentId });

const ofTicket = `select ${COLUMNS} ${FROM} where r.ticket_id = :ticketId order by r.id`;
export const findReferralsOfTicket = (sql: Sql, ticketId: bigint) =>
  sql.rows<Referral>(ofTicket, { ticketId });

const byId = `select ${COLUMNS} ${FROM} where r.id = :id`;
export const findReferral = (sql: Sql, id: bigint) => sql.maybeOne<Referral>(byId, { id });

const inScope = `${byId} and ${ticketScope("t")}`;
export const findReferralInScope = (sql: Sql, query: TicketReach & { id: bigint }) =>
  sql.maybeOne<Referral>(inScope, query);
const lockInScope = `${inScope} for no key update of r`;
export const lockReferralInScope = (sql: Sql, query: TicketReach & { id: bigint }) =>
  sql.maybeOne<Referral>(lockInScope, query);

export type ReferralFilter = {
  readonly states: readonly string[] | null;
  readonly authority: string | null;
  readonly dueBefore: Date | null;
  readonly number: string | null;
  readonly ticketId: bigint | null;
};
const page = `
  select ${COLUMNS} ${FROM}
  where ${ticketScope("t")} and (:states::text[] is null or r.state = any(:states::text[]))
    and (:authority::text is null or r.authority_code = :authority::text)
    and (:dueBefore::timestamptz is null or r.due_at < :dueBefore::timestamptz)
    and (:number::text is null or r.outside_no = :number::text)
    and (:ticketId::bigint is null or r.ticket_id = :ticketId::bigint)
    and (r.due_at, r.id) > (coalesce(:afterDueAt::timestamptz, '-infinity'), :afterId::bigint)
  order by r.due_at, r.id limit :limit::integer`;
/** What is due first stands first. */
export const listReferrals = (
  sql: Sql,
  query: TicketReach & ReferralFilter & { afterDueAt: string | null; afterId: bigint; limit: number },
) => sql.rows<Referral>(page, query);

export type FoundReferral = Pick<
  Referral,
  "id" | "ticketNo" | "authorityCode" | "authorityName" | "outsideNo" | "round" | "state" | "dueAt"
>;
const byOutsideNo = `
  select r.id, t.ticket_no as "ticketNo", r.authority_code as "authorityCode", authority.name as "authorityName",
    r.outside_no as "outsideNo", r.round, r.state, r.due_at as "dueAt"
  from referrals r join tickets t on t.id = r.ticket_id join referral_authorities authority on authority.code = r.authority_code
  where r.outside_no = any(:numbers::text[]) and ${ticketScope("t")}
  order by r.id desc limit 20`;
/** As much of an order as a list of findings shows: nothing of its citizen. */
export const findByOutsideNo = (sql: Sql, query: TicketReach & { numbers: readonly string[] }) =>
  sql.rows<FoundReferral>(byOutsideNo, query);

const sign = `
  update referrals set state = 'signed-for', signed_for_at = :now, signed_for_by = :by, version = version + 1
  where id = :id and state = 'received' returning version`;
export const signForRow = (sql: Sql, row: { id: bigint; now: Date; by: bigint | null }) =>
  sql.maybeOne<{ version: number }>(sign, row);

const askReturn = `
  update referrals set state = 'return-asked', return_reason = :reason, return_company_id = :companyId,
    return_asked_at = :now, return_asked_by = :by, signed_for_at = coalesce(signed_for_at, :now),
    signed_for_by = coalesce(signed_for_by, :by), version = version + 1
  where id = :id returning version`;
export const askReturnRow = (
  sql: Sql,
  row: { id: bigint; reason: string; companyId: bigint | null; now: Date; by: bigint | null },
) => sql.one<{ version: number }>(askReturn, row);

const answerReturn = `
  update referrals set state = case when :takenBack then 'taken-back' else 'signed-for' end,
    taken_back_at = case when :takenBack then :now::timestamptz end,
    return_refused_count = return_refused_count + (not :takenBack::boolean)::integer, version = version + 1
  where id = :id returning version`;
export const answerReturnRow = (sql: Sql, row: { id: bigint; takenBack: boolean; now: Date }) =>
  sql.one<{ version: number }>(answerReturn, row);

const report = `
  update referrals set state = 'reported', receipt_no = :receiptNo, reported_at = :reportedAt, reported_by = :by,
    report_file_id = :fileId, reported_in_time = :inTime, version = version + 1
  where id = :id returning version`;
export const reportRow = (
  sql: Sql,
  row: {
    id: bigint;
    receiptNo: string;
    reportedAt: Date;
    by: bigint | null;
    fileId: bigint | null;
    inTime: boolean;
  },
) => sql.one<{ version: number }>(report, row);

const judge = `
  update referrals set satisfied = :satisfied, satisfied_at = :at, version = version + 1
  where id = :id returning version`;
export const setVerdict = (sql: Sql, row: { id: bigint; satisfied: boolean; at: Date }) =>
  sql.one<{ version: number }>(judge, row);

const extend = `update referrals set due_at = :dueAt, version = version + 1 where id = :id returning version`;
export const setDue = (sql: Sql, row: { id: bigint; dueAt: Date }) =>
  sql.one<{ version: number }>(extend, row);

const standingOf = `
  select count(*)::int as count from referrals
  where ticket_id = :ticketId and id <> :exceptId and state in ('received', 'signed-for', 'return-asked', 'reported')`;
export const countOthers = async (sql: Sql, row: { ticketId: bigint; exceptId: bigint }): Promise<number> =>
  (await sql.one<{ count: number }>(standingOf, row)).count;

// 东院 is part of 东院一期, 1号楼 of 11号楼: the longest names that fit are meant, and a digit before them is another building.
const buildingInText = `
  with named as (
    select building.id, length(community.name) as community, length(building.name) as building
    from communities community join buildings building on building.community_id = community.id
    where position(community.name in :text) > 0
      and :text ~ ('(^|[^0-9])' || regexp_replace(building.name, '([.*+?^$(){}|\\[\\]\\\\])', '\\\\\\1', 'g'))
  )
  select id from named
  where (community, building) = (select community, building from named order by community desc, building desc limit 1)
  limit 2`;
/** The building that an address names by community and building; null when none or two equally do. */
export const findBuildingInText = async (sql: Sql, text: string): Promise<bigint | null> => {
  const found = await sql.rows<{ id: bigint }>(buildingInText, { text });
  return found.length === 1 ? (found[0]?.id ?? null) : null;
};
