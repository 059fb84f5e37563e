import { createServer as createTcpServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "#src/http/server.ts";
import { connect } from "#src/platform/database.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { ask, CASHIER_TOKEN, type Edge, platformOf, startEdge } from "./edge.ts";
import { samplePublicWrites as publicWrites, sampleRoutes } from "./sample-routes.ts";

const token = CASHIER_TOKEN;
let db: TestDatabase;
let edge: Edge;
beforeAll(async () => {
  db = await createTestDatabase();
  edge = await startEdge(platformOf(db), sampleRoutes, { publicWrites });
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

/** A port on which nothing listens. */
const closedPort = async (): Promise<number> => {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
};

describe("health", () => {
  test("alive without asking anybody, ready when the database has this version's schema", async () => {
    expect((await ask(edge, "/livez")).body).toEqual({
      status: "ok",
      loopLagMs: expect.any(Number) as unknown,
    });
    const ready = await ask(edge, "/readyz");
    expect([ready.status, ready.body]).toEqual([
      200,
      { status: "ready", database: "ok", migrations: "ok", redis: "not used" },
    ]);
  });

  test("a schema that lacks a migration is not ready", async () => {
    const lacking = await createTestDatabase();
    await lacking.owner.sql.run("delete from schema_migrations where name like '0005%'");
    const behind = await startEdge(platformOf(lacking), sampleRoutes, { publicWrites });
    const answer = await ask(behind, "/readyz");
    expect([answer.status, answer.body["migrations"]]).toEqual([503, "pending"]);
    await behind.stop();
    await lacking.drop();
  });

  test("without a database: alive, not ready, and requests get 503 instead of a stack", async () => {
    const database = connect(`postgres://nobody@127.0.0.1:${await closedPort()}/none`);
    const lost = await startEdge({ ...platformOf(db), database }, sampleRoutes, { publicWrites });
    expect((await ask(lost, "/livez")).status).toBe(200);
    const ready = await ask(lost, "/readyz");
    expect([ready.status, ready.body["database"], ready.headers.get("retry-after")]).toEqual([
      503,
      "unavailable",
      "2",
    ]);
    const answer = await ask(lost, "/api/v1/sleep?seconds=0", { token });
    expect([answer.status, answer.body["code"], answer.headers.get("retry-after")]).toEqual([
      503,
      "database.unavailable",
      "2",
    ]);
    expect((await ask(lost, "/metrics")).text).toContain("nuan_database_up 0");
    await lost.stop();
    await database.close();
  });

  test("a connection that the server ends under a request gives 503 and the next one works", async () => {
    const slow = ask(edge, "/api/v1/sleep?seconds=20", { token });
    const find = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like '%pg_sleep%' and pid <> pg_backend_pid()`;
    await expect.poll(async () => (await db.owner.sql.rows(find)).length).toBe(1);
    const answer = await slow;
    expect([answer.status, answer.body["code"]]).toEqual([503, "database.unavailable"]);
    expect((await ask(edge, "/api/v1/sleep?seconds=0", { token })).body).toEqual({ ok: true });
  });

  test("with every connection in use, health still answers and the rest is told to wait", async () => {
    const database = connect(db.appUrl, { poolSize: 1 });
    const narrow = await startEdge({ ...platformOf(db), database }, sampleRoutes, { publicWrites });
    const held = Promise.withResolvers<void>();
    const holding = Promise.withResolvers<void>();
    const holder = database.transaction(async (sql) => {
      await sql.rows("select 1");
      holding.resolve();
      await held.promise;
    });
    await holding.promise;
    // Who waits is told after three seconds; on a busy machine an answer may take longer than that, so another one waits.
    const waiters: Promise<unknown>[] = [];
    const wait = (): void => {
      waiters.push(
        database.transaction(async (sql) => sql.rows("select 1")).catch((error: unknown) => error),
      );
    };
    wait();
    expect((await ask(narrow, "/readyz")).status).toBe(200);
    await expect
      .poll(async () => {
        wait();
        return (await ask(narrow, "/metrics")).text;
      })
      .toMatch(/nuan_database_waiting\{pool="short"\} [1-9]/);
    for (const told of await Promise.all(waiters)) expect(told).toMatchObject({ code: "database.busy" });
    held.resolve();
    await holder;
    await narrow.stop();
    await database.close();
  });

  test("a lost Redis degrades and does not take the API down", async () => {
    const degraded = await startEdge(platformOf(db), sampleRoutes, {
      publicWrites,
      pingRedis: async () => {
        throw new Error("connect ECONNREFUSED");
      },
    });
    const answer = await ask(degraded, "/readyz");
    expect([answer.status, answer.body["redis"]]).toEqual([200, "degraded"]);
    await degraded.stop();
  });

  test("who is asked to stop says so, finishes what runs and accepts nothing new", async () => {
    const leaving = await startEdge(platformOf(db), sampleRoutes, { publicWrites });
    const running = ask(leaving, "/api/v1/sleep?seconds=0.5", { token });
    const began = `select 1 from pg_stat_activity
      where datname = current_database() and query like '%pg_sleep%' and pid <> pg_backend_pid()`;
    await expect
      .poll(async () => (await db.owner.sql.rows(began)).length, { interval: 10 })
      .toBeGreaterThan(0);
    leaving.app.drain();
    const ready = await ask(leaving, "/readyz");
    expect([ready.status, ready.body["status"], ready.headers.get("connection")]).toEqual([
      503,
      "draining",
      "close",
    ]);
    const stopped = leaving.server.stop(20_000);
    expect((await running).body).toEqual({ ok: true });
    // Well before the grace is over: a connection that has nothing left to say is closed.
    await Promise.race([stopped, pause(15_000).then(() => Promise.reject(new Error("still open")))]);
    await expect(ask(leaving, "/livez")).rejects.toThrow("fetch failed");
    await leaving.app.close();
  });
});

describe("figures", () => {
  test("count requests by declared route, never by address", async () => {
    await ask(edge, "/api/v1/samples/13812345678", { token });
    await ask(edge, "/api/v1/nothing/13812345678", { token });
    const { text, headers } = await ask(edge, "/metrics");
    expect(headers.get("content-type")).toContain("text/plain");
    expect(text).toContain(
      'nuan_http_request_seconds_count{method="GET",route="/samples/{accountNo}",status="200"} 1',
    );
    expect(text).toMatch(/nuan_http_request_seconds_count\{method="GET",route="-",status="404"\} 1/);
    expect(text).toContain('nuan_outbox_events{state="to-ring"} 0');
    expect(text).not.toContain("13812345678");
  });

  test("are behind their token, or not there", async () => {
    const guarded = await startEdge(platformOf(db), sampleRoutes, {
      publicWrites,
      metrics: { token: "a-token-for-the-figures" },
      processFigures: true,
    });
    expect((await ask(guarded, "/metrics")).status).toBe(401);
    expect((await ask(guarded, "/metrics", { token: "another-token" })).status).toBe(401);
    const { text } = await ask(guarded, "/metrics", { token: "a-token-for-the-figures" });
    expect(text).toContain("nuan_build_info{");
    expect(text).toContain("nodejs_eventloop_lag_seconds");
    await guarded.stop();
    const without = await startEdge(platformOf(db), sampleRoutes, { publicWrites, metrics: "off" });
    expect((await ask(without, "/metrics")).status).toBe(404);
    await without.stop();
  });
});

test("a port that is taken is one clear refusal", async () => {
  await expect(serve(() => undefined, "127.0.0.1", edge.server.port)).rejects.toMatchObject({
    code: "start.port-taken",
  });
  await expect(serve(() => undefined, "192.0.2.1", 0)).rejects.toMatchObject({ code: "start.port-refused" });
});
