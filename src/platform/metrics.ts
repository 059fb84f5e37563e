/** Figures of this process for Prometheus. One registry per process; a test makes its own. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";
import type { Database } from "./database.ts";
import { readOutboxFigures } from "./figures.ts";
import { sealLag } from "./seal.ts";
import { SEAL_STREAMS } from "./seal-streams.ts";

export { Counter, Gauge, Histogram, Registry } from "prom-client";

const gauge = (registry: Registry, name: string, help: string, labelNames: readonly string[] = []) =>
  new Gauge({ name, help, labelNames, registers: [registry] });

/**
 * Connections in use and work waiting for one, and the outbox's depth and age, read when they are asked for. When the
 * database does not answer, the outbox figures keep their last values and `nuan_database_up` says 0.
 */
export const observeDatabase = (registry: Registry, database: Database): (() => Promise<void>) => {
  const connections = gauge(registry, "nuan_database_connections", "Open connections", ["pool"]);
  const waiting = gauge(registry, "nuan_database_waiting", "Requests that wait for a connection", ["pool"]);
  const up = gauge(registry, "nuan_database_up", "1 when the database answered the last look");
  const depth = gauge(registry, "nuan_outbox_events", "Events by state", ["state"]);
  const age = gauge(registry, "nuan_outbox_oldest_seconds", "Age of the oldest event by state", ["state"]);
  const dead = gauge(registry, "nuan_dead_letters", "Events that a subscriber gave up");
  const unsealed = gauge(registry, "nuan_seal_lag_ids", "Ids that no seal covers yet", ["stream"]);
  return async () => {
    const figures = database.connections();
    for (const pool of ["short", "bulk"] as const) {
      connections.set({ pool }, figures[pool].open);
      waiting.set({ pool }, figures[pool].waiting);
    }
    try {
      const outbox = await readOutboxFigures(database.sql);
      depth.set({ state: "to-ring" }, outbox.toRing);
      depth.set({ state: "unsettled" }, outbox.unsettled);
      age.set({ state: "to-ring" }, outbox.oldestToRingSeconds);
      age.set({ state: "unsettled" }, outbox.oldestUnsettledSeconds);
      dead.set(outbox.deadLetters);
      const lags = await sealLag(database);
      for (const stream of SEAL_STREAMS) {
        const lag = lags.find((one) => one.stream === stream);
        unsealed.set({ stream }, lag === undefined ? 0 : Number(lag.newestId - lag.sealedToId));
      }
      up.set(1);
    } catch {
      up.set(0);
    }
  };
};

/** Memory, garbage collection, event loop and descriptors, and which build runs. Once per process. */
export const observeProcess = (registry: Registry, build: { readonly version: string }): void => {
  collectDefaultMetrics({ register: registry });
  gauge(registry, "nuan_build_info", "Which build runs", ["version", "node"]).set(
    { version: build.version, node: process.versions.node },
    1,
  );
};

export type LoopLag = {
  /** Mean delay of the event loop over the current window of ten seconds, in milliseconds. */
  readonly meanMs: () => number;
  readonly maxMs: () => number;
  stop(): void;
};

const RESOLUTION_MS = 20;
const NANOSECONDS = 1e6;

/** Watches how late the event loop runs its timers. */
export const watchLoopLag = (): LoopLag => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const timer = setInterval(() => histogram.reset(), 10_000).unref();
  const late = (nanoseconds: number): number =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS) : 0;
  return {
    meanMs: () => late(histogram.mean),
    maxMs: () => (histogram.count === 0 ? 0 : late(histogram.max)),
    stop: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
};
