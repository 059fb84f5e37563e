/**
 * SQL on all messages about one thing (`notice:12`), chunk by chunk in the order of their ids: put off while it is paused, called
 * back when it goes on, taken back when it is stopped. What is claimed at this moment is left to the claim's own re-read.
 */
import type { Sql } from "#src/platform/sql.ts";

type Chunk = {
  readonly regarding: string;
  readonly afterId: bigint;
  readonly limit: number;
  readonly now: Date;
};

const NEXT = `
  with next as materialized (
    select id from messages where regarding = :regarding and id > :afterId order by id limit :limit::integer
  ), taken as (
    select m.id from messages m join next on next.id = m.id where m.state = 'queued' for update of m skip locked
  )`;
const LAST = `
  select (select max(id) from next) as "lastId", (select count(*) from done)::integer as changed`;

/** `lastId` is null behind the last message. */
export type ChunkDone = { readonly lastId: bigint | null; readonly changed: number };

const cancel = `${NEXT}, done as (
    update messages m set state = 'cancelled', reason = :reason, changed_at = :now from taken where m.id = taken.id
    returning m.id)${LAST}`;
export const cancelRegarding = (sql: Sql, chunk: Chunk & { reason: string }) =>
  sql.one<ChunkDone>(cancel, chunk);

// One that is to be over by then is put off to just before: whoever claims it finds it paused, or expired.
const move = `${NEXT}, done as (
    update messages m set not_before = least(:notBefore::timestamptz, m.expires_at - interval '1 second'), changed_at = :now
    from taken where m.id = taken.id returning m.id)${LAST}`;
export const moveRegarding = (sql: Sql, chunk: Chunk & { notBefore: Date }) =>
  sql.one<ChunkDone>(move, chunk);

const unsettled = `
  select id from messages
  where regarding = :regarding and id >= :fromId and state in ('queued', 'claimed', 'calling') order by id limit 1`;
/** The first of them, from this one on, that is still to go or on its way; null when all are gone. */
export const firstUnsentRegarding = async (
  sql: Sql,
  regarding: string,
  fromId: bigint,
): Promise<bigint | null> =>
  (await sql.maybeOne<{ id: bigint }>(unsettled, { regarding, fromId }))?.id ?? null;
