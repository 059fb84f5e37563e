/** One child process of the supervisor: started, started again when it ends by itself, stopped on request. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { monotonicMs } from "#src/platform/clock.ts";
import { say } from "./supervisor-words.ts";

export type ChildPlan = {
  readonly name: string;
  readonly zh: string;
  /** Arguments of `node`. */
  readonly args: readonly string[];
};

export type ChildSurroundings = {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Folder for the children's logs; without it they go to the supervisor's own error stream. */
  readonly logFolder: string | undefined;
  /** Pause before the first restart, doubled each time; half a second when not given. */
  readonly firstPauseMs?: number | undefined;
};

export type SupervisedChild = {
  /** Settles when the child has ended too often and is not started again. */
  readonly gaveUp: Promise<string>;
  /** SIGTERM, then after `graceMs` SIGKILL; settles when it has ended. */
  stop(graceMs: number): Promise<void>;
};

const mostFailuresInARow = 7;
const healthyAfterMs = 60_000;
const usualFirstPauseMs = 500;

/** Keeps one child running. Seven quick ends in a row (over about half a
 * minute) are a crash loop: reported, and not started again. */
export const superviseChild = (plan: ChildPlan, surroundings: ChildSurroundings): SupervisedChild => {
  let failures = 0;
  let stopping = false;
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  let restart: NodeJS.Timeout | undefined;
  const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<string>();

  const start = (): void => {
    const startedAt = monotonicMs();
    const started = launch(plan, surroundings);
    child = started;
    ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        resolve();
        if (stopping) return;
        failures = monotonicMs() - startedAt > healthyAfterMs ? 1 : failures + 1;
        if (failures >= mostFailuresInARow) return giveUp(`${plan.name} (${reason})`);
        const pauseMs = (surroundings.firstPauseMs ?? usualFirstPauseMs) * 2 ** (failures - 1);
        say(
          `${plan.zh}退出，${pauseMs / 1000} 秒后重启。`,
          `${plan.name} ended (${reason}), starting again.`,
        );
        restart = setTimeout(start, pauseMs);
      };
      started.once("exit", (code, signal) => end(signal ?? `code ${code}`));
      started.once("error", (error) => end(error.message));
    });
  };

  start();
  return {
    gaveUp,
    stop: async (graceMs) => {
      stopping = true;
      clearTimeout(restart);
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const kill = setTimeout(() => child?.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(kill);
    },
  };
};

const launch = (plan: ChildPlan, surroundings: ChildSurroundings): ChildProcess => {
  const log = surroundings.logFolder === undefined ? 2 : openLog(surroundings.logFolder, plan.name);
  try {
    return spawn(process.execPath, plan.args, {
      cwd: surroundings.cwd,
      env: surroundings.env,
      // Its own session: Ctrl-C reaches the supervisor alone, which lets the children finish. The channel tells the child
      // when the supervisor is gone (see parent-watch).
      detached: true,
      stdio: ["ignore", log, log, "ipc"],
    });
  } finally {
    if (log !== 2) closeSync(log);
  }
};

const largestLogBytes = 20_000_000;

const openLog = (folder: string, name: string): number => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `${name}.log`);
  if (existsSync(file) && statSync(file).size > largestLogBytes) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
};
