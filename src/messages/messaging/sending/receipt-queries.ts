/** SQL of receipts: stored once, and what they make of their messages. */
import type { Sql } from "#src/platform/sql.ts";

/**
 * How far a state is. Reports only carry a message further: whatever their order, the furthest of all wins, so a delivery that
 * was proven stays one. A queued or claimed message that is reported on went in an earlier claim, and must not go again.
 */
const RANK = (state: string): string => `case ${state}
  when 'queued' then 0 when 'claimed' then 1 when 'calling' then 2 when 'unknown' then 3 when 'accepted' then 4
  when 'rejected' then 5 when 'expired' then 6 when 'undelivered' then 7 when 'delivered' then 8 else 9 end`;

/**
 * For the rest of the transaction tables are read by index. A plan that was made while they were small, and is kept by the
 * connection, must not read all of them for each report once they are large.
 */
const byIndex = `select set_config('enable_seqscan', 'off', true) as is`;
export const readByIndex = (sql: Sql) => sql.one<{ is: string }>(byIndex);

/**
 * The message is found by our own reference, else by the provider's id. A failure that names another sending of the message
 * than the latest, or an earlier one while the latest has no answer yet, says nothing about that one. Each is looked up for
 * itself, and `limit 1` keeps it so.
 */
const store = `
  insert into message_receipts (provider, event_id, provider_message_id, message_id, state, code, segments, cost_milli_fen,
    happened_at, received_at, past)
  select come.provider, come.event_id, come.provider_message_id, coalesce(own.id, named.id), come.state, come.code,
    come.segments, come.cost, come.at, :now,
    come.state <> 'delivered' and coalesce(own.provider_message_id <> come.provider_message_id
      or own.provider_message_id is null and come.provider_message_id = any(own.past_provider_ids), false)
  from unnest(:providers::text[], :eventIds::text[], :providerMessageIds::text[], :messageIds::bigint[], :states::text[],
    :codes::text[], :segments::smallint[], :costs::bigint[], :ats::timestamptz[])
    come (provider, event_id, provider_message_id, message_id, state, code, segments, cost, at)
  left join lateral (select m.id, m.provider_message_id, m.past_provider_ids from messages m
    where m.id = come.message_id and m.provider = come.provider limit 1) own on true
  left join lateral (select m.id from messages m
    where own.id is null and m.provider = come.provider and m.provider_message_id = come.provider_message_id
    limit 1) named on true
  on conflict (provider, event_id) do nothing
  returning message_id as "messageId", provider, event_id as "eventId"`;
export type ReceiptRow = {
  readonly provider: string;
  readonly eventId: string;
  readonly providerMessageId: string | null;
  readonly messageId: bigint | null;
  readonly state: string;
  readonly code: string;
  readonly segments: number | null;
  readonly costMilliFen: bigint | null;
  readonly at: Date;
};
/** Those that are new, each with its message where there is one yet. */
export const insertReceipts = (sql: Sql, receipts: readonly ReceiptRow[], now: Date) =>
  sql.rows<{ messageId: bigint | null; provider: string; eventId: string }>(store, {
    now,
    providers: receipts.map((one) => one.provider),
    eventIds: receipts.map((one) => one.eventId),
    providerMessageIds: receipts.map((one) => one.providerMessageId),
    messageIds: receipts.map((one) => one.messageId),
    states: receipts.map((one) => one.state),
    codes: receipts.map((one) => one.code),
    segments: receipts.map((one) => one.segments),
    costs: receipts.map((one) => one.costMilliFen),
    ats: receipts.map((one) => one.at),
  });

/** An id that another message has already is not taken a second time: whose it is nobody can say any more. */
const apply = `
  with locked as (
    select m.id, m.state from messages m where m.id = any(:ids::bigint[]) order by m.id for update
  ), told as (
    select locked.id, locked.state as known, best.*, extra.*,
      row_number() over (partition by best.provider_message_id order by locked.id) as nth
    from locked
    cross join lateral (
      select r.provider, r.state, r.code, r.provider_message_id, r.happened_at
      from message_receipts r where r.message_id = locked.id and not r.past
      order by ${RANK("r.state")} desc, r.happened_at, r.id limit 1) best
    cross join lateral (
      select max(r.segments) as segments, max(r.cost_milli_fen) as cost
      from message_receipts r where r.message_id = locked.id and not r.past) extra
    where ${RANK("best.state")} > ${RANK("locked.state")}
  )
  update messages m set
    state = told.state, reason = told.code,
    provider_message_id = coalesce(m.provider_message_id, case when told.nth = 1 and not exists (
      select 1 from messages other
      where other.provider = told.provider and other.provider_message_id = told.provider_message_id)
      then told.provider_message_id end),
    segments = coalesce(told.segments, m.segments), cost_milli_fen = coalesce(told.cost, m.cost_milli_fen),
    lease_until = null, decide_since = null, changed_at = :now,
    ask_at = case when told.state = 'accepted' then :askAt::timestamptz end,
    asks = case when told.state = 'accepted' then 0 else m.asks end,
    settled_at = case when told.state = 'accepted' then m.settled_at else told.happened_at end
  from told where m.id = told.id
  returning m.id, m.state`;
/** Carries messages to the furthest state that was reported; answers those that it moved. Locks them in order. */
export const applyReceipts = (sql: Sql, row: { ids: readonly bigint[]; now: Date; askAt: Date }) =>
  sql.rows<{ id: bigint; state: string }>(apply, row);

const claimWaiting = `
  update message_receipts r set message_id = m.id
  from messages m
  where r.message_id is null and r.provider = :provider and r.provider_message_id = any(:providerMessageIds::text[])
    and m.provider = r.provider and m.provider_message_id = r.provider_message_id
  returning m.id`;
/** Receipts that came before the answer that names their message. */
export const matchWaiting = async (
  sql: Sql,
  row: { provider: string; providerMessageIds: readonly string[] },
): Promise<bigint[]> => (await sql.rows<{ id: bigint }>(claimWaiting, row)).map((one) => one.id);

const claimAnyWaiting = `
  with waiting as materialized (
    (select w.id, w.provider, w.provider_message_id from message_receipts w
      where w.message_id is null and w.provider_message_id is not null and w.received_at > :after
      order by w.id desc limit :limit)
    union
    (select w.id, w.provider, w.provider_message_id from message_receipts w
      where w.message_id is null and w.provider_message_id is not null and w.received_at > :after and w.id > :afterId
      order by w.id limit :limit)
  ), matched as (
    update message_receipts r set message_id = m.id
    from waiting join messages m on m.provider = waiting.provider and m.provider_message_id = waiting.provider_message_id
    where r.id = waiting.id and r.message_id is null
    returning m.id
  )
  select (select array_agg(matched.id) from matched) as ids,
    (select max(walked.id) from (select waiting.id from waiting where waiting.id > :afterId
      order by waiting.id limit :limit) walked) as "walkedTo"`;
/**
 * The same for those that wait: a receipt and its answer may have been committed side by side. The latest, and behind `afterId` as
 * many in order: receipts of another house's messages (one account at a gateway for two systems) never match, and must not
 * hide those that do. `walkedTo` is null behind the last.
 */
export const matchAllWaiting = async (
  sql: Sql,
  query: { after: Date; afterId: bigint; limit: number },
): Promise<{ readonly ids: readonly bigint[]; readonly walkedTo: bigint | null }> => {
  const { ids, walkedTo } = await sql.one<{ ids: bigint[] | null; walkedTo: bigint | null }>(
    claimAnyWaiting,
    query,
  );
  return { ids: ids ?? [], walkedTo };
};

const ofProvider = `
  select id from messages where provider = :provider and provider_message_id = :providerMessageId`;
export const findMessageOfProvider = (sql: Sql, key: { provider: string; providerMessageId: string }) =>
  sql.maybeOne<{ id: bigint }>(ofProvider, key);

const receiptsOf = `
  select provider, state, code, happened_at as "happenedAt", received_at as "receivedAt"
  from message_receipts where message_id = :messageId order by id limit 50`;
export const findReceipts = (sql: Sql, messageId: bigint) =>
  sql.rows<{ provider: string; state: string; code: string; happenedAt: Date; receivedAt: Date }>(
    receiptsOf,
    {
      messageId,
    },
  );

const oldReceipts = `
  delete from message_receipts where ctid = any(array(
    select ctid from message_receipts where received_at < :before limit :limit for update skip locked))`;
export const forgetReceipts = (sql: Sql, row: { before: Date; limit: number }) => sql.run(oldReceipts, row);
