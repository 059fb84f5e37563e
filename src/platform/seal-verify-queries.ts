/** All SQL that verifies seals: a bunch of blocks against their rows in one statement, rows one by one where they differ. */
import { blockHash, rowDigest, type SealStream, sequenceOf } from "./seal-streams.ts";
import type { Sql } from "./sql.ts";

export type StreamEnd = {
  readonly sealedToId: bigint;
  readonly lastBlockNo: bigint | null;
  readonly lastToId: bigint | null;
  /** The first block is old enough for its anchor to be written. */
  readonly isSettled: boolean;
};

/** Where the stream says that it ends, and where its blocks end, seen at one moment. */
export const streamEnd = (sql: Sql, stream: SealStream) =>
  sql.maybeOne<StreamEnd>(
    `select s.sealed_to_id as "sealedToId", b.block_no as "lastBlockNo", b.to_id as "lastToId",
       exists (select 1 from seal_blocks o where o.stream = s.name and o.sealed_at < now() - interval '1 minute')
         as "isSettled"
     from seal_streams s
     left join lateral (select block_no, to_id from seal_blocks where stream = s.name order by block_no desc limit 1) b
       on true
     where s.name = :stream`,
    { stream },
  );

export type CheckedBlock = {
  readonly blockNo: bigint;
  readonly fromId: bigint;
  readonly toId: bigint;
  readonly rowCount: number;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  readonly computedHash: Buffer;
  readonly rowsMatch: boolean;
};

/** The next blocks with their hash computed anew and their rows digested anew. */
export const checkBlocks = (
  sql: Sql,
  stream: SealStream,
  range: { afterBlockNo: bigint; lastBlockNo: bigint; most: number },
) =>
  sql.rows<CheckedBlock>(
    `select b.block_no as "blockNo", b.from_id as "fromId", b.to_id as "toId", b.row_count as "rowCount",
       b.previous_hash as "previousHash", b.hash,
       ${blockHash({
         stream: "b.stream",
         previousHash: "b.previous_hash",
         fromId: "b.from_id",
         toId: "b.to_id",
         ids: "b.row_ids",
         digests: "b.row_digests",
       })} as "computedHash",
       coalesce(f.ids = b.row_ids and f.digests = b.row_digests, false) as "rowsMatch"
     from seal_blocks b
     cross join lateral (
       select array_agg(r.id order by r.id) as ids, string_agg(r.digest, ''::bytea order by r.id) as digests
       from (select t.id, ${rowDigest(stream)} as digest from ${stream} t
         where t.id between b.from_id and b.to_id) r) f
     where b.stream = :stream and b.block_no > :afterBlockNo::bigint and b.block_no <= :lastBlockNo::bigint
     order by b.block_no limit :most::integer`,
    { stream, ...range },
  );

export type DigestedRow = { readonly id: bigint; readonly digest: Buffer };

/** What a block says about its rows. */
export const sealedRows = (sql: Sql, block: { stream: SealStream; blockNo: bigint }) =>
  sql.one<{ ids: bigint[]; digests: Buffer }>(
    `select row_ids as ids, row_digests as digests from seal_blocks where stream = :stream and block_no = :blockNo`,
    block,
  );

/** What the table says now. */
export const presentRows = (
  sql: Sql,
  stream: SealStream,
  range: { fromId: bigint; toId: bigint; most: number },
) =>
  sql.rows<DigestedRow>(
    `select t.id, ${rowDigest(stream)} as digest from ${stream} t
     where t.id between :fromId::bigint and :toId::bigint order by t.id limit :most::integer`,
    range,
  );

/** Rows whose ids no sequence gave: before the first and beyond the last. */
export const strayRows = (sql: Sql, stream: SealStream, most: number) =>
  sql.rows<DigestedRow>(
    `select t.id, ${rowDigest(stream)} as digest from ${stream} t
     where t.id < 1 or t.id > (select s.last_value from ${sequenceOf(stream)} s)
     order by t.id limit :most::integer`,
    { most },
  );

export const countUnsealed = async (sql: Sql, stream: SealStream, sealedToId: bigint): Promise<bigint> =>
  (
    await sql.one<{ count: bigint }>(`select count(*) from ${stream} where id > :sealedToId::bigint`, {
      sealedToId,
    })
  ).count;

export type AnchorMismatch = {
  readonly stream: string;
  readonly blockNo: bigint;
  readonly expected: Buffer;
  /** Null: the database has no such block. */
  readonly found: Buffer | null;
};

export const anchorMismatches = (
  sql: Sql,
  anchors: { streams: readonly string[]; blockNos: readonly number[]; hashes: readonly string[] },
) =>
  sql.rows<AnchorMismatch>(
    `select a.stream, a.block_no as "blockNo", decode(a.hash, 'hex') as expected, b.hash as found
     from unnest(:streams::text[], :blockNos::bigint[], :hashes::text[]) with ordinality a (stream, block_no, hash, ordinal)
     left join seal_blocks b on b.stream = a.stream and b.block_no = a.block_no
     where b.hash is distinct from decode(a.hash, 'hex')
     order by a.ordinal`,
    anchors,
  );
