/** The embedded database of a data folder: who runs it, how others find it. */
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { DomainError, fail } from "#src/kernel/errors.ts";
import { makeDataFolder } from "../config.ts";
import { startCluster, type RunningCluster } from "./cluster.ts";
import { explainFolder } from "./failures.ts";
import { tryLockFolder } from "./folder-lock.ts";
import {
  endInstance,
  keepPasswords,
  readInstance,
  readLastPort,
  readPasswords,
  writeInstance,
  type Instance,
  type Passwords,
} from "./instance-file.ts";

export const databaseName = "nuanyang";

export type Logins = {
  /** Owns the database and runs migrations; may make roles, is no superuser. */
  readonly ownerUrl: string;
  /** The runtime's narrow role. */
  readonly appUrl: string;
  readonly appPassword: string;
};

export type EmbeddedDatabase = Logins & {
  readonly port: number;
  /** Settles when the server of this moment has ended, asked or not. */
  exited(): Promise<void>;
  /** Starts the server again on the same data after it ended by itself. */
  revive(): Promise<void>;
  /** Shuts the server down cleanly and frees the folder. Repeating is safe. */
  stop(): Promise<void>;
  /** Other sessions on our database, for a holder that wants to leave without cutting them off. */
  otherSessions(): Promise<number>;
};

const loginsAt = (port: number, passwords: Passwords): Logins => {
  const url = (role: string, password: string): string =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${databaseName}`;
  return {
    ownerUrl: url("nuan_owner", passwords.owner),
    appUrl: url("nuan_app", passwords.app),
    appPassword: passwords.app,
  };
};

type Holder = { readonly role: Instance["role"]; readonly url?: string };

/**
 * Starts the embedded database and holds its folder. Answers `undefined` at once when another process holds it. Takes over
 * what a killed holder left behind. Refuses as `startCluster` does.
 */
export const startEmbedded = async (
  dataDir: string,
  holder: Holder,
): Promise<EmbeddedDatabase | undefined> => {
  try {
    makeDataFolder(dataDir);
  } catch (error) {
    throw explainFolder(error, dataDir);
  }
  const lock = tryLockFolder(dataDir);
  if (lock === undefined) return undefined;
  try {
    return await holdEmbedded(dataDir, holder, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
};

const holdEmbedded = async (
  dataDir: string,
  holder: Holder,
  unlock: () => void,
): Promise<EmbeddedDatabase> => {
  const passwords = keptPasswords(dataDir);
  const launch = async (port: number | undefined): Promise<RunningCluster> => {
    const started = await startCluster({
      dataDir: path.join(dataDir, "postgres"),
      logFile: path.join(dataDir, "postgres.log"),
      superuserPassword: passwords.superuser,
      port,
    });
    try {
      const postgresVersion = await prepareDatabase(started.superuserUrl, passwords);
      const { pid: postmasterPid } = started;
      writeInstance(dataDir, {
        ...holder,
        pid: process.pid,
        postmasterPid,
        port: started.port,
        postgresVersion,
      });
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  };
  let cluster = await launch(readLastPort(dataDir));
  let stopping: Promise<void> | undefined;
  return {
    ...loginsAt(cluster.port, passwords),
    port: cluster.port,
    exited: async () => cluster.exited,
    revive: async () => {
      const { port } = cluster;
      cluster = await launch(port);
      if (cluster.port !== port)
        fail("database.port-taken", "the database's port was taken while it was down");
    },
    stop: async () => {
      stopping ??= cluster.stop().finally(() => {
        endInstance(dataDir);
        unlock();
      });
      return stopping;
    },
    otherSessions: async () => countSessions(cluster.superuserUrl),
  };
};

const keptPasswords = (dataDir: string): Passwords => {
  try {
    return keepPasswords(dataDir);
  } catch (error) {
    throw error instanceof DomainError ? error : explainFolder(error, dataDir);
  }
};

const withClient = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({
    connectionString: url,
    application_name: "nuan embedded",
    connectionTimeoutMillis: 5000,
  });
  // A connection that the server closes is reported by the query that was running.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** Makes role and database when missing; a first start that was killed between the two is finished here. */
const prepareDatabase = async (superuserUrl: string, passwords: Passwords): Promise<string> =>
  withClient(superuserUrl, async (client) => {
    const found = await client.query<{ version: string; role: boolean; base: boolean }>(
      `select current_setting('server_version') as version,
              exists (select from pg_roles where rolname = 'nuan_owner') as role,
              exists (select from pg_database where datname = '${databaseName}') as base`,
    );
    const state = found.rows[0];
    if (state?.role !== true) {
      await client.query(
        `create role nuan_owner login createrole createdb password ${client.escapeLiteral(passwords.owner)}`,
      );
      // Who watches queues and locks (`nuan doctor`) must see other sessions' state.
      await client.query("grant pg_monitor to nuan_owner");
    }
    if (state?.base !== true) await client.query(`create database ${databaseName} owner nuan_owner`);
    return state?.version ?? "";
  });

const countSessions = async (superuserUrl: string): Promise<number> =>
  withClient(superuserUrl, async (client) => {
    const found = await client.query<{ sessions: number }>(
      `select count(*)::int as sessions from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [databaseName],
    );
    return found.rows[0]?.sessions ?? 0;
  });

/**
 * The logins of the embedded database that another process runs, after a look that it answers; `undefined` while there is
 * none (it may just be starting or stopping).
 */
export const attachEmbedded = async (dataDir: string): Promise<Logins | undefined> => {
  const instance = readInstance(dataDir);
  const passwords = readPasswords(dataDir);
  if (instance === undefined || passwords === undefined) return undefined;
  const logins = loginsAt(instance.port, passwords);
  try {
    await withClient(logins.ownerUrl, async (client) => client.query("select 1"));
    return logins;
  } catch {
    // It ended between the two looks, or it is not up yet; whoever waits looks again.
    return undefined;
  }
};

/**
 * Waits until nobody else uses the database, so that the holder can leave; looks five times a second, as long as it takes.
 * A server that no longer answers has nobody to wait for.
 */
export const waitForOthers = async (database: EmbeddedDatabase): Promise<void> => {
  for (;;) {
    const sessions = await database.otherSessions().catch(() => 0);
    if (sessions === 0) return;
    await pause(200);
  }
};
