/** SQL on a notice at work: which ones there are, its fan-out chunk by chunk, and what the claim of a message reads again. */
import type { Day } from "#src/kernel/day.ts";
import type { WordsPins } from "#src/messages/messaging/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { openFenSql } from "./audience-queries.ts";
import type { NoticeChannel, NoticePurpose, NoticeState } from "./schema.ts";

const begin = `
  insert into notice_fan_outs (notice_id, goes_at) values (:noticeId, :goesAt) on conflict (notice_id) do nothing`;
export const insertFanOut = (sql: Sql, row: { noticeId: bigint; goesAt: Date }) => sql.run(begin, row);

export type FanOut = {
  readonly noticeId: bigint;
  readonly goesAt: Date;
  readonly cursorAccountId: bigint;
  readonly messages: number;
  readonly finishedAt: Date | null;
  /** `between`: begun and not done, so that whoever pauses and goes on at once still has all of them called back. */
  readonly settledState: NoticeState | "between";
  readonly settlingState: NoticeState;
  readonly settlingId: bigint;
  readonly unsentFrom: bigint;
};
const takeIt = `select notice_id as "noticeId", goes_at as "goesAt", cursor_account_id as "cursorAccountId", messages,
    finished_at as "finishedAt", settled_state as "settledState", settling_state as "settlingState",
    settling_id as "settlingId", unsent_from as "unsentFrom"
  from notice_fan_outs where notice_id = :noticeId for update skip locked`;
/** Null while another process has it. */
export const takeFanOut = (sql: Sql, noticeId: bigint) => sql.maybeOne<FanOut>(takeIt, { noticeId });

const hours = `select notice_id as id, goes_at as "goesAt" from notice_fan_outs where notice_id = any(:ids::bigint[])`;
/** Of notices that were begun: before when nothing of them goes. */
export const findHours = async (sql: Sql, ids: readonly bigint[]): Promise<ReadonlyMap<bigint, Date>> =>
  new Map((await sql.rows<{ id: bigint; goesAt: Date }>(hours, { ids })).map((row) => [row.id, row.goesAt]));

const atWork = `
  select notice.id from notices notice join notice_fan_outs fan on fan.notice_id = notice.id
  where notice.state in ('running', 'paused', 'stopped')
    and (fan.settled_state <> notice.state
      or (notice.state = 'running' and (fan.finished_at is null or :alsoSending::boolean)))
    and notice.id > :afterId::bigint
  order by notice.id limit :limit::integer`;
export const AT_WORK_TOGETHER = 100;
/**
 * Notices that somebody has to go on with; `alsoSending`: also those of which only the sending is left. At most a hundred behind
 * `afterId`: whoever looks goes on from the last of a full answer, so that old ones that are held up hide no new one.
 */
export const findNoticesAtWork = async (
  sql: Sql,
  alsoSending: boolean,
  afterId = 0n,
  limit = AT_WORK_TOGETHER,
): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(atWork, { alsoSending, afterId, limit })).map(({ id }) => id);

const chunkEnd = `
  select max(lead_account_id) as "untilAccountId" from (
    select lead_account_id from notice_recipients
    where notice_id = :noticeId and lead_account_id > :after and account_id = lead_account_id
    order by lead_account_id limit :limit::integer) chunk`;
/** The last household of the next chunk under which a message goes; null behind the last. */
export const findChunkEnd = async (
  sql: Sql,
  query: { noticeId: bigint; after: bigint; limit: number },
): Promise<bigint | null> =>
  (await sql.one<{ untilAccountId: bigint | null }>(chunkEnd, query)).untilAccountId;

const chunkSelect = (variables: string): string => `
    select recipient.contact as recipient, recipient.person_id, recipient.account_id, recipient.label,
      ${variables} as variables
    from notice_recipients recipient
    where recipient.notice_id = :noticeId and recipient.lead_account_id > :after
      and recipient.lead_account_id <= :untilAccountId and recipient.channel = :wayOfNotice`;
/** For `queueMany`: the homes of a chunk with the words that are the same for all of them. */
export const CHUNK_SELECT = chunkSelect(":fixedValues::jsonb");
/** The same, with what is open on all homes of a message, in yuan. */
export const CHUNK_SELECT_AMOUNT = chunkSelect(`:fixedValues::jsonb || jsonb_build_object('amount',
        to_char(sum(${openFenSql("recipient.account_id")}) over (partition by recipient.lead_account_id) / 100.0, 'FM999999999990.00'))`);

const advance = `
  update notice_fan_outs set cursor_account_id = :untilAccountId, messages = messages + :messages::integer
  where notice_id = :noticeId`;
export const advanceFanOut = (
  sql: Sql,
  row: { noticeId: bigint; untilAccountId: bigint; messages: number },
) => sql.run(advance, row);

const finish = `update notice_fan_outs set finished_at = :now where notice_id = :noticeId and finished_at is null`;
export const finishFanOut = (sql: Sql, row: { noticeId: bigint; now: Date }) => sql.run(finish, row);

const settle = `
  update notice_fan_outs set settling_state = :settlingState, settling_id = :settlingId,
    settled_state = case when :done then :settlingState else 'between' end
  where notice_id = :noticeId`;
export const moveSettling = (
  sql: Sql,
  row: { noticeId: bigint; settlingState: NoticeState; settlingId: bigint; done: boolean },
) => sql.run(settle, row);

const unsent = `update notice_fan_outs set unsent_from = :unsentFrom where notice_id = :noticeId`;
export const moveUnsent = (sql: Sql, row: { noticeId: bigint; unsentFrom: bigint }) => sql.run(unsent, row);

/** Side by side: homes of messages, and the notice of each. */
type AskedHomes = {
  readonly messageIds: readonly bigint[];
  readonly accountIds: readonly (bigint | null)[];
  readonly noticeIds: readonly bigint[];
};

const supply = `
  select asked.message_id as "messageId", asked.account_id as "accountId", notice.supply_check as "supplyCheck"
  from unnest(:messageIds::bigint[], :accountIds::bigint[], :noticeIds::bigint[]) asked (message_id, account_id, notice_id)
  join notices notice on notice.id = asked.notice_id and notice.supply_check <> ''
  join heat_accounts account on account.id = asked.account_id join premises home on home.id = account.premises_id
  where (notice.supply_check = 'still-out') <> (home.building_id in (
    select stopped.building_id from building_outages stopped where stopped.valid @> :now::timestamptz))`;
/** Homes of which the notice does not hold any more: heated again, or without heat again. */
export const findSupplyChanged = (sql: Sql, asked: AskedHomes & { readonly now: Date }) =>
  sql.rows<{ messageId: bigint; accountId: bigint; supplyCheck: "still-out" | "still-back" }>(supply, asked);

// What stood in the queue when heat came back is called back or skipped: that home hears of neither.
const neverTold = `
  select asked.message_id as "messageId", asked.account_id as "accountId"
  from unnest(:messageIds::bigint[], :accountIds::bigint[], :noticeIds::bigint[]) asked (message_id, account_id, notice_id)
  join notices notice on notice.id = asked.notice_id and notice.kind = 'heat-back' and notice.audience ? 'toldBy'
  where not exists (
    select 1 from jsonb_array_elements_text(notice.audience -> 'toldBy') first (id)
    join notice_recipients told on told.account_id = asked.account_id and told.notice_id = first.id::bigint
    join messages sent on sent.regarding = 'notice:' || told.notice_id and sent.account_id = told.lead_account_id
    where sent.state not in ('queued', 'skipped', 'cancelled', 'rejected')
      and not exists (select 1 from message_homes home_left where home_left.message_id = sent.id
        and home_left.account_id = told.account_id and home_left.left_out <> ''))`;
/** Homes that are about to hear that heat is back, and never heard that it had gone. */
export const findNeverTold = (sql: Sql, asked: AskedHomes) =>
  sql.rows<{ messageId: bigint; accountId: bigint }>(neverTold, asked);

// A newer word on the same incident; and an all-clear that waits gives way to whatever is newer for the home, of any incident. What
// the newer one did not bring takes no place.
const superseded = `
  select asked.message_id as "messageId", asked.account_id as "accountId"
  from unnest(:messageIds::bigint[], :accountIds::bigint[], :noticeIds::bigint[]) asked (message_id, account_id, notice_id)
  where exists (
    select 1 from notices own join notices newer on newer.id > own.id and newer.incident_id is not null
      and (newer.incident_id = own.incident_id or (own.kind = 'heat-back' and newer.kind <> 'planned-outage'))
      and newer.state in ('running', 'paused', 'finished', 'stopped')
    join notice_recipients said on said.account_id = asked.account_id and said.notice_id = newer.id and said.gap = ''
    left join messages sent on sent.regarding = 'notice:' || newer.id and sent.account_id = said.lead_account_id
    where own.id = asked.notice_id and own.incident_id is not null
      and case when newer.state = 'stopped' then sent.state not in ('queued', 'skipped', 'cancelled', 'rejected')
        else sent.id is null or sent.state not in ('cancelled', 'rejected') end)`;
/** Homes for which a newer notice says what is so now. */
export const findSuperseded = (sql: Sql, asked: AskedHomes) =>
  sql.rows<{ messageId: bigint; accountId: bigint }>(superseded, asked);

// A home that is named by a newer word which waits for its person; one that took the place of another waits since that one.
const waitsForPerson = `
  select asked.message_id as "messageId", asked.account_id as "accountId", (
    select min(before.created_at) from notices before where before.incident_id = own.incident_id and before.id > own.id
      and before.kind in ('new-time', 'heat-back') and before.approved_at is null
      and (before.state in ('draft', 'waiting') or before.state_reason = 'overtaken')) as since
  from unnest(:messageIds::bigint[], :accountIds::bigint[], :noticeIds::bigint[]) asked (message_id, account_id, notice_id)
  join notices own on own.id = asked.notice_id and own.incident_id is not null
  join heat_accounts account on account.id = asked.account_id join premises home on home.id = account.premises_id
  where exists (select 1 from notices newer where newer.incident_id = own.incident_id and newer.id > own.id
    and newer.kind in ('new-time', 'heat-back') and newer.state in ('draft', 'waiting')
    and newer.audience -> 'buildingIds' ? home.building_id::text)`;
/** Homes for which a newer notice of the incident waits for somebody who approves it, and since when. */
export const findWaitingForPerson = (sql: Sql, asked: AskedHomes) =>
  sql.rows<{ messageId: bigint; accountId: bigint; since: Date }>(waitsForPerson, asked);

const aboutToBe = `
  select own.id from notices own
  where own.id = any(:ids::bigint[]) and own.incident_id is not null and exists (
    select 1 from notices newer where newer.incident_id = own.incident_id and newer.id > own.id and newer.state = 'running'
      and not newer.frozen and newer.audience -> 'toldBy' @> to_jsonb(array[own.id::text]))`;
/** Of these notices those that a newer one follows whose homes are just being frozen. */
export const findAboutToBeSuperseded = async (sql: Sql, ids: readonly bigint[]): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(aboutToBe, { ids })).map(({ id }) => id);

const approvedBefore = `
  select id, purpose, channels from notices where id = any(:ids::bigint[]) and purpose = any(:purposes::text[])
    and approved_at < :before`;
/** Those of these notices whose homes were frozen so long ago. */
export const findApprovedBefore = (
  sql: Sql,
  query: { ids: readonly bigint[]; purposes: readonly NoticePurpose[]; before: Date },
) =>
  sql.rows<{ id: bigint; purpose: NoticePurpose; channels: readonly NoticeChannel[] }>(approvedBefore, query);

const shunned = `
  select distinct on (asked.message_id) asked.message_id as "messageId", hold.kind
  from unnest(:messageIds::bigint[], :accountIds::bigint[]) asked (message_id, account_id)
  join messages own on own.id = asked.message_id
  join lateral (
    select asked.account_id as id
    union
    select role.account_id from person_phones phone join account_roles role on role.person_id = phone.person_id
    where own.recipient like 'tel:%' and phone.number = substr(own.recipient, 5) and role.valid @> :today::date
    union
    select role.account_id from person_mails mail join account_roles role on role.person_id = mail.person_id
    where own.recipient like 'mailto:%' and mail.address = substr(own.recipient, 8) and role.valid @> :today::date
  ) reached on true
  join account_holds hold on hold.account_id = reached.id and hold.released_at is null and hold.kind = any(:kinds::text[])
    and hold.starts_on <= :today::date and (hold.ends_on is null or hold.ends_on >= :today::date)
  order by asked.message_id, hold.kind`;
/** Messages whose home, or another home of their number or address, has one of these holds today. */
export const findShunned = (
  sql: Sql,
  asked: {
    messageIds: readonly bigint[];
    accountIds: readonly (bigint | null)[];
    kinds: readonly string[];
    today: Day;
  },
) => sql.rows<{ messageId: bigint; kind: string }>(shunned, asked);

const standing = `
  select id, state in ('paused', 'stopped') as held, state, words_pins as "wordsPins" from notices
  where id = any(:ids::bigint[])`;
/** Whether anything may go out of these notices now, and the words that were approved with them. */
export const findStanding = (sql: Sql, ids: readonly bigint[]) =>
  sql.rows<{ id: bigint; held: boolean; state: string; wordsPins: WordsPins }>(standing, { ids });

// To callers with a case it is said by the same update; to those without one whenever heat is back. Both are queued when it is said.
const toldAlready = `
  select asked.message_id as "messageId"
  from unnest(:messageIds::bigint[], :incidentIds::bigint[], :steps::text[]) asked (message_id, incident_id, step)
  join messages own on own.id = asked.message_id
  join notices notice on notice.incident_id = asked.incident_id
    and (notice.source = asked.step or (notice.kind = 'heat-back' and asked.step like '%:back:%'))
  cross join lateral (
    select queued.state, queued.queued_at from messages queued where queued.purpose = own.purpose
      and queued.recipient = own.recipient and queued.step = 'notice:' || notice.id
      and queued.address in ('', queued.recipient)
    union all
    -- whoever was told for a home instead of whom it was queued for
    select turned.state, turned.queued_at from messages turned where turned.address = own.recipient and turned.address <> ''
      and turned.recipient <> turned.address and turned.step = 'notice:' || notice.id) told
  where told.state not in ('skipped', 'cancelled', 'rejected') and told.queued_at > own.queued_at - interval '2 hours'`;
/** Messages to callers of incidents that say what a notice has told the same number. */
export const findToldByNotice = async (
  sql: Sql,
  asked: { messageIds: readonly bigint[]; incidentIds: readonly bigint[]; steps: readonly string[] },
): Promise<bigint[]> =>
  (await sql.rows<{ messageId: bigint }>(toldAlready, asked)).map(({ messageId }) => messageId);
