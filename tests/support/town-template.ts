/**
 * The first start of a demo town makes a cluster, migrates and invents 2,600 homes. The towns of the browser tests all begin there: one
 * start makes it, and each of them is a copy.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { nuan } from "#tests/cli/terminal.ts";
import { freePort } from "./outside-server.ts";
import { until } from "./until.ts";

const project = path.resolve(import.meta.dirname, "..", "..");

/** A folder of a town's own, which the account of its server may pass through. */
export const makeTownFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-browser-"));
  chmodSync(folder, 0o711);
  return folder;
};

/** A Thursday morning of the heating season: at night and on holidays nobody is called back, and no test waits for the day. */
const OPENING_HOUR = "2026-11-26T10:00:00+08:00";

/** Starts a town once, sets its clock, ends it politely, and answers its data folder. */
export const plantTownTemplate = async (): Promise<string> => {
  const folder = makeTownFolder();
  const port = await freePort();
  const started = spawn(process.execPath, ["src/cli/start.ts"], {
    cwd: project,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      DATA_DIR: folder,
      PORT: String(port),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  started.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  started.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(started, "close");
  await until("the first town is ready", async () => {
    if (started.exitCode !== null) throw new Error(`the first town ended: ${said}`);
    return fetch(`http://localhost:${port}/readyz`).then(
      (answer) => answer.ok,
      // Not listening yet.
      () => false,
    );
  });
  const settings = { DATA_DIR: folder, PORT: String(port) };
  const set = await nuan(["demo", "clock", "set", OPENING_HOUR], settings);
  if (set.code !== 0) throw new Error(`the clock of the first town: ${set.stdout}${set.stderr}`);
  started.kill("SIGTERM");
  await ended;
  return folder;
};
