/** The demo's bank file is one that the import takes, with the two surprises that it promises. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importBankFile } from "#src/bank/reconciliation/index.ts";
import { seedDemo, writeDemoBankFile } from "#src/demo/index.ts";
import { day } from "#src/kernel/day.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { agreeToHeld } from "#tests/support/bank-town.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";

let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  db = await createTestDatabase("2026-09-03T09:00:00+08:00");
  const silent = () => undefined;
  await seedDemo(db.ownerUrl, { households: 300, seed: 7, profile: "mixed" }, silent);
  folder = mkdtempSync(path.join(tmpdir(), "nuanyang-bank-"));
});

/** Somebody of the planted town. */
const actorOf = async (login: string): Promise<Actor> => {
  const { id, roles } = await db.owner.sql.one<{ id: bigint; roles: Actor["roles"] }>(
    `select s.id, array_agg(r.role) as roles from staff_members s join staff_roles r on r.staff_id = s.id
     where s.login = :login group by s.id`,
    { login },
  );
  return { kind: "staff", id, name: login, roles, scope: { kind: "everything" } };
};
afterAll(async () => {
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, channel = "bank-b") =>
  writeDemoBankFile(db.database.sql, {
    channel,
    day: day("2026-09-02"),
    payments: 5,
    target: path.join(folder, name),
  });

test("it is posted but for one line, and says the same twice", async () => {
  const report = await write("one.txt");
  expect(report).toMatchObject({ lines: 7, profile: "zz-bank-gb18030" });
  await write("two.txt");
  expect(readFileSync(path.join(folder, "two.txt"))).toEqual(readFileSync(report.target));
  const bring = () =>
    importBankFile(platformOf(db), db.actor, {
      source: report.target,
      fileName: "one.txt",
      channel: "bank-b",
    });
  // A number that nobody knows: the town's finance and its approver agree.
  const [finance, approver] = await Promise.all([actorOf("finance"), actorOf("approver")]);
  const approve = async (id: bigint): Promise<void> => {
    await db.commands.run({ name: "test.approve", actor: approver }, (context) =>
      decideApproval(context, id, "approved", ""),
    );
  };
  const held: unknown = await bring().catch((error: unknown) => error);
  expect(await agreeToHeld({ platform: platformOf(db), finance, approve }, held)).toBe(true);
  const imported = await bring();
  expect(imported).toMatchObject({ lineCount: 7, totalFen: report.totalFen });
  expect(imported.counts).toMatchObject({ posted: 6, suspense: 1 });
  const twice = await db.owner.sql.one<{ prepaidFen: bigint }>(
    `select b.balance_fen as "prepaidFen" from household_balances b join heat_accounts a on a.id = b.account_id
     where a.account_no = :accountNo and b.code = 'prepaid'`,
    { accountNo: report.doubleAccountNo },
  );
  expect(twice.prepaidFen).toBeGreaterThan(0n);
});

test("a channel that reports at once, one that is not there, and a company's own database are refused", async () => {
  await expect(write("x.txt", "bank-a")).rejects.toMatchObject({ code: "demo.no-file-channel" });
  await expect(write("x.txt", "nowhere")).rejects.toMatchObject({ code: "channel.unknown" });
  await db.owner.sql.run("update database_facts set demo = false");
  await expect(write("x.txt")).rejects.toMatchObject({ code: "demo.real-database" });
});
