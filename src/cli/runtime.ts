/**
 * What a command of `nuan` is given: a database that is found, started and stopped for it, one way to show a result and
 * one way to show a refusal. A command says what it does and how its result reads; the rest is here.
 */
import { userInfo } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { assert, DomainError } from "#src/kernel/errors.ts";
import { newUuid } from "#src/kernel/ids.ts";
import { cliActor, type Actor } from "#src/platform/actor.ts";
import { type Config, loadConfig } from "#src/platform/config.ts";
import { createPlatform, requireMigrated, type RunningPlatform } from "#src/platform/create-platform.ts";
import { locateDatabase, type LocatedDatabase } from "#src/platform/embedded-postgres/index.ts";
import { internalProblem, type Problem, problemOf, refusalOf } from "#src/platform/problem.ts";
import type { Platform } from "#src/platform/route.ts";
import { sealAll, sealOnce } from "#src/platform/seal.ts";
import { jsonText } from "./runtime-json.ts";
import { noProgressBars, type Progress, progressBars } from "./runtime-progress.ts";

export type { Progress } from "./runtime-progress.ts";
export { facts, table, type Cell } from "./runtime-table.ts";

/** The database server as its owner sees it; its schema may be missing or old. */
export type CliServer = {
  readonly config: Config;
  readonly ownerUrl: string;
  /** The runtime role's password, for `migrateDatabase`. */
  readonly appPassword: string | undefined;
  readonly appUrl: string;
  readonly embedded: LocatedDatabase["embedded"];
};

export type CliPlatform = Platform &
  Pick<RunningPlatform, "refreshClock"> &
  CliServer & {
    /** Whoever runs the command on this machine. */
    readonly actor: Actor;
    readonly requestId: string;
  };

/** How a result reads on a terminal; without a newline at its end. An empty text prints nothing. */
export type Print<T> = (result: T) => string;

export type RunOptions<T> = {
  /** True when the result itself is a refusal (a check that found something): printed all the same, exit code 1. */
  readonly refused?: (result: T) => boolean;
};

export type CliRuntime = {
  /** Whether `--json` was given. */
  readonly json: boolean;
  readonly env: CliEnvironment["env"];
  /** Finds the database (see `locateDatabase`), refuses one that is not migrated, runs and prints. Never rejects. */
  run<T>(
    work: (platform: CliPlatform) => Promise<T>,
    print: Print<T>,
    options?: RunOptions<T>,
  ): Promise<void>;
  /** The same for work on the server itself (migration, backup, diagnosis), whatever the state of its schema. */
  runOnServer<T>(
    work: (server: CliServer) => Promise<T>,
    print: Print<T>,
    options?: RunOptions<T>,
  ): Promise<void>;
  /** The same for work that needs neither database nor settings. */
  runWithoutDatabase<T>(work: () => Promise<T>, print: Print<T>, options?: RunOptions<T>): Promise<void>;
  /** A bar on stderr; silent when that is not a terminal, or with `--json`. Stopped by the end of the run. */
  progress(total: number, label: string): Progress;
  /** One line for the person at the terminal, on stderr; silent with `--json`. */
  note(text: string): void;
};

export type CliEnvironment = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly argv: readonly string[];
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  setExitCode(code: number): void;
};

/** One refusal as a person reads it: what, where, and the way out. */
export const refusalText = (problem: Problem): string => {
  const place = [
    problem.row === undefined ? undefined : `row ${problem.row}`,
    problem.field === undefined ? undefined : `field ${problem.field}`,
  ].filter((part) => part !== undefined);
  const where = place.length === 0 ? "" : ` (${place.join(", ")})`;
  const remedy = problem.remedy === undefined ? "" : `; ${problem.remedy}`;
  // Lists and nested facts are for --json; a line on a terminal has room for plain values.
  const plain = Object.entries(problem.facts ?? {}).filter(([, value]) => typeof value !== "object");
  const facts =
    plain.length === 0 ? "" : ` [${plain.map(([name, value]) => `${name} ${String(value)}`).join(", ")}]`;
  const request = problem.code === "internal" ? ` [request ${problem.requestId}]` : "";
  return `${problem.code}: ${problem.detail}${where}${remedy}${facts}${request}`;
};

const problemOfAny = (
  error: unknown,
  requestId: string,
): { readonly problem: Problem; readonly isDefect: boolean } => {
  const refusal = refusalOf(error);
  return refusal === undefined
    ? { problem: internalProblem(requestId), isDefect: true }
    : { problem: problemOf(refusal, requestId), isDefect: false };
};

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? "unknown");
  }
};

/** Whether `--json` stands among the arguments; needed before they are parsed, because parsing may refuse. */
export const wantsJson = (argv: readonly string[]): boolean => {
  const end = argv.indexOf("--");
  return (end < 0 ? argv : argv.slice(0, end)).includes("--json");
};

const serverOf = (config: Config, located: LocatedDatabase): CliServer => ({
  config,
  ownerUrl: located.ownerUrl,
  appUrl: located.appUrl,
  appPassword: located.appPassword,
  embedded: located.embedded,
});

/** One line for the person at the terminal. */
type Note = (text: string) => void;

/** Shows a refusal, or that something broke; the stack only to who asked for it. */
const reportFailure = (environment: CliEnvironment, error: unknown, requestId: string): void => {
  const { env, stdout, stderr } = environment;
  const { problem, isDefect } = problemOfAny(error, requestId);
  if (wantsJson(environment.argv)) stdout.write(`${jsonText(problem)}\n`);
  else stderr.write(`nuan: ${refusalText(problem)}\n`);
  if (isDefect && ["debug", "trace"].includes(env["LOG_LEVEL"] ?? "")) {
    stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
  environment.setExitCode(1);
};

const onServer = async <T>(
  env: CliEnvironment["env"],
  work: (server: CliServer) => Promise<T>,
): Promise<T> => {
  const config = loadConfig(env);
  const located = await locateDatabase(config);
  try {
    return await work(serverOf(config, located));
  } finally {
    await located.release();
  }
};

/** A command that is over sooner is sealed at its end. */
const SEAL_FROM_MS = 500;
const SEAL_EVERY_MS = 500;

/**
 * No worker may be running, and what stays unsealed could be altered unseen. A long command is sealed while it runs, on
 * the core that it leaves free, and every command at its end. What the command did is done either way.
 */
const sealWhatIsWritten = ({ database, clock }: Platform, { auditAnchorFile }: Config, note: Note) => {
  const sealing = { anchorFile: auditAnchorFile, clock };
  const ended = new AbortController();
  const whileItRuns = async (): Promise<void> => {
    for (let pauseMs = SEAL_FROM_MS; ; pauseMs = SEAL_EVERY_MS) {
      // Rejects only when the command is over.
      const isOver = await delay(pauseMs, false, { signal: ended.signal }).catch(() => true);
      if (isOver) return;
      await sealOnce(database, sealing);
    }
  };
  // What went wrong on the way is tried once more at the end, and said there.
  const running = whileItRuns().catch(() => undefined);
  return {
    stop: async (): Promise<void> => {
      ended.abort();
      await running;
    },
    finish: async (): Promise<void> => {
      ended.abort();
      await running;
      try {
        await sealAll(database, { ...sealing, timeoutMs: 3000 });
      } catch (error) {
        note(`not sealed yet: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
};

const onPlatform = async <T>(
  server: CliServer,
  requestId: string,
  note: Note,
  work: (platform: CliPlatform) => Promise<T>,
): Promise<T> => {
  await requireMigrated(server.ownerUrl);
  const platform = await createPlatform(server.config, server, { applicationName: "nuan command" });
  const sealing = sealWhatIsWritten(platform, server.config, note);
  try {
    const result = await work({ ...platform, ...server, actor: cliActor(userName()), requestId });
    await sealing.finish();
    return result;
  } finally {
    await sealing.stop();
    await platform.close();
  }
};

export const createCliRuntime = (environment: CliEnvironment): CliRuntime => {
  const { env, stdout, stderr } = environment;
  const json = wantsJson(environment.argv);
  const requestId = newUuid();
  const bars = json ? noProgressBars : progressBars(stderr);

  const note = (text: string): void => {
    if (!json) stderr.write(`${text}\n`);
  };

  const finish = async <T>(
    work: () => Promise<T>,
    print: Print<T>,
    options: RunOptions<T>,
  ): Promise<void> => {
    try {
      const result = await work();
      bars.stopAll();
      const text = json ? jsonText(result) : print(result);
      if (text !== "") stdout.write(`${text}\n`);
      environment.setExitCode(options.refused?.(result) === true ? 1 : 0);
    } catch (error) {
      bars.stopAll();
      reportFailure(environment, error, requestId);
    }
  };

  return {
    json,
    env,
    run: async (work, print, options = {}) =>
      finish(
        async () => onServer(env, async (server) => onPlatform(server, requestId, note, work)),
        print,
        options,
      ),
    runOnServer: async (work, print, options = {}) => finish(async () => onServer(env, work), print, options),
    runWithoutDatabase: async (work, print, options = {}) => finish(work, print, options),
    progress: (total, label) => bars.start(total, label),
    note,
  };
};

/** An option that takes a whole number: `.option("--season <year>", "...", wholeNumber("season"))`. Refuses by name. */
export const wholeNumber =
  (name: string) =>
  (text: string): number => {
    if (!/^\d{1,12}$/.test(text)) {
      throw new DomainError("usage.not-a-number", `--${name} takes a whole number`, { field: name });
    }
    const value = Number(text);
    assert(Number.isSafeInteger(value), `${name} is safe`);
    return value;
  };
