/** Real processes for the tests of this folder. */
import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { choosePort } from "#src/platform/embedded-postgres/free-port.ts";
import { identify, isAlive, readPostmaster } from "#src/platform/embedded-postgres/postmaster-file.ts";

export type Talker = {
  readonly process: ChildProcess;
  /** Everything said so far on both streams. */
  said(): string;
  /** Waits until it has said this; fails when it ends before. */
  hears(words: string): Promise<void>;
  /** Waits until it has ended and answers its exit code, or the signal. */
  ended(): Promise<number | string>;
};

/** Waits for something that another process does; fails loudly after the limit. */
export const until = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 120_000,
): Promise<void> => {
  for (let waited = 0; waited < limitMs; waited += 20) {
    if (await holds()) return;
    await pause(20);
  }
  throw new Error(`it did not come about: ${what}`);
};

/**
 * Starts `node file` in a clean environment; it is killed at the end of the test if it still runs. `mostBlocks`: no file grows over so
 * many half kilobytes, which is to a process what a full disk is.
 */
export const run = (file: string, env: Record<string, string>, mostBlocks?: number): Talker => {
  const script = path.join(import.meta.dirname, "fixtures", file);
  const limit = mostBlocks === undefined ? "" : `ulimit -f ${mostBlocks}; `;
  const child = spawn("sh", ["-c", `${limit}exec "$0" "$@"`, process.execPath, script], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (text += part));
  const ended = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(signal ?? code ?? -1));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return {
    process: child,
    said: () => text,
    hears: async (words) => {
      await until(`"${words}" in: ${text}`, () => text.includes(words) || child.exitCode !== null);
      if (!text.includes(words)) throw new Error(`it ended before it said "${words}": ${text}`);
    },
    ended: async () => ended,
  };
};

/** A data folder that goes away after the test, when no server is left on it. */
export const dataFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-data-"));
  chmodSync(folder, 0o711);
  onTestFinished(async () => {
    await until("the server has left the folder", () => !hasServer(folder));
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
};

/** Whether a PostgreSQL server runs on this data folder. */
export const hasServer = (folder: string): boolean => {
  const own = path.join(folder, "postgres");
  const postmaster = existsSync(own) ? readPostmaster(own) : undefined;
  return postmaster !== undefined && isAlive(postmaster.pid) && identify(postmaster.pid, own) === "ours";
};

export const postmasterOf = (folder: string): number =>
  readPostmaster(path.join(folder, "postgres"))?.pid ?? 0;

export const freePort = async (): Promise<number> => choosePort(undefined);

/** Takes a port for the time of the test. */
export const occupy = async (port: number): Promise<Server> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return server;
};
