/** What a supervisor, a load balancer and Prometheus ask. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler, Response } from "express";
import { fail } from "#src/kernel/errors.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import type { DatabaseHealth } from "#src/platform/database-health.ts";
import type { LoopLag, Registry } from "#src/platform/metrics.ts";

const LOOP_LIMIT_MS = 1000;
const REMEMBERED_MS = 1000;

const sendJson = (response: Response, status: number, body: unknown): void => {
  response
    .status(status)
    .set({ "Cache-Control": "no-store", "Content-Type": "application/json; charset=utf-8" })
    .end(JSON.stringify(body));
};

/** Alive: the event loop turns in time. Asks nobody else, so that a lost database restarts no process. */
export const livez =
  (loop: LoopLag): RequestHandler =>
  (_request, response) => {
    const loopLagMs = Math.round(loop.meanMs());
    const alive = loopLagMs < LOOP_LIMIT_MS;
    sendJson(response, alive ? 200 : 503, { status: alive ? "ok" : "stuck", loopLagMs });
  };

export type Readiness = {
  readonly database: DatabaseHealth;
  /** True from the wish to stop on. */
  readonly draining: () => boolean;
  /** Rejects when Redis does not answer; undefined when the queues live in PostgreSQL. */
  readonly pingRedis?: (() => Promise<void>) | undefined;
};

type Checks = {
  readonly database: "ok" | "unavailable";
  readonly migrations: "ok" | "pending" | "unknown";
  readonly redis: "ok" | "degraded" | "not used";
};

const checkDatabase = async (database: DatabaseHealth): Promise<Pick<Checks, "database" | "migrations">> => {
  try {
    const pending = await database.pending();
    return { database: "ok", migrations: pending.length === 0 ? "ok" : "pending" };
  } catch (error) {
    // 42P01: the server answers, and has no schema of ours yet.
    const answered = (error as { code?: unknown } | null)?.code === "42P01";
    return answered
      ? { database: "ok", migrations: "pending" }
      : { database: "unavailable", migrations: "unknown" };
  }
};

const checkRedis = async (ping: Readiness["pingRedis"]): Promise<Checks["redis"]> => {
  if (ping === undefined) return "not used";
  try {
    await ping();
    return "ok";
  } catch {
    // Money, tickets and logins work without it; the queues catch up from the outbox.
    return "degraded";
  }
};

/**
 * Ready to be sent requests: the database answers, has this version's schema, and nobody asked us to stop. A lost Redis
 * degrades and does not take the API down. The look is remembered for a second.
 */
export const readyz = (readiness: Readiness): RequestHandler => {
  let last: { readonly checks: Promise<Checks>; readonly atMs: number } | undefined;
  const look = async (): Promise<Checks> => {
    const [database, redis] = await Promise.all([
      checkDatabase(readiness.database),
      checkRedis(readiness.pingRedis),
    ]);
    return { ...database, redis };
  };
  return async (_request, response) => {
    const nowMs = monotonicMs();
    if (last === undefined || nowMs - last.atMs > REMEMBERED_MS) last = { checks: look(), atMs: nowMs };
    const checks = await last.checks;
    const draining = readiness.draining();
    const ready = !draining && checks.database === "ok" && checks.migrations === "ok";
    if (!ready) response.set("Retry-After", "2");
    sendJson(response, ready ? 200 : 503, {
      status: draining ? "draining" : ready ? "ready" : "not ready",
      ...checks,
    });
  };
};

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Figures for Prometheus. With a token set, only for who has it; without one the edge offers them on loopback only. */
export const metricsPage =
  (registry: Registry, observe: () => Promise<void>, token: string | undefined): RequestHandler =>
  async (request, response) => {
    if (token !== undefined) {
      const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
      if (!timingSafeEqual(digest(given), digest(token))) {
        fail("auth.required", "the figures need their token", {
          remedy: "send METRICS_TOKEN as bearer token",
        });
      }
    }
    await observe();
    response.set({ "Cache-Control": "no-store", "Content-Type": registry.contentType });
    response.end(await registry.metrics());
  };
