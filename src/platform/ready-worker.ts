/**
 * A BullMQ worker on PostgreSQL that is begun when its queue answers. Its connection keeps the outcome of its first look for good: begun over
 * one that failed (a server that took longer than three seconds on a busy machine), it asks again without a pause and without the
 * system, and nothing else of its process comes to its turn any more, watchdog and signals included. So one that was never ready is
 * thrown away and made anew.
 */
import { setTimeout as delay } from "node:timers/promises";

/** What we use of a BullMQ worker that does not begin by itself (`autorun: false`). */
export type StillWorker = {
  on(event: "error", listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  run(): Promise<unknown>;
  close(): Promise<void>;
};

const AGAIN_MS = 500;

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/**
 * Makes and begins it, as often as it takes; `report` hears of each try that failed, and of what goes wrong later, `cannotBegin` of the first
 * try that failed.
 */
export const beginWhenReady = (
  make: () => StillWorker,
  report: (error: Error) => void,
  cannotBegin: (error: Error) => void = () => undefined,
): { close(): Promise<void> } => {
  const ending = new AbortController();
  let worker = make();
  worker.on("error", report);
  let failed = 0;
  const begin = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await worker.waitUntilReady();
        worker.run().catch((error: unknown) => report(asError(error)));
        return;
      } catch (error) {
        failed += 1;
        report(asError(error));
        if (failed === 1) cannotBegin(asError(error));
        await worker.close().catch((late: unknown) => report(asError(late)));
        await delay(AGAIN_MS);
        worker = make();
        worker.on("error", report);
      }
    }
  };
  const begun = begin();
  return {
    close: async () => {
      ending.abort();
      await begun;
      await worker.close();
    },
  };
};
