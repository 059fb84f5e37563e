/** SQL that removes what the page needed for a while. */
import type { Sql } from "#src/platform/sql.ts";

type Forget = { readonly before: Date; readonly limit: number };

const oldAttempts = `
  delete from household_attempts where id in (
    select id from household_attempts where at < :before order by id limit :limit for update skip locked)`;
export const removeAttempts = (sql: Sql, query: Forget): Promise<number> => sql.run(oldAttempts, query);

const oldChallenges = `
  delete from household_challenges where id in (
    select id from household_challenges where created_at < :before order by id limit :limit for update skip locked)`;
export const removeChallenges = (sql: Sql, query: Forget): Promise<number> => sql.run(oldChallenges, query);

const oldLookUps = `
  delete from household_look_ups where id in (
    select id from household_look_ups where looked_at < :before order by id limit :limit for update skip locked)`;
export const removeLookUps = (sql: Sql, query: Forget): Promise<number> => sql.run(oldLookUps, query);

const oldSessions = `
  delete from household_sessions where id in (
    select id from household_sessions session where least(ended_at, expires_at) < :before
      and not exists (select 1 from household_look_ups looked where looked.session_id = session.id)
    order by id limit :limit for update skip locked)`;
export const removeSessions = (sql: Sql, query: Forget): Promise<number> => sql.run(oldSessions, query);

const oldMembers = `
  with idle as (
    select member.id from household_members member
    where member.created_at < :before
      and not exists (select 1 from household_sessions session where session.member_id = member.id)
      and not exists (select 1 from household_bindings binding
        where binding.member_id = member.id and (binding.ended_at is null or binding.ended_at >= :before))
    order by member.id limit :limit for update skip locked
  ), unbound as (
    delete from household_bindings where member_id in (select id from idle)
  )
  delete from household_members where id in (select id from idle)`;
/** Together with the bindings that ended. */
export const removeMembers = (sql: Sql, query: Forget): Promise<number> => sql.run(oldMembers, query);

const oldBrowsers = `
  delete from household_browsers where (browser_digest, account_id) in (
    select browser_digest, account_id from household_browsers where known_at < :before
    order by known_at limit :limit for update skip locked)`;
export const removeBrowsers = (sql: Sql, query: Forget): Promise<number> => sql.run(oldBrowsers, query);

const oldLifts = `
  delete from household_lifts where id in (
    select id from household_lifts where lifted_at < :before order by id limit :limit for update skip locked)`;
export const removeLifts = (sql: Sql, query: Forget): Promise<number> => sql.run(oldLifts, query);
