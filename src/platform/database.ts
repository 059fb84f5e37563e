/**
 * The database: two pools on one URL. `pool` runs short prepared statements and pipelines them; `bulk` streams COPY and
 * runs long chunks, so that an import never takes the connections that a cashier needs.
 */
import pg from "pg";
import { DomainError, fail } from "#src/kernel/errors.ts";
import { flightsOn } from "./flight.ts";
import { isFullPool, isLostConnection } from "./lost-connection.ts";
import { type Queryable, type Sql, sqlOn } from "./sql.ts";

export type Database = {
  readonly url: string;
  /** Statements outside any transaction. */
  readonly sql: Sql;
  /** One transaction on a pooled connection; rolled back when `work` throws. No network call inside. */
  transaction<T>(work: Work<T>): Promise<T>;
  /** The same on a connection that allows COPY and minutes of work (statement timeout off). */
  bulk<T>(work: BulkWork<T>): Promise<T>;
  /** A connection without a transaction, for COPY streams and session-level locks. */
  withBulkClient<T>(work: (client: pg.PoolClient, sql: Sql) => Promise<T>): Promise<T>;
  /** How many connections each pool has open, and how many callers wait for one. */
  connections(): { readonly short: PoolFigures; readonly bulk: PoolFigures };
  close(): Promise<void>;
};

export type PoolFigures = { readonly open: number; readonly waiting: number };

export type DatabaseOptions = {
  readonly poolSize?: number;
  readonly bulkPoolSize?: number;
  readonly applicationName?: string;
  readonly lockTimeoutMs?: number;
  readonly bulkLockTimeoutMs?: number;
  /** How long a caller waits for a connection before it is told to come again. */
  readonly acquireTimeoutMs?: number;
};

const SESSION = "-c timezone=UTC -c datestyle=ISO -c search_path=public -c jit=off";

const figuresOf = (pool: pg.Pool): PoolFigures => ({ open: pool.totalCount, waiting: pool.waitingCount });

/** @throws DomainError `database.busy` in place of the pool's own words */
const inPoolWords = async <T>(asking: Promise<T>): Promise<T> => {
  try {
    return await asking;
  } catch (error) {
    if (isFullPool(error)) {
      fail("database.busy", "every database connection is in use", { remedy: "try again in two seconds" });
    }
    throw error;
  }
};

const acquire = (pool: pg.Pool): Promise<pg.PoolClient> => inPoolWords(pool.connect());

/** Whether the server answered the error, or we refused: no stream was left open on the connection. */
const isAnswered = (error: unknown): boolean =>
  error instanceof DomainError || /^[0-9A-Z]{5}$/.test(String((error as { code?: unknown } | null)?.code));

/** What a transaction's work may use besides its statements. */
export type TransactionEnd = {
  /** A last statement, already sent: COMMIT is sent behind it without waiting, and its error fails the transaction. */
  last(statement: Promise<unknown>): void;
};

type Work<T> = (sql: Sql, end: TransactionEnd) => Promise<T>;
type BulkWork<T> = (sql: Sql, end: TransactionEnd, client: pg.PoolClient) => Promise<T>;

const BEGIN = { name: "begin", text: "begin" };
const COMMIT = { name: "commit", text: "commit" };

const inTransaction = async <T>(
  pool: pg.Pool,
  connectionOf: (client: pg.PoolClient) => Queryable,
  work: BulkWork<T>,
): Promise<T> => {
  const client = await acquire(pool);
  // A checked-out client's error event would end the process; the failed query reports it anyway.
  const ignore = () => undefined;
  client.on("error", ignore);
  let broken: Error | undefined;
  try {
    const connection = connectionOf(client);
    const begun = connection.query(BEGIN);
    begun.catch(ignore);
    let lastStatement: Promise<unknown> = begun;
    const result = await work(
      sqlOn(connection, false),
      {
        last: (statement) => {
          statement.catch(ignore);
          lastStatement = statement;
        },
      },
      client,
    );
    const committing = connection.query(COMMIT);
    committing.catch(ignore);
    await lastStatement;
    const ended = await committing;
    // The server answers COMMIT of a failed transaction with ROLLBACK and no error.
    if (ended.command !== "COMMIT") fail("database.not-committed", "the transaction was rolled back");
    return result;
  } catch (error) {
    if (isLostConnection(error)) broken = error as Error;
    try {
      // What was asked for and has not departed goes first: behind the rollback it would be on its own, and kept.
      await new Promise<void>((resolve) => {
        process.nextTick(resolve);
      });
      // What our own work threw says nothing about the connection: a rollback that succeeds proves it sound.
      await client.query("rollback");
    } catch (rollbackError) {
      broken = rollbackError as Error;
    }
    throw error;
  } finally {
    client.off("error", ignore);
    client.release(broken);
  }
};

/**
 * Opens the pools. Nothing is sent until the first statement.
 * Timeouts: connection 3 s, lock 2 s (10 s on bulk), statement 30 s (none on bulk), idle in transaction 15 s.
 */
export const connect = (url: string, options: DatabaseOptions = {}): Database => {
  const base = {
    connectionString: url,
    application_name: options.applicationName ?? "nuan",
    connectionTimeoutMillis: options.acquireTimeoutMs ?? 3000,
    keepAlive: true,
  };
  const lockTimeout = options.lockTimeoutMs ?? 2000;
  const pool = new pg.Pool({
    ...base,
    max: options.poolSize ?? 20,
    pipeline: true,
    options: `${SESSION} -c lock_timeout=${lockTimeout} -c statement_timeout=30000 -c idle_in_transaction_session_timeout=15000`,
  });
  const bulkPool = new pg.Pool({
    ...base,
    max: options.bulkPoolSize ?? 4,
    options: `${SESSION} -c lock_timeout=${options.bulkLockTimeoutMs ?? 10_000} -c work_mem=64MB`,
  });
  // An idle connection that the server closes is replaced at the next use.
  pool.on("error", () => undefined);
  bulkPool.on("error", () => undefined);
  return {
    url,
    sql: sqlOn({ query: (statement) => inPoolWords(pool.query(statement)) }, true),
    transaction: (work) => inTransaction(pool, flightsOn, work),
    bulk: (work) => inTransaction(bulkPool, (client) => client, work),
    withBulkClient: async (work) => {
      const client = await acquire(bulkPool);
      const ignore = () => undefined;
      client.on("error", ignore);
      let broken: Error | undefined;
      try {
        return await work(client, sqlOn(client, true));
      } catch (error) {
        // There is no rollback here that would prove the connection sound after a COPY that broke off.
        if (isLostConnection(error) || !isAnswered(error)) broken = error as Error;
        throw error;
      } finally {
        client.off("error", ignore);
        client.release(broken);
      }
    },
    connections: () => ({ short: figuresOf(pool), bulk: figuresOf(bulkPool) }),
    close: async () => {
      await Promise.all([pool.end(), bulkPool.end()]);
    },
  };
};
