/** SQL of what is counted against guessing. */
import type { Sql } from "#src/platform/sql.ts";

const lockNames = `
  select pg_advisory_xact_lock(hashtextextended(name, 100)) from (
    select name from unnest(:names::text[]) name order by name) ordered`;
/** Attempts at one account or from one address are counted one after the other, else many at once are more than allowed. */
export const lockCounters = (sql: Sql, names: readonly string[]) => sql.rows(lockNames, { names });

export type AttemptKind = "code" | "proof" | "look-up";

const soFar = `
  select
    count(*) filter (where account_digest = :accountDigest and at > :hourAgo) as "ofAccountInHour",
    count(*) filter (where account_digest = :accountDigest) as "ofAccountInDay",
    count(*) filter (where address_digest = :addressDigest and at > :hourAgo) as "ofAddressInHour",
    count(*) filter (where address_digest = :addressDigest) as "ofAddressInDay",
    count(*) filter (where session_id = any(mine.ids)) as "ofPersonInDay",
    max(at) filter (where account_digest = :accountDigest) as "lastOfAccount"
  from household_attempts, (
    select coalesce(array_agg(other.id), '{}') as ids from household_sessions session
    join household_sessions other on other.member_id = session.member_id or other.account_id = session.account_id
    where session.id = :sessionId::bigint and other.expires_at > :dayAgo) mine
  where kind = :kind and failed = any(:failed::boolean[]) and at > :dayAgo
    and (account_digest = :accountDigest or address_digest = :addressDigest or session_id = any(mine.ids))`;
export type Counted = {
  readonly ofAccountInHour: bigint;
  readonly ofAccountInDay: bigint;
  readonly ofAddressInHour: bigint;
  readonly ofAddressInDay: bigint;
  /** In all sessions of the same telephone or, of who came by paper, the same home: signing in anew begins no new count. */
  readonly ofPersonInDay: bigint;
  readonly lastOfAccount: Date | null;
};
export const countAttempts = (
  sql: Sql,
  query: {
    kind: AttemptKind;
    /** Which of them count. */
    failed: readonly boolean[];
    accountDigest: Uint8Array;
    addressDigest: Uint8Array;
    sessionId: bigint | null;
    hourAgo: Date;
    dayAgo: Date;
  },
) => sql.one<Counted>(soFar, query);

const add = `
  insert into household_attempts (kind, account_digest, address_digest, session_id, failed, at)
  values (:kind, :accountDigest, :addressDigest, :sessionId, :failed, :now)`;
export const insertAttempt = (
  sql: Sql,
  row: {
    kind: AttemptKind;
    accountDigest: Uint8Array;
    addressDigest: Uint8Array;
    sessionId: bigint | null;
    failed: boolean;
    now: Date;
  },
) => sql.run(add, row);
