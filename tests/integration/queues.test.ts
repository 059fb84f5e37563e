import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkSubscribers } from "#src/platform/outbox.ts";
import { migrateQueues } from "#src/platform/queue-schema.ts";
import { type JobWorker, openQueues, type Queues } from "#src/platform/queues.ts";
import { startWatchedWorker } from "#workers/watchdog.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";
import { queueAnswers, until, untilTaken } from "#tests/support/until.ts";
import { quietLog } from "#tests/support/quiet-log.ts";

describe("queues on PostgreSQL", () => {
  let db: TestDatabase;
  let queues: Queues;
  beforeAll(async () => {
    db = await createTestDatabase();
    await Promise.all([migrateQueues(db.ownerUrl), migrateQueues(db.ownerUrl)]);
    queues = openQueues({ databaseUrl: db.appUrl, redisUrl: undefined, log: quietLog });
    await queueAnswers(queues);
  });
  afterAll(async () => {
    await queues.close();
    await db.drop();
  });
  const job = (id: string) => ({ id, name: "event", data: { eventId: "1" } });

  test("a job id that the queue keeps is ignored the second time", async () => {
    const queue = queues.queue("events");
    await queue.addAll([job("a"), job("b")]);
    await queue.addAll([job("b"), job("c")]);
    expect(await queue.waitingCount()).toBe(3);
    expect([...(await queue.pending(["a", "b", "c", "d"]))].sort()).toEqual(["a", "b", "c"]);
    const seen: string[] = [];
    const worker = queues.work("events", async ({ data }) => void seen.push(data["eventId"] ?? ""), 2);
    await until("three jobs", async () => seen.length === 3);
    await until("nothing waits", async () => (await queue.pending(["a", "b", "c"])).size === 0);
    await worker.close(5000);
    expect(await queue.pending(["a", "b", "c"])).toEqual(new Set());
  });

  test("a worker whose first look at its tables failed begins when they are there, and lets the process live meanwhile", async () => {
    await db.owner.sql.run("alter schema bullmq rename to bullmq_away");
    const seen: string[] = [];
    const worker = queues.work("events", async ({ name }) => void seen.push(name), 1);
    // Timers are heard: over a failed look the library would ask again without end and without a pause.
    await delay(1200);
    await db.owner.sql.run("alter schema bullmq_away rename to bullmq");
    await queues.queue("events").addAll([job("late")]);
    await until("the job of whoever came late", async () => seen.length > 0);
    await worker.close(5000);
    expect(seen).toEqual(["event"]);
  });

  test("a job that throws is tried again", async () => {
    let tries = 0;
    const worker = queues.work(
      "events",
      async () => {
        tries += 1;
        if (tries === 1) throw new Error("once");
      },
      1,
    );
    await queues.queue("events").addAll([job("again")]);
    await until("the second try", async () => tries === 2);
    await worker.close(5000);
    expect(tries).toBe(2);
  });

  test("closing waits for the job in work and takes no other", async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    let done = 0;
    const worker = queues.work(
      "events",
      async () => {
        started.resolve();
        await finish.promise;
        done += 1;
      },
      1,
    );
    await queues.queue("events").addAll([job("long"), job("later")]);
    await started.promise;
    const closing = worker.close(10_000);
    finish.resolve();
    await closing;
    expect(done).toBe(1);
    expect([...(await queues.queue("events").pending(["long", "later"]))]).toEqual(["later"]);
  });

  test("four processes that ask for a tick get one per interval", async () => {
    const many = Array.from({ length: 4 }, () =>
      openQueues({ databaseUrl: db.appUrl, redisUrl: undefined, log: quietLog, poolSize: 3 }),
    );
    const ticks: number[] = [];
    const workers = many.map((one) =>
      one.work("timetable", async () => void ticks.push(performance.now()), 1),
    );
    const from = performance.now();
    let asks = 0;
    const ask = (one: Queues): Promise<void> =>
      untilTaken("the schedule is taken", () => {
        asks += 1;
        return one.queue("timetable").tick("tick", 500);
      });
    await Promise.all(many.map(ask));
    let asked = performance.now();
    await until("ten ticks", async () => {
      // As every process does at its next look: a schedule that got lost among the four is asked for again.
      if (performance.now() - Math.max(asked, ticks.at(-1) ?? 0) > 3000) {
        asked = performance.now();
        await Promise.all(many.slice(0, 1).map(ask));
      }
      return ticks.length >= 10;
    });
    const seconds = (performance.now() - from) / 1000;
    // Asking may itself give one tick each; ticking four times as often would end far beyond this.
    expect(ticks.length).toBeLessThanOrEqual(Math.ceil(seconds / 0.5) + 1 + asks);
    await Promise.all(workers.map((worker) => worker.close(5000)));
    await Promise.all(many.map((one) => one.close()));
  });

  test("a worker that went deaf is opened anew", async () => {
    const opened: JobWorker[] = [];
    const queue = queues.queue("events");
    const heard = async (id: string): Promise<boolean> => (await queue.pending([id])).size === 0;
    const observed: Queues = {
      ...queues,
      work: (name, handle, concurrency) => {
        const worker = queues.work(name, handle, concurrency);
        opened.push(worker);
        return worker;
      },
    };
    const watched = startWatchedWorker(
      {
        queues: observed,
        log: quietLog,
        subscribers: checkSubscribers([]),
        platform: platformOf(db),
      },
      { queue: "events", concurrency: 1, handlers: { event: async () => undefined } },
      { lookEveryMs: 100, deafAfterMs: 300 },
    );
    await queue.addAll([job("first")]);
    await until("it hears", () => heard("first"));
    // Closed behind the watchdog's back: a worker that hears nothing any more. On a busy machine the watchdog may have opened a
    // slow one anew before; then the last one is the one that hears.
    const before = opened.length;
    await opened.at(-1)?.close(5000);
    await queue.addAll([job("unheard")]);
    await until("it hears again", () => heard("unheard"));
    expect(opened.length).toBeGreaterThan(before);
    expect(watched.restarts()).toBe(opened.length - 1);
    await watched.close(5000);
  });

  test("the runtime role uses the queue's tables and owns nothing there", async () => {
    await expect(db.database.sql.run("create table bullmq.mine (n integer)")).rejects.toMatchObject({
      code: "42501",
    });
  });

  test("a server that is not there is a refusal within seconds, not a hanging request", async () => {
    const nowhere = openQueues({
      databaseUrl: "postgres://nuan_app:x@127.0.0.1:1/none",
      redisUrl: undefined,
      log: quietLog,
    });
    const answer = nowhere.queue("events").addAll([job("x")]);
    const timeout = delay(30_000, "hangs");
    await expect(Promise.race([answer, timeout])).rejects.toMatchObject({ code: "queue.unavailable" });
    await nowhere.close();
  });
});
