/** One connection per process that listens for urgent announcements. It is only a bell: who misses it is found by the poll. */
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { LIVE_CHANNEL } from "./live-feed.ts";

const LONGEST_PAUSE_MS = 10_000;

export type Bell = { stop(): Promise<void> };

/** Calls `ring` at each notification, and after each time that the connection was made anew. */
export const listenLive = (url: string, ring: () => void): Bell => {
  const stopping = new AbortController();
  let client: pg.Client | undefined;

  const listenOnce = async (): Promise<void> => {
    const mine = new pg.Client({
      connectionString: url,
      application_name: "nuan live",
      connectionTimeoutMillis: 3000,
      keepAlive: true,
    });
    const { promise: lost, resolve } = Promise.withResolvers<void>();
    mine.on("error", () => resolve());
    mine.on("end", () => resolve());
    mine.on("notification", () => ring());
    client = mine;
    try {
      await mine.connect();
      await mine.query(`listen ${LIVE_CHANNEL}`);
      ring();
      await lost;
    } finally {
      await mine.end().catch(() => undefined);
    }
  };

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        await listenOnce();
        failures = 0;
      } catch {
        // The server does not answer; the poll meets the same and says so in the log.
        failures += 1;
      }
      if (stopping.signal.aborted) return;
      const pauseMs = Math.min(LONGEST_PAUSE_MS, 200 * 2 ** failures) * (0.5 + Math.random() / 2);
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await client?.end().catch(() => undefined);
      await running;
    },
  };
};
