/** The outbox on Redis: what it promises everywhere, and what a Redis that is flushed or down may not lose. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { RELAY_SETTINGS, ringOnce } from "#src/platform/outbox.ts";
import { createOutboxTest, marker, type OutboxTest } from "#tests/support/outbox.ts";
import { queueAnswers, until } from "#tests/support/until.ts";
import { describeOutbox } from "#tests/support/outbox-suite.ts";
import { startRedis, type TestRedis } from "#tests/support/redis.ts";

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describeOutbox(
  "Redis",
  () => redis.url,
  () => redis.flush(),
);

describe("a Redis that fails", () => {
  let outbox: OutboxTest;
  const one = [marker("marker")];
  const subjects = (count: number): string[] => Array.from({ length: count }, (_, n) => `payment:${n + 1}`);
  const allSettled = (): Promise<void> =>
    until("every event is settled", async () => (await outbox.unsettled()) === 0);
  afterEach(async () => {
    await redis.down();
    await redis.up();
    await outbox.close();
  });

  test("flushed with 1,000 due: every one is handled once after the sweep", async () => {
    outbox = await createOutboxTest(redis.url);
    await queueAnswers(outbox.queues);
    await outbox.announce("payment.posted", subjects(1000));
    const dependencies = outbox.dependencies(one);
    while ((await ringOnce(dependencies, RELAY_SETTINGS)) > 0);
    expect(await outbox.queues.queue("events").waitingCount()).toBe(1000);
    await redis.flush();
    expect(await outbox.queues.queue("events").waitingCount()).toBe(0);
    outbox.worker(one);
    outbox.relay(one);
    outbox.sweeper(one, { overdueMs: 500, sweepEveryMs: 100 });
    await allSettled();
    const ids = (await outbox.marks()).map((mark) => mark.eventId);
    expect({ handled: ids.length, distinct: new Set(ids).size }).toEqual({ handled: 1000, distinct: 1000 });
  });

  test("down: the rows stay and nothing hangs; up again: everything is handled once without a restart", async () => {
    outbox = await createOutboxTest(redis.url);
    outbox.worker(one);
    outbox.relay(one);
    outbox.sweeper(one, { overdueMs: 500, sweepEveryMs: 100 });
    await outbox.announce("payment.posted", subjects(20));
    await allSettled();
    await redis.down();
    await outbox.announce("payment.posted", subjects(200));
    await until(
      "ringing is refused at once",
      async () =>
        (await ringOnce(outbox.dependencies(one)).then(
          () => "rang",
          (error: unknown) => (error as { code?: string }).code,
        )) === "queue.unavailable",
    );
    expect(await outbox.unsettled()).toBe(200);
    await redis.up();
    await allSettled();
    const ids = (await outbox.marks()).map((mark) => mark.eventId);
    expect({ handled: ids.length, distinct: new Set(ids).size }).toEqual({ handled: 220, distinct: 220 });
  });

  test("down at the start: the process lives, and works when Redis comes", async () => {
    await redis.down();
    outbox = await createOutboxTest(redis.url);
    outbox.worker(one);
    outbox.relay(one);
    await outbox.announce("payment.posted", subjects(20));
    await expect(outbox.queues.queue("events").waitingCount()).rejects.toMatchObject({
      code: "queue.unavailable",
    });
    await redis.up();
    await allSettled();
    expect((await outbox.marks()).length).toBe(20);
  });
});
