/**
 * Proves the sealed tables: recomputes every digest and every link from the rows as they are, and compares the chains with
 * the heads that were written down outside the database. Read-only, block by block, so memory stays flat.
 */
import { readAnchors } from "./seal-anchor.ts";
import type { Database } from "./database.ts";
import {
  anchorMismatches,
  checkBlocks,
  type CheckedBlock,
  countUnsealed,
  presentRows,
  sealedRows,
  strayRows,
  streamEnd,
} from "./seal-verify-queries.ts";
import { DIGEST_BYTES, FIRST_PREVIOUS_HASH, SEAL_STREAMS, type SealStream } from "./seal-streams.ts";
import type { Sql } from "./sql.ts";

export type SealFindingKind =
  /** The row is not what was sealed. */
  | "row-changed"
  /** A sealed row is gone. */
  | "row-deleted"
  /** A row stands where none was when the range was sealed, or its id came from no sequence. */
  | "row-inserted"
  /** A block's hash is not the hash of its content. */
  | "block-rewritten"
  /** A block does not follow from the one before it. */
  | "chain-broken"
  /** Blocks are missing between two others, or before the first. */
  | "block-missing"
  /** The chain ends before the place that the stream, or an anchor, knows. */
  | "tail-cut"
  /** An anchor names another hash for a block that exists. */
  | "anchor-contradicted"
  /** The stream has blocks and the anchor file no line about it. */
  | "anchor-missing"
  | "anchor-unreadable";

export type SealFinding = {
  readonly stream: string;
  readonly kind: SealFindingKind;
  readonly id?: string;
  readonly blockNo?: string;
  readonly expected?: string;
  readonly found?: string;
};

export type SealedStreamReport = {
  readonly stream: SealStream;
  readonly blocks: number;
  readonly rows: number;
  readonly sealedToId: bigint;
  /** Committed and not yet sealed: nothing can be said about these. */
  readonly unsealedRows: bigint;
};

export type SealReport = {
  readonly streams: readonly SealedStreamReport[];
  /** Lines read; null when no anchor file was named. */
  readonly anchors: number | null;
  readonly findings: readonly SealFinding[];
  /** True when there were more findings than asked for. */
  readonly truncated: boolean;
};

export type VerifyOptions = {
  /** The anchor file. Without it a cut tail is found only when the cut was clumsy. */
  readonly anchors?: string;
  readonly streams?: readonly SealStream[];
  /** Findings at most; 1,000 by default. */
  readonly mostFindings?: number;
  readonly progress?: (stream: SealStream, rows: number) => void;
};

const BLOCKS_PER_STATEMENT = 20;

type Findings = { add(finding: SealFinding): void; readonly room: () => number };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Names the rows in which a block and its table differ: two sorted lists, walked together. */
const compareRows = async (
  sql: Sql,
  stream: SealStream,
  block: CheckedBlock,
  findings: Findings,
): Promise<void> => {
  const stored = await sealedRows(sql, { stream, blockNo: block.blockNo });
  const { fromId, toId } = block;
  const most = stored.ids.length + findings.room() + 1;
  const present = await presentRows(sql, stream, { fromId, toId, most });
  const blockNo = String(block.blockNo);
  const sealedAt = (index: number): string =>
    hex(stored.digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES));
  let sealed = 0;
  for (const row of present) {
    let sealedId = stored.ids[sealed];
    while (sealedId !== undefined && sealedId < row.id) {
      findings.add({
        stream,
        kind: "row-deleted",
        id: String(sealedId),
        blockNo,
        expected: sealedAt(sealed),
      });
      sealed += 1;
      sealedId = stored.ids[sealed];
    }
    const found = hex(row.digest);
    if (sealedId !== row.id) {
      findings.add({ stream, kind: "row-inserted", id: String(row.id), blockNo, found });
      continue;
    }
    const expected = sealedAt(sealed);
    if (expected !== found) {
      findings.add({ stream, kind: "row-changed", id: String(row.id), blockNo, expected, found });
    }
    sealed += 1;
  }
  for (; sealed < stored.ids.length; sealed += 1) {
    const id = String(stored.ids[sealed]);
    findings.add({ stream, kind: "row-deleted", id, blockNo, expected: sealedAt(sealed) });
  }
};

type Chain = {
  readonly lastBlockNo: bigint;
  /** Old enough for an anchor to be there. */
  readonly isSettled: boolean;
};

/** What the next block must be, from the one before it. */
type Link = { blockNo: bigint; toId: bigint; hash: Uint8Array };

const checkLink = (stream: SealStream, before: Link, block: CheckedBlock, findings: Findings): void => {
  const blockNo = String(block.blockNo);
  if (block.blockNo !== before.blockNo + 1n || block.fromId !== before.toId + 1n) {
    findings.add({
      stream,
      kind: "block-missing",
      blockNo: String(before.blockNo + 1n),
      expected: `block ${before.blockNo + 1n} from id ${before.toId + 1n}`,
      found: `block ${blockNo} from id ${block.fromId}`,
    });
  }
  if (!block.previousHash.equals(before.hash)) {
    findings.add({
      stream,
      kind: "chain-broken",
      blockNo,
      expected: hex(before.hash),
      found: hex(block.previousHash),
    });
  }
  if (!block.hash.equals(block.computedHash)) {
    findings.add({
      stream,
      kind: "block-rewritten",
      blockNo,
      expected: hex(block.hash),
      found: hex(block.computedHash),
    });
  }
};

const verifyStream = async (
  sql: Sql,
  stream: SealStream,
  findings: Findings,
  progress: (rows: number) => void,
): Promise<{ report: SealedStreamReport; chain: Chain }> => {
  const end = await streamEnd(sql, stream);
  const sealedToId = end?.sealedToId ?? 0n;
  const lastBlockNo = end?.lastBlockNo ?? 0n;
  const before: Link = { blockNo: 0n, toId: 0n, hash: FIRST_PREVIOUS_HASH };
  let blocks = 0;
  let rows = 0;
  while (findings.room() > 0) {
    const bunch = await checkBlocks(sql, stream, {
      afterBlockNo: before.blockNo,
      lastBlockNo,
      most: BLOCKS_PER_STATEMENT,
    });
    for (const block of bunch) {
      checkLink(stream, before, block, findings);
      if (!block.rowsMatch) await compareRows(sql, stream, block, findings);
      Object.assign(before, { blockNo: block.blockNo, toId: block.toId, hash: block.hash });
      blocks += 1;
      rows += block.rowCount;
    }
    progress(rows);
    if (bunch.length < BLOCKS_PER_STATEMENT) break;
  }
  if (findings.room() > 0 && sealedToId !== before.toId) {
    findings.add({
      stream,
      kind: "tail-cut",
      expected: `sealed to id ${sealedToId}`,
      found: `blocks to id ${before.toId}`,
    });
  }
  for (const row of await strayRows(sql, stream, findings.room() + 1)) {
    findings.add({ stream, kind: "row-inserted", id: String(row.id), found: hex(row.digest) });
  }
  const unsealedRows = await countUnsealed(sql, stream, sealedToId);
  return {
    report: { stream, blocks, rows, sealedToId, unsealedRows },
    chain: { lastBlockNo, isSettled: end?.isSettled ?? false },
  };
};

type Verified = ReadonlyMap<string, Chain>;

/**
 * Compares the anchors with the chains. Only the first contradiction of each sort is told per stream: everything after it
 * follows from it.
 */
const verifyAnchors = async (
  sql: Sql,
  file: string,
  verified: Verified,
  findings: Findings,
): Promise<number> => {
  const told = new Set<string>();
  const seen = new Set<string>();
  let lines = 0;
  const tellOnce = (finding: SealFinding): void => {
    const key = `${finding.stream} ${finding.kind}`;
    if (told.has(key)) return;
    told.add(key);
    findings.add(finding);
  };
  for await (const bunch of readAnchors(file)) {
    lines += bunch.length;
    for (const { lineNo, anchor } of bunch) {
      if (anchor === null)
        tellOnce({ stream: "anchors", kind: "anchor-unreadable", found: `line ${lineNo}` });
    }
    const anchors = bunch
      .map((entry) => entry.anchor)
      .filter((anchor) => anchor !== null)
      .filter((anchor) => verified.has(anchor.stream));
    for (const anchor of anchors) seen.add(anchor.stream);
    const mismatches = await anchorMismatches(sql, {
      streams: anchors.map((anchor) => anchor.stream),
      blockNos: anchors.map((anchor) => anchor.blockNo),
      hashes: anchors.map((anchor) => anchor.hash),
    });
    for (const { stream, blockNo, expected, found } of mismatches) {
      // A block that is missing between two others was told when its chain was read.
      if (found === null && blockNo <= (verified.get(stream)?.lastBlockNo ?? 0n)) continue;
      tellOnce({
        stream,
        kind: found === null ? "tail-cut" : "anchor-contradicted",
        blockNo: String(blockNo),
        expected: hex(expected),
        ...(found === null ? {} : { found: hex(found) }),
      });
    }
  }
  for (const [stream, { isSettled }] of verified) {
    if (isSettled && !seen.has(stream)) tellOnce({ stream, kind: "anchor-missing" });
  }
  return lines;
};

/**
 * Verifies the seals of the given streams (all by default) and, when an anchor file is named, that no tail was cut and no
 * chain was written anew. Names each changed, deleted and inserted row. Takes no lock; sealing may go on meanwhile.
 */
export const verifySeals = async (database: Database, options: VerifyOptions = {}): Promise<SealReport> => {
  const most = options.mostFindings ?? 1000;
  const found: SealFinding[] = [];
  let truncated = false;
  const findings: Findings = {
    add: (finding) => {
      if (found.length < most) found.push(finding);
      else truncated = true;
    },
    room: () => most - found.length,
  };
  return database.withBulkClient(async (_client, sql) => {
    const streams: SealedStreamReport[] = [];
    const verified = new Map<string, Chain>();
    for (const stream of options.streams ?? SEAL_STREAMS) {
      const progress = (rows: number): void => options.progress?.(stream, rows);
      const { report, chain } = await verifyStream(sql, stream, findings, progress);
      streams.push(report);
      verified.set(stream, chain);
    }
    const anchors =
      options.anchors === undefined ? null : await verifyAnchors(sql, options.anchors, verified, findings);
    return { streams, anchors, findings: found, truncated };
  });
};
