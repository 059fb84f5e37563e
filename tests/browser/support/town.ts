/** A demo town that runs as production does (`npm start`: API, worker, database), for a browser to look at. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { inject } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { attachEmbedded } from "#src/platform/embedded-postgres/embedded.ts";
import { nuan } from "#tests/cli/terminal.ts";
import { freePort } from "#tests/support/outside-server.ts";
import { makeTownFolder } from "#tests/support/town-template.ts";
import { until } from "#tests/support/until.ts";

const project = path.resolve(import.meta.dirname, "..", "..", "..");

/** The password of every login of a demo town. */
export const PASSWORD = "nuanyang-demo";

export type BrowserTown = {
  readonly url: string;
  /** Its environment, for a platform of the test's own. */
  readonly settings: Readonly<Record<string, string>>;
  /** A command of `nuan` in this town; fails when it does. */
  nuan(args: readonly string[]): Promise<string>;
  /** Moves the business clock ("2026-09-01T09:00:00+08:00") and waits until the API has it. */
  setClock(instant: string): Promise<void>;
  /** A statement as the owner of its database: to break what is to be broken, and to look behind the curtain. */
  sql<Row extends object = Readonly<Record<string, unknown>>>(text: string): Promise<readonly Row[]>;
  /** A polite end of everything; then the same town again on the same port. */
  restart(): Promise<void>;
  /** kill -9 of the worker, as it is; whoever supervises it starts another. */
  killWorker(): void;
  /** The same of the API, in the middle of whatever it does. */
  killApi(): void;
  /** Waits until the API answers. */
  untilReady(): Promise<void>;
  /** The same for the API that follows the one of now: asked before something kills that one. */
  nextApi(): () => Promise<void>;
  stop(): Promise<void>;
};

const [API, WORKER] = ["src/http/main.ts", "workers/main.ts"];

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    (answer) => answer.ok,
    // Not listening yet.
    () => false,
  );

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It ended between two looks.
    return "";
  }
};

/** The process among the children of `parent` that was started with `file`, while there is one. */
const childWith = (parent: number, file: string): number | undefined => {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(/\s+/);
  const found = children.find((pid) => commandOf(pid).includes(file));
  return found === undefined ? undefined : Number(found);
};

/** The time of the API, asked by a machine: people's logins are counted, and a clock that moves ends their sessions. */
const timeOf = async (url: string, token: string): Promise<number> => {
  const answer = await fetch(`${url}/api/v1/session`, { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`no time: ${answer.status} ${await answer.text()}`);
  return Date.parse(((await answer.json()) as { now: string }).now);
};

/** Starts a town of its own; `env` adds settings. Takes some seconds. */
export const startBrowserTown = async (env: Readonly<Record<string, string>> = {}): Promise<BrowserTown> => {
  const dataDir = makeTownFolder();
  // With owners and rights: the database's own account reads its part of it.
  await promisify(execFile)("cp", ["-a", `${inject("townTemplate")}/.`, dataDir]);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const settings = { DATA_DIR: dataDir, PORT: String(port), ...env };
  let child: ChildProcess | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  let said = "";
  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, ["src/cli/start.ts"], {
      cwd: project,
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...settings },
      stdio: ["ignore", "pipe", "pipe"],
    });
    started.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    started.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    child = started;
    ended = once(started, "close");
    await until("the town is ready", async () => {
      if (started.exitCode !== null) throw new Error(`the town ended: ${said}`);
      return isReady(url);
    });
  };
  const running = (file: string): number | undefined => childWith(must(child?.pid, "the town runs"), file);
  const end = async (): Promise<void> => {
    child?.kill("SIGTERM");
    await ended;
  };
  const run = async (args: readonly string[]): Promise<string> => {
    const done = await nuan(args, settings);
    if (done.code !== 0) throw new Error(`nuan ${args.join(" ")}: ${done.stdout}${done.stderr}`);
    return done.stdout;
  };
  const sql: BrowserTown["sql"] = async <Row extends object>(text: string) => {
    const logins = await attachEmbedded(dataDir);
    if (logins === undefined) throw new Error("the town's database does not answer");
    const client = new Client({ connectionString: logins.ownerUrl });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  };
  await start();
  return {
    url,
    settings,
    nuan: run,
    sql,
    setClock: async (instant) => {
      await run(["demo", "clock", "set", instant]);
      const { token } = JSON.parse(await run(["token", "create", "--role", "auditor", "--json"])) as {
        token: string;
      };
      await until(
        "the API has the new time",
        async () => Math.abs((await timeOf(url, token)) - Date.parse(instant)) < 600_000,
      );
    },
    restart: async () => {
      await end();
      await start();
    },
    killWorker: () => {
      process.kill(must(running(WORKER), "the worker runs"), "SIGKILL");
    },
    killApi: () => {
      process.kill(must(running(API), "the API runs"), "SIGKILL");
    },
    untilReady: () => until("the API answers", () => isReady(url)),
    nextApi: () => {
      const before = running(API);
      return () =>
        until("the next API answers", async () => {
          const pid = running(API);
          return pid !== undefined && pid !== before && (await isReady(url));
        });
    },
    stop: async () => {
      await end();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
