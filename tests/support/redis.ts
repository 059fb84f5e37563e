/** A Redis server for tests: the machine's `redis-server` on a free port and in a folder of its own, gone with its process. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { endServer, freePort } from "./outside-server.ts";

export type TestRedis = {
  readonly url: string;
  flush(): Promise<void>;
  /** Stops the server; what it held in memory is gone. */
  down(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  up(): Promise<void>;
  stop(): Promise<void>;
};

/** A busy machine takes its time; one without the program says so at once. */
const MOST_TRIES = 1200;

const answers = async (url: string): Promise<boolean> => {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 500 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === "PONG";
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
};

export const startRedis = async (): Promise<TestRedis> => {
  const dir = mkdtempSync(path.join(tmpdir(), "nuanyang-redis-"));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess | undefined;
  const up = async (): Promise<void> => {
    const started = spawn(
      "redis-server",
      ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
      { cwd: dir, stdio: "ignore" },
    );
    server = started;
    const failed = new Promise<never>((_resolve, reject) => {
      started.once("error", reject);
    });
    failed.catch(() => undefined);
    for (let tries = 0; !(await Promise.race([answers(url), failed])); tries += 1) {
      if (tries > MOST_TRIES) throw new Error("redis-server does not answer");
      await delay(50);
    }
  };
  const down = async (): Promise<void> => {
    const running = server;
    server = undefined;
    await endServer(running, "SIGKILL");
  };
  process.once("exit", () => server?.kill("SIGKILL"));
  await up();
  return {
    url,
    up,
    down,
    flush: async () => {
      const client = new Redis(url);
      await client.flushall();
      client.disconnect();
    },
    stop: async () => {
      await down();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
