/**
 * One PostgreSQL server on one data folder: made once, started, stopped. Who may start it (only one process at a time)
 * is settled before, in `instance.ts`.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DomainError, fail, must } from "#src/kernel/errors.ts";
import { chooseAccount, commandAs, findPrograms, type Account } from "./binaries.ts";
import { errorCode, explainFailure, isFull } from "./failures.ts";
import { choosePort } from "./free-port.ts";
import { postKeeper } from "./keeper.ts";
import { identify, isAlive, readPostmaster } from "./postmaster-file.ts";
import { settingArguments, type SettingOverrides } from "./server-settings.ts";

/** The major version that npm brings; a folder of another one is refused, never converted in silence. */
export const embeddedMajor = "18";

export type ClusterOptions = {
  readonly dataDir: string;
  readonly logFile: string;
  readonly superuserPassword: string;
  /** Preferred port; another free one is taken when it is busy. */
  readonly port?: number | undefined;
  readonly settings?: SettingOverrides;
};

export type RunningCluster = {
  readonly pid: number;
  readonly port: number;
  readonly dataDir: string;
  /** As the superuser, on the database `postgres`. */
  readonly superuserUrl: string;
  /** Settles when the server has ended, asked or not. */
  readonly exited: Promise<void>;
  /** Fast shutdown: sessions are ended, everything is written. Repeating is safe. */
  stop(): Promise<void>;
};

/**
 * Starts the server, making its folder first when there is none. A server that an earlier owner left running on the
 * folder is shut down cleanly before. Refuses: a folder of another major version, a full disk, missing rights.
 * The caller must hold the folder's lock.
 */
export const startCluster = async (wanted: ClusterOptions): Promise<RunningCluster> => {
  const options = { ...wanted, dataDir: canonical(wanted.dataDir) };
  const programs = await findPrograms();
  const account = await chooseAccount(options.dataDir);
  refuseOtherVersion(options.dataDir);
  if (!existsSync(path.join(options.dataDir, "PG_VERSION")))
    await makeFolder(programs.initdb, account, options);
  await endLeftover(options.dataDir);
  let failure = new DomainError("database.start-failed", "PostgreSQL did not start");
  // A port can be taken between the probe and the start; what an earlier server left in memory needs a moment to go.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = await choosePort(attempt === 0 ? options.port : undefined);
    const outcome = await launch(programs.postgres, account, options, port);
    if ("running" in outcome) return outcome.running;
    failure = outcome.failure;
    if (failure.code !== "database.port-taken" && failure.code !== "database.memory-in-use") break;
    await pause(500);
  }
  throw failure;
};

/** The same folder always has the same name, whatever links lead to it: a running server is known by it. */
const canonical = (folder: string): string => {
  const parent = path.dirname(path.resolve(folder));
  return path.join(existsSync(parent) ? realpathSync(parent) : parent, path.basename(folder));
};

const refuseOtherVersion = (dataDir: string): void => {
  const file = path.join(dataDir, "PG_VERSION");
  if (!existsSync(file)) {
    if (existsSync(dataDir) && statSync(dataDir).isFile())
      fail("database.no-folder", `${dataDir} is a file, not a folder`);
    return;
  }
  const found = readFileSync(file, "utf8").trim();
  if (found === embeddedMajor) return;
  fail(
    "database.other-version",
    `the database in ${dataDir} was made by PostgreSQL ${found}, this version brings ${embeddedMajor}`,
    {
      remedy:
        "Write a backup with the version that made it (nuan backup FILE), move the folder away, start, then nuan restore FILE.",
      facts: { found, expected: embeddedMajor },
    },
  );
};

/** `initdb` works beside the final place and is renamed into it, so that a killed first start leaves nothing half made. */
const makeFolder = async (
  initdb: string,
  account: Account | undefined,
  options: ClusterOptions,
): Promise<void> => {
  const making = `${options.dataDir}.making`;
  const passwordFile = `${options.dataDir}.password`;
  makeParent(path.dirname(options.dataDir), account);
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { mode: 0o700 });
  writeFileSync(passwordFile, `${options.superuserPassword}\n`, { mode: 0o600 });
  if (account !== undefined) {
    chownSync(making, account.uid, account.gid);
    chownSync(passwordFile, account.uid, account.gid);
  }
  // The built-in C.UTF-8 sorts the same on every machine; the character classes of the C library's UTF-8 locale are
  // needed besides, because pg_trgm asks them whether a Chinese character is a letter.
  const args = (characters: string): string[] => [
    `--pgdata=${making}`,
    "--username=postgres",
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    "--auth=scram-sha-256",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    `--locale=${characters}`,
    "--lc-collate=C",
    "--lc-messages=C",
    "--lc-monetary=C",
    "--lc-numeric=C",
    "--lc-time=C",
    "--data-checksums",
  ];
  try {
    let result = { code: 1, output: "" };
    for (const characters of ["C.UTF-8", "en_US.UTF-8"]) {
      const command = commandAs(account, initdb, args(characters), options.dataDir);
      result = await runToEnd(command.file, command.args, {
        ...command.identity,
        cwd: path.dirname(options.dataDir),
      });
      if (result.code === 0 || !result.output.includes("invalid locale name")) break;
    }
    if (result.code !== 0) throw explainFailure(result.output, options.dataDir);
    renameSync(making, options.dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(making, { recursive: true, force: true });
  }
};

const makeParent = (folder: string, account: Account | undefined): void => {
  try {
    if (existsSync(folder)) return;
    mkdirSync(folder, { recursive: true });
    // The account that runs the server must pass through, not read.
    chmodSync(folder, account === undefined ? 0o700 : 0o711);
  } catch (error) {
    throw explainFailure(String(error), folder);
  }
};

const runToEnd = async (
  file: string,
  args: readonly string[],
  options: { uid?: number; gid?: number; cwd: string },
): Promise<{ code: number; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...options,
      stdio: ["ignore", "ignore", "pipe"],
      env: serverEnvironment(),
    });
    let output = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });

/** The server must not inherit PGDATA, PGPORT and the like, nor our keys. */
const serverEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  TZ: "UTC",
  LC_ALL: "C.UTF-8",
});

/** Shuts down a server that still runs on the folder, and removes a file that names a process which is not one. */
const endLeftover = async (dataDir: string): Promise<void> => {
  const left = readPostmaster(dataDir);
  if (left === undefined) return;
  const found = identify(left.pid, dataDir);
  if (found === "ours") await shutDown(left.pid, dataDir);
  // A file of a process that is gone (or dead and not collected) goes too; a memory block still in use is found by inode.
  else if (found !== "unclear") rmSync(path.join(dataDir, "postmaster.pid"), { force: true });
};

/**
 * Fast shutdown, then, after a minute, the immediate one, from which the next start recovers. On a full disk the fast one
 * cannot write what it must, and may wait for ever: there a few seconds are enough.
 */
const shutDown = async (pid: number, dataDir: string): Promise<void> => {
  for (const { signal, forMs } of [
    { signal: "SIGINT", forMs: isFull(dataDir) ? 5000 : 60_000 },
    { signal: "SIGQUIT", forMs: 10_000 },
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (errorCode(error) === "ESRCH") return;
      fail("database.not-permitted", `the PostgreSQL server ${pid} on ${dataDir} belongs to another user`, {
        remedy: "Start as the user who started it before.",
        facts: { pid },
      });
    }
    for (let waited = 0; waited < forMs; waited += 25) {
      if (!isAlive(pid)) return;
      await pause(25);
    }
  }
  fail("database.does-not-stop", `the PostgreSQL server ${pid} on ${dataDir} does not stop`, {
    facts: { pid },
  });
};

type Outcome = { running: RunningCluster } | { failure: DomainError };

const launch = async (
  postgres: string,
  account: Account | undefined,
  options: ClusterOptions,
  port: number,
): Promise<Outcome> => {
  const { dataDir, logFile } = options;
  const args = ["-D", dataDir, "-p", String(port), ...settingArguments(options.settings)];
  const command = commandAs(account, postgres, args, dataDir);
  const log = openLog(logFile);
  const logStart = fstatSync(log).size;
  let child: ChildProcess;
  try {
    child = spawn(command.file, command.args, {
      ...command.identity,
      cwd: dataDirParent(dataDir, account),
      // Its own session: Ctrl-C in the terminal must reach the supervisor alone, which stops the database last.
      detached: true,
      stdio: ["ignore", "ignore", log],
      env: serverEnvironment(),
    });
  } finally {
    closeSync(log);
  }
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  }).then(() => void (ended = true));
  // Recovery after a power cut may take minutes; the server says so in its log and we wait for it.
  for (;;) {
    const state = readPostmaster(dataDir);
    if (state?.pid === child.pid && state?.ready === true) break;
    if (ended) return { failure: explainFailure(readFileSync(logFile, "utf8").slice(logStart), dataDir) };
    await Promise.race([pause(20), exited]);
  }
  const pid = must(child.pid, "process id of the server");
  const keeper = postKeeper(dataDir, pid);
  // A process that forgets the server may still end; the keeper then shuts it down. While it is stopped we do wait.
  child.unref();
  const stop = async (): Promise<void> => {
    child.ref();
    if (!ended) await shutDown(pid, dataDir);
    await exited;
    keeper.leave();
  };
  const superuserUrl = `postgres://postgres:${encodeURIComponent(options.superuserPassword)}@127.0.0.1:${port}/postgres`;
  return { running: { pid, port, dataDir, superuserUrl, exited, stop } };
};

/** A folder that the server's account may stand in; it changes to its own data folder at once. */
const dataDirParent = (dataDir: string, account: Account | undefined): string =>
  account === undefined ? path.dirname(dataDir) : "/";

const largestLogBytes = 20_000_000;

const openLog = (file: string): number => {
  try {
    if (existsSync(file) && statSync(file).size > largestLogBytes) renameSync(file, `${file}.1`);
    return openSync(file, "a", 0o600);
  } catch (error) {
    throw explainFailure(String(error), file);
  }
};

/** A password that needs no escaping anywhere. */
export const randomPassword = (): string => randomBytes(24).toString("base64url");
