/**
 * Workers that went deaf: after a failover of the queue's server a blocked read may never come back although the process
 * lives. A worker before which jobs wait for a minute while it begins none is closed and opened anew.
 */
import { monotonicMs } from "#src/platform/clock.ts";
import { type Loop, startLoop } from "#src/platform/outbox.ts";
import type { JobWorker } from "#src/platform/queues.ts";
import { handlerOf, type QueueWorker } from "./queue-worker.ts";
import type { Services } from "./services.ts";

export type WatchdogSettings = { readonly lookEveryMs: number; readonly deafAfterMs: number };
export const WATCHDOG_SETTINGS: WatchdogSettings = { lookEveryMs: 10_000, deafAfterMs: 60_000 };

const RESTART_GRACE_MS = 5000;

export type WatchedWorker = {
  /** How often it was opened anew. */
  restarts(): number;
  /** Takes no new job and waits for those in work. */
  close(graceMs: number): Promise<void>;
};

/** Opens the worker of a queue and keeps it hearing. */
export const startWatchedWorker = (
  services: Services,
  definition: QueueWorker,
  settings: WatchdogSettings = WATCHDOG_SETTINGS,
): WatchedWorker => {
  const { queues, log } = services;
  const open = (): JobWorker =>
    queues.work(definition.queue, (job) => handlerOf(definition, job)(services, job), definition.concurrency);
  let worker = open();
  let restarts = 0;
  let deafSince: number | null = null;
  const look = async (): Promise<number> => {
    const isStill = worker.activeCount() === 0 && worker.idleMs() >= settings.lookEveryMs;
    if (!isStill || (await queues.queue(definition.queue).waitingCount()) === 0) {
      deafSince = null;
      return settings.lookEveryMs;
    }
    deafSince ??= monotonicMs();
    if (monotonicMs() - deafSince < settings.deafAfterMs) return settings.lookEveryMs;
    log.error({ queue: definition.queue }, "jobs wait and the worker hears none: opening it anew");
    const deaf = worker;
    deafSince = null;
    restarts += 1;
    worker = open();
    await deaf.close(RESTART_GRACE_MS);
    return settings.lookEveryMs;
  };
  const watching: Loop = startLoop(`watchdog ${definition.queue}`, log, look);
  return {
    restarts: () => restarts,
    close: async (graceMs) => {
      await watching.stop();
      await worker.close(graceMs);
    },
  };
};
