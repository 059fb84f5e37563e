/** SQL of stored files. */
import type { Sql } from "#src/platform/sql.ts";

const add = `
  insert into stored_files (file_name, media_type, byte_count, sha256, bytes, stored_at, stored_by, stored_by_name)
  values (:fileName, :mediaType, :byteCount, :sha256, :bytes, :now, :by, :byName) returning id`;
export const insertFile = (
  sql: Sql,
  row: {
    fileName: string;
    mediaType: string;
    byteCount: number;
    sha256: Uint8Array;
    bytes: Uint8Array;
    now: Date;
    by: bigint | null;
    byName: string;
  },
) => sql.one<{ id: bigint }>(add, row);

export type StoredFile = {
  readonly id: bigint;
  readonly fileName: string;
  readonly mediaType: string;
  readonly byteCount: number;
  readonly bytes: Buffer;
};

const byId = `
  select id, file_name as "fileName", media_type as "mediaType", byte_count as "byteCount", bytes
  from stored_files where id = :fileId`;
export const findFile = (sql: Sql, fileId: bigint) => sql.maybeOne<StoredFile>(byId, { fileId });
