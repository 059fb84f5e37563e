import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { nuan } from "#tests/cli/terminal.ts";
import { freePort } from "#tests/support/outside-server.ts";
import { ask } from "./edge.ts";

const project = path.resolve(import.meta.dirname, "..", "..");
let dataDir: string;
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "nuanyang-api-"));
  const migrated = await nuan(["db", "migrate", "--json"], { DATA_DIR: path.join(dataDir, "data") });
  if (migrated.code !== 0) throw new Error(`no database for this test: ${migrated.stdout}`);
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

type Started = {
  readonly child: ChildProcess;
  readonly log: () => string;
  readonly ended: Promise<number | null>;
};

const startApi = (env: Readonly<Record<string, string>>): Started => {
  const child = spawn(process.execPath, ["src/http/main.ts"], {
    cwd: project,
    env: { PATH: process.env["PATH"] ?? "", DATA_DIR: path.join(dataDir, "data"), ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (log += text));
  const ended = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, log: () => log, ended };
};

const statusOf = async (url: string, address: string): Promise<number> => {
  try {
    return (await ask({ url }, address)).status;
  } catch {
    // Not listening yet.
    return 0;
  }
};

test("the API process becomes ready, serves, and ends cleanly when it is asked to", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const api = startApi({ PORT: String(port) });
  await expect.poll(() => statusOf(url, "/readyz")).toBe(200);
  expect(await statusOf(url, "/docs")).toBe(200);
  expect((await ask({ url }, "/api/v1/session")).body["code"]).toBe("auth.required");
  expect((await ask({ url }, "/metrics")).text).toContain("nuan_build_info");

  // A second one on the same port says so in one line that a person understands.
  const second = startApi({ PORT: String(port) });
  expect(await second.ended).toBe(1);
  expect(second.log()).toMatch(
    /^nuan api: start\.port-taken: port \d+ on 127\.0\.0\.1 is used by another program; set PORT/m,
  );
  expect(second.log()).not.toMatch(/\n\s+at /);

  api.child.kill("SIGTERM");
  expect(await api.ended).toBe(0);
  expect(api.log()).toMatch(/"message":"stopping".*\n.*"message":"stopped"/);
});

test("a wrong setting ends it at once with one line", async () => {
  const api = startApi({ PORT: "none" });
  expect(await api.ended).toBe(1);
  expect(api.log()).toMatch(/^nuan api: config\.invalid: PORT must be a whole number/);
});
