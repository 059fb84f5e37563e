import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sealAll, sealLag, sealOnce, SEAL_STREAMS, type SealStream } from "#src/platform/seal.ts";
import { SEALED_COLUMNS } from "#src/platform/seal-streams.ts";
import { type SealFinding, verifySeals } from "#src/platform/seal-verify.ts";
import type { Sql } from "#src/platform/sql.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";

let db: TestDatabase;
let startAgain: () => Promise<void>;
let folder: string;
let anchorFile: string;
beforeAll(async () => {
  db = await createTestDatabase();
  startAgain = await rememberBeginning(db);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await startAgain();
  // As the superuser can: without triggers and foreign keys.
  await db.owner.sql.run("set session_replication_role = replica");
  folder = mkdtempSync(path.join(tmpdir(), "nuanyang-anchors-"));
  anchorFile = path.join(folder, "kept", "anchors.log");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const audit = (sql: Sql, subject: string) =>
  sql.run(
    `insert into audit_events (occurred_at, actor_kind, actor_name, command, subject)
     values (now(), 'cli', 'test', 'test', :subject)`,
    { subject },
  );

const INSERTS: Readonly<Record<Exclude<SealStream, "audit_events">, string>> = {
  postings: `insert into postings (kind, source_id, accounting_date, value_date, created_at)
    select 'payment', n, '2026-09-01', '2026-09-01', now() from generate_series(1, :count::bigint) n`,
  transfers: `insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id)
    select n, 'cash', 'receivable', 10000 + n, '2026-09-01', n, 2026 from generate_series(1, :count::bigint) n`,
  bill_lines: `insert into bill_lines (bill_id, kind, amount_fen, heat_class, days, note)
    select n, 'heat', 10000 + n, 'residential', 120, '说明' from generate_series(1, :count::bigint) n`,
  allocations: `insert into allocations (posting_id, account_id, bill_id, amount_fen, rule, rank)
    select n, n, n, 10000 + n, 'oldest-first', 1 from generate_series(1, :count::bigint) n`,
};

const fill = async (stream: Exclude<SealStream, "audit_events">, count: number) => {
  await db.owner.sql.run(INSERTS[stream], { count });
};
const fillAudit = async (count: number) => {
  for (let index = 0; index < count; index += 1) await audit(db.database.sql, `s:${index}`);
};
const tamper = (text: string) => db.owner.sql.run(text);
const seal = () => sealAll(db.database, { anchorFile, clock: db.clock });
const findings = async (): Promise<readonly SealFinding[]> =>
  (await verifySeals(db.database, { anchors: anchorFile })).findings;
const short = async () =>
  (await findings()).map(({ stream, kind, id, blockNo }) => ({ stream, kind, id, blockNo }));

test("every column of every sealed table is digested", async () => {
  for (const stream of SEAL_STREAMS) {
    const { columns } = await db.owner.sql.one<{ columns: string[] }>(
      `select array_agg(column_name::text order by ordinal_position) as columns
       from information_schema.columns where table_name = :stream and table_schema = 'public'`,
      { stream },
    );
    expect(columns.toSorted()).toEqual([...SEALED_COLUMNS[stream]].toSorted());
  }
  const { names } = await db.owner.sql.one<{ names: string[] }>(
    "select array_agg(name) as names from seal_streams",
  );
  expect(names.toSorted()).toEqual([...SEAL_STREAMS].toSorted());
});

describe("sealing", () => {
  test("an untouched database verifies; the runtime role seals; nothing to do is nothing done", async () => {
    await fillAudit(3);
    await fill("transfers", 12_000);
    const done = await seal();
    expect(done).toMatchObject({ rows: 12_003, blocks: 4, lag: [] });
    expect(await sealOnce(db.database, { anchorFile })).toEqual({ blocks: 0, rows: 0 });
    const report = await verifySeals(db.database, { anchors: anchorFile });
    expect(report).toMatchObject({ findings: [], truncated: false, anchors: 2 });
    expect(report.streams.find((one) => one.stream === "transfers")).toEqual({
      stream: "transfers",
      blocks: 3,
      rows: 12_000,
      sealedToId: 12_000n,
      unsealedRows: 0n,
    });
  });

  test("a lower id that commits later is not lost", async () => {
    const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>();
    const { promise: written, resolve: hasWritten } = Promise.withResolvers<void>();
    const slow = db.database.transaction(async (sql) => {
      await audit(sql, "slow");
      hasWritten();
      await mayCommit;
    });
    await written;
    await fillAudit(5);
    expect(await sealOnce(db.database)).toEqual({ blocks: 0, rows: 0 });
    expect((await sealAll(db.database, { timeoutMs: 60 })).lag).toEqual([
      { stream: "audit_events", sealedToId: 0n, newestId: 6n },
    ]);
    // Later rows come and go; the candidate waits for the one transaction that may still hold a lower id.
    await fillAudit(1);
    commit();
    await slow;
    await seal();
    expect(await sealLag(db.database)).toEqual([]);
    const report = await verifySeals(db.database, { anchors: anchorFile });
    expect(report.findings).toEqual([]);
    expect(report.streams.find((one) => one.stream === "audit_events")).toMatchObject({
      rows: 7,
      unsealedRows: 0n,
    });
  });

  test("a transaction that has drawn an id and written nothing yet is waited for as well", async () => {
    const { promise: mayWrite, resolve: write } = Promise.withResolvers<void>();
    const { promise: drawn, resolve: hasDrawn } = Promise.withResolvers<void>();
    const slow = db.database.transaction(async (sql) => {
      const { id } = await sql.one<{ id: bigint }>("select nextval('audit_events_id_seq') as id");
      hasDrawn();
      await mayWrite;
      await sql.run(
        `insert into audit_events (id, occurred_at, actor_kind, actor_name, command, subject)
         values (:id, now(), 'cli', 'test', 'test', 'drawn')`,
        { id },
      );
    });
    await drawn;
    await fillAudit(3);
    expect((await sealOnce(db.database)).rows).toBe(0);
    write();
    await slow;
    await seal();
    expect(await findings()).toEqual([]);
    expect(await sealLag(db.database)).toEqual([]);
  });

  test("a rolled back id leaves a gap, not a finding; an open transaction elsewhere holds nothing up", async () => {
    const rolledBack = db.database.transaction(async (sql) => {
      await audit(sql, "never");
      throw new Error("rolled back");
    });
    await expect(rolledBack).rejects.toThrow("rolled back");
    await db.database.transaction(async (sql) => {
      await sql.run("insert into settings (key, value) values ('x', '1')");
      await audit(db.database.sql, "beside");
      expect((await sealOnce(db.database)).rows).toBe(1);
    });
    await seal();
    expect(await findings()).toEqual([]);
  });

  test("writers and four sealers at once: all sealed, one chain", async () => {
    const stop = new AbortController();
    const sealers = Array.from({ length: 4 }, async () => {
      while (!stop.signal.aborted) {
        await sealOnce(db.database, { anchorFile });
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    await Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        for (let index = 0; index < 60; index += 1) {
          await db.database.transaction(async (sql) => {
            await audit(sql, `w${writer}:${index}`);
            if (index % 7 === 0) await sql.run("select pg_sleep(0.01)");
            await audit(sql, `w${writer}:${index}b`);
          });
        }
      }),
    );
    stop.abort();
    await Promise.all(sealers);
    await seal();
    const report = await verifySeals(db.database, { anchors: anchorFile });
    expect(report.findings).toEqual([]);
    expect(report.streams[0]).toMatchObject({ stream: "audit_events", rows: 480, unsealedRows: 0n });
  });
});

describe("tampering is found", () => {
  test.each([
    ["transfers", "update transfers set amount_fen = amount_fen + 1 where id = 17"],
    ["bill_lines", "update bill_lines set amount_fen = amount_fen - 1 where id = 17"],
    ["allocations", "update allocations set amount_fen = amount_fen + 1 where id = 17"],
    ["postings", "update postings set value_date = '2026-08-31' where id = 17"],
  ] as const)("a fen in %s is named by row", async (stream, statement) => {
    await fill(stream, 6000);
    await seal();
    await tamper(statement);
    const found = await findings();
    expect(found).toEqual([
      {
        stream,
        kind: "row-changed",
        id: "17",
        blockNo: "1",
        expected: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        found: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      },
    ]);
  });

  test("an edited, a deleted and an inserted audit row, each by its id", async () => {
    await fillAudit(20);
    // A hole that a rollback left, into which a row can be smuggled.
    await db.owner.sql.run("select nextval('audit_events_id_seq')");
    await fillAudit(3);
    await seal();
    await tamper("update audit_events set details = '{\"x\": 1}' where id = 4");
    await tamper("delete from audit_events where id in (9, 10)");
    await tamper(`insert into audit_events (id, occurred_at, actor_kind, actor_name, command, subject)
      values (21, now(), 'cli', 'x', 'x', 'x'), (0, now(), 'cli', 'x', 'x', 'x'), (900, now(), 'cli', 'x', 'x', 'x')`);
    const of = (kind: string, id: string, blockNo?: string) => ({
      stream: "audit_events",
      kind,
      id,
      blockNo,
    });
    expect(await short()).toEqual([
      of("row-changed", "4", "1"),
      of("row-deleted", "9", "1"),
      of("row-deleted", "10", "1"),
      of("row-inserted", "21", "1"),
      of("row-inserted", "0"),
      of("row-inserted", "900"),
    ]);
  });

  test("a cut tail: rows, blocks and the stream's memory of them", async () => {
    await fillAudit(5);
    await seal();
    await fillAudit(5);
    await seal();
    await tamper("delete from audit_events where id > 5");
    expect((await short()).map((one) => one.id)).toEqual(["6", "7", "8", "9", "10"]);
    await tamper("delete from seal_blocks where block_no > 1");
    expect(await short()).toEqual([
      { stream: "audit_events", kind: "tail-cut", id: undefined, blockNo: undefined },
      { stream: "audit_events", kind: "tail-cut", id: undefined, blockNo: "2" },
    ]);
    await tamper("update seal_streams set sealed_to_id = 5, candidate_id = null where name = 'audit_events'");
    await tamper("select setval('audit_events_id_seq', 5)");
    // Now only the file outside the database knows.
    expect((await verifySeals(db.database)).findings).toEqual([]);
    expect(await short()).toEqual([
      { stream: "audit_events", kind: "tail-cut", id: undefined, blockNo: "2" },
    ]);
    // Going on over the cut does not heal it.
    await fillAudit(5);
    await seal();
    expect(await short()).toEqual([
      { stream: "audit_events", kind: "anchor-contradicted", id: undefined, blockNo: "2" },
    ]);
  });

  test("a block written anew, a broken link, a block taken out", async () => {
    for (let round = 0; round < 4; round += 1) {
      await fillAudit(2);
      await seal();
    }
    const kinds = async () => (await short()).map((one) => `${one.kind} ${one.blockNo ?? ""}`);
    // The row and its digest changed together: the hash no longer fits.
    await tamper("update audit_events set subject = 'other' where id = 4");
    await tamper(`update seal_blocks b set row_digests = (
        select string_agg(substr(sha256(convert_to(row(t.id, t.occurred_at, t.actor_id, t.actor_kind, t.actor_name, t.command,
          t.subject, t.details, t.request_id)::text, 'UTF8')), 1, 16), ''::bytea order by t.id)
        from audit_events t where t.id between b.from_id and b.to_id)
      where stream = 'audit_events' and block_no = 2`);
    expect(await kinds()).toEqual(["block-rewritten 2"]);
    // The hash written anew as well: the next link and the anchor contradict.
    await tamper(`update seal_blocks set hash = sha256(previous_hash || convert_to(stream || '|' || from_id || '|' || to_id
        || '|' || array_to_string(row_ids, ',') || '|', 'UTF8') || row_digests)
      where stream = 'audit_events' and block_no = 2`);
    expect(await kinds()).toEqual(["chain-broken 3", "anchor-contradicted 2"]);
    await tamper("delete from seal_blocks where stream = 'audit_events' and block_no = 2");
    expect(await kinds()).toEqual(["block-missing 2", "chain-broken 3"]);
  });

  test("an anchor file that is gone, or holds a line that is none", async () => {
    await fillAudit(2);
    await seal();
    const lines = readFileSync(anchorFile, "utf8");
    expect(JSON.parse(lines.trim())).toEqual({
      at: db.clock.now().toISOString(),
      stream: "audit_events",
      blockNo: 1,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      toId: "2",
    });
    writeFileSync(anchorFile, `${lines}not a head\n`);
    expect(await findings()).toEqual([{ stream: "anchors", kind: "anchor-unreadable", found: "line 2" }]);
    rmSync(anchorFile);
    expect(await findings()).toEqual([]);
    await tamper("update seal_blocks set sealed_at = now() - interval '1 hour'");
    expect(await findings()).toEqual([{ stream: "audit_events", kind: "anchor-missing" }]);
  });

  test("findings are bounded, and say so", async () => {
    await fill("transfers", 300);
    await seal();
    await tamper("update transfers set amount_fen = 1");
    const report = await verifySeals(db.database, { mostFindings: 10 });
    expect(report.findings).toHaveLength(10);
    expect(report.truncated).toBe(true);
  });
});
