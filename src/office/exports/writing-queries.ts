/** SQL of exports as the worker sees them: taken with a lease, written piece by piece behind a fence, ended, forgotten. */
import type { Sql } from "#src/platform/sql.ts";
import type { ExportFormat } from "#src/platform/table-export.ts";

export type TakenExport = {
  readonly id: bigint;
  readonly kind: string;
  readonly subject: string;
  readonly format: ExportFormat;
  readonly purpose: string;
  readonly requestId: string;
  readonly askedByName: string;
  readonly wanted: unknown;
  readonly attempt: number;
  readonly tries: number;
  readonly asOf: Date;
};

const take = `
  update exports set state = 'writing', attempt = attempt + 1, tries = tries + 1, as_of = :now, rows_done = 0,
    rows_expected = null, byte_count = 0, piece_count = 0, lease_until = now() + :leaseMs * interval '1 millisecond'
  where id = (select due.id from exports due where due.state in ('waiting', 'writing') and due.lease_until <= now()
    and due.kind = any(:kinds::text[])
    order by due.lease_until, due.id limit 1 for update skip locked)
  returning id, kind, subject, format, purpose, request_id as "requestId", asked_by_name as "askedByName", wanted, attempt,
    tries, as_of as "asOf"`;
/**
 * The next that is due of these kinds: new, or left by a process that says nothing any more. One process gets it; what a newer version
 * added waits for a process of that version.
 */
export const takeExport = (sql: Sql, how: { now: Date; leaseMs: number; kinds: readonly string[] }) =>
  sql.maybeOne<TakenExport>(take, how);

/** Who writes is whoever holds the last attempt, for as long as nobody cancelled. */
type Fence = { readonly id: bigint; readonly attempt: number };
const HELD = `id = :id and attempt = :attempt and state = 'writing'`;

/** Says how far it is and keeps the lease; 0 when it is not ours any more. */
export const beat = (sql: Sql, at: Fence & { rows: number; leaseMs: number }) =>
  sql.run(
    `update exports set rows_done = greatest(rows_done, :rows::integer),
       lease_until = now() + :leaseMs * interval '1 millisecond' where ${HELD}`,
    at,
  );

export const noteTotal = (sql: Sql, at: Fence & { total: number }) =>
  sql.run(`update exports set rows_expected = :total::integer where ${HELD}`, at);

/** What the files of all take at this moment, those that are being written with what they have so far. */
export const sumBytes = async (sql: Sql): Promise<bigint> =>
  (
    await sql.one<{ bytes: bigint }>(
      `select coalesce(sum(byte_count), 0)::bigint as bytes from exports where state in ('waiting', 'writing', 'ready')`,
    )
  ).bytes;

const piece = `
  with held as (
    update exports set rows_done = :rows::integer, byte_count = :bytesSoFar::bigint, piece_count = :ordinal::integer + 1,
      lease_until = now() + :leaseMs * interval '1 millisecond'
    where ${HELD} returning id
  )
  insert into export_pieces (export_id, attempt, ordinal, bytes) select held.id, :attempt, :ordinal, :bytes from held`;
/** 0 when it is not ours any more. */
export const insertPiece = (
  sql: Sql,
  at: Fence & { rows: number; bytesSoFar: number; ordinal: number; leaseMs: number; bytes: Uint8Array },
) => sql.run(piece, at);

export const finishExport = (sql: Sql, at: Fence & { rows: number; now: Date; expiresAt: Date }) =>
  sql.run(
    `update exports set state = 'ready', wanted = null, rows_done = :rows::integer, ended_at = :now, expires_at = :expiresAt
     where ${HELD}`,
    at,
  );

export const failExport = (sql: Sql, at: Fence & { now: Date; failure: string }) =>
  sql.run(
    `update exports set state = 'failed', wanted = null, ended_at = :now, failure = :failure::jsonb, byte_count = 0,
       piece_count = 0 where ${HELD}`,
    at,
  );

/** Due again after a pause; `isCounted`: as one of the tries that it has. */
export const giveBack = (sql: Sql, at: Fence & { pauseMs: number; isCounted: boolean }) =>
  sql.run(
    `update exports set state = 'waiting', tries = tries - case when :isCounted then 0 else 1 end,
       lease_until = now() + :pauseMs * interval '1 millisecond' where ${HELD}`,
    at,
  );

export type ExpiredExport = { readonly id: bigint; readonly subject: string };
/** Those of which the time is over. */
export const expireReady = (sql: Sql, of: { now: Date; limit: number }) =>
  sql.rows<ExpiredExport>(
    `update exports set state = 'expired', byte_count = 0, piece_count = 0
     where id = any(array(select over.id from exports over where over.state = 'ready' and over.expires_at <= :now
       order by over.expires_at limit :limit::integer for update skip locked))
     returning id, subject`,
    of,
  );
export const dropPiecesOf = (sql: Sql, ids: readonly bigint[]) =>
  sql.run(`delete from export_pieces where export_id = any(:ids::bigint[])`, { ids });

export const removeOld = (sql: Sql, of: { before: Date; limit: number }) =>
  sql.run(
    `delete from exports where ctid = any(array(select ctid from exports
       where state in ('failed', 'cancelled', 'expired') and ended_at < :before limit :limit::integer for update skip locked))`,
    of,
  );
