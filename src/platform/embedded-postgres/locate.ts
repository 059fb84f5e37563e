/** Where the database is: the one that the settings name, else the embedded one, running or started for this moment. */
import { createHmac } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { DomainError, fail } from "#src/kernel/errors.ts";
import type { Config } from "../config.ts";
import { attachEmbedded, startEmbedded, waitForOthers, type Logins } from "./embedded.ts";
import { readInstance } from "./instance-file.ts";

export type LocatedDatabase = Logins & {
  readonly embedded: "attached" | "started" | "external";
  /**
   * Ends what was begun here; close all connections before. A server that was started here stops when nobody else uses it
   * any more. Repeating is safe.
   */
  release(): Promise<void>;
};

const startLimitMs = 60_000;

/**
 * Finds the database: `DATABASE_URL`, else the running embedded one, else starts that and stops it at `release`. Of several
 * processes at once one starts it and the others attach. Refuses: an unreachable or too old external server, and what
 * `startEmbedded` refuses.
 */
export const locateDatabase = async (config: Config): Promise<LocatedDatabase> => {
  if (config.databaseUrl !== undefined) return locateExternal(config, config.databaseUrl);
  for (let waited = 0; waited < startLimitMs; waited += 100) {
    const attached = await attachEmbedded(config.dataDir);
    if (attached !== undefined) return { ...attached, embedded: "attached", release: async () => undefined };
    const database = await startEmbedded(config.dataDir, { role: "command" });
    if (database !== undefined) {
      let released: Promise<void> | undefined;
      const leave = async (): Promise<void> => {
        await waitForOthers(database);
        await database.stop();
      };
      const { ownerUrl, appUrl, appPassword } = database;
      return {
        ownerUrl,
        appUrl,
        appPassword,
        embedded: "started",
        release: async () => (released ??= leave()),
      };
    }
    await pause(100);
  }
  const holder = readInstance(config.dataDir);
  return fail(
    "database.busy-folder",
    `another process holds ${config.dataDir}, but its database does not answer`,
    {
      remedy: "Look at postgres.log in that folder; end the other process and try again.",
      facts: holder === undefined ? {} : { pid: holder.pid },
    },
  );
};

const oldestServerVersion = 150_000;

/** The runtime role's password follows from the secret key: every machine of an installation finds the same one. */
export const appPasswordFrom = (secretKey: string): string =>
  createHmac("sha256", secretKey).update("password of the database role nuan_app").digest("base64url");

const locateExternal = async (config: Config, ownerUrl: string): Promise<LocatedDatabase> => {
  const client = new Client({
    connectionString: ownerUrl,
    application_name: "nuan",
    connectionTimeoutMillis: 5000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const found = await client.query<{ number: number }>(
      "select current_setting('server_version_num')::int as number",
    );
    const number = found.rows[0]?.number ?? 0;
    if (number < oldestServerVersion) {
      fail("database.too-old", "DATABASE_URL names a PostgreSQL older than 15", {
        facts: { versionNumber: number },
      });
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    // The address holds a password; only the server's own words are repeated.
    throw new DomainError("database.unreachable", "the database named by DATABASE_URL does not answer", {
      field: "DATABASE_URL",
      remedy: "Check that the server runs and that the login in DATABASE_URL is right.",
      facts: { cause: error instanceof Error ? error.message : String(error) },
    });
  } finally {
    await client.end();
  }
  const appPassword = appPasswordFrom(config.secretKey);
  const appUrl = new URL(ownerUrl);
  appUrl.username = "nuan_app";
  appUrl.password = appPassword;
  return { ownerUrl, appUrl: appUrl.href, appPassword, embedded: "external", release: async () => undefined };
};
