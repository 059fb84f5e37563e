/** SQL of exports as their askers see them: asked for, listed, cancelled, fetched. */
import type { Sql } from "#src/platform/sql.ts";
import type { ExportFormat } from "#src/platform/table-export.ts";
import type { ExportState } from "./schema.ts";

/** Bindings of whoever looks: who it is, and how far the own scope reaches now. */
export type Looker = {
  readonly askedByKind: string;
  readonly askedBy: bigint;
  readonly scopeKind: string;
  readonly scopeIds: readonly bigint[];
  readonly scopeDay: string;
};

export type ExportRow = {
  readonly id: bigint;
  readonly kind: string;
  readonly subject: string;
  readonly title: unknown;
  readonly fileName: string;
  readonly format: ExportFormat;
  readonly purpose: string;
  readonly permission: string;
  readonly state: ExportState;
  readonly attempt: number;
  readonly askedAt: Date;
  readonly asOf: Date | null;
  readonly rowsDone: number;
  readonly rowsExpected: number | null;
  readonly byteCount: bigint;
  readonly pieceCount: number;
  readonly endedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly failure: unknown;
  readonly fetchCount: number;
  readonly fetchedAt: Date | null;
  /** The looker's scope has all that the asker's had: its areas, and each building that these served then. */
  readonly isCovered: boolean;
};

const COVERED = `(:scopeKind::text = 'everything' or (kept.scope_kind = :scopeKind::text
    and kept.scope_ids <@ :scopeIds::bigint[]
    and not exists (select 1 from service_area_buildings had where kept.scope_kind = 'areas'
      and had.area_id = any(kept.scope_ids) and had.valid @> kept.scope_day
      and not exists (select 1 from service_area_buildings has where has.building_id = had.building_id
        and has.valid @> :scopeDay::date and has.area_id = any(:scopeIds::bigint[])))))`;
const COLUMNS = `kept.id, kept.kind, kept.subject, kept.title, kept.file_name as "fileName", kept.format, kept.purpose,
  kept.permission, kept.state, kept.attempt, kept.asked_at as "askedAt", kept.as_of as "asOf", kept.rows_done as "rowsDone",
  kept.rows_expected as "rowsExpected", kept.byte_count as "byteCount", kept.piece_count as "pieceCount", kept.ended_at as "endedAt",
  kept.expires_at as "expiresAt", kept.failure, kept.fetch_count as "fetchCount", kept.fetched_at as "fetchedAt",
  ${COVERED} as "isCovered"`;
const OWN = `kept.asked_by_kind = :askedByKind and kept.asked_by = :askedBy`;

/** All asking comes one after the other: no two of them are the last that fits. */
export const lockAsking = (sql: Sql): Promise<unknown> => sql.run("select pg_advisory_xact_lock(815230, 1)");

export type Standing = {
  readonly ownUnfinished: number;
  readonly ownKept: number;
  readonly unfinished: number;
  readonly bytes: bigint;
};
/** What stands in the way of one more; a file that is over its time and not yet deleted still has its room. */
export const countStanding = (sql: Sql, of: { askedByKind: string; askedBy: bigint }) =>
  sql.one<Standing>(
    `select count(*) filter (where kept.state <> 'ready' and ${OWN})::int as "ownUnfinished",
       count(*) filter (where kept.state = 'ready' and ${OWN})::int as "ownKept",
       count(*) filter (where kept.state <> 'ready')::int as unfinished,
       coalesce(sum(kept.byte_count), 0)::bigint as bytes
     from exports kept where kept.state in ('waiting', 'writing', 'ready')`,
    of,
  );

export type NewExport = Looker & {
  readonly kind: string;
  readonly subject: string;
  readonly title: string;
  readonly fileName: string;
  readonly format: ExportFormat;
  readonly purpose: string;
  readonly requestId: string;
  readonly askedByName: string;
  readonly permission: string;
  readonly now: Date;
  readonly wanted: string;
};
export const insertExport = (sql: Sql, row: NewExport) =>
  sql.one<ExportRow>(
    `insert into exports as kept (kind, subject, title, file_name, format, purpose, request_id, asked_by_kind, asked_by,
       asked_by_name, permission, scope_kind, scope_ids, scope_day, asked_at, wanted)
     values (:kind, :subject, :title::jsonb, :fileName, :format, :purpose, :requestId, :askedByKind, :askedBy, :askedByName,
       :permission, :scopeKind, :scopeIds::bigint[], :scopeDay::date, :now, :wanted::jsonb)
     returning ${COLUMNS}`,
    row,
  );

export const listOwn = (sql: Sql, page: Looker & { beforeId: bigint | null; limit: number }) =>
  sql.rows<ExportRow>(
    `select ${COLUMNS} from exports kept
     where ${OWN} and (:beforeId::bigint is null or kept.id < :beforeId::bigint)
     order by kept.id desc limit :limit::integer`,
    page,
  );

export const findOwn = (sql: Sql, of: Looker & { id: bigint }) =>
  sql.maybeOne<ExportRow>(`select ${COLUMNS} from exports kept where ${OWN} and kept.id = :id`, of);

export const lockOwn = (sql: Sql, of: Looker & { id: bigint }) =>
  sql.maybeOne<ExportRow>(
    `select ${COLUMNS} from exports kept where ${OWN} and kept.id = :id for update of kept`,
    of,
  );

/** Whoever writes it sees with the next piece that it is over. */
export const cancelExport = (sql: Sql, of: { id: bigint; now: Date }) =>
  sql.run(
    `update exports set state = 'cancelled', wanted = null, ended_at = coalesce(ended_at, :now), byte_count = 0, piece_count = 0
     where id = :id and state in ('waiting', 'writing', 'ready')`,
    of,
  );

/** Of every attempt, or of those before one. */
export const dropPieces = (sql: Sql, of: { id: bigint; before: number | null }) =>
  sql.run(
    `delete from export_pieces where export_id = :id and (:before::integer is null or attempt < :before::integer)`,
    of,
  );

export const noteFetch = (sql: Sql, of: { id: bigint; now: Date }) =>
  sql.run(`update exports set fetch_count = fetch_count + 1, fetched_at = :now where id = :id`, of);

export const findPiece = (sql: Sql, of: { id: bigint; attempt: number; ordinal: number }) =>
  sql.maybeOne<{ bytes: Buffer }>(
    `select bytes from export_pieces where export_id = :id and attempt = :attempt and ordinal = :ordinal`,
    of,
  );
