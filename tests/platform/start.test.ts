import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dataFolder, freePort, hasServer, occupy, postmasterOf, run, until } from "./processes.ts";

const answers = async (port: number): Promise<string | undefined> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(30_000) });
    return response.status === 200 ? await response.text() : undefined;
  } catch {
    return undefined;
  }
};

describe("npm start", () => {
  test("starts, says where and with which logins, refuses a second one, and stops cleanly", async () => {
    const env = { DATA_DIR: dataFolder(), PORT: String(await freePort()) };
    const first = run("small-start.ts", env);
    await first.hears("Ctrl-C");
    expect(first.said()).toContain("首次启动");
    expect(first.said()).toContain(`http://localhost:${env.PORT}`);
    expect(first.said()).toContain("demo-admin  weak-words");
    expect(await answers(Number(env.PORT))).toBeDefined();

    const second = run("small-start.ts", { ...env, PORT: String(await freePort()) });
    expect(await second.ended()).toBe(1);
    expect(second.said()).toContain(`http://localhost:${env.PORT}`);
    expect(second.said()).toContain(String(first.process.pid));

    first.process.kill("SIGTERM");
    expect(await first.ended()).toBe(0);
    expect(first.said()).toContain("已停止");
    expect(hasServer(env.DATA_DIR)).toBe(false);
    expect(await answers(Number(env.PORT))).toBeUndefined();

    const again = run("small-start.ts", env);
    await again.hears("Ctrl-C");
    expect(again.said()).not.toContain("首次启动");
    expect(again.said()).toContain("demo-admin");
    // Two deliveries of one Ctrl-C, as npm makes them.
    again.process.kill("SIGINT");
    again.process.kill("SIGINT");
    expect(await again.ended()).toBe(0);
    expect(again.said()).toContain("已停止");
  });

  test("killed without warning leaves no process behind", async () => {
    const env = { DATA_DIR: dataFolder(), PORT: String(await freePort()) };
    const first = run("small-start.ts", env);
    await first.hears("Ctrl-C");
    first.process.kill("SIGKILL");
    expect(await first.ended()).toBe("SIGKILL");
    await until("the API has ended", async () => (await answers(Number(env.PORT))) === undefined);
    await until("the database has ended", () => !hasServer(env.DATA_DIR));
  });

  test("killed without warning is taken over by a start in the same moment", async () => {
    const env = { DATA_DIR: dataFolder(), PORT: String(await freePort()) };
    const first = run("small-start.ts", env);
    await first.hears("Ctrl-C");
    first.process.kill("SIGKILL");
    await first.ended();
    const next = run("small-start.ts", env);
    await next.hears("Ctrl-C");
    next.process.kill("SIGTERM");
    expect(await next.ended()).toBe(0);
  });

  test("brings back an API and a database that were killed", async () => {
    const env = { DATA_DIR: dataFolder(), PORT: String(await freePort()) };
    const start = run("small-start.ts", env);
    await start.hears("Ctrl-C");
    const api = Number(await answers(Number(env.PORT)));
    process.kill(api, "SIGKILL");
    await until("another API answers", async () => {
      const now = await answers(Number(env.PORT));
      return now !== undefined && Number(now) !== api;
    });
    const postmaster = postmasterOf(env.DATA_DIR);
    process.kill(postmaster, "SIGKILL");
    await until(
      "another server runs",
      () => hasServer(env.DATA_DIR) && postmasterOf(env.DATA_DIR) !== postmaster,
    );
    await until("the API answers again", async () => (await answers(Number(env.PORT))) !== undefined);
    start.process.kill("SIGTERM");
    expect(await start.ended()).toBe(0);
  });

  test("gives up on a child that always fails, and stops the rest", async () => {
    const env = { DATA_DIR: dataFolder(), PORT: String(await freePort()), CRASHING: "1" };
    const start = run("small-start.ts", env);
    expect(await start.ended()).toBe(1);
    expect(start.said()).toContain("broken (code 3) ended again and again");
    expect(hasServer(env.DATA_DIR)).toBe(false);
  });

  test("says in one line that the port is taken, and starts nothing", async () => {
    const env = { DATA_DIR: dataFolder(), PORT: String(await freePort()) };
    await occupy(Number(env.PORT));
    const start = run("small-start.ts", env);
    expect(await start.ended()).toBe(1);
    expect(start.said().trim().split("\n")).toHaveLength(1);
    expect(start.said()).toContain(`port ${env.PORT}`);
    expect(start.said()).toContain("端口已被占用");
    expect(hasServer(env.DATA_DIR)).toBe(false);
  });

  test("says in one line what is wrong with the settings and the folder", async () => {
    const wrong = run("small-start.ts", { DATA_DIR: dataFolder(), PORT: "many" });
    expect(await wrong.ended()).toBe(1);
    expect(wrong.said().trim().split("\n")).toHaveLength(1);
    expect(wrong.said()).toContain("PORT");
    const file = `${dataFolder()}/a-file`;
    writeFileSync(file, "");
    const start = run("small-start.ts", { DATA_DIR: file, PORT: String(await freePort()) });
    expect(await start.ended()).toBe(1);
    expect(start.said()).not.toContain("    at ");
  });

  test("says in one line that the anchors cannot be written, and starts nothing", async () => {
    const file = `${dataFolder()}/a-file`;
    writeFileSync(file, "");
    const env = {
      DATA_DIR: dataFolder(),
      PORT: String(await freePort()),
      AUDIT_ANCHOR_FILE: `${file}/anchors`,
    };
    const start = run("small-start.ts", env);
    expect(await start.ended()).toBe(1);
    expect(start.said().trim().split("\n")).toHaveLength(1);
    expect(start.said()).toContain("AUDIT_ANCHOR_FILE cannot be written (");
    expect(hasServer(env.DATA_DIR)).toBe(false);
    expect(readFileSync(file, "utf8")).toBe("");
  });

  test.each([
    ["its first file", 0],
    ["the database's", 100],
  ])("says in one line that the disk takes nothing more, be it %s", async (_, mostBlocks) => {
    const env = { DATA_DIR: dataFolder(), PORT: String(await freePort()) };
    const start = run("small-start.ts", env, mostBlocks);
    expect(await start.ended()).toBe(1);
    const said = start.said().trim().split("\n");
    expect(said.at(-1)).toContain(env.DATA_DIR);
    expect(start.said()).not.toContain("    at ");
    expect(hasServer(env.DATA_DIR)).toBe(false);
  });
});
