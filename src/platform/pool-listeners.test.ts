import { createPostgresBackend, type PostgresConnectionOptions, withBackend } from "bullmq";
import pg from "pg";
import { expect, test } from "vitest";
import { closedWhole } from "./pool-listeners.ts";

type Made = {
  on(event: "error", listener: () => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
};

test("a queue or a worker that never had its server leaves nothing on the pool when it is closed", async () => {
  const pool = new pg.Pool({
    connectionString: "postgres://nuan@127.0.0.1:1/gone",
    connectionTimeoutMillis: 1000,
  });
  pool.on("error", () => undefined);
  const connection = pool as unknown as PostgresConnectionOptions;
  const onTables = withBackend(createPostgresBackend);
  for (let time = 0; time < 3; time += 1) {
    for (const make of [
      () => new onTables.Queue("events", { connection }),
      () => new onTables.Worker("events", async () => undefined, { connection, autorun: false }),
    ]) {
      const made = closedWhole<Made>(pool, make);
      made.on("error", () => undefined);
      await expect(made.waitUntilReady()).rejects.toThrow("ECONNREFUSED");
      expect(pool.listenerCount("error")).toBe(2);
      await made.close();
      expect(pool.listenerCount("error")).toBe(1);
    }
  }
  await pool.end();
});
