/**
 * A company moves into an empty database that is no demo: every step by the command line, as `docs/moving-in.md` lists
 * them, until a cashier takes money at the counter over HTTP.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import type { Day } from "#src/kernel/day.ts";
import { authenticateSession, authenticateToken } from "#src/office/staff/index.ts";
import { systemClock, today } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { checkLedger } from "#src/reports/index.ts";
import { nuan, objectOf } from "#tests/cli/terminal.ts";
import { ask, type Edge, startEdge } from "#tests/http/edge.ts";
import { createTestDatabase, TEST_SECRET_KEY, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";

let db: TestDatabase;
let folder: string;
let platform: Platform;
let edge: Edge;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.owner.sql.run("update database_facts set demo = false");
  folder = mkdtempSync(path.join(tmpdir(), "nuanyang-moving-in-"));
  // The command line lives by the machine's clock, so the API beside it does too.
  platform = { ...platformOf(db), clock: systemClock, commands: createCommands(db.database, systemClock) };
  edge = await startEdge(platform, routes, {
    authenticate: (credential) =>
      credential.kind === "token"
        ? authenticateToken(platform, credential.token)
        : authenticateSession(platform, credential.reference),
  });
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (...argv: string[]): Promise<Record<string, unknown>> => {
  const ended = await nuan([...argv, "--json"], {
    DATABASE_URL: db.ownerUrl,
    SECRET_KEY: TEST_SECRET_KEY,
    DATA_DIR: folder,
  });
  expect([argv.join(" "), ended.code, ended.code === 0 ? "" : ended.stdout]).toEqual([argv.join(" "), 0, ""]);
  const result = JSON.parse(ended.stdout) as unknown;
  return Array.isArray(result) ? { items: result } : (result as Record<string, unknown>);
};

/** The season whose bills are open on this day, so that the test means the same in every year. */
const seasonOn = (day: Day): number => Number(day.slice(0, 4)) - (day.slice(5) >= "09-01" ? 0 : 1);

/** Logs in with the initial password and chooses another; the cookie of the session. */
const enter = async (login: string, initial: string): Promise<string> => {
  const cookieOf = (header: string | null): string => (header ?? "").split(";")[0] ?? "";
  const first = await ask(edge, "/api/v1/session", {
    json: { login, password: initial },
    headers: { "x-nuan": "1", "sec-fetch-site": "same-origin" },
  });
  expect(first.body).toMatchObject({ mustChangePassword: true });
  const changed = await ask(edge, "/api/v1/session/password", {
    json: { currentPassword: initial, newPassword: "Heizung-Winter-2026" },
    headers: {
      "x-nuan": "1",
      "sec-fetch-site": "same-origin",
      cookie: cookieOf(first.headers.get("set-cookie")),
    },
  });
  expect([changed.status, changed.body["code"]]).toEqual([200, undefined]);
  return cookieOf(changed.headers.get("set-cookie"));
};

test("company, prices, settings, channels, people, roll and bills by the shell; then a payment", async () => {
  const day = today(systemClock);
  const season = seasonOn(day);
  await run("company", "set", "--name", "甲热力公司", "--hotline", "96123");
  expect(await run("tariff", "install-zhengzhou", "--seasons", `${season - 1}-${season}`)).toEqual({
    seasons: [season - 1, season],
  });
  await run("setting", "set", "billing.how-to-pay", '["营业厅：文化路 1 号"]');
  await run("setting", "set", "collection.policy", '"oldest-first"');
  const settings = (await run("setting", "list"))["items"] as { key: string; isSet: boolean }[];
  expect(settings.filter(({ isSet }) => isSet)).toMatchObject([
    { key: "billing.how-to-pay", value: ["营业厅：文化路 1 号"] },
    { key: "collection.policy", value: "oldest-first" },
  ]);
  expect(settings).toContainEqual(expect.objectContaining({ key: "password-policy", isSet: false }));
  await run("channel", "set", "counter", "--name", "营业厅", "--kind", "counter", "--real-time");
  const bank = ["--name", "B 银行", "--kind", "bank", "--no-real-time", "--profile", "zz-bank-gb18030"];
  await run("channel", "set", "bank-b", ...bank, "--day-cut-at", "23:00", "--file-due-at", "07:30");
  const again = await run("channel", "set", "bank-b", "--file-due-at", "none");
  expect(again).toMatchObject({ realTime: false, dayCutAt: "23:00", fileDueAt: null, active: true });
  expect((await run("channel", "list"))["items"]).toMatchObject([{ code: "bank-b" }, { code: "counter" }]);
  await run("user", "add", "admin", "--role", "admin");
  const cashier = await run("user", "add", "wang.li", "--role", "cashier");
  const roll = path.join(folder, "roll.csv");
  const header =
    "户号,热力站,站产权,接管日期,小区,楼号,门牌,用户姓名,电话,用热性质,套内面积,用热状态,阀门状态";
  const home = "10010001,一号站,自管,2010-05-01,文化小区,1号楼,101,张三,13800000001,居民,100,供热,开";
  writeFileSync(roll, `${header}\n${home}\n`);
  expect(await run("roll", "import", roll, "--commit", "--since", `${season}-09-01`)).toMatchObject({
    accepted: 1,
    refused: 0,
  });
  // 100 m2 x 0.19 yuan x 120 days.
  expect(await run("bills", "issue", "--season", String(season))).toMatchObject({
    newBills: 1,
    newSumFen: 228_000,
  });

  const headers = {
    cookie: await enter("wang.li", String(cashier["initialPassword"])),
    "x-nuan": "1",
    "sec-fetch-site": "same-origin",
  };
  const shift = await ask(edge, "/api/v1/shifts", { headers, json: { till: "T01", openingCashFen: 0 } });
  expect([shift.status, shift.body["code"]]).toEqual([201, undefined]);
  const paid = await ask(edge, "/api/v1/counter-payments", {
    headers: { ...headers, "idempotency-key": "moving-in-1" },
    json: {
      shiftId: shift.body["id"],
      tender: "cash",
      items: [{ accountNo: "10010001", amountFen: 228_000 }],
    },
  });
  expect([paid.status, paid.body["code"]]).toEqual([201, undefined]);
  const page = await ask(edge, `/api/v1/receipts/${String(paid.body["receiptId"])}/print`, { headers });
  for (const text of ["甲热力公司", "96123", "2,280.00"]) expect(page.text).toContain(text);
  const bills = await ask(edge, "/api/v1/accounts/10010001/bills", { headers });
  expect(bills.body["items"]).toMatchObject([{ paidFen: 228_000 }]);
  expect(await checkLedger(platform.database)).toMatchObject({ ok: true });
  const audited = await db.owner.sql.rows<{ command: string }>(
    "select distinct command from audit_events where actor_kind = 'cli' order by command",
  );
  expect(audited.map(({ command }) => command)).toEqual(
    expect.arrayContaining([
      "channel.set",
      "company.set",
      "setting.set",
      "staff.create",
      "tariff.install-zhengzhou",
    ]),
  );
});

test("the shell refuses what cannot be meant, by name", async () => {
  const refused = async (...argv: string[]) => {
    const ended = await nuan([...argv, "--json"], {
      DATABASE_URL: db.ownerUrl,
      SECRET_KEY: TEST_SECRET_KEY,
      DATA_DIR: folder,
    });
    return [ended.code, objectOf(ended)["code"]];
  };
  expect(await refused("setting", "set", "colection.policy", '"oldest-first"')).toEqual([
    1,
    "setting.unknown",
  ]);
  expect(await refused("setting", "set", "collection.policy", "oldest-first")).toEqual([1, "usage.not-json"]);
  expect(await refused("channel", "set", "bank-c", "--name", "C")).toEqual([1, "channel.incomplete"]);
  expect(await refused("channel", "set", "bank-b", "--profile", "none.yaml")).toEqual([1, "profile.unknown"]);
  expect(await refused("channel", "set", "counter", "--no-real-time")).toEqual([
    1,
    "channel.real-time-in-use",
  ]);
  expect(await refused("company", "set")).toEqual([1, "company.nothing-to-set"]);
  expect(await refused("tariff", "install-zhengzhou", "--seasons", "next")).toEqual([1, "usage.bad-seasons"]);
});
