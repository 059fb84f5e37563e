/** What an API process, a worker and a command line all start from: pools, clock and commands on one database. */
import pg from "pg";
import { fail } from "#src/kernel/errors.ts";
import { shiftedClock } from "./clock.ts";
import { createCommands } from "./command.ts";
import type { Config } from "./config.ts";
import { connect, type Database } from "./database.ts";
import { pendingMigrations } from "./migrate.ts";
import type { Platform } from "./route.ts";
import { signingSecret } from "./webhook-signature.ts";

export type RunningPlatform = Platform & {
  /** Reads the business clock's offset again. A database that does not answer leaves the last one in force. */
  refreshClock(): Promise<void>;
  /** Stops the refreshing and closes all connections; repeating is safe. */
  close(): Promise<void>;
};

export type PlatformOptions = {
  /** Seen in pg_stat_activity: `nuan api`. */
  readonly applicationName: string;
  /** Read the business clock's offset this often; without it only once, at the start. */
  readonly refreshClockMs?: number;
};

const readFacts = async (database: Database): Promise<{ offsetMs: number; demo: boolean }> => {
  const facts = await database.sql.one<{ offsetSeconds: bigint; demo: boolean }>(
    `select business_clock_offset_seconds as "offsetSeconds", demo from database_facts`,
  );
  return { offsetMs: Number(facts.offsetSeconds) * 1000, demo: facts.demo };
};

/** Where WeChat tells a page who sits in front of it (网页授权). */
const WECHAT_AUTHORIZE_URL = "https://open.weixin.qq.com/connect/oauth2/authorize";

/** The path of the API process at which a demo's wallet stands. */
export const SIMULATED_WALLET_PATH = "/simulated-wallet";

/** The gateway that was set up; else, in a demo, the simulator in our own API process; else nothing is paid online. */
const walletOf = (config: Config, demo: boolean): Platform["wallet"] => {
  const secret = signingSecret(config.webhookSecrets.wallet);
  if (secret === undefined) return undefined;
  const { walletUrl, wechatAppId } = config.outside;
  if (walletUrl !== undefined) {
    const gateway = { url: walletUrl, secret, simulated: false };
    if (wechatAppId === undefined) return gateway;
    return { ...gateway, wechat: { appId: wechatAppId, authorizeUrl: WECHAT_AUTHORIZE_URL } };
  }
  if (!demo) return undefined;
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  return {
    url: `http://${host}:${config.port}${SIMULATED_WALLET_PATH}`,
    secret,
    simulated: true,
    wechat: {
      appId: "wx0000000000000000",
      authorizeUrl: `${config.publicUrl}${SIMULATED_WALLET_PATH}/oauth/authorize`,
    },
  };
};

/**
 * Connects as the runtime role. The clock is the system's, moved by the offset that a demo or test database may have.
 * Fails when the database does not answer or is not migrated.
 */
export const createPlatform = async (
  config: Config,
  located: { readonly appUrl: string },
  options: PlatformOptions,
): Promise<RunningPlatform> => {
  const database = connect(located.appUrl, {
    poolSize: config.databasePoolSize,
    applicationName: options.applicationName,
  });
  let offsetMs = 0;
  let wallet: Platform["wallet"];
  try {
    const facts = await readFacts(database);
    offsetMs = facts.offsetMs;
    wallet = walletOf(config, facts.demo);
  } catch (error) {
    await database.close();
    throw error;
  }
  const clock = shiftedClock(() => offsetMs);
  const refreshClock = async (): Promise<void> => {
    try {
      ({ offsetMs } = await readFacts(database));
    } catch {
      // The next command meets the same lost database and says so; the time we have is still the best we know.
    }
  };
  const timer =
    options.refreshClockMs === undefined
      ? undefined
      : setInterval(() => void refreshClock(), options.refreshClockMs).unref();
  let closed: Promise<void> | undefined;
  return {
    database,
    commands: createCommands(database, clock),
    clock,
    secretKey: config.secretKey,
    publicUrl: config.publicUrl,
    webhookSecrets: config.webhookSecrets,
    outside: config.outside,
    ...(wallet === undefined ? {} : { wallet }),
    messages: config.messages,
    ownMailAddresses: config.mailbox?.ownAddresses ?? [],
    ...(config.mapTiles === undefined ? {} : { mapTiles: config.mapTiles }),
    refreshClock,
    close: async () => {
      clearInterval(timer);
      closed ??= database.close();
      await closed;
    },
  };
};

/** Names of the migrations in the database at `ownerUrl` that this version still has to apply; empty = up to date. */
export const missingMigrations = async (ownerUrl: string): Promise<string[]> => {
  const client = new pg.Client({
    connectionString: ownerUrl,
    application_name: "nuan",
    connectionTimeoutMillis: 5000,
  });
  // The failed statement reports the same error.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const table = await client.query<{ found: string | null }>(
      "select to_regclass('public.schema_migrations')::text as found",
    );
    if (table.rows[0]?.found === null) return await pendingMigrations([]);
    const applied = await client.query<{ name: string }>("select name from schema_migrations");
    return await pendingMigrations(applied.rows.map((row) => row.name));
  } finally {
    await client.end();
  }
};

/** @throws DomainError `database.not-migrated` */
export const requireMigrated = async (ownerUrl: string): Promise<void> => {
  const missing = await missingMigrations(ownerUrl);
  if (missing.length === 0) return;
  fail("database.not-migrated", `the database lacks ${missing.length} migration(s)`, {
    remedy: "run: nuan db migrate",
    facts: { missing },
  });
};
