/**
 * `npm start`: the database, the API and the worker of one installation, from one command. What it starts it also stops,
 * in the opposite order; nothing of it outlives it.
 */
import { setTimeout as pause } from "node:timers/promises";
import { closeSync, existsSync, openSync, rmSync } from "node:fs";
import path from "node:path";
import { DomainError, fail } from "#src/kernel/errors.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import { loadConfig, makeDataFolder, type Config } from "#src/platform/config.ts";
import {
  locateDatabase,
  probePort,
  readInstance,
  startEmbedded,
  wasHolderKilled,
  type EmbeddedDatabase,
  type Instance,
} from "#src/platform/embedded-postgres/index.ts";
import { errorCode } from "#src/platform/embedded-postgres/failures.ts";
import { superviseChild, type ChildPlan, type SupervisedChild } from "./supervisor-child.ts";
import { ensureFirstStart } from "./supervisor-first-start.ts";
import { listenForStop } from "./supervisor-signals.ts";
import { say, sayReady, sayRefusal, type DemoLogin } from "./supervisor-words.ts";

export type StartPlan = {
  readonly projectFolder: string;
  readonly children: readonly ChildPlan[];
  /** Run once, on the first start of an embedded database: arguments of `node`. */
  readonly firstStart: readonly (readonly string[])[];
  /** See `ChildSurroundings`; tests make it short. */
  readonly firstPauseMs?: number;
  readonly migrate: (ownerUrl: string, options: { appPassword: string }) => Promise<unknown>;
};

const childGraceMs = 30_000;
const readyLimitMs = 60_000;
const folderLimitMs = 60_000;
const leftoverLimitMs = 15_000;

/** Runs until it is told to stop or cannot go on; answers the exit code (0 stopped as wished, 1 refused or broken). */
export const runStart = async (env: NodeJS.ProcessEnv, plan: StartPlan): Promise<number> => {
  const stop = listenForStop();
  let database: EmbeddedDatabase | undefined;
  const children: SupervisedChild[] = [];
  let code = 0;
  let dataDir: string | undefined;
  try {
    const config = loadConfig(env);
    if (config.databaseUrl === undefined) dataDir = config.dataDir;
    requireAnchorPlace(config);
    await refuseTakenPort(config, stop.signal);
    const childEnv = { ...env, DATA_DIR: config.dataDir, AUDIT_ANCHOR_FILE: config.auditAnchorFile };
    let logins: readonly DemoLogin[] = [];
    if (config.databaseUrl === undefined) {
      say("正在启动数据库……", "Starting the database.");
      database = await holdFolder(config, stop.signal);
      await plan.migrate(database.ownerUrl, database);
      logins = await ensureFirstStart({
        dataDir: config.dataDir,
        demo: config.demo,
        commands: plan.firstStart,
        cwd: plan.projectFolder,
        env: childEnv,
        stop: stop.signal,
        announce: () => say("首次启动：正在建立演示小城……", "First start: building the demo town."),
      });
    } else {
      const located = await locateDatabase(config);
      await plan.migrate(located.ownerUrl, located);
    }
    // On a terminal the children's log lines would bury what a person needs to read.
    const logFolder = process.stderr.isTTY ? path.join(config.dataDir, "logs") : undefined;
    const { firstPauseMs } = plan;
    const surroundings = { cwd: plan.projectFolder, env: childEnv, logFolder, firstPauseMs };
    if (!stop.signal.aborted) {
      for (const child of plan.children) {
        children.push(superviseChild(child, surroundings));
      }
      await runUntilStopped({ config, children, database, logins, stop: stop.signal });
    }
  } catch (error) {
    // A wish to stop that arrives in the middle of a step makes that step fail; it is still a wish, not a failure.
    if (!stop.signal.aborted) {
      code = 1;
      sayRefusal(error, dataDir);
    }
  }
  // From here on a database that ends does so because we ask it to.
  stop.abort();
  return (await stopAll(children, database)) ? code : 1;
};

/** The seals' heads are written there while it runs; a place that takes nothing is named now. Makes no file of its own. */
const requireAnchorPlace = ({ auditAnchorFile: file, dataDir }: Config): void => {
  // What is wrong with the data folder is said under its own name.
  if (path.dirname(file) === dataDir) return;
  const isThere = existsSync(file);
  const probe = isThere ? file : `${file}.${process.pid}`;
  try {
    if (!isThere) makeDataFolder(path.dirname(file));
    closeSync(openSync(probe, "a", 0o600));
    if (!isThere) rmSync(probe, { force: true });
  } catch (error) {
    const code = errorCode(error);
    fail(
      "config.invalid",
      `AUDIT_ANCHOR_FILE cannot be written (${code === "" ? String(error) : code}): ${file}`,
      {
        field: "AUDIT_ANCHOR_FILE",
        remedy: "Name a file in a folder that can be written.",
      },
    );
  }
};

const refuseTakenPort = async (config: Config, stop: AbortSignal): Promise<void> => {
  const running = readInstance(config.dataDir);
  if (running?.role === "start") refuseSecond(running);
  let found = await probePort(config.host, config.port);
  // The children of a supervisor that was killed notice it at once, but finish what they began.
  const limit = wasHolderKilled(config.dataDir) ? leftoverLimitMs : 0;
  for (let waited = 0; "refused" in found && waited < limit && !stop.aborted; waited += 200) {
    await pause(200);
    found = await probePort(config.host, config.port);
  }
  if ("port" in found) return;
  if (found.refused === "EADDRINUSE") {
    fail("start.port-taken", `port ${config.port} on ${config.host} is used by another program`, {
      remedy: `Start with another one: PORT=${config.port < 65_535 ? config.port + 1 : 3000} npm start`,
    });
  }
  fail("start.port-refused", `cannot listen on ${config.host} port ${config.port} (${found.refused})`, {
    remedy: "Set HOST to an address of this machine and PORT to a number above 1023.",
  });
};

const refuseSecond = (running: Instance): never =>
  fail("start.running", `it runs at ${running.url ?? "an unknown address"} as process ${running.pid}`, {
    remedy: "Use that one, or stop it first.",
  });

/** Starts the embedded database; waits for a command that uses it just now, refuses when another start holds it. */
const holdFolder = async (config: Config, stop: AbortSignal): Promise<EmbeddedDatabase> => {
  let announced = false;
  const since = monotonicMs();
  while (!stop.aborted) {
    const database = await startEmbedded(config.dataDir, { role: "start", url: config.publicUrl });
    if (database !== undefined) return database;
    const holder = readInstance(config.dataDir);
    if (holder?.role === "start") refuseSecond(holder);
    if (monotonicMs() - since > folderLimitMs) {
      fail("database.busy-folder", `process ${holder?.pid ?? "unknown"} still uses the database`, {
        remedy: "Wait until that command has ended, then start again.",
      });
    }
    if (!announced && holder !== undefined) {
      say("另一个命令正在使用数据库，等待其结束……", `Waiting for a command (process ${holder.pid}) to end.`);
      announced = true;
    }
    await pause(200);
  }
  return fail("start.stopped", "stopped while waiting for the database");
};

type Running = {
  readonly config: Config;
  readonly children: readonly SupervisedChild[];
  readonly database: EmbeddedDatabase | undefined;
  readonly logins: readonly DemoLogin[];
  readonly stop: AbortSignal;
};

const runUntilStopped = async (running: Running): Promise<void> => {
  const { config, children, database, logins, stop } = running;
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener("abort", () => resolve(), { once: true });
  });
  const broken = Promise.race([
    ...children.map(async (child): Promise<never> => {
      const which = await child.gaveUp;
      throw new DomainError("start.gave-up", `${which} ended again and again`, {
        remedy: "Its last log lines say why.",
      });
    }),
    ...(database === undefined ? [] : [reviveDatabase(database, stop)]),
  ]);
  await Promise.race([waitUntilReady(config, stop), broken, stopped]);
  if (stop.aborted) return;
  sayReady(config.publicUrl, logins);
  await Promise.race([broken, stopped]);
};

const mostRevivals = 5;

/** Starts a database again that ended by itself; its sessions are lost, its data are not. */
const reviveDatabase = async (database: EmbeddedDatabase, stop: AbortSignal): Promise<void> => {
  for (let revivals = 0; revivals < mostRevivals; revivals += 1) {
    await database.exited();
    if (stop.aborted) return;
    say("数据库意外退出，正在重启……", "The database ended by itself, starting it again.");
    await database.revive();
  }
  await database.exited();
  if (!stop.aborted)
    fail("start.gave-up", "the database ended again and again", { remedy: "See postgres.log." });
};

const waitUntilReady = async (config: Config, stop: AbortSignal): Promise<void> => {
  const host =
    config.host === "0.0.0.0" ? "127.0.0.1" : config.host === "::" ? "[::1]" : bracketed(config.host);
  const since = monotonicMs();
  while (!stop.aborted) {
    if (await answersReady(`http://${host}:${config.port}/readyz`)) return;
    if (monotonicMs() - since > readyLimitMs) {
      fail("start.not-ready", "the API did not become ready within a minute", {
        remedy: "Its log lines say why.",
      });
    }
    await pause(100);
  }
};

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);

const answersReady = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // Not listening yet.
    return false;
  }
};

/** Children first, so that they finish what they began; the database last. Answers whether all of it ended cleanly. */
const stopAll = async (
  children: readonly SupervisedChild[],
  database: EmbeddedDatabase | undefined,
): Promise<boolean> => {
  if (children.length > 0) say("正在停止……", "Stopping.");
  await Promise.all(children.map(async (child) => child.stop(childGraceMs)));
  try {
    await database?.stop();
  } catch (error) {
    sayRefusal(error);
    return false;
  }
  if (children.length > 0) say("已停止。", "Stopped.");
  return true;
};
