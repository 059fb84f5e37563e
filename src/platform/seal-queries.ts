/** All SQL that seals. Verifying has its own, in `seal-verify-queries.ts`, and shares only the text of a row. */
import { blockHash, newestId, rowDigest, SEAL_STREAMS, type SealStream, sequenceOf } from "./seal-streams.ts";
import type { Sql } from "./sql.ts";

export type StreamState = {
  readonly stream: SealStream;
  readonly sealedToId: bigint;
  readonly candidateId: bigint | null;
  /** Newest committed id; null when the table is empty. */
  readonly newestId: bigint | null;
};

const newestByStream = SEAL_STREAMS.map((stream) => `when '${stream}' then ${newestId(stream)}`).join("\n");

export const streamStates = (sql: Sql) =>
  sql.rows<StreamState>(
    `select s.name as stream, s.sealed_to_id as "sealedToId", s.candidate_id as "candidateId",
       case s.name ${newestByStream} end as "newestId"
     from seal_streams s order by s.name`,
  );

export type LockedStream = {
  readonly sealedToId: bigint;
  readonly candidateId: bigint | null;
  readonly candidateHolders: readonly string[] | null;
};

/** Takes the stream, or nothing while another sealer has it. */
export const takeStream = (sql: Sql, stream: SealStream) =>
  sql.maybeOne<LockedStream>(
    `select sealed_to_id as "sealedToId", candidate_id as "candidateId", candidate_holders as "candidateHolders"
     from seal_streams where name = :stream for update skip locked`,
    { stream },
  );

export const readNewestId = async (sql: Sql, stream: SealStream): Promise<bigint | null> =>
  (await sql.one<{ id: bigint | null }>(`select ${newestId(stream)} as id`)).id;

/** The transactions that have drawn an id of the stream and are not over. */
const holders = (stream: SealStream): string => `
  select l.virtualtransaction from pg_locks l
  where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
    and l.relation = '${sequenceOf(stream)}'::regclass and l.pid <> pg_backend_pid()`;

export const readHolders = async (sql: Sql, stream: SealStream): Promise<readonly string[]> =>
  (await sql.one<{ found: string[] }>(`select array(${holders(stream)}) as found`)).found;

export const storeCandidate = (
  sql: Sql,
  candidate: { stream: SealStream; candidateId: bigint; candidateHolders: readonly string[] },
) =>
  sql.run(
    `update seal_streams set candidate_id = :candidateId, candidate_holders = :candidateHolders::text[]
     where name = :stream`,
    candidate,
  );

export type Head = { readonly blockNo: bigint; readonly hash: Buffer };

export const headOf = (sql: Sql, stream: SealStream) =>
  sql.maybeOne<Head>(
    `select block_no as "blockNo", hash from seal_blocks where stream = :stream order by block_no desc limit 1`,
    { stream },
  );

export type SealedBlock = {
  readonly toId: bigint;
  readonly rowCount: number;
  readonly hash: Buffer;
};

const sealStatement = (stream: SealStream): string => `
  with picked as (
    select t.id, ${rowDigest(stream)} as digest
    from (select * from ${stream} where id >= :fromId::bigint and id <= :candidateId::bigint
      order by id limit :most::integer) t
  ), gathered as (
    select count(*)::integer as row_count, max(id) as to_id, array_agg(id order by id) as ids,
      string_agg(digest, ''::bytea order by id) as digests
    from picked having count(*) > 0
  )
  insert into seal_blocks (stream, block_no, from_id, to_id, row_count, row_ids, row_digests, previous_hash, hash)
  select :stream, :blockNo::bigint, :fromId::bigint, g.to_id, g.row_count, g.ids, g.digests, :previousHash::bytea,
    ${blockHash({
      stream: ":stream::text",
      previousHash: ":previousHash::bytea",
      fromId: ":fromId::bigint",
      toId: "g.to_id",
      ids: "g.ids",
      digests: "g.digests",
    })}
  from gathered g
  returning to_id as "toId", row_count as "rowCount", hash`;

/** Digests the next rows and chains them as one block; null when there is no row in the range. */
export const sealBlock = (
  sql: Sql,
  block: {
    stream: SealStream;
    blockNo: bigint;
    fromId: bigint;
    candidateId: bigint;
    most: number;
    previousHash: Uint8Array;
  },
) => sql.maybeOne<SealedBlock>(sealStatement(block.stream), block);

/** Moves the stream on; the candidate is done with when it is reached. */
export const advanceStream = (sql: Sql, move: { stream: SealStream; sealedToId: bigint; isDone: boolean }) =>
  sql.run(
    `update seal_streams set sealed_to_id = :sealedToId,
       candidate_id = case when :isDone::boolean then null else candidate_id end,
       candidate_holders = case when :isDone::boolean then null else candidate_holders end
     where name = :stream`,
    move,
  );

export const allHeads = (sql: Sql) =>
  sql.rows<{ stream: SealStream; blockNo: bigint; hash: Buffer; toId: bigint }>(
    `select b.stream, b.block_no as "blockNo", b.hash, b.to_id as "toId"
     from seal_streams s
     join lateral (select * from seal_blocks where stream = s.name order by block_no desc limit 1) b on true
     order by b.stream`,
  );
