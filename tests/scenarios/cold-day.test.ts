/**
 * Sunday 15 November at a twentieth of its size: the command places every call through the API and lets the worker handle what
 * follows. How long a case may be on nobody's list is judged by the command itself, and asked of it where the machine does nothing else:
 * by `npm run faults` on both queues (cold-day-routed), and with NUAN_FULL_DAY=1. The full day is the same command with `--calls 5000`; its plan is held to the day's figures in
 * src/demo/cold-day/plan.test.ts.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { settleValveTasks } from "#src/money/lifecycle/index.ts";
import { migrateQueues } from "#src/platform/queue-schema.ts";
import { systemClock } from "#src/platform/clock.ts";
import { createTestDatabase, TEST_SECRET_KEY, type TestDatabase } from "#tests/support/database.ts";
import { plantBills, plantSeasons, plantTown } from "#tests/support/town.ts";

/** `NUAN_FULL_DAY=1` plays the day at its full size, in some minutes. */
const DAY = process.env["NUAN_FULL_DAY"] === "1" ? 1 : 20;
const HOUSEHOLDS = DAY === 1 ? 4000 : 1000;
/** Paid in full behind a shut valve: most by payments that raised their task. */
const VALVES = { from: 301, joined: DAY === 1 ? 500 : 25, raised: DAY === 1 ? 60 : 3 };

const EXPECTED =
  DAY === 1
    ? {
        calls: 5000,
        answered: 3500,
        selfServed: 900,
        abandoned: 600,
        joinedIncident: 212,
        otherCompany: 75,
        noCase: 1813,
        cases: 1400,
        callBacks: { numbers: 510, reached: 290, calledAgain: 180, givenUp: 0, open: 40 },
      }
    : {
        calls: 250,
        answered: 175,
        selfServed: 45,
        abandoned: 30,
        joinedIncident: 10,
        otherCompany: 3,
        noCase: 93,
        cases: 69,
        callBacks: { numbers: 26, reached: 15, calledAgain: 9, givenUp: 0, open: 2 },
      };

let db: TestDatabase;
let dataDir: string;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "nuanyang-cold-day-"));
  db = await createTestDatabase("2026-11-15T10:12:00+08:00");
  await migrateQueues(db.ownerUrl);
  await plantSeasons(db.owner, 2025, 2026);
  await plantTown(db.owner, HOUSEHOLDS);
  await plantBills(db.owner, 2026, "offered");
  const { sql } = db.owner;
  // Homes 1 to 200 hang on the station that fails; the rest on another one.
  await sql.run(
    `with other as (insert into stations (id, heat_source_id, code, name, owner, taken_over_on)
       values (2, 1, 'ST2', '测试二站', 'company', '2010-01-01') returning id),
     loop as (insert into loops (id, station_id, code) select 2, id, 'A' from other returning id)
     update buildings set loop_id = loop.id from loop where buildings.id >= 4`,
  );
  const last = VALVES.from + VALVES.joined + VALVES.raised - 1;
  await sql.run(`update valve_states set state = 'closed' where charge_point_id between :from and :last`, {
    from: VALVES.from,
    last,
  });
  await sql.run(
    `insert into channels (id, code, name, kind, real_time) values (1, 'counter', '营业厅', 'counter', true)`,
  );
  await sql.rows(
    `select count(*) from (select post_payments(1::smallint, 'channel_clearing', 'transfer', null, '2026-11-14', null, now(),
       'old-debt-first', 2026::smallint, array_agg(account_id), array_agg(amount_fen), array_agg('paid-' || account_id),
       array_agg(now()), array_agg(date '2026-11-14'), array_agg(null::bigint))
     from bills where season_id = 2026 and account_id between :from and :last) paid`,
    { from: VALVES.from, last },
  );
  const paid = Array.from({ length: VALVES.joined }, (_, n) => BigInt(VALVES.from + n));
  await db.commands.run({ name: "test.valves", actor: db.actor }, (context) =>
    settleValveTasks(context, paid),
  );
  // The rule that makes an incident of many cold homes is another day's: here the one fault is the dispatch centre's.
  await sql.run("update incident_rules set active = false");
  const offset = Math.trunc((db.clock.now().getTime() - systemClock.now().getTime()) / 1000);
  await sql.run("update database_facts set business_clock_offset_seconds = :offset", { offset });
});

afterAll(async () => {
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const simulate = async (...argv: readonly string[]) => {
  const child = spawn(process.execPath, ["src/cli/nuan.ts", "simulate", "cold-day", ...argv, "--json"], {
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: db.ownerUrl,
      SECRET_KEY: TEST_SECRET_KEY,
      DATA_DIR: dataDir,
      LOG_LEVEL: "error",
      ...(process.env["REDIS_URL"] === undefined ? {} : { REDIS_URL: process.env["REDIS_URL"] }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, err, result: JSON.parse(out === "" ? "{}" : out) as Record<string, unknown> };
};

test("every call has its end, every case its owner, and the outcomes sum to the calls", async () => {
  const { code, err, result } = await simulate(
    "--calls",
    String(EXPECTED.calls),
    "--seed",
    "15",
    "--agents",
    DAY === 1 ? "30" : "6",
  );
  expect([err, result]).toEqual([
    err,
    {
      seed: 15,
      ...EXPECTED,
      unfinished: 0,
      valve: { joined: VALVES.joined, raised: VALVES.raised },
      unowned: 0,
      incidents: 1,
      worstRoutingDelayMs: result["worstRoutingDelayMs"],
      routedInTime: Number(result["worstRoutingDelayMs"]) <= 2000,
      balanced: true,
      seconds: result["seconds"],
    },
  ]);
  expect(Number(result["worstRoutingDelayMs"])).toBeLessThan(10_000);
  // At its full size it is held to the two seconds; here to saying so when they were not kept.
  expect(code).toBe(DAY === 1 || result["routedInTime"] === true ? 0 : 1);
}, 900_000);
