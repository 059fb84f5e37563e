/** `nuan demo`: what it prints, and where it refuses. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEMO_LOGINS } from "#src/demo/index.ts";
import { nuan, objectOf } from "#tests/cli/terminal.ts";
import { createTestDatabase, TEST_SECRET_KEY, type TestDatabase } from "#tests/support/database.ts";

let dataDir: string;
const opened: TestDatabase[] = [];

/** An empty database that is no demo, named by DATABASE_URL as somebody's own server. */
const someServer = async (): Promise<{ db: TestDatabase; env: Record<string, string> }> => {
  const db = await createTestDatabase();
  opened.push(db);
  await db.owner.sql.run("update database_facts set demo = false");
  return { db, env: { DATABASE_URL: db.ownerUrl, SECRET_KEY: TEST_SECRET_KEY, DATA_DIR: dataDir } };
};
const isDemo = async (db: TestDatabase): Promise<boolean> =>
  (await db.owner.sql.one<{ demo: boolean }>("select demo from database_facts")).demo;

beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "nuanyang-demo-"));
});
afterAll(async () => {
  for (const db of opened) await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

test("somebody's server becomes a demo only when it is empty and meant", async () => {
  const { db, env } = await someServer();
  const seed = ["demo", "seed", "--households", "150", "--seed", "4", "--json"];
  const refused = await nuan(seed, env);
  expect([refused.code, objectOf(refused)["code"]]).toEqual([1, "demo.real-database"]);
  expect(await isDemo(db)).toBe(false);
  const meant = await nuan([...seed, "--yes-demo"], env);
  expect([meant.code, meant.stderr]).toEqual([0, ""]);
  expect(objectOf(meant)).toMatchObject({ households: 150, seed: 4, profile: "mixed", communities: 12 });
  expect(await isDemo(db)).toBe(true);
  const again = await nuan([...seed, "--yes-demo"], env);
  expect([again.code, objectOf(again)["code"]]).toEqual([1, "demo.not-empty"]);

  const first = await nuan(["demo", "seed", "--first-start", "--json"], env);
  expect([first.code, objectOf(first)]).toEqual([0, { logins: DEMO_LOGINS }]);
  const shown = await nuan(["audit", "verify", "--json"], env);
  expect(objectOf(shown)).toMatchObject({ findings: [] });
});

test("data of somebody are left alone, and a first start says nothing about them", async () => {
  const { db, env } = await someServer();
  await nuan(["user", "add", "wang.li", "--role", "admin", "--json"], env);
  const first = await nuan(["demo", "seed", "--first-start", "--json"], env);
  expect([first.code, first.stdout]).toEqual([0, "{}\n"]);
  const refused = await nuan(["demo", "seed", "--yes-demo", "--json"], env);
  expect([refused.code, objectOf(refused)["code"]]).toEqual([1, "demo.real-database"]);
  const clock = await nuan(["demo", "clock", "set", "2026-11-10T08:00:00+08:00", "--json"], env);
  expect([clock.code, objectOf(clock)["code"]]).toEqual([1, "demo.real-database"]);
  expect(await isDemo(db)).toBe(false);
});

test("the clock of a demo is set, shown and reset; a size out of bounds is refused", async () => {
  const { db, env } = await someServer();
  await db.owner.sql.run("update database_facts set demo = true");
  const set = await nuan(["demo", "clock", "set", "2026-11-10T08:00:00+08:00", "--json"], env);
  expect(objectOf(set)).toMatchObject({ businessDay: "2026-11-10" });
  expect(objectOf(await nuan(["demo", "clock", "show", "--json"], env))).toMatchObject({
    businessDay: "2026-11-10",
  });
  expect(objectOf(await nuan(["demo", "clock", "reset", "--json"], env))).toMatchObject({
    offsetSeconds: "0",
  });
  expect((await nuan(["demo", "clock", "set"], env)).code).toBe(2);
  expect((await nuan(["demo", "clock", "set", "tomorrow"], env)).code).toBe(2);
  const tiny = await nuan(["demo", "seed", "--households", "5", "--json"], env);
  expect([tiny.code, objectOf(tiny)["code"]]).toEqual([1, "demo.households"]);
});
