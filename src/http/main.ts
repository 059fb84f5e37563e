/** Entry of the API process. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { createWalletSimulator } from "#src/money/collection/index.ts";
import { authenticateSession, authenticateToken, watchCredentials } from "#src/office/staff/index.ts";
import { loadConfig, type Config } from "#src/platform/config.ts";
import {
  createPlatform,
  type RunningPlatform,
  SIMULATED_WALLET_PATH,
} from "#src/platform/create-platform.ts";
import { locateDatabase } from "#src/platform/embedded-postgres/index.ts";
import { createLogger, flushLog, type Logger } from "#src/platform/log.ts";
import { exitWhenParentDies } from "#src/platform/parent-watch.ts";
import { endProcess, wishToStop } from "#src/platform/process-end.ts";
import { createApp, type AppOptions } from "./app.ts";
import { redisPing } from "./redis-ping.ts";
import { routes } from "./routes.ts";
import { serve } from "./server.ts";

const CLOCK_REFRESH_MS = 2000;
/** Below the supervisor's 30 seconds, so that the pools are closed before it loses patience. */
const GRACE_MS = 25_000;

const version = (): string => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
};

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

const metricsFor = (config: Config): NonNullable<AppOptions["metrics"]> => {
  if (config.metricsToken !== undefined) return { token: config.metricsToken };
  return isLoopback(config.host) ? "open" : "off";
};

const isDemo = async (platform: RunningPlatform): Promise<boolean> =>
  (await platform.database.sql.one<{ demo: boolean }>("select demo from database_facts")).demo;

/** A demo pays at a wallet of its own. */
const simulatedWalletOf = (platform: RunningPlatform): Pick<AppOptions, "simulatedWallet"> => {
  const { wallet, clock, publicUrl } = platform;
  if (wallet?.simulated !== true) return {};
  const publicAddress = `${publicUrl}${SIMULATED_WALLET_PATH}`;
  return {
    simulatedWallet: createWalletSimulator({
      secret: wallet.secret,
      now: () => clock.now(),
      publicUrl: publicAddress,
    }),
  };
};

const run = async (config: Config, log: Logger): Promise<void> => {
  const stopping = wishToStop();
  const located = await locateDatabase(config);
  const platform = await createPlatform(config, located, {
    applicationName: "nuan api",
    refreshClockMs: CLOCK_REFRESH_MS,
  });
  const redis = config.redisUrl === undefined ? undefined : redisPing(config.redisUrl);
  const app = createApp(platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "token"
        ? authenticateToken(platform, credential.token)
        : authenticateSession(platform, credential.reference),
    watch: (credentials) => watchCredentials(platform, credentials),
    log,
    version: version(),
    checkResponses: await isDemo(platform),
    trustedProxies: config.trustedProxies,
    metrics: metricsFor(config),
    processFigures: true,
    ...simulatedWalletOf(platform),
    ...(redis === undefined ? {} : { pingRedis: redis.ping }),
  });
  const server = await serve(app.handler, config.host, config.port);
  log.info({ address: server.url }, "listening");
  const signal = await stopping;
  log.info({ signal }, "stopping");
  app.drain();
  await server.stop(GRACE_MS);
  redis?.close();
  await app.close();
  await platform.close();
  await located.release();
  log.info("stopped");
};

let log: Logger | undefined;
process.on("uncaughtException", (error) => endProcess("api", error, log));
exitWhenParentDies();
try {
  const config = loadConfig(process.env);
  log = createLogger({ process: "api", level: config.logLevel });
  await run(config, log);
} catch (error) {
  endProcess("api", error, log);
}
flushLog();
process.exit(0);
