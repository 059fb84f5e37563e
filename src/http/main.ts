/** Entry of the API process. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { authenticateSession, authenticateToken } from "#src/office/staff/index.ts";
import { loadConfig, type Config } from "#src/platform/config.ts";
import { createPlatform, type RunningPlatform } from "#src/platform/create-platform.ts";
import { locateDatabase } from "#src/platform/embedded-postgres/index.ts";
import { createLogger, flushLog, type Logger } from "#src/platform/log.ts";
import { exitWhenParentDies } from "#src/platform/parent-watch.ts";
import { refusalOf } from "#src/platform/problem.ts";
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

/** Settles at the first SIGTERM or SIGINT; a second one ends the process at once. */
const wishToStop = async (): Promise<string> =>
  new Promise((resolve) => {
    let asked = false;
    const ask = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on("SIGTERM", ask);
    process.on("SIGINT", ask);
  });

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
    log,
    version: version(),
    checkResponses: await isDemo(platform),
    trustedProxies: config.trustedProxies,
    metrics: metricsFor(config),
    processFigures: true,
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

/** One clear line for what an operator can put right; the stack for what only we can. */
const end = (error: unknown, log: Logger | undefined): never => {
  const refusal = refusalOf(error);
  if (refusal === undefined && log !== undefined) log.fatal({ err: error }, "defect");
  flushLog();
  const remedy = refusal?.detail.remedy === undefined ? "" : `; ${refusal.detail.remedy}`;
  process.stderr.write(
    refusal === undefined
      ? "nuan api: ended by a defect\n"
      : `nuan api: ${refusal.code}: ${refusal.message}${remedy}\n`,
  );
  process.exit(1);
};

let log: Logger | undefined;
process.on("uncaughtException", (error) => end(error, log));
exitWhenParentDies();
try {
  const config = loadConfig(process.env);
  log = createLogger({ process: "api", level: config.logLevel });
  await run(config, log);
} catch (error) {
  end(error, log);
}
flushLog();
process.exit(0);
