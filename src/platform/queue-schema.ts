/** The tables of the queues: brought to the version of this program, and looked at before the first queue is opened. */
import { assertSchemaCompatibility, LATEST_SCHEMA_VERSION, runMigrations } from "bullmq";
import pg from "pg";
import { fail } from "#src/kernel/errors.ts";
import { QUEUE_NAMES, QUEUE_SCHEMA, type QueueOptions } from "./queues.ts";

const MIGRATION_LOCK_KEY = 8_150_315_003;

/** BullMQ makes a queue's sequence at its first job; made here by the owner, the runtime role needs no right to create. */
const MAKE_SEQUENCES = `
  do $$ declare queue text; begin
    foreach queue in array array[${QUEUE_NAMES.map((name) => `'${name}'`).join(", ")}] loop
      execute format('create sequence if not exists ${QUEUE_SCHEMA}.%I', ${QUEUE_SCHEMA}.job_id_seq_name(queue));
    end loop;
  end $$;`;

/**
 * Brings BullMQ's own tables to the version of this program and lets the runtime role use them. Runs as the owner, next
 * to the migrations, also when the queues are on Redis. Repeating is safe; two at once take turns.
 */
export const migrateQueues = async (ownerUrl: string): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: "nuan migrate" });
  // The statement that was running reports it.
  client.on("error", () => undefined);
  await client.connect();
  try {
    // Held until the connection ends: `create if not exists` and grants of two at once would collide.
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK_KEY]);
    await runMigrations(client, QUEUE_SCHEMA);
    await client.query(`${MAKE_SEQUENCES}
      grant usage on schema ${QUEUE_SCHEMA} to nuan_app;
      grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to nuan_app;
      grant usage, select on all sequences in schema ${QUEUE_SCHEMA} to nuan_app;
      grant execute on all functions in schema ${QUEUE_SCHEMA} to nuan_app;`);
  } finally {
    await client.end();
  }
};

/** No such table, no such schema, no right to look. */
const NOT_THERE = new Set(["42P01", "3F000", "42501"]);

/**
 * A worker on queue tables that are not there would ask for them without end, and hear nothing else. Looked at as the
 * runtime role, before the first queue is opened. Nothing to see where the queues are on Redis.
 * @throws DomainError `queue.not-migrated`
 */
export const requireQueueSchema = async (
  options: Pick<QueueOptions, "databaseUrl" | "redisUrl">,
): Promise<void> => {
  if (options.redisUrl !== undefined) return;
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    application_name: "nuan queues",
    connectionTimeoutMillis: 5000,
  });
  // The failed statement reports the same error.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const version = await assertSchemaCompatibility(client, QUEUE_SCHEMA).catch((error: unknown) => {
      const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
      if (name === "SchemaMigrationRequiredError" || NOT_THERE.has(String(code))) return 0;
      throw error;
    });
    if (version >= LATEST_SCHEMA_VERSION) return;
    fail(
      "queue.not-migrated",
      "the database lacks the tables of the queues, or has those of an older version",
      {
        remedy: "run: nuan db migrate",
        facts: { version, needed: LATEST_SCHEMA_VERSION },
      },
    );
  } finally {
    await client.end();
  }
};
