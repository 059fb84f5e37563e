/** The worker process as an installation starts it, on a server of its own: rolled over in the middle of its work. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { dayOfInstant } from "#src/kernel/day.ts";
import { arrearsExport } from "#src/money/reminders/index.ts";
import { askExport } from "#src/office/exports/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { shiftedClock } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import { loadConfig } from "#src/platform/config.ts";
import { connect, type Database } from "#src/platform/database.ts";
import { locateDatabase } from "#src/platform/embedded-postgres/index.ts";
import { migrateDatabase } from "#src/platform/migrate.ts";
import { migrateQueues } from "#src/platform/queue-schema.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { until } from "#tests/support/until.ts";
import { startServer, type TestServer } from "#tests/support/server.ts";
import { plantBills, plantSeasons, plantTown } from "#tests/support/town.ts";

const project = path.resolve(import.meta.dirname, "..", "..");
const HOMES = 400;
const clock = shiftedClock(() => 0);

let server: TestServer;
let owner: Database;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startServer();
  const dataDir = mkdtempSync(path.join(tmpdir(), "nuanyang-worker-"));
  env = {
    DATABASE_URL: server.url,
    SECRET_KEY: "a key of a test, and long enough for it",
    DATA_DIR: dataDir,
    PATH: process.env["PATH"] ?? "",
  };
  const located = await locateDatabase(loadConfig(env));
  await migrateDatabase(located.ownerUrl, located);
  await migrateQueues(located.ownerUrl);
  owner = connect(located.ownerUrl, { poolSize: 2 });
  // The process runs on today's date: the season whose bills opened last, on 1 September.
  const season = await newestSeason();
  await plantSeasons(owner, season - 1, season);
  await plantTown(owner, HOMES);
  await plantBills(owner, season, "offered");
  await owner.sql.run("update valve_states set state = 'closed'");
});
afterAll(async () => {
  await owner.close();
  await server.stop();
  rmSync(env["DATA_DIR"] ?? "", { recursive: true, force: true });
});

const newestSeason = async (): Promise<number> =>
  (
    await owner.sql.one<{ season: number }>(
      "select extract(year from now() at time zone 'Asia/Shanghai' - interval '8 months')::int as season",
    )
  ).season;

type Started = {
  readonly child: ChildProcess;
  readonly log: () => string;
  readonly ended: Promise<number | null>;
};

const startWorker = (more: Readonly<Record<string, string>> = {}): Started => {
  const child = spawn(process.execPath, ["workers/main.ts"], {
    cwd: project,
    env: { ...env, ...more },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (log += text));
  const ended = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, log: () => log, ended };
};

const count = async (what: string): Promise<number> =>
  Number((await owner.sql.one<{ n: bigint }>(`select count(*) as n from ${what}`)).n);

/** As if every home had paid its bill at a bank this morning. */
const everybodyPays = async (): Promise<void> => {
  await owner.sql.run(
    "insert into channels (id, code, name, kind, real_time) values (2, 'bank-a', 'A 银行', 'bank', true)",
  );
  await owner.sql.run("update bills set paid_fen = amount_fen");
  await owner.sql.run(
    `with paid as (
       insert into payments (account_id, channel_id, serial, amount_fen, tender, paid_at)
       select account_id, 2, 'P' || id, amount_fen, 'transfer', now() from bills returning id, account_id
     )
     insert into outbox_events (type, subject, occurred_at, payload)
     select 'payment.posted', 'account:' || account_id, now(), jsonb_build_object('paymentId', id::text) from paid`,
  );
};

test("rolled over in the middle: everything is handled once, and each process ends by itself", async () => {
  const first = startWorker();
  await until("the first process works", async () => first.log().includes('"message":"working"'));
  await everybodyPays();
  await until("some of it is done", async () => (await count("event_receipts")) > 20);
  const second = startWorker();
  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(0);
  expect(first.log()).toMatch(/"message":"stopping".*\n[\s\S]*"message":"stopped"/);
  await until("all is done", async () => (await count("outbox_events where settled_at is null")) === 0);
  expect({
    receipts: await count("event_receipts where subscriber = 'valve-tasks'"),
    tasks: await count("tasks where kind = 'valve-opening' and state = 'open'"),
    // Every handling that opened a task left one audit row, so a second handling would show here.
    handlings: await count("audit_events where command = 'event:valve-tasks'"),
    dead: await count("dead_letters"),
  }).toEqual({ receipts: HOMES, tasks: HOMES, handlings: HOMES, dead: 0 });

  // The same process seals what was written, anchors it, and has run what was due last night.
  await until("all is sealed", async () => {
    const { open } = await owner.sql.one<{ open: boolean }>(
      "select (select max(id) from audit_events) > sealed_to_id as open from seal_streams where name = 'audit_events'",
    );
    return !open;
  });
  // The anchor is written behind the seal.
  await until("it is anchored", async () => existsSync(path.join(env["DATA_DIR"] ?? "", "anchors.log")));
  await until(
    "what was due is done",
    async () => (await count("scheduled_runs where job = 'ledger-check' and state = 'done'")) === 1,
  );
  second.child.kill("SIGTERM");
  expect(await second.ended).toBe(0);
});

/** As somebody asked for it whose browser, and whose API, are gone. */
const askForArrears = async (): Promise<void> => {
  const now = clock.now();
  const actor: Actor = {
    kind: "staff",
    id: 1n,
    name: "chief",
    roles: ["supervisor"],
    scope: { kind: "everything" },
  };
  const platform = {
    database: owner,
    commands: createCommands(owner, clock),
    clock,
    secretKey: "",
    publicUrl: "",
  };
  await askExport(
    {
      platform,
      actor,
      requestId: "r-1",
      body: { purpose: "a list of all", format: "csv" },
      idempotency: undefined,
    },
    arrearsExport,
    {
      subject: "arrears",
      title: { "zh-CN": "欠费清单", en: "Arrears" },
      name: "arrears",
      wanted: {
        ...scopeBindings(actor.scope, dayOfInstant(now)),
        season: await newestSeason(),
        day: dayOfInstant(now),
        onlyDue: false,
      },
    },
  );
};

test("killed amid an export: no half of it is offered, and the next process writes it whole, once", async () => {
  await owner.sql.run("update bills set paid_fen = 0");
  await askForArrears();
  const dying = startWorker({ NUAN_FAILPOINT: "export-piece-after" });
  await dying.ended;
  expect(dying.child.signalCode).toBe("SIGKILL");
  expect(await count("export_pieces")).toBe(1);
  expect(await count("exports where state = 'writing' and attempt = 1")).toBe(1);
  // Its lease is over.
  await owner.sql.run("update exports set lease_until = now()");
  const next = startWorker();
  await until("it is written", async () => (await count("exports where state = 'ready'")) === 1);
  expect(await count(`exports where attempt = 2 and rows_done = ${HOMES}`)).toBe(1);
  expect(await count("export_pieces where attempt = 2")).toBe(1);
  expect(await count("export_pieces")).toBe(1);
  expect(await count("audit_events where command = 'export.write'")).toBe(1);
  next.child.kill("SIGTERM");
  expect(await next.ended).toBe(0);
});

test("on a database without the tables of its queues it ends with one line, and without a signal", async () => {
  await owner.sql.run("drop schema bullmq cascade");
  const started = startWorker();
  expect(await started.ended).toBe(1);
  const lines = started.log().trimEnd().split("\n");
  expect(lines.filter((line) => line.startsWith("nuan worker: "))).toEqual([
    "nuan worker: queue.not-migrated: the database lacks the tables of the queues, or has those of an older version; run: nuan db migrate",
  ]);
  expect(started.log()).not.toContain('"working"');
});
