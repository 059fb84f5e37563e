/** SQL on notices that say the same words. */
import type { Sql } from "#src/platform/sql.ts";

export type Said = {
  readonly id: bigint;
  readonly purpose: string;
  readonly template: string;
  readonly locale: string;
  /** Canonical JSON. */
  readonly variables: string;
  readonly since: Date;
};

const lock = `select pg_advisory_xact_lock(815071, hashtext(:purpose || ' ' || :template || ' ' || :variables))`;
/** Two people may approve the same words in the same moment: the second waits, and sees what the first froze. */
export const lockWords = (
  sql: Sql,
  said: Pick<Said, "purpose" | "template" | "variables">,
): Promise<unknown> => sql.rows(lock, said);

const others = `
  select other.id from notices other
  where other.id <> :id and other.purpose = :purpose and other.template = :template and other.locale = :locale
    and other.variables = :variables::jsonb
    and (other.state in ('approved', 'running', 'paused')
      or (other.state in ('finished', 'stopped') and other.ended_at > :since))
  order by other.id`;
/** Other notices with these words that go, will go, or went since then. */
export const findSameWords = async (sql: Sql, said: Said): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(others, said)).map(({ id }) => id);

/**
 * Whether a home has these words from one of `:sameAs`, or will get them. One whose message was refused, did not arrive, or was taken
 * back has not.
 */
export const toldTheSame = (accountId: string): string => `exists (
    select 1 from notice_recipients same where same.account_id = ${accountId} and same.notice_id = any(:sameAs::bigint[])
      and same.gap = '' and not exists (
        select 1 from messages sent where sent.regarding = 'notice:' || same.notice_id
          and sent.account_id = same.lead_account_id
          and sent.state in ('skipped', 'cancelled', 'rejected', 'undelivered', 'expired')))`;

const frozen = `
  select count(*)::int as homes from notice_recipients mine
  where mine.notice_id = :id and mine.gap = '' and ${toldTheSame("mine.account_id")}`;
/** Of the frozen homes of a notice those that have its words already. */
export const countFrozenAgain = async (
  sql: Sql,
  asked: { readonly id: bigint; readonly sameAs: readonly bigint[] },
): Promise<number> => (await sql.one<{ homes: number }>(frozen, asked)).homes;

// Whoever heard something else since is told anew: 14:30, then 16:00, then 14:30 again. What never left the queue was not heard.
const HEARD_OTHERWISE = `exists (
    select 1 from notice_recipients later join notices other on other.id = later.notice_id
    left join messages sent on sent.regarding = 'notice:' || later.notice_id and sent.account_id = later.lead_account_id
    where later.account_id = mine.account_id and later.gap = '' and later.notice_id > same.notice_id
      and later.notice_id <> mine.notice_id and later.notice_id <> all(:sameAs::bigint[]) and other.purpose = :purpose
      and other.state in ('running', 'paused', 'finished', 'stopped')
      and (sent.id is not null or other.state in ('running', 'paused'))
      and not (other.state = 'stopped' and sent.state = 'queued')
      and (sent.state is null or sent.state not in ('skipped', 'cancelled', 'rejected', 'undelivered', 'expired')))`;
const leaveOut = `
  update notice_recipients mine set gap = 'same-words', lead_account_id = null, person_id = null, channel = null, contact = '',
    label = ''
  where mine.notice_id = :id and mine.gap = '' and exists (
    select 1 from notice_recipients same join notices first on first.id = same.notice_id
    left join messages sent on sent.regarding = 'notice:' || same.notice_id and sent.account_id = same.lead_account_id
    where same.account_id = mine.account_id and same.notice_id = any(:sameAs::bigint[]) and same.gap = ''
      and case when sent.id is null then first.state <> 'stopped'
        when sent.state = 'queued' then first.state <> 'stopped'
        else sent.state not in ('skipped', 'cancelled', 'rejected', 'undelivered', 'expired') end
      and not exists (select 1 from message_homes home_left where home_left.message_id = sent.id
        and home_left.account_id = same.account_id and home_left.left_out <> '')
      and not ${HEARD_OTHERWISE})`;
// The home under which a message stood may be among those left out.
const leadAnew = `
  update notice_recipients mine set lead_account_id = first.account_id
  from (select channel, contact, min(account_id) as account_id from notice_recipients
    where notice_id = :id and gap = '' group by channel, contact) first
  where mine.notice_id = :id and mine.gap = '' and mine.channel = first.channel and mine.contact = first.contact
    and mine.lead_account_id <> first.account_id`;
const reached = `
  select count(*)::int as reachable, (count(*) filter (where account_id = lead_account_id))::int as messages
  from notice_recipients where notice_id = :id and gap = ''`;

/**
 * Takes those homes out of a frozen audience that have its words from one of `:sameAs`, or have them waiting, and heard nothing else
 * of this purpose since. Answers how many, and what is left.
 */
export const leaveOutAgain = async (
  sql: Sql,
  asked: { readonly id: bigint; readonly purpose: string; readonly sameAs: readonly bigint[] },
): Promise<{ readonly leftOut: number; readonly reachable: number; readonly messages: number }> => {
  const leftOut = await sql.run(leaveOut, asked);
  if (leftOut > 0) await sql.run(leadAnew, { id: asked.id });
  const left = await sql.one<{ reachable: number; messages: number }>(reached, { id: asked.id });
  return { leftOut, ...left };
};
