import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { seedDemo } from "#src/demo/index.ts";
import { ledgerProofs, runProofs } from "#src/money/ledger/index.ts";
import { restoreBackup, takeBackup } from "#src/platform/backup.ts";
import { connect } from "#src/platform/database.ts";
import { isSendingHeld } from "#src/platform/sending.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { urlFor, withServer } from "#tests/support/server.ts";
import { plantBills, plantSeasons, plantTown } from "#tests/support/town.ts";

let db: TestDatabase;
const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-backup-"));
const file = path.join(folder, "town.backup");
const made: string[] = [];

const emptyDatabase = async (): Promise<string> => {
  const name = `restore_${randomBytes(6).toString("hex")}`;
  made.push(name);
  const serverUrl = inject("serverUrl");
  await withServer(serverUrl, (client) =>
    client.query(`create database ${name} encoding 'UTF8' template template0`),
  );
  return urlFor(serverUrl, name);
};

beforeAll(async () => {
  db = await createTestDatabase();
  await plantSeasons(db.owner, 2025, 2026);
  await plantTown(db.owner, 300);
  await plantBills(db.owner, 2026, "offered");
  await db.owner.sql.run("update people set name = E'换行\\n制表\\t反斜杠\\\\ 䶮𠮷' where id = 7");
  await takeBackup(db.ownerUrl, file, db.clock);
});

afterAll(async () => {
  await db.drop();
  await withServer(inject("serverUrl"), async (client) => {
    for (const name of made) await client.query(`drop database ${name} with (force)`);
  });
  rmSync(folder, { recursive: true, force: true });
});

test("a demo does not come into a company's own server by its backup, unless that is meant", async () => {
  const company = await createTestDatabase();
  const companyFile = path.join(folder, "company.backup");
  try {
    await company.owner.sql.run("update database_facts set demo = false");
    await takeBackup(company.ownerUrl, companyFile, company.clock);
  } finally {
    await company.drop();
  }
  // Databases of tests are demos: only there may business time be set.
  const url = await emptyDatabase();
  await expect(restoreBackup(url, file, { refuseDemo: true })).rejects.toMatchObject({
    code: "restore.demo",
  });
  // Nothing was left: the same database takes a company's backup.
  expect((await restoreBackup(url, companyFile, { refuseDemo: true })).rows).toBeGreaterThan(100);
});

test("a restored database has the same rows, goes on numbering, and sends nothing until released", async () => {
  const url = await emptyDatabase();
  const report = await restoreBackup(url, file);
  expect(report.rows).toBeGreaterThan(3000);
  const restored = connect(url, { poolSize: 2, bulkPoolSize: 1 });
  try {
    for (const table of [
      "heat_accounts",
      "bills",
      "bill_lines",
      "transfers",
      "household_balances",
      "people",
      // filled by migrations, and frozen
      "menu_options",
      "knowledge_texts",
    ]) {
      const digest = `select md5(string_agg(t::text, ',' order by t::text)) as digest from ${table} t`;
      expect([table, await restored.sql.one(digest)]).toEqual([table, await db.owner.sql.one(digest)]);
    }
    expect(await restored.sql.one("select name from people where id = 7")).toEqual({
      name: "换行\n制表\t反斜杠\\ 䶮𠮷",
    });
    expect(await runProofs(restored, ledgerProofs)).toEqual([]);
    const last = await restored.sql.one<{ last: bigint; next: bigint }>(
      "select max(id) as last, nextval('bills_id_seq') as next from bills",
    );
    expect(last.next).toBeGreaterThan(last.last);
    // What may never be changed is guarded again.
    const unguarded = "select tgname as name from pg_trigger where not tgisinternal and tgenabled = 'D'";
    expect(await restored.sql.rows(unguarded)).toEqual([]);
    await expect(restored.sql.run("delete from menu_options")).rejects.toMatchObject({ code: "NY001" });
    expect(await isSendingHeld(restored.sql)).toBe(true);
    await expect(restoreBackup(url, file)).rejects.toMatchObject({ code: "restore.not-empty" });
  } finally {
    await restored.close();
  }
});

test("two at once into one new database: one restores it whole, the other is told so and touches nothing", async () => {
  const url = await emptyDatabase();
  const both = await Promise.allSettled([restoreBackup(url, file), restoreBackup(url, file)]);
  const [whole] = both.filter((one) => one.status === "fulfilled");
  const [refused] = both.filter((one) => one.status === "rejected");
  expect(whole?.value.rows).toBeGreaterThan(3000);
  expect(refused?.reason).toMatchObject({
    code: "restore.running",
    detail: { remedy: expect.stringContaining("DATA_DIR") as string },
  });
  await expect(restoreBackup(url, file)).rejects.toMatchObject({ code: "restore.not-empty" });
});

test("a file that exists is never overwritten", async () => {
  await expect(takeBackup(db.ownerUrl, file, db.clock)).rejects.toMatchObject({ code: "backup.exists" });
});

test("a backup that was cut, or changed, restores nothing and says so", async () => {
  const whole = readFileSync(file);
  const cut = path.join(folder, "cut");
  for (const share of [0.1, 0.5, 0.99]) {
    writeFileSync(cut, whole.subarray(0, Math.floor(whole.length * share)));
    const url = await emptyDatabase();
    await expect(restoreBackup(url, cut)).rejects.toMatchObject({ code: expect.stringMatching(/^backup\./) });
    const left = connect(url, { poolSize: 1, bulkPoolSize: 1 });
    const accounts = await left.sql
      .maybeOne<{ n: bigint }>(
        "select case when to_regclass('heat_accounts') is null then 0 else (select count(*) from heat_accounts) end as n",
      )
      .catch(() => ({ n: 0n }));
    expect(accounts?.n).toBe(0n);
    await left.close();
  }
  // Changed within a row, in a file that is sound as zstd.
  const text = zstdDecompressSync(whole);
  const piece = text.indexOf('{"bytes":');
  text[text.indexOf(10, piece) + 1] = 0xff;
  writeFileSync(cut, zstdCompressSync(text));
  await expect(restoreBackup(await emptyDatabase(), cut)).rejects.toMatchObject({ code: "backup.damaged" });
  writeFileSync(cut, "this is a letter, not a backup");
  await expect(restoreBackup(await emptyDatabase(), cut)).rejects.toMatchObject({
    code: "backup.unreadable",
  });
});

test("a demo town comes back whole, with what may not be changed any more", async () => {
  const town = await createTestDatabase();
  const copy = path.join(folder, "demo.backup");
  const url = await emptyDatabase();
  try {
    await seedDemo(town.ownerUrl, { households: 300, seed: 7, profile: "mixed" }, () => undefined);
    const taken = await takeBackup(town.ownerUrl, copy, town.clock);
    expect(await restoreBackup(url, copy)).toMatchObject({ tables: taken.tables, rows: taken.rows });
    const restored = connect(url, { poolSize: 1, bulkPoolSize: 1 });
    try {
      const live = "select count(*) as n from responsibility_tables where state <> 'draft'";
      expect(await restored.sql.one(live)).toEqual({ n: 1n });
      await expect(restored.sql.run("delete from responsibilities")).rejects.toMatchObject({ code: "NY001" });
      expect(await runProofs(restored, ledgerProofs)).toEqual([]);
    } finally {
      await restored.close();
    }
  } finally {
    await town.drop();
  }
});
