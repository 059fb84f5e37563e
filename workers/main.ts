/** Entry of the worker process: the relay, the sweeper, a worker per queue, the sealer and the timetable. */
import { loadConfig, type Config } from "#src/platform/config.ts";
import { createPlatform } from "#src/platform/create-platform.ts";
import { locateDatabase } from "#src/platform/embedded-postgres/index.ts";
import { createLogger, flushLog, type Logger } from "#src/platform/log.ts";
import { checkSubscribers, EVENT_QUEUE, startLoop, startRelay, startSweeper } from "#src/platform/outbox.ts";
import { exitWhenParentDies } from "#src/platform/parent-watch.ts";
import { endProcess, wishToStop } from "#src/platform/process-end.ts";
import { requireQueueSchema } from "#src/platform/queue-schema.ts";
import { openQueues } from "#src/platform/queues.ts";
import { sealOnce } from "#src/platform/seal.ts";
import { stepEmergencies } from "#src/service/field/index.ts";
import { eventsWorker } from "./events.ts";
import { startMailbox } from "./mailbox.ts";
import { startDialler } from "./dialler.ts";
import { startCallWork } from "./call-work.ts";
import { startReceiptPull } from "./pull-receipts.ts";
import { startExports } from "./exports.ts";
import { closeSending, messagesWorker, startSending } from "./messages.ts";
import { checkWorkers } from "./queue-worker.ts";
import { noticesWorker, startNotices } from "./notices.ts";
import { startScheduler } from "./scheduler.ts";
import type { Services } from "./services.ts";
import { SUBSCRIBERS } from "./subscribers.ts";
import { timetableWorker } from "./timetable.ts";
import { startRouting } from "./watch-routing.ts";
import { startWatchedWorker } from "./watchdog.ts";

const CLOCK_REFRESH_MS = 2000;
const SEAL_EVERY_MS = 500;
/** A person who did not answer for three minutes is followed by the next at most this much later. */
const EMERGENCY_EVERY_MS = 5000;
/** Together below the supervisor's 30 seconds. */
const JOBS_GRACE_MS = 20_000;
const EXIT_LIMIT_MS = 27_000;

const startParts = (services: Services, config: Config) => {
  const { platform, queues, subscribers, log } = services;
  const { database } = platform;
  const { heardTypes, batchedTypes } = subscribers;
  const relay = { database, queue: queues.queue(EVENT_QUEUE), heardTypes, batchedTypes };
  const workers = checkWorkers([eventsWorker, messagesWorker, noticesWorker, timetableWorker]).map(
    (definition) => startWatchedWorker(services, definition),
  );
  const loops = [
    startRelay(relay, log),
    startSweeper(relay, log),
    startScheduler(services),
    startRouting(services),
    startNotices(services),
    ...startExports(services),
    ...startMailbox(services, config.mailbox),
    ...startReceiptPull(services),
    startDialler(services),
    startCallWork(services),
    ...startSending(services),
    startLoop("emergencies", log, async () => {
      await stepEmergencies(platform);
      return EMERGENCY_EVERY_MS;
    }),
    startLoop("sealer", log, async () => {
      await sealOnce(database, { anchorFile: config.auditAnchorFile });
      return SEAL_EVERY_MS;
    }),
  ];
  return { loops, workers };
};

const run = async (config: Config, log: Logger): Promise<void> => {
  const stopping = wishToStop();
  const subscribers = checkSubscribers(SUBSCRIBERS);
  const located = await locateDatabase(config);
  const queuesAt = { databaseUrl: located.appUrl, redisUrl: config.redisUrl };
  await requireQueueSchema(queuesAt);
  const platform = await createPlatform(config, located, {
    applicationName: "nuan worker",
    refreshClockMs: CLOCK_REFRESH_MS,
  });
  const queues = openQueues({ ...queuesAt, log });
  const ending = new AbortController();
  const { auditAnchorFile } = config;
  const { loops, workers } = startParts(
    { platform, queues, subscribers, log, auditAnchorFile, stopping: ending.signal },
    config,
  );
  log.info({ queues: queues.backend, subscribers: subscribers.all.length }, "working");
  const signal = await stopping;
  log.info({ signal }, "stopping");
  // What hangs on a server that is gone must not keep the process: receipts and leases make an end at any point safe.
  setTimeout(() => process.exit(1), EXIT_LIMIT_MS).unref();
  ending.abort();
  // At once: a long round of a loop must not take the time of the jobs.
  await Promise.all([
    ...loops.map((loop) => loop.stop()),
    ...workers.map((worker) => worker.close(JOBS_GRACE_MS)),
  ]);
  closeSending({ platform, log });
  await queues.close();
  await platform.close();
  await located.release();
  log.info({}, "stopped");
};

let log: Logger | undefined;
process.on("uncaughtException", (error) => endProcess("worker", error, log));
// A stray rejection inside a library (a connection that broke while nobody waited for it) must not end the work of others.
process.on("unhandledRejection", (error) => log?.error({ err: error }, "unhandled rejection"));
exitWhenParentDies();
try {
  const config = loadConfig(process.env);
  log = createLogger({ process: "worker", level: config.logLevel });
  await run(config, log);
} catch (error) {
  endProcess("worker", error, log);
}
flushLog();
process.exit(0);
