/**
 * A PostgreSQL server for tests, fault runs and the bench: the embedded one, with the settings of production, in a folder
 * of its own. It ends with the process that started it, whatever way that ends.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { startCluster, type RunningCluster } from "#src/platform/embedded-postgres/cluster.ts";
import type { SettingOverrides } from "#src/platform/embedded-postgres/server-settings.ts";

export type TestServer = {
  /** As the superuser, on the database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  /** The postmaster, for tests that kill it. */
  readonly pid: number;
  /** Shuts down and starts again on the same port and data. */
  restart(): Promise<void>;
  /** Shuts down; removes the folder when it was made here. */
  stop(): Promise<void>;
};

// A fixed password, so that a server on a kept folder can be started again; it listens on 127.0.0.1 only.
const password = "postgres";

/** Starts a server in `dir` (kept at the end) or in a temporary folder (removed at the end). */
export const startServer = async (
  options: { readonly dir?: string; readonly settings?: SettingOverrides; readonly port?: number } = {},
): Promise<TestServer> => {
  const dir = options.dir ?? mkdtempSync(path.join(tmpdir(), "nuanyang-server-"));
  // Started by root, the server runs as another account, which must pass through.
  if (options.dir === undefined) chmodSync(dir, 0o711);
  const start = async (port: number | undefined): Promise<RunningCluster> =>
    startCluster({
      dataDir: path.join(dir, "postgres"),
      logFile: path.join(dir, "postgres.log"),
      superuserPassword: password,
      settings: options.settings ?? {},
      port,
    });
  let running = await start(options.port);
  return {
    url: running.superuserUrl,
    port: running.port,
    dir,
    get pid() {
      return running.pid;
    },
    restart: async () => {
      const { port } = running;
      await running.stop();
      running = await start(port);
      if (running.port !== port) throw new Error(`port ${port} was taken during the restart`);
    },
    stop: async () => {
      await running.stop();
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
};

/** One connection to a server for the time of some work. */
export const withServer = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** The same server, another database. */
export const urlFor = (serverUrl: string, database: string): string => {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
};
