/**
 * Our own processes as production starts them: the API, the worker, `nuan`. Each is known here, so that a run that ends in
 * whatever way leaves none behind; each has a channel to this process and ends when that breaks.
 */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { monotonicMs } from "#src/platform/clock.ts";
import { choosePort } from "#src/platform/embedded-postgres/free-port.ts";
import { until } from "./until.ts";

export const SECRET_KEY = "faults-secret-key-of-at-least-32-characters";
/** The exchange that the cases play. */
export const CTI_SECRET = "faults-exchange-secret-of-at-least-32-characters";
const root = path.resolve(import.meta.dirname, "..", "..", "..");
const START_LIMIT_MS = 180_000;
const KEPT_OUTPUT = 4000;

export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Running = {
  readonly pid: number;
  readonly ended: Promise<Ending>;
  /** The last of what it wrote, for the report of a failure. */
  tail(): string;
  /** Everything on its stdout. */
  output(): string;
  /** Everything on its stderr: its log. */
  log(): string;
  /** The first defect that it logged: what it answers with 500 and what nobody foresaw. */
  defect(): string | undefined;
  isRunning(): boolean;
  /** `kill -9`. */
  kill(): Promise<Ending>;
  /** SIGTERM, and its own way out. */
  stop(): Promise<Ending>;
};

export type Place = {
  /** As the owner. */
  readonly url: string;
  /** A folder of its own, where the seals leave their anchors. */
  readonly dataDir: string;
};

export type ProcessOptions = {
  /** `before-commit:3`. */
  readonly failpoint?: string | undefined;
  readonly redisUrl?: string | undefined;
  /** Further settings of the process. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
};

const alive = new Set<ChildProcess>();

/** Kills whatever still runs. Safe to repeat; works without waiting, so it serves at the exit of this process too. */
export const killAll = (): void => {
  for (const child of alive) child.kill("SIGKILL");
};

const environmentOf = (place: Place, options: ProcessOptions): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
  NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
  DATABASE_URL: place.url,
  DATA_DIR: place.dataDir,
  SECRET_KEY,
  CTI_SECRET,
  LOG_LEVEL: "warn",
  ...(options.failpoint === undefined ? {} : { NUAN_FAILPOINT: options.failpoint }),
  ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
  ...options.settings,
});

const start = (args: readonly string[], environment: NodeJS.ProcessEnv): Running => {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: environment,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  alive.add(child);
  let output = "";
  let tail = "";
  const keep = (text: string): void => {
    tail = (tail + text).slice(-KEPT_OUTPUT);
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    keep(text);
  });
  let defect: string | undefined;
  let line = "";
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    keep(text);
    log += text;
    const lines = (line + text).split("\n");
    line = lines.pop() ?? "";
    defect ??= lines.find((one) => /"level":[56]0\b/.test(one));
  });
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      alive.delete(child);
      resolve({ code, signal });
    });
  });
  // A process may end while nobody waits for it; who waits gets the error.
  ended.catch(() => undefined);
  const end = (signal: NodeJS.Signals) => async (): Promise<Ending> => {
    child.kill(signal);
    return ended;
  };
  return {
    pid: child.pid ?? 0,
    ended,
    tail: () => tail,
    output: () => output,
    log: () => log,
    defect: () => defect,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    kill: end("SIGKILL"),
    stop: end("SIGTERM"),
  };
};

export type Api = Running & { readonly url: string };

const answersReady = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/readyz`);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
};

/** The API on a free port; resolves when it is ready. A port that another process took meanwhile is exchanged. */
export const startApi = async (place: Place, options: ProcessOptions = {}): Promise<Api> => {
  const deadline = monotonicMs() + START_LIMIT_MS;
  for (;;) {
    const port = await choosePort(undefined);
    const url = `http://127.0.0.1:${port}`;
    const running = start(["src/http/main.ts"], { ...environmentOf(place, options), PORT: String(port) });
    const state = await until("the API is ready", START_LIMIT_MS, async () =>
      running.isRunning() ? ((await answersReady(url)) ? "ready" : null) : "ended",
    );
    if (state === "ready") return { ...running, url };
    const { code, signal } = await running.ended;
    if (monotonicMs() > deadline || !/in use|port/i.test(running.tail())) {
      throw new Error(`the API ended at its start (${code ?? signal}): ${running.tail()}`);
    }
  }
};

/** The worker: relay, sweeper, queues, timetable, seals. */
export const startWorker = (place: Place, options: ProcessOptions = {}): Running =>
  start(["workers/main.ts"], environmentOf(place, options));

/** `nuan … --json`, as `npm run nuan` starts it. */
export const startNuan = (place: Place, args: readonly string[], options: ProcessOptions = {}): Running =>
  start(["--max-semi-space-size=8", "src/cli/nuan.ts", ...args, "--json"], environmentOf(place, options));

/** Runs `nuan` to its end and answers its one JSON object. Throws unless it exits with 0. */
export const nuan = async (place: Place, args: readonly string[]): Promise<Record<string, unknown>> => {
  const running = startNuan(place, args);
  const { code, signal } = await running.ended;
  if (code !== 0) throw new Error(`nuan ${args.join(" ")} ended with ${code ?? signal}: ${running.tail()}`);
  return JSON.parse(running.output()) as Record<string, unknown>;
};
