/** Where a backup cannot be written: said before the work or in its middle, in one problem, and nothing is left there. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireWritable } from "#src/platform/backup-place.ts";
import { takeBackup } from "#src/platform/backup.ts";
import { createTestDatabase, TEST_SECRET_KEY, type TestDatabase } from "#tests/support/database.ts";

const PROJECT = path.resolve(import.meta.dirname, "..", "..");
/** 1.5 MB in the half kilobytes of `ulimit -f`: more than the first look takes, less than the noise packs into. */
const MOST_BLOCKS = 3000;

let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  db = await createTestDatabase();
  folder = mkdtempSync(path.join(tmpdir(), "nuanyang-place-"));
  // Eight megabytes that pack into four.
  await db.owner.sql.run(
    `insert into settings (key, value)
     select 'noise-' || n, to_jsonb((select string_agg(md5(random()::text || n || m), '') from generate_series(1, 2500) m))
     from generate_series(1, 100) n`,
  );
});
afterAll(async () => {
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

test("a disk that fills in the middle is one clear problem, and no part of the file stays", () => {
  const file = path.join(folder, "full.backup");
  // A limit for the process is to it what a full disk is: the write that is one too many is refused.
  const run = spawnSync(
    "sh",
    [
      "-c",
      `ulimit -f ${MOST_BLOCKS}; exec "$0" "$@"`,
      process.execPath,
      "src/cli/nuan.ts",
      "backup",
      file,
      "--json",
    ],
    {
      cwd: PROJECT,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"] ?? "",
        DATABASE_URL: db.ownerUrl,
        SECRET_KEY: TEST_SECRET_KEY,
        DATA_DIR: path.join(folder, "data"),
      },
    },
  );
  expect(JSON.parse(run.stdout)).toMatchObject({
    code: "backup.not-writable",
    field: "FILE",
    remedy: expect.stringContaining("another disk") as string,
    facts: { reason: "EFBIG" },
  });
  expect([run.status, run.stderr]).toEqual([1, ""]);
  expect(readdirSync(folder).filter((name) => name.startsWith("full"))).toEqual([]);
});

test.each([
  ["a folder that is not there", "nowhere/town.backup", "ENOENT"],
  ["a file in place of a folder", "letter/town.backup", "ENOTDIR"],
  ["a name that is too long", "x".repeat(300), "ENAMETOOLONG"],
] as const)("%s is named before the work and by the work", async (_, name, reason) => {
  writeFileSync(path.join(folder, "letter"), "");
  const file = path.join(folder, name);
  const refusal = { code: "backup.not-writable", detail: { field: "FILE", facts: { reason } } };
  await expect(requireWritable(file)).rejects.toMatchObject(refusal);
  await expect(takeBackup(db.ownerUrl, file, db.clock)).rejects.toMatchObject(refusal);
  expect(readdirSync(folder).filter((left) => left.includes("backup"))).toEqual([]);
});

test("a server that is lost in the middle leaves nothing either", async () => {
  const file = path.join(folder, "lost.backup");
  await db.owner.bulk(async (sql) => {
    // The reading stops before this table, and there its session is ended.
    await sql.run("lock table settings in access exclusive mode");
    const taken = takeBackup(db.ownerUrl, file, db.clock);
    const end = `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'nuan backup' and datname = current_database() and wait_event_type = 'Lock'`;
    const outcome = taken.then(
      () => "taken",
      () => "failed",
    );
    await expect.poll(async () => (await db.owner.sql.rows(end)).length).toBe(1);
    expect(await outcome).toBe("failed");
  });
  expect(readdirSync(folder).filter((name) => name.startsWith("lost"))).toEqual([]);
});
