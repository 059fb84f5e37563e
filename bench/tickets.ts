/** Cases over HTTP until each is on somebody's list, against the same final rows by one statement a case. */
import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import { runScript, startApi } from "./payments.ts";
import { type Figure, median, percentile, rounded } from "./support/figure.ts";
import { benchEnvironment, type Clone, nuan, peakOf, raiseStage } from "./support/stage.ts";
import { plantManagers } from "./support/tickets-town.ts";

const CLIENTS = 8;
const POOL_SIZE = 20;
const SECONDS = 5;
const ROUTED_WITHIN_MS = 120_000;

const startWorker = (databaseUrl: string): ChildProcess =>
  spawn(process.execPath, ["workers/main.ts"], {
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

/** Waits until every case of a round has its owner, and how long that took by the stamps of the cases themselves. */
const untilRouted = async ({ database }: Clone, prefix: string): Promise<Routed> => {
  const deadline = monotonicMs() + ROUTED_WITHIN_MS;
  for (;;) {
    const { waiting } = await database.sql.one<{ waiting: number }>(
      "select count(*)::int as waiting from tickets where summary like :prefix || '-%' and assigned_at is null",
      { prefix },
    );
    if (waiting === 0) break;
    if (monotonicMs() > deadline) throw new Error(`${waiting} cases have nobody`);
    await delay(20);
  }
  const row = await database.sql.one<{ cases: number; seconds: string; delayMs: string }>(
    `select count(*)::int as cases, extract(epoch from max(assigned_at) - min(opened_at))::text as seconds,
       coalesce(extract(epoch from percentile_disc(0.99) within group (order by assigned_at - opened_at)) * 1000, 0)::text
         as "delayMs"
     from tickets where summary like :prefix || '-%'`,
    { prefix },
  );
  return { cases: row.cases, seconds: Number(row.seconds), delayMs: Number(row.delayMs) };
};

export const measureTickets = async (
  households: number,
  rounds: number,
  say: (text: string) => void,
): Promise<Figure[]> => {
  const stage = await raiseStage(households, false, plantManagers);
  try {
    const clone = await stage.clone();
    const token = await makeToken(clone);
    const api = await startApi(clone.url);
    const worker = startWorker(clone.url);
    const load = (prefix: string, seconds: number) =>
      runScript("bench/support/load.ts", {
        url: api.url,
        token,
        channel: null,
        households,
        prefix,
        clients: CLIENTS,
        seconds,
        rate: 0,
      });
    const rates: number[] = [];
    const limits: number[] = [];
    const p99s: number[] = [];
    const delays: number[] = [];
    await load("warm", 2);
    await untilRouted(clone, "warm");
    for (let round = 1; round <= rounds; round += 1) {
      const ours = await load(`h${round}`, SECONDS);
      if (ours.refused > 0) throw new Error(`${ours.refused} cases were refused`);
      const routed = await untilRouted(clone, `h${round}`);
      const bare = await runScript("bench/support/bare-tickets.ts", {
        url: clone.url,
        households,
        seconds: SECONDS,
        prefix: `b${round}`,
        clients: CLIENTS,
        poolSize: POOL_SIZE,
      });
      rates.push(routed.cases / routed.seconds);
      limits.push(bare.answered / SECONDS);
      p99s.push(percentile(ours.latenciesMs, 0.99));
      delays.push(routed.delayMs);
      say(
        `tickets ${round}/${rounds}: ${rounded(ours.answered / SECONDS, 4)}/s opened, p99 ${rounded(p99s.at(-1) ?? 0)} ms; ` +
          `${rounded(rates.at(-1) ?? 0, 4)}/s until routed, p99 ${rounded(routed.delayMs, 4)} ms; limit ${rounded(bare.answered / SECONDS, 4)}/s`,
      );
    }
    const peakMiB = peakOf(api.child.pid ?? 0);
    worker.kill("SIGTERM");
    await api.stop();
    await clone.drop();
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
