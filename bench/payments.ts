/** Payments over HTTP against bare inserts; and their latency while a bank's file is imported. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { API_PROCESS } from "#src/cli/process-args.ts";
import { writeBenchFile } from "./bank-file.ts";
import { type Figure, median, percentile, rounded } from "./support/figure.ts";
import { benchEnvironment, CHANNEL, type Clone, nuan, peakOf, raiseStage } from "./support/stage.ts";

const CLIENTS = 32;
const POOL_SIZE = 20;
const SECONDS = 5;
type Load = { readonly answered: number; readonly refused: number; readonly latenciesMs: number[] };

export const runScript = (script: string, options: object): Promise<Load> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(JSON.parse(out) as Load) : reject(new Error(`${script}: ${code}`)),
    );
  });

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

type Api = { readonly url: string; readonly child: ChildProcess; stop(): Promise<void> };

/** The API process as `npm start` runs it, on a database and a free port. */
export const startApi = async (
  databaseUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Api> => {
  const port = await freePort();
  const child = spawn(process.execPath, API_PROCESS, {
    env: {
      ...benchEnvironment(databaseUrl),
      PORT: String(port),
      DATABASE_POOL_SIZE: String(POOL_SIZE),
      ...settings,
    },
    // The log is written as in production, and thrown away.
    stdio: ["pipe", "ignore", "ignore"],
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) break;
    if (tries > 300 || child.exitCode !== null) throw new Error("the API did not become ready");
    await delay(50);
  }
  return {
    url,
    child,
    stop: () =>
      new Promise((resolve) => {
        child.once("close", () => resolve());
        child.kill("SIGTERM");
      }),
  };
};

const makeToken = async (clone: Clone): Promise<string> => {
  const { output } = await nuan(clone.url, [
    "token",
    "create",
    "--role",
    "bank-channel",
    "--channel",
    CHANNEL,
    "--name",
    "bench",
  ]);
  const { token } = output;
  if (typeof token !== "string") throw new Error("nuan token create gave no token");
  return token;
};

export const measurePayments = async (
  households: number,
  rounds: number,
  say: (text: string) => void,
): Promise<Figure[]> => {
  const stage = await raiseStage(households, true);
  const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-bench-"));
  try {
    const clone = await stage.clone();
    const token = await makeToken(clone);
    const api = await startApi(clone.url);
    const overHttp = (prefix: string, more: { seconds: number; rate: number }) =>
      runScript("bench/support/load.ts", {
        url: api.url,
        token,
        channel: CHANNEL,
        households,
        prefix,
        clients: CLIENTS,
        ...more,
      });
    const rates: number[] = [];
    const limits: number[] = [];
    const p99s: number[] = [];
    await overHttp("warm", { seconds: 2, rate: 0 });
    for (let round = 1; round <= rounds; round += 1) {
      const ours = await overHttp(`h${round}`, { seconds: SECONDS, rate: 0 });
      if (ours.refused > 0) throw new Error(`${ours.refused} payments were refused`);
      const bare = await runScript("bench/support/bare-payments.ts", {
        url: clone.url,
        households,
        seconds: SECONDS,
        prefix: `b${round}`,
        clients: CLIENTS,
        poolSize: POOL_SIZE,
      });
      rates.push(ours.answered / SECONDS);
      limits.push(bare.answered / SECONDS);
      p99s.push(percentile(ours.latenciesMs, 0.99));
      say(
        `payments ${round}/${rounds}: ${rounded(ours.answered / SECONDS, 4)}/s, p99 ${rounded(p99s.at(-1) ?? 0)} ms; limit ${rounded(bare.answered / SECONDS, 4)}/s`,
      );
    }
    const peakMiB = peakOf(api.child.pid ?? 0);
    // Half of the accounts that are paid over HTTP stand in the file that is imported at the same time.
    const file = path.join(folder, "half.txt");
    await writeBenchFile(file, Math.ceil(households / 2), households);
    const importing = nuan(clone.url, ["bank", "import", file, "--channel", CHANNEL]);
    const progress = { done: false };
    const watched = importing.finally(() => (progress.done = true));
    const during: number[] = [];
    for (let slice = 1; !progress.done; slice += 1) {
      const load = await overHttp(`o${slice}`, { seconds: 2, rate: 100 });
      during.push(...load.latenciesMs);
    }
    await watched;
    await api.stop();
    await clone.drop();
    const measured = median(rates);
    const limit = median(limits);
    const p99 = median(p99s);
    const duringP99 = percentile(during, 0.99);
    say(`open loop during an import: ${during.length} payments, p99 ${rounded(duringP99)} ms`);
    return [
      {
        name: "payments over HTTP, 32 clients",
        measured,
        limit,
        unit: "a second",
        ratio: measured / limit,
        peakMiB,
        target: "ratio >= 0.6",
        ok: measured / limit >= 0.6,
      },
      {
        name: "payments over HTTP, 32 clients, p99",
        measured: p99,
        limit: null,
        unit: "ms",
        ratio: null,
        peakMiB: null,
        target: "<= 50 (guide)",
        ok: p99 <= 50,
      },
      {
        name: "payments at 100 a second during an import, p99",
        measured: duringP99,
        limit: null,
        unit: "ms",
        ratio: null,
        peakMiB: null,
        target: "<= 100",
        ok: duringP99 <= 100,
        note: `${during.length} payments, p50 ${rounded(percentile(during, 0.5))} ms`,
      },
    ];
  } finally {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
