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
