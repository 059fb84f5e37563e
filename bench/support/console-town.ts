/** A town with two seasons behind it, this season's bills, cases and an API: what people in front of a screen work on. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { WORKER_PROCESS } from "#src/cli/process-args.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import { connect, type Database } from "#src/platform/database.ts";
import { startServer, urlFor, withServer } from "#tests/support/server.ts";
import { TIMETABLE } from "#workers/scheduler.ts";
import { startApi } from "../payments.ts";
import { benchEnvironment, nuan, NODE_OPTIONS } from "./stage.ts";

const NIGHT_WITHIN_MS = 1_500_000;
const AT_ONCE = 8;
/** Of what people call about; every household may have one. */
const CATEGORIES = [
  "heat.not-hot",
  "fault.radiator",
  "enquiry.time",
  "heat.not-hot",
  "enquiry.policy",
] as const;

export type ConsoleTown = {
  readonly url: string;
  readonly database: Database;
  stop(): Promise<void>;
};

/** The jobs of the night are made up for by a worker that starts; an office opens when they are done. */
const untilNightIsOver = async (database: Database): Promise<void> => {
  const deadline = monotonicMs() + NIGHT_WITHIN_MS;
  for (;;) {
    const { ended } = await database.sql.one<{ ended: number }>(
      "select count(*)::int as ended from scheduled_runs where state <> 'running'",
    );
    const { waiting } = await database.sql.one<{ waiting: boolean }>(
      "select exists (select from outbox_events where settled_at is null) as waiting",
    );
    if (ended >= TIMETABLE.length && !waiting) return;
    if (monotonicMs() > deadline) throw new Error(`${ended} of ${TIMETABLE.length} jobs of the night done`);
    await delay(1000);
  }
};

/** Cases over HTTP, as a hotline has them on a cold day: spread over the town. */
const openCases = async (url: string, token: string, accounts: readonly string[]): Promise<void> => {
  let next = 0;
  const one = async (): Promise<void> => {
    for (let at = next++; at < accounts.length; at = next++) {
      const answer = await fetch(`${url}/api/v1/tickets`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${token}`,
          "Content-Type": "application/json",
          "Idempotency-Key": `bench-${at}`,
        },
        body: JSON.stringify({
          accountNo: accounts[at],
          category: CATEGORIES[at % CATEGORIES.length],
          channel: "phone",
          summary: `第 ${at + 1} 件，来电反映`,
        }),
      });
      if (!answer.ok) throw new Error(`case ${at}: ${answer.status} ${await answer.text()}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
};

export const raiseConsoleTown = async (
  households: number,
  cases: number,
  say: (text: string) => void,
): Promise<ConsoleTown> => {
  const server = await startServer();
  await withServer(server.url, (client) =>
    client.query("create database bench_console encoding 'UTF8' template template0"),
  );
  const databaseUrl = urlFor(server.url, "bench_console");
  await nuan(databaseUrl, ["db", "migrate"]);
  const seeded = await nuan(databaseUrl, ["demo", "seed", "--households", String(households), "--yes-demo"]);
  const billed = await nuan(databaseUrl, ["bills", "issue", "--season", "2026"]);
  say(`console: a town of ${households} in ${Math.round((seeded.ms + billed.ms) / 1000)} s`);
  const database = connect(databaseUrl, { poolSize: 4, bulkPoolSize: 1 });
  const { output } = await nuan(databaseUrl, ["token", "create", "--role", "agent", "--name", "bench"]);
  const rows = await database.sql.rows<{ accountNo: string }>(
    `select account_no as "accountNo" from heat_accounts where state = 'active' order by hashint8(id) limit :cases::int`,
    { cases },
  );
  const api = await startApi(databaseUrl);
  await openCases(
    api.url,
    String(output["token"]),
    rows.map(({ accountNo }) => accountNo),
  );
  const worker = spawn(process.execPath, [...NODE_OPTIONS, ...WORKER_PROCESS], {
    env: benchEnvironment(databaseUrl),
    stdio: ["pipe", "ignore", "ignore"],
  });
  await database.withBulkClient((client) => client.query("vacuum analyze"));
  const started = monotonicMs();
  await untilNightIsOver(database);
  say(
    `console: ${rows.length} cases, the night was over in ${Math.round((monotonicMs() - started) / 1000)} s`,
  );
  return {
    url: api.url,
    database,
    stop: async () => {
      const ended = once(worker, "close");
      worker.kill("SIGTERM");
      await Promise.all([api.stop(), ended]);
      await database.close();
      await server.stop();
    },
  };
};
