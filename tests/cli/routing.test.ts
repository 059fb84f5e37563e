/** `nuan routing`: a table from a file to live, and a person's cases to others. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRoutingTown, type RoutingTown } from "#tests/support/routing-town.ts";
import { TEST_SECRET_KEY } from "#tests/support/database.ts";
import { nuan, objectOf } from "./terminal.ts";

let town: RoutingTown;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  town = await createRoutingTown({ live: false });
  folder = mkdtempSync(path.join(tmpdir(), "nuanyang-routing-"));
  env = { DATABASE_URL: town.db.ownerUrl, SECRET_KEY: TEST_SECRET_KEY, DATA_DIR: folder };
});
afterAll(async () => {
  await town.drop();
  rmSync(folder, { recursive: true, force: true });
});

const json = async (...argv: string[]) => {
  const run = await nuan(["routing", ...argv, "--json"], env);
  return { code: run.code, ...objectOf(run) } as Record<string, unknown>;
};

test("the standard table, out into a file and back, checked, live", async () => {
  expect(await json("install-standard")).toMatchObject({ code: 0, tableId: "1" });
  const file = path.join(folder, "table.csv");
  const nothing = await json("export", file);
  expect(nothing).toMatchObject({ code: "responsibility.not-found" });
  expect(await json("export", file, "--table", "1")).toMatchObject({ code: 0 });
  expect(await json("import", file, "--name", "again")).toMatchObject({ code: 0, tableId: "2" });
  expect(await json("check", "2")).toEqual({ code: 0, findings: [] });
  expect(await json("go-live", "2")).toMatchObject({ code: 0, tableId: "2" });
  expect(await json("export", file)).toMatchObject({ code: 0, tableId: "2" });
  const gone = await nuan(["routing", "check", "1"], env);
  expect(gone.stdout).toContain("Nothing is left uncovered");
});

test("reassign looks first, and moves with --commit", async () => {
  for (let n = 0; n < 3; n += 1) await town.open({});
  // The commands above act on the machine's own clock, so their table is live from today on.
  await town.db.owner.sql.run(
    "update responsibility_tables set valid = tstzrange('2026-11-01', null) where state = 'live'",
  );
  await town.work();
  const order = ["reassign", "--from", "manager1", "--reason", "sick leave"];
  expect(await json(...order)).toMatchObject({
    code: 0,
    cases: 3,
    moved: 0,
    to: [{ name: "deputy1", cases: 3 }],
  });
  expect(await json(...order, "--commit")).toMatchObject({ code: 0, cases: 3, moved: 3 });
  expect(await json(...order, "--commit")).toMatchObject({ code: "reassign.nothing" });
});
