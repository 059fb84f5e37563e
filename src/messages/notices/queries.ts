/** SQL on notices themselves: drafts, states, pre-approved texts, festivals, replies. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { Notice, NoticeState } from "./schema.ts";

const COLUMNS = `notice.id, notice.kind, notice.title, notice.purpose, notice.channels, notice.template, notice.locale,
  notice.variables, notice.audience, notice.scope_kind as "scopeKind", notice.scope_ids as "scopeIds", notice.source,
  notice.incident_id as "incidentId", notice.follows_id as "followsId",
  notice.supply_check as "supplyCheck", notice.state, notice.state_reason as "stateReason", notice.emergency,
  notice.passes_quiet_hours as "passesQuietHours",
  notice.quiet_word_by as "quietWordBy", notice.quiet_word_at as "quietWordAt", notice.starts_at as "startsAt", notice.expires_at as "expiresAt",
  notice.sampled_version as "sampledVersion", notice.sampled_by as "sampledBy", notice.asked_households as "askedHouseholds",
  notice.approval_id as "approvalId", notice.requested_by as "requestedBy", notice.approved_by as "approvedBy",
  notice.approved_at as "approvedAt", notice.words_pins as "wordsPins", notice.frozen, notice.households, notice.reachable, notice.messages,
  notice.started_at as "startedAt", notice.ended_at as "endedAt", notice.created_at as "createdAt",
  notice.created_by as "createdBy", notice.version`;

export type NewNoticeRow = {
  kind: string;
  title: string;
  purpose: string;
  channels: readonly string[];
  template: string;
  locale: string;
  variables: string;
  audience: string;
  scopeKind: string;
  scopeIds: readonly bigint[];
  source: string | null;
  incidentId: bigint | null;
  followsId: bigint | null;
  supplyCheck: string;
  emergency: boolean;
  passesQuietHours: boolean;
  startsAt: Date | null;
  expiresAt: Date | null;
  now: Date;
  createdBy: bigint | null;
};
const addNotice = `
  insert into notices (kind, title, purpose, channels, template, locale, variables, audience, scope_kind, scope_ids, source,
    incident_id, follows_id, supply_check, emergency, passes_quiet_hours, starts_at, expires_at, created_at, created_by, changed_at)
  values (:kind, :title, :purpose, :channels::text[], :template, :locale, :variables::jsonb, :audience::jsonb, :scopeKind,
    :scopeIds::bigint[], :source, :incidentId, :followsId, :supplyCheck, :emergency, :passesQuietHours, :startsAt, :expiresAt, :now, :createdBy, :now)
  on conflict (source) do nothing returning id`;
/** Null when this source has its notice. */
export const insertNotice = (sql: Sql, row: NewNoticeRow) => sql.maybeOne<{ id: bigint }>(addNotice, row);

const byId = `select ${COLUMNS} from notices notice where notice.id = :id`;
export const findNoticeRow = (sql: Sql, id: bigint) => sql.maybeOne<Notice>(byId, { id });
export const lockNotice = (sql: Sql, id: bigint) => sql.maybeOne<Notice>(`${byId} for update`, { id });

const bySource = `select ${COLUMNS} from notices notice where notice.source = :source`;
export const findNoticeOfSource = (sql: Sql, source: string) => sql.maybeOne<Notice>(bySource, { source });

const logins = `select id, login from staff_members where id = any(:ids::bigint[])`;
/** Who wrote, asked and approved: their logins. */
export const findLogins = async (
  sql: Sql,
  ids: readonly (bigint | null)[],
): Promise<ReadonlyMap<bigint | null, string>> => {
  const known = [...new Set(ids.filter((id) => id !== null))];
  if (known.length === 0) return new Map();
  const rows = await sql.rows<{ id: bigint; login: string }>(logins, { ids: known });
  return new Map(rows.map(({ id, login }) => [id, login]));
};

const ownWays = `select mobile, mail from staff_members where id = :id and disabled_at is null`;
/** Where a person of the staff is written to. */
export const findWaysTo = (sql: Sql, id: bigint) =>
  sql.maybeOne<{ mobile: string | null; mail: string | null }>(ownWays, { id });

export type NoticeBounds = { readonly scopeKind: string; readonly scopeIds: readonly bigint[] };

/** A notice of the company is everybody's to see, within their homes; one of other areas does not exist. */
const VISIBLE = `(:scopeKind::text = 'everything' or notice.scope_kind = 'everything'
  or (notice.scope_kind = :scopeKind::text and notice.scope_ids && :scopeIds::bigint[]))`;

const visibleById = `select ${COLUMNS} from notices notice where notice.id = :id and ${VISIBLE}`;
export const findVisibleNotice = (sql: Sql, query: NoticeBounds & { id: bigint }) =>
  sql.maybeOne<Notice>(visibleById, query);

const page = `
  select ${COLUMNS} from notices notice
  where (:beforeId::bigint is null or notice.id < :beforeId::bigint) and ${VISIBLE}
    and (:states::text[] is null or notice.state = any(:states::text[]))
    and (:kind::text is null or notice.kind = :kind::text)
  order by notice.id desc limit :limit::integer`;
export const listNotices = (
  sql: Sql,
  query: NoticeBounds & {
    beforeId: bigint | null;
    states: readonly NoticeState[] | null;
    kind: string | null;
    limit: number;
  },
) => sql.rows<Notice>(page, query);

const changeContent = `
  update notices set title = :title, channels = :channels::text[], template = :template, locale = :locale,
    variables = :variables::jsonb, audience = :audience::jsonb, starts_at = :startsAt, expires_at = :expiresAt,
    passes_quiet_hours = :passesQuietHours, state = 'draft', state_reason = :reason, approval_id = null,
    requested_by = null, approved_by = null, approved_at = null, words_pins = '{}', asked_households = null, quiet_word_by = null, quiet_word_at = null, frozen = false, households = 0, reachable = 0,
    messages = 0, changed_at = :now, version = version + 1
  where id = :id and state in ('draft', 'waiting', 'approved') returning version`;
/** Back to a draft: what was approved is not this any more. */
export const updateContent = (
  sql: Sql,
  row: {
    id: bigint;
    title: string;
    channels: readonly string[];
    template: string;
    locale: string;
    variables: string;
    audience: string;
    startsAt: Date | null;
    expiresAt: Date | null;
    passesQuietHours: boolean;
    reason: string;
    now: Date;
  },
) => sql.maybeOne<{ version: number }>(changeContent, row);

const noteSample = `update notices set sampled_version = version, sampled_by = :by where id = :id`;
/** The version that the next request for an approval will be about was shown to this person. */
export const markSampled = (sql: Sql, row: { id: bigint; by: bigint }) => sql.run(noteSample, row);

const askFor = `
  update notices set state = 'waiting', approval_id = :approvalId, requested_by = :requestedBy,
    asked_households = :households, changed_at = :now
  where id = :id and state = 'draft' returning version`;
export const markWaiting = (
  sql: Sql,
  row: { id: bigint; approvalId: bigint; requestedBy: bigint; households: number; now: Date },
) => sql.maybeOne<{ version: number }>(askFor, row);

const sendBack = `
  update notices set state = 'draft', state_reason = :reason, approval_id = null, requested_by = null, asked_households = null,
    changed_at = :now
  where id = :id and state = 'waiting' returning version`;
/** The second person said no, or whoever asked took it back: the same content, which may be asked for again. */
export const markSentBack = (sql: Sql, row: { id: bigint; reason: string; now: Date }) =>
  sql.maybeOne<{ version: number }>(sendBack, row);

const approve = `
  update notices set state = 'approved', requested_by = :requestedBy, approved_by = :approvedBy, approved_at = :now,
    quiet_word_by = :quietWordBy, quiet_word_at = :quietWordAt, words_pins = :wordsPins::jsonb, changed_at = :now
  where id = :id and state in ('draft', 'waiting') returning version`;
export const markApproved = (
  sql: Sql,
  row: {
    id: bigint;
    requestedBy: bigint | null;
    approvedBy: bigint | null;
    quietWordBy: bigint | null;
    quietWordAt: Date | null;
    /** JSON. */
    wordsPins: string;
    now: Date;
  },
) => sql.maybeOne<{ version: number }>(approve, row);

const freeze = `
  update notices set frozen = true, households = :households, reachable = :reachable, messages = :messages, changed_at = :now
  where id = :id`;
export const markFrozen = (
  sql: Sql,
  row: { id: bigint; households: number; reachable: number; messages: number; now: Date },
) => sql.run(freeze, row);

const KNOWN_TO = `join notice_recipients told on told.account_id = account.id
    join notices notice on notice.id = told.notice_id and notice.kind = :kind and notice.approved_at >= :since::timestamptz`;
const strangers = `
  select (select count(*) from unnest(:accountNos::text[]) given (account_no) where not exists (
      select 1 from heat_accounts account ${KNOWN_TO} where account.account_no = given.account_no))::int
    + (select count(*) from unnest(:buildingIds::bigint[]) given (id) where not exists (
      select 1 from premises home join heat_accounts account on account.premises_id = home.id ${KNOWN_TO}
      where home.building_id = given.id))::int as n`;
/** How many of these homes and buildings no notice of this kind was for that was approved since. */
export const countStrangers = async (
  sql: Sql,
  query: { accountNos: readonly string[]; buildingIds: readonly bigint[]; kind: string; since: Date },
): Promise<number> => (await sql.one<{ n: number }>(strangers, query)).n;

const move = `
  update notices set state = :to, state_reason = :reason, changed_at = :now, version = version + 1,
    started_at = case when :to = 'running' then coalesce(started_at, :now::timestamptz) else started_at end,
    ended_at = case when :to in ('finished', 'stopped', 'cancelled') then :now::timestamptz end
  where id = :id and state = any(:from::text[]) returning version`;
export const moveNotice = (
  sql: Sql,
  row: { id: bigint; from: readonly NoticeState[]; to: NoticeState; reason: string; now: Date },
) => sql.maybeOne<{ version: number }>(move, row);

const neverBegun = `
  select id from notices where state = 'approved' and (expires_at <= :now or (approved_at < :before
    and (starts_at is null or starts_at < :before))) order by id limit 500 for update skip locked`;
/** Locks notices that were approved so long ago, or are of no use any more, and that nobody has begun. */
export const lockNeverBegun = (sql: Sql, query: { before: Date; now: Date }) =>
  sql.rows<{ id: bigint }>(neverBegun, query);

const ofIncident = `
  select ${COLUMNS} from notices notice where notice.incident_id = :incidentId and notice.state <> 'cancelled'
  order by notice.id for update`;
/** Locks them. In the order in which they were made. */
export const lockNoticesOfIncident = (sql: Sql, incidentId: bigint) =>
  sql.rows<Notice>(ofIncident, { incidentId });

// --- texts approved beforehand

export type EmergencyTemplateRow = {
  readonly id: bigint;
  readonly template: string;
  readonly channel: Notice["channels"][number];
  readonly locale: Notice["locale"];
  readonly digest: string;
  readonly requester: string;
  readonly approver: string;
  readonly approvedAt: Date;
};
const emergencyTemplates = `
  select text.id, text.template, text.channel, text.locale, encode(text.text_digest, 'hex') as digest,
    asked.login as requester, decided.login as approver, text.approved_at as "approvedAt"
  from notice_emergency_templates text join staff_members asked on asked.id = text.requested_by
  join staff_members decided on decided.id = text.approved_by
  where text.withdrawn_at is null order by text.template, text.channel, text.locale`;
export const listEmergencyTemplates = (sql: Sql) => sql.rows<EmergencyTemplateRow>(emergencyTemplates);

const standing = `
  select id from notice_emergency_templates
  where template = :template and channel = :channel and locale = :locale and withdrawn_at is null
    and text_digest = decode(:digest, 'hex')`;
type TextKey = { template: string; channel: string; locale: string };
export const findEmergencyTemplate = (sql: Sql, key: TextKey & { digest: string }) =>
  sql.maybeOne<{ id: bigint }>(standing, key);

const withdraw = `
  update notice_emergency_templates set withdrawn_at = :now
  where template = :template and channel = :channel and locale = :locale and withdrawn_at is null`;
export const withdrawEmergencyTemplate = (sql: Sql, row: TextKey & { now: Date }) => sql.run(withdraw, row);

const addEmergency = `
  insert into notice_emergency_templates (template, channel, locale, text_digest, approval_id, requested_by, approved_by,
    approved_at)
  values (:template, :channel, :locale, decode(:digest, 'hex'), :approvalId, :requestedBy, :approvedBy, :now) returning id`;
export const insertEmergencyTemplate = (
  sql: Sql,
  row: TextKey & {
    digest: string;
    approvalId: bigint;
    requestedBy: bigint;
    approvedBy: bigint;
    now: Date;
  },
) => sql.one<{ id: bigint }>(addEmergency, row);

// --- festivals

export type FestivalRow = {
  readonly id: bigint;
  readonly day: Day;
  readonly name: string;
  readonly template: string;
};
const festivals = `
  select id, day, name, template from notice_festivals
  where day >= :from::date and (:until::date is null or day <= :until::date) order by day, name limit 200`;
export const listFestivals = (sql: Sql, query: { from: Day; until: Day | null }) =>
  sql.rows<FestivalRow>(festivals, query);

const setFestival = `
  insert into notice_festivals (day, name, template, set_at, set_by) values (:day, :name, :template, :now, :by)
  on conflict (day, name) do update set template = excluded.template, set_at = excluded.set_at, set_by = excluded.set_by
  returning id`;
export const upsertFestival = (
  sql: Sql,
  row: { day: Day; name: string; template: string; now: Date; by: bigint | null },
) => sql.one<{ id: bigint }>(setFestival, row);

const removeFestival = `
  delete from notice_festivals where id = :id returning day, name, template`;
export const deleteFestival = (sql: Sql, id: bigint) =>
  sql.maybeOne<Omit<FestivalRow, "id">>(removeFestival, { id });

// --- replies

const lastTold = `
  select told.id as "messageId", substring(told.regarding from '^notice:([0-9]+)$')::bigint as "noticeId",
    told.account_id as "accountId"
  from messages told
  where told.id in (
      select own.id from messages own where own.purpose = any(:purposes::text[]) and own.recipient = :recipient
      union all
      -- whoever was told for a home instead of whom it was queued for
      select turned.id from messages turned where turned.address = :recipient and turned.address <> '' and turned.called_at >= :since)
    and told.purpose = any(:purposes::text[]) and told.regarding like 'notice:%' and told.changed_at >= :since
    and told.state not in ('skipped', 'cancelled', 'rejected')
  order by told.changed_at desc, told.id desc limit 1`;
/** The notice that this number or address was told last: what it answers is taken to be about it. */
export const findLastTold = (
  sql: Sql,
  query: { purposes: readonly string[]; recipient: string; since: Date },
) => sql.maybeOne<{ messageId: bigint; noticeId: bigint; accountId: bigint | null }>(lastTold, query);

const addReply = `
  insert into notice_replies (received_id, notice_id, account_id, kind, recorded_at)
  values (:receivedId, :noticeId, :accountId, :kind, :now) on conflict (received_id) do nothing returning received_id`;
export const insertReply = (
  sql: Sql,
  row: { receivedId: bigint; noticeId: bigint; accountId: bigint | null; kind: string; now: Date },
) => sql.maybeOne<{ received_id: bigint }>(addReply, row);
