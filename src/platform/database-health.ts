/** Whether the database answers and has this version's schema, asked on a connection of its own. */
import pg from "pg";
import { pendingMigrations } from "./migrate.ts";

export type DatabaseHealth = {
  /** Names of the migrations still to apply (empty = up to date). Rejects when the database does not answer in time. */
  pending(): Promise<readonly string[]>;
  close(): Promise<void>;
};

const LIMIT_MS = 1500;

/**
 * A look at the database that does not stand in the queue of the requests: when their pool is exhausted, it still answers.
 * Nothing is opened before the first question.
 */
export const databaseHealth = (url: string): DatabaseHealth => {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "nuan health",
    max: 1,
    connectionTimeoutMillis: LIMIT_MS,
    query_timeout: LIMIT_MS,
    statement_timeout: LIMIT_MS,
    keepAlive: true,
  });
  // An idle connection that the server closes is replaced at the next question.
  pool.on("error", () => undefined);
  let closed: Promise<void> | undefined;
  return {
    pending: async () => {
      const applied = await pool.query<{ name: string }>("select name from schema_migrations");
      return pendingMigrations(applied.rows.map((row) => row.name));
    },
    close: async () => {
      closed ??= pool.end();
      await closed;
    },
  };
};
