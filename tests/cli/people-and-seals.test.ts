import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authenticateToken, logIn } from "#src/office/staff/index.ts";
import { createTestDatabase, TEST_SECRET_KEY, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";
import { nuan, objectOf } from "./terminal.ts";

let db: TestDatabase;
let dataDir: string;
let env: Record<string, string>;
beforeAll(async () => {
  db = await createTestDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), "nuanyang-cli-"));
  env = {
    DATABASE_URL: db.ownerUrl,
    SECRET_KEY: TEST_SECRET_KEY,
    DATA_DIR: dataDir,
  };
});
afterAll(async () => {
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

test("user add shows an initial password that logs in once", async () => {
  const run = await nuan(["user", "add", "wang.li", "--role", "agent", "--role", "cashier", "--json"], env);
  expect(run.code).toBe(0);
  const created = objectOf(run);
  expect(created).toMatchObject({ login: "wang.li", roles: ["agent", "cashier"] });
  const password = String(created["initialPassword"]);
  const { view } = await logIn(platformOf(db), { login: "wang.li", password });
  expect(view.mustChangePassword).toBe(true);
  const again = await nuan(["user", "add", "wang.li", "--role", "agent", "--json"], env);
  expect([again.code, objectOf(again)["code"]]).toEqual([1, "staff.login-taken"]);
  expect((await nuan(["user", "add", "x1", "--role", "king"], env)).code).toBe(2);
  const nowhere = await nuan(["user", "add", "x1", "--role", "agent", "--area", "zz", "--json"], env);
  expect([nowhere.code, objectOf(nowhere)["code"]]).toEqual([1, "area.not-found"]);
});

test("token create shows a token that works", async () => {
  const run = await nuan(["token", "create", "--role", "auditor", "--json"], env);
  expect(run.code).toBe(0);
  const actor = await authenticateToken(platformOf(db), String(objectOf(run)["token"]));
  expect(actor?.roles).toEqual(["auditor"]);
  const needed = await nuan(["token", "create", "--role", "bank-channel", "--json"], env);
  expect([needed.code, objectOf(needed)["code"]]).toEqual([1, "token.channel-needed"]);
  for (const role of ["king", "admin", "finance"]) {
    expect((await nuan(["token", "create", "--role", role], env)).code).toBe(2);
  }
});

test("audit verify: a command seals what it wrote; afterwards an edit is named, with exit code 1", async () => {
  const sound = await nuan(["audit", "verify", "--json"], env);
  expect(sound.code).toBe(0);
  expect(objectOf(sound)).toMatchObject({ findings: [], truncated: false });
  expect((await nuan(["audit", "verify"], env)).stdout).toContain("Nothing was tampered with");
  await db.owner.sql.run("alter table audit_events disable trigger audit_events_frozen");
  await db.owner.sql.run("update audit_events set actor_name = 'somebody else' where id = 1");
  const broken = await nuan(["audit", "verify", "--json"], env);
  expect([broken.code, broken.stderr]).toEqual([1, ""]);
  expect(objectOf(broken)).toMatchObject({
    code: "audit.broken",
    facts: { findings: [{ stream: "audit_events", kind: "row-changed", id: "1", blockNo: "1" }] },
  });
  const told = await nuan(["audit", "verify"], env);
  expect(told.code).toBe(1);
  expect(told.stderr).toContain("audit_events  row-changed  id 1  block 1");
});
