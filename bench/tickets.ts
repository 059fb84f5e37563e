/** Cases over HTTP until each is on somebody's list, against the same final rows by one statement a case. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { WORKER_PROCESS } from "#src/cli/process-args.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import { runScript, startApi } from "./payments.ts";
import { countCaseRows, requireSameRows } from "./support/case-rows.ts";
import { type Figure, median, percentile, rounded } from "./support/figure.ts";
import { benchEnvironment, type Clone, nuan, peakOf, raiseStage } from "./support/stage.ts";
import { plantManagers } from "./support/tickets-town.ts";
import { TIMETABLE } from "#workers/scheduler.ts";

const CLIENTS = 8;
const POOL_SIZE = 20;
/** A round ends when its last case is on somebody's list, two rings after it came: of a short round that would be a large part. */
const SECONDS = 15;
/** Until each connection has its plans and Node its compiled code: a hotline does not start with the first call of the day. */
const WARM_UP_SECONDS = 12;
const ROUTED_WITHIN_MS = 120_000;
const NIGHT_WITHIN_MS = 900_000;

const startWorker = (databaseUrl: string): ChildProcess =>
  spawn(process.execPath, WORKER_PROCESS, {
    env: benchEnvironment(databaseUrl),
    stdio: ["pipe", "ignore", "ignore"],
  });

const makeToken = async (clone: Clone): Promise<string> => {
  const { output } = await nuan(clone.url, ["token", "create", "--role", "agent", "--name", "bench"]);
  const { token } = output;
  if (typeof token !== "string") throw new Error("nuan token create gave no token");
  return token;
};

type Routed = { readonly cases: number; readonly seconds: number; readonly delayMs: number };

/**
 * Waits until everything that a round announced is settled. A case counts from its opening until its event is settled, which
 * is stamped after the transaction that gave it to somebody.
 */
const untilRouted = async ({ database }: Clone, prefix: string): Promise<Routed> => {
  const deadline = monotonicMs() + ROUTED_WITHIN_MS;
  for (;;) {
    const { waiting } = await database.sql.one<{ waiting: boolean }>(
      "select exists (select from outbox_events where settled_at is null) as waiting",
    );
    if (!waiting) break;
    if (monotonicMs() > deadline) throw new Error("not everything was handled");
    await delay(20);
  }
  const row = await database.sql.one<{ cases: number; nobodys: number; seconds: string; delayMs: string }>(
    `select count(*)::int as cases, (count(*) filter (where t.assigned_at is null))::int as nobodys,
       extract(epoch from max(e.settled_at) - min(t.opened_at))::text as seconds,
       coalesce(extract(epoch from percentile_disc(0.99) within group (order by e.settled_at - t.opened_at)) * 1000, 0)::text
         as "delayMs"
     from tickets t join outbox_events e on e.type = 'ticket.opened' and e.subject = 'ticket:' || t.id
     where t.summary like :prefix || '-%'`,
    { prefix },
  );
  if (row.nobodys > 0) throw new Error(`${row.nobodys} cases have nobody`);
  return { cases: row.cases, seconds: Number(row.seconds), delayMs: Number(row.delayMs) };
};

/**
 * A worker that starts makes up for the jobs of the night before: over 260,000 households the proofs take a core for minutes. A hotline
 * opens when they are done.
 */
const untilNightIsOver = async ({ database }: Clone): Promise<void> => {
  const deadline = monotonicMs() + NIGHT_WITHIN_MS;
  for (;;) {
    const { ended } = await database.sql.one<{ ended: number }>(
      "select count(*)::int as ended from scheduled_runs where state <> 'running'",
    );
    if (ended >= TIMETABLE.length) return;
    if (monotonicMs() > deadline)
      throw new Error(`${ended} of ${TIMETABLE.length} jobs of the night were done`);
    await delay(500);
  }
};

/** A company has the cases of former years: plans are made for tables that are not empty, on both sides. */
const learnSizes = ({ database }: Clone): Promise<unknown> =>
  database.withBulkClient((client) => client.query("analyze"));

const startProcesses = async (clone: Clone) => {
  const api = await startApi(clone.url);
  const worker = startWorker(clone.url);
  return {
    api,
    stop: async (): Promise<void> => {
      const ended = once(worker, "close");
      worker.kill("SIGTERM");
      await Promise.all([api.stop(), ended]);
    },
  };
};

export const measureTickets = async (
  households: number,
  rounds: number,
  say: (text: string) => void,
): Promise<Figure[]> => {
  const stage = await raiseStage(households, false, plantManagers);
  try {
    // The limit has a town of its own, so that neither side's cases lie on the desks that the other counts. One routed case
    // there tells it what such a case carries.
    const clone = await stage.clone();
    const other = await stage.clone();
    const load = (url: string, token: string, prefix: string, seconds: number) =>
      runScript("bench/support/load.ts", {
        url,
        token,
        channel: null,
        households,
        prefix,
        clients: CLIENTS,
        seconds,
        rate: 0,
      });
    const bare = (prefix: string) =>
      runScript("bench/support/bare-tickets.ts", {
        url: other.url,
        households,
        seconds: SECONDS,
        prefix,
        clients: CLIENTS,
        poolSize: POOL_SIZE,
      });
    const rates: number[] = [];
    const limits: number[] = [];
    const p99s: number[] = [];
    const delays: number[] = [];
    const example = await startProcesses(other);
    await load(example.api.url, await makeToken(other), "warm", WARM_UP_SECONDS);
    await untilRouted(other, "warm");
    await example.stop();
    await learnSizes(other);
    const { api, stop } = await startProcesses(clone);
    const token = await makeToken(clone);
    await untilNightIsOver(clone);
    await load(api.url, token, "warm", WARM_UP_SECONDS);
    await untilRouted(clone, "warm");
    await learnSizes(clone);
    for (let round = 1; round <= rounds; round += 1) {
      const before = await countCaseRows(clone.database);
      const ours = await load(api.url, token, `h${round}`, SECONDS);
      if (ours.refused > 0) throw new Error(`${ours.refused} cases were refused`);
      const routed = await untilRouted(clone, `h${round}`);
      const after = await countCaseRows(clone.database);
      const limitBefore = await countCaseRows(other.database);
      const limit = await bare(`b${round}`);
      const limitAfter = await countCaseRows(other.database);
      const rows = requireSameRows({ before, after }, { before: limitBefore, after: limitAfter });
      rates.push(routed.cases / routed.seconds);
      limits.push(limit.answered / SECONDS);
      p99s.push(percentile(ours.latenciesMs, 0.99));
      delays.push(routed.delayMs);
      say(
        `tickets ${round}/${rounds}: ${rounded(ours.answered / SECONDS, 4)}/s opened, p99 ${rounded(p99s.at(-1) ?? 0)} ms; ` +
          `${rounded(rates.at(-1) ?? 0, 4)}/s until routed, p99 ${rounded(routed.delayMs, 4)} ms; ` +
          `limit ${rounded(limit.answered / SECONDS, 4)}/s; ${rounded(rows)} rows a case on both sides`,
      );
    }
    const peakMiB = peakOf(api.child.pid ?? 0);
    await stop();
    await clone.drop();
    await other.drop();
    const measured = median(rates);
    const limit = median(limits);
    const p99 = median(p99s);
    return [
      {
        name: "cases over HTTP until routed, 8 clients",
        measured,
        limit,
        unit: "a second",
        ratio: measured / limit,
        peakMiB,
        target: "ratio >= 0.4",
        ok: measured / limit >= 0.4,
        note: `until routed p99 ${rounded(median(delays), 4)} ms`,
      },
      {
        name: "cases over HTTP, 8 clients, p99",
        measured: p99,
        limit: null,
        unit: "ms",
        ratio: null,
        peakMiB: null,
        target: "<= 50 (guide)",
        ok: p99 <= 50,
      },
    ];
  } finally {
    await stage.close();
  }
};
