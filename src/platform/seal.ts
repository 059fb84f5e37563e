/**
 * Seals (封存): committed rows of the append-only tables are digested row by row and chained in blocks, and the head of
 * each chain is written to a file outside the database. Whoever edits, deletes or inserts a row afterwards, even with all
 * rights in the database, is found by `verifySeals`.
 *
 * Ids are not the order of commit: a transaction may hold a lower id and commit later. A block therefore ends at a
 * candidate, the newest committed id, and is sealed only when every transaction that had drawn an id by then is over. Such a
 * transaction is known by its lock on the id sequence, which it keeps from its first id to its end. So an id of a sealed
 * table must be drawn in the transaction that writes its row.
 */
import { setTimeout as delay } from "node:timers/promises";
import { appendAnchors } from "./seal-anchor.ts";
import { type Clock, monotonicMs, systemClock } from "./clock.ts";
import type { Database } from "./database.ts";
import {
  advanceStream,
  allHeads,
  headOf,
  readHolders,
  readNewestId,
  sealBlock,
  storeCandidate,
  streamStates,
  type StreamState,
  takeStream,
} from "./seal-queries.ts";
import { FIRST_PREVIOUS_HASH, type SealStream } from "./seal-streams.ts";
import type { Sql } from "./sql.ts";

export { LEDGER_STREAMS, SEAL_STREAMS, type SealStream } from "./seal-streams.ts";

const ROWS_PER_BLOCK = 5000;
/** A transaction of the sealer stays short: about a second of blocks. */
const BLOCKS_PER_TRANSACTION = 20;

export type SealOptions = {
  /** Where the heads go: one JSON line per change, on a disk that the database's owner does not write. */
  readonly anchorFile?: string;
  /** Names the time on an anchor; the system's by default. */
  readonly clock?: Clock;
};

export type SealTick = { readonly blocks: number; readonly rows: number };

/** Rows that are committed and not sealed: a number of ids, not of rows. */
export type SealLag = {
  readonly stream: SealStream;
  readonly sealedToId: bigint;
  readonly newestId: bigint;
};

type Step = SealTick & { readonly more: boolean };
const NOTHING: Step = { blocks: 0, rows: 0, more: false };

/** The candidate and whom it waits for. The order of the two readings is what makes a seal safe; see the head of this file. */
const nominate = async (sql: Sql, stream: SealStream, sealedToId: bigint) => {
  const candidateId = await readNewestId(sql, stream);
  if (candidateId === null || candidateId <= sealedToId) return null;
  const candidateHolders = await readHolders(sql, stream);
  await storeCandidate(sql, { stream, candidateId, candidateHolders });
  return { candidateId, candidateHolders };
};

const sealRange = async (
  sql: Sql,
  stream: SealStream,
  range: { readonly sealedToId: bigint; readonly candidateId: bigint },
): Promise<Step> => {
  const head = await headOf(sql, stream);
  let blockNo = head?.blockNo ?? 0n;
  let previousHash: Uint8Array = head?.hash ?? FIRST_PREVIOUS_HASH;
  let sealedToId = range.sealedToId;
  let rows = 0;
  let blocks = 0;
  while (sealedToId < range.candidateId && blocks < BLOCKS_PER_TRANSACTION) {
    blockNo += 1n;
    const block = await sealBlock(sql, {
      stream,
      blockNo,
      fromId: sealedToId + 1n,
      candidateId: range.candidateId,
      most: ROWS_PER_BLOCK,
      previousHash,
    });
    // The candidate's own row was deleted after it was read: there is nothing to seal, and the next row will show the gap.
    if (block === null) return { blocks, rows, more: await finish(sql, stream, sealedToId, true) };
    previousHash = block.hash;
    sealedToId = block.toId;
    rows += block.rowCount;
    blocks += 1;
  }
  const isDone = sealedToId >= range.candidateId;
  return { blocks, rows, more: await finish(sql, stream, sealedToId, isDone) };
};

const finish = async (
  sql: Sql,
  stream: SealStream,
  sealedToId: bigint,
  isDone: boolean,
): Promise<boolean> => {
  await advanceStream(sql, { stream, sealedToId, isDone });
  return !isDone;
};

/** One transaction on one stream: nominates when there is no candidate, seals when nobody holds it up any more. */
const step = (database: Database, stream: SealStream): Promise<Step> =>
  database.bulk(async (sql) => {
    const taken = await takeStream(sql, stream);
    if (taken === null) return NOTHING;
    const { sealedToId } = taken;
    const candidate =
      taken.candidateId === null
        ? await nominate(sql, stream, sealedToId)
        : { candidateId: taken.candidateId, candidateHolders: taken.candidateHolders ?? [] };
    if (candidate === null) return NOTHING;
    if (candidate.candidateHolders.length > 0) {
      const now = new Set(await readHolders(sql, stream));
      if (candidate.candidateHolders.some((holder) => now.has(holder))) return NOTHING;
    }
    return sealRange(sql, stream, { sealedToId, candidateId: candidate.candidateId });
  });

const hasWork = (state: StreamState): boolean =>
  state.candidateId !== null || (state.newestId !== null && state.newestId > state.sealedToId);

/**
 * One tick of the sealer over all streams: seals what was committed and is held up by nobody, then anchors the heads that
 * changed. Cheap when there is nothing (one statement). Two sealers at once are harmless: each takes the streams that the
 * other has not. Call it every half second; a row is sealed within two ticks after the transactions that overlapped it.
 */
export const sealOnce = async (database: Database, options: SealOptions = {}): Promise<SealTick> => {
  const clock = options.clock ?? systemClock;
  let blocks = 0;
  let rows = 0;
  for (const state of await streamStates(database.sql)) {
    if (!hasWork(state)) continue;
    let more = true;
    while (more) {
      const done = await step(database, state.stream);
      blocks += done.blocks;
      rows += done.rows;
      more = done.more;
    }
  }
  if (options.anchorFile !== undefined) {
    await appendAnchors(options.anchorFile, clock.now(), blocks > 0, () => allHeads(database.sql));
  }
  return { blocks, rows };
};

/** What is committed and not sealed, by stream; empty when nothing is. For `/metrics`; `doctor` counts rows besides. */
export const sealLag = async (database: Database): Promise<SealLag[]> => {
  const lags: SealLag[] = [];
  for (const { stream, sealedToId, newestId } of await streamStates(database.sql)) {
    if (newestId !== null && newestId > sealedToId) lags.push({ stream, sealedToId, newestId });
  }
  return lags;
};

export type SealAll = SealTick & {
  /** Streams with rows from before the call that could not be sealed in time: a transaction still holds them up. */
  readonly lag: readonly SealLag[];
};

/**
 * Seals everything that was committed before the call, waiting for the transactions in between up to `timeoutMs` (10 s by
 * default). Repeating is safe.
 */
export const sealAll = async (
  database: Database,
  options: SealOptions & { readonly timeoutMs?: number } = {},
): Promise<SealAll> => {
  const wanted = await sealLag(database);
  const until = monotonicMs() + (options.timeoutMs ?? 10_000);
  let blocks = 0;
  let rows = 0;
  for (;;) {
    const tick = await sealOnce(database, options);
    blocks += tick.blocks;
    rows += tick.rows;
    const reached = new Map(
      (await streamStates(database.sql)).map((state) => [state.stream, state.sealedToId]),
    );
    const lag = wanted
      .map((one) => ({ ...one, sealedToId: reached.get(one.stream) ?? one.sealedToId }))
      .filter((one) => one.sealedToId < one.newestId);
    if (lag.length === 0 || monotonicMs() >= until) return { blocks, rows, lag };
    if (tick.blocks === 0) await delay(25);
  }
};
