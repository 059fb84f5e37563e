/** SQL of what is counted against guessing. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

const lockNames = `
  select pg_advisory_xact_lock(hashtextextended(name, 100)) from (
    select name from unnest(:names::text[]) name order by name) ordered`;
/** Attempts at one account or from one address are counted one after the other, else many at once are more than allowed. */
export const lockCounters = (sql: Sql, names: readonly string[]) => sql.rows(lockNames, { names });

/** `code`: one was asked for; `proof`: one was typed; `paper`: a card or receipt was; `stray`: a code was typed that can prove nothing. */
export type AttemptKind = "code" | "proof" | "paper" | "stray" | "look-up";

const soFar = `
  select
    count(*) filter (where address_digest = :addressDigest) as "ofAddressInDay",
    count(*) filter (where session_id = any(mine.ids)) as "ofPersonInDay"
  from household_attempts, (
    select coalesce(array_agg(other.id), '{}') as ids from household_sessions session
    join household_sessions other on other.member_id = session.member_id or other.account_id = session.account_id
    where session.id = :sessionId::bigint and other.expires_at > :dayAgo) mine
  where kind = 'look-up' and at > :dayAgo and (address_digest = :addressDigest or session_id = any(mine.ids))`;
type LookUps = {
  readonly ofAddressInDay: bigint;
  /** In all sessions of the same telephone or, of who came by paper, the same home: signing in anew begins no new count. */
  readonly ofPersonInDay: bigint;
};
export const countLookUps = (
  sql: Sql,
  query: { addressDigest: Uint8Array; sessionId: bigint; dayAgo: Date },
) => sql.one<LookUps>(soFar, query);

const ofHome = `
  select at, encode(coalesce(browser_digest, address_digest), 'hex') as source, browser_digest is not null as "isKnown"
  from household_attempts
  where account_digest = :accountDigest and kind = :kind and failed = any(:failed::boolean[]) and at > :since
  order by at desc, id desc`;
/** What was tried at a home: some dozens a day at most, since what has to wait is not counted. */
export const findAttemptsAtHome = (
  sql: Sql,
  query: { accountDigest: Uint8Array; kind: AttemptKind; failed: readonly boolean[]; since: Date },
) => sql.rows<{ at: Date; source: string; isKnown: boolean }>(ofHome, query);

const fullOfAddress = `
  select at from household_attempts
  where address_digest = :addressDigest and kind = any(:kinds::text[]) and failed = any(:failed::boolean[]) and at > :hourAgo
  order by at desc offset :most::integer - 1 limit 1`;
/** The try that used up what a network address may do in an hour, over all homes; null: there is room. */
export const findFullAddress = (
  sql: Sql,
  query: {
    addressDigest: Uint8Array;
    kinds: readonly AttemptKind[];
    failed: readonly boolean[];
    hourAgo: Date;
    most: number;
  },
) => sql.maybeOne<{ at: Date }>(fullOfAddress, query);

const lifted = `
  select max(lifted_at) as last, count(*)::integer as count from household_lifts
  where account_id = :accountId::bigint and lifted_at > :dayAgo`;
/** How often, and when last, the hotline began the counts of a home anew. */
export const findLifts = (sql: Sql, query: { accountId: bigint | null; dayAgo: Date }) =>
  sql.one<{ last: Date | null; count: number }>(lifted, query);

const addLift = `insert into household_lifts (account_id, lifted_at) values (:accountId, :now)`;
export const insertLift = (sql: Sql, row: { accountId: bigint; now: Date }) => sql.run(addLift, row);

const browser = `
  select 1 as known from household_browsers browser
  where browser.browser_digest = :browserDigest and browser.account_id = :accountId and exists (
    select 1 from account_roles role
    where role.account_id = browser.account_id and role.person_id = browser.person_id and role.valid @> :day::date)`;
/** Known through a person who has a role at the home today. */
export const findKnownBrowser = (
  sql: Sql,
  query: { browserDigest: Uint8Array; accountId: bigint; day: Day },
) => sql.maybeOne<{ known: number }>(browser, query);

const knowBrowser = `
  insert into household_browsers (browser_digest, account_id, person_id, known_at)
  values (:browserDigest, :accountId, :personId, :now)
  on conflict (browser_digest, account_id) do update set person_id = excluded.person_id, known_at = excluded.known_at`;
export const upsertBrowser = (
  sql: Sql,
  row: { browserDigest: Uint8Array; accountId: bigint; personId: bigint; now: Date },
) => sql.run(knowBrowser, row);

const leaveBrowsers = `
  delete from household_browsers browser using household_bindings binding
  where binding.member_id = :memberId and binding.account_id = :accountId
    and browser.account_id = binding.account_id and browser.person_id = binding.person_id`;
/** Of a home that a member takes away from his telephone. */
export const removeBrowsersOf = (sql: Sql, row: { memberId: bigint; accountId: bigint }) =>
  sql.run(leaveBrowsers, row);

const add = `
  insert into household_attempts (kind, account_digest, address_digest, browser_digest, session_id, failed, at)
  values (:kind, :accountDigest, :addressDigest, :browserDigest, :sessionId, :failed, :now)`;
export const insertAttempt = (
  sql: Sql,
  row: {
    kind: AttemptKind;
    accountDigest: Uint8Array;
    addressDigest: Uint8Array;
    browserDigest: Uint8Array | null;
    sessionId: bigint | null;
    failed: boolean;
    now: Date;
  },
) => sql.run(add, row);
