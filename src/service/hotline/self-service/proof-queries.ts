/** SQL of the second factor: whose telephone ends so, and how often somebody tried. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

const tailOnFile = `
  select exists (
    select 1 from account_roles role join person_phones phone on phone.person_id = role.person_id
    where role.account_id = :accountId and role.valid @> :day::date and phone.confirmed is distinct from false
      and right(split_part(phone.number, ';', 1), 4) = :tail) as "onFile"`;
/** The last four digits of a number of anybody who has a role on the account today, except numbers known to be wrong. */
export const isTailOnFile = async (
  sql: Sql,
  query: { accountId: bigint; tail: string; day: Day },
): Promise<boolean> => (await sql.one<{ onFile: boolean }>(tailOnFile, query)).onFile;

const lockNames = `
  select pg_advisory_xact_lock(hashtextextended(name, 31)) from (
    select name from unnest(:names::text[]) name order by name) ordered`;
/** Attempts at one account or from one number are counted one after the other, else many at once are more than allowed. */
export const lockCounters = (sql: Sql, names: readonly string[]) => sql.rows(lockNames, { names });

const attemptsSoFar = `
  select
    (select count(*) from proof_attempts where session_id = :sessionId::bigint and outcome <> 'proved') as "ofCall",
    (select count(*) from proof_attempts where number_digest = :numberDigest::bytea and at > :hourAgo
       and outcome <> 'proved') as "ofNumber",
    (select count(*) from proof_attempts where account_id = :accountId::bigint and at > :dayAgo
       and outcome <> 'proved') as "ofAccount"`;
export const countAttempts = (
  sql: Sql,
  query: {
    sessionId: bigint;
    numberDigest: Buffer | null;
    accountId: bigint | null;
    hourAgo: Date;
    dayAgo: Date;
  },
) => sql.one<{ ofCall: bigint; ofNumber: bigint; ofAccount: bigint }>(attemptsSoFar, query);

const addAttempt = `
  insert into proof_attempts (session_id, number_digest, account_id, outcome, at)
  values (:sessionId, :numberDigest, :accountId, :outcome, :now)`;
export const insertAttempt = (
  sql: Sql,
  row: {
    sessionId: bigint;
    numberDigest: Buffer | null;
    accountId: bigint | null;
    outcome: "proved" | "refused" | "locked";
    now: Date;
  },
) => sql.run(addAttempt, row);

// Without a lock: the runtime role may not update these rows, and so not lock them either. They are only ever deleted here.
const oldAttempts = `
  delete from proof_attempts where ctid = any(array(
    select ctid from proof_attempts where at < :before limit :limit))`;
export const removeAttempts = (sql: Sql, query: { before: Date; limit: number }) =>
  sql.run(oldAttempts, query);
