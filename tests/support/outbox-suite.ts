/** What the outbox promises on either backend. */
import { spawn } from "node:child_process";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fail } from "#src/kernel/errors.ts";
import { listDeadLetters, replayDeadLetter, ringOnce, type Subscriber } from "#src/platform/outbox.ts";
import { rememberBeginning } from "./beginning.ts";
import { createOutboxTest, leaveMark, leaveMarks, marker, type OutboxTest } from "./outbox.ts";
import { queueAnswers, until } from "./until.ts";

const subjects = (count: number): string[] => Array.from({ length: count }, (_, n) => `payment:${n + 1}`);

/** Runs the relay in a process of its own, which kills itself where NUAN_FAILPOINT says. */
const runRelayProcess = async (
  appUrl: string,
  together: boolean,
  redisUrl: string | undefined,
  failpoint: string,
): Promise<string> => {
  const script = path.join(import.meta.dirname, "relay-process.ts");
  const asked = [appUrl, together ? "together" : "alone", ...(redisUrl === undefined ? [] : [redisUrl])];
  const child = spawn(process.execPath, [script, ...asked], {
    env: { ...process.env, NUAN_FAILPOINT: failpoint },
    stdio: ["ignore", "inherit", "inherit"],
    timeout: 120_000,
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
  });
};

/** How many handlings a subscriber committed, and of how many events. */
const handled = async (outbox: OutboxTest, subscriber = "marker") => {
  const ids = (await outbox.marks())
    .filter((mark) => mark.subscriber === subscriber)
    .map((mark) => mark.eventId);
  return { handled: ids.length, distinct: new Set(ids).size };
};
const once = (count: number) => ({ handled: count, distinct: count });

/** Both ways keep every promise: one event a job, and several of them a job. */
export const describeOutbox = (
  backend: string,
  redisUrl: () => string | undefined,
  empty: () => Promise<void>,
): void => {
  describeWay(backend, redisUrl, empty, false);
  describeWay(backend, redisUrl, empty, true);
};

const describeWay = (
  backend: string,
  redisUrl: () => string | undefined,
  empty: () => Promise<void>,
  together: boolean,
): void => {
  describe(`outbox on ${backend}, ${together ? "several events a job" : "one event a job"}`, () => {
    let outbox: OutboxTest;
    let startAgain: () => Promise<void>;
    beforeAll(async () => {
      await empty();
      outbox = await createOutboxTest(redisUrl());
      await queueAnswers(outbox.queues);
      startAgain = await rememberBeginning(outbox, ["public", "bullmq"]);
    });
    afterAll(() => outbox.close());
    beforeEach(async () => {
      await empty();
      await startAgain();
    });
    afterEach(() => outbox.rest());
    const allSettled = (): Promise<void> =>
      until("every event is settled", async () => (await outbox.unsettled()) === 0);

    test("events become work once, for every subscriber, and the unheard ones are settled", async () => {
      const both = [marker("marker", together), marker("second")];
      outbox.worker(both);
      outbox.relay(both);
      await outbox.announce("payment.posted", subjects(50));
      await outbox.announce("accounting-day.closed", ["accounting-day:2026-09-01"]);
      await allSettled();
      expect(await handled(outbox)).toEqual(once(50));
      expect(await handled(outbox, "second")).toEqual(once(50));
    });

    test("two relays and two workers at once: once each", async () => {
      const one = [marker("marker", together)];
      for (let n = 0; n < 2; n += 1) {
        outbox.relay(one, { batchSize: 20, idleMs: 10 });
        outbox.worker(one);
      }
      for (let n = 0; n < 5; n += 1) await outbox.announce("payment.posted", subjects(60));
      await allSettled();
      expect(await handled(outbox)).toEqual(once(300));
    });

    test("a relay killed between enqueue and mark: rung again, handled once", async () => {
      const one = [marker("marker", together)];
      await outbox.announce("payment.posted", subjects(20));
      expect(await runRelayProcess(outbox.appUrl, together, redisUrl(), "relay-enqueued")).toBe("SIGKILL");
      const rung = await outbox.database.sql.one<{ rung: bigint; waiting: number }>(
        "select count(rung_at) as rung, max(attempts) as waiting from outbox_events",
      );
      expect(rung).toEqual({ rung: 0n, waiting: 1 });
      const jobs = together ? 1 : 20;
      await until("all are rung", async () => (await outbox.queues.queue("events").waitingCount()) === jobs);
      // The dead relay's lease is one second; then another relay rings the same events under new job ids.
      outbox.relay(one);
      await until("the second ringing", async () => {
        const { least } = await outbox.database.sql.one<{ least: number }>(
          "select coalesce(min(attempts) filter (where rung_at is not null), 0) as least from outbox_events",
        );
        return least === 2;
      });
      // What was rung before is rung alone.
      expect(await outbox.queues.queue("events").waitingCount()).toBe(jobs + 20);
      outbox.worker(one);
      await allSettled();
      await until(
        "the queue is empty",
        async () => (await outbox.queues.queue("events").waitingCount()) === 0,
      );
      expect(await handled(outbox)).toEqual(once(20));
    });

    test("the same event by many jobs at once is handled once", async () => {
      const one = [marker("marker", together)];
      await outbox.announce("payment.posted", ["payment:1"]);
      await outbox.queues
        .queue("events")
        .addAll(
          Array.from({ length: 30 }, (_, n) => ({ id: `twin-${n}`, name: "event", data: { eventId: "1" } })),
        );
      outbox.worker(one);
      outbox.worker(one);
      await until(
        "the queue is empty",
        async () => (await outbox.queues.queue("events").waitingCount()) === 0,
      );
      await allSettled();
      expect(await handled(outbox)).toEqual(once(1));
    });

    test("events of one subject are handled in order, whatever order they are rung in", async () => {
      const one = [marker("marker", together)];
      for (let n = 0; n < 10; n += 1) await outbox.announce("payment.posted", subjects(10));
      await outbox.queues.queue("events").addAll(
        Array.from({ length: 100 }, (_, n) => ({
          id: `back-${n}`,
          name: "event",
          data: { eventId: String(100 - n) },
        })),
      );
      outbox.worker(one);
      outbox.worker(one);
      outbox.relay(one);
      await allSettled();
      expect(await handled(outbox)).toEqual(once(100));
      const seen = new Map<string, bigint>();
      for (const mark of await outbox.marks()) {
        expect(mark.eventId).toBeGreaterThan(seen.get(mark.subject) ?? 0n);
        seen.set(mark.subject, mark.eventId);
      }
    });

    test("a poison event is tried five times, buried with its reason, and blocks only its own subject", async () => {
      let tries = 0;
      let healed = false;
      const poisoned: Subscriber = {
        name: "marker",
        handlers: {
          "payment.posted": async (context, event) => {
            await leaveMark("marker")(context, event);
            if (event.subject === "payment:3" && !healed) {
              tries += 1;
              fail("test.poison", "this event cannot be handled");
            }
          },
          "payment.reversed": leaveMark("marker"),
        },
        ...(together && {
          batches: {
            "payment.posted": async (context, events) => {
              await leaveMarks("marker")(context, events);
              if (events.some((event) => event.subject === "payment:3"))
                fail("test.poison", "not together either");
            },
          },
        }),
      };
      const all = [poisoned, marker("second")];
      // After its first failure it pauses until the others have flowed, however long they take; then it is tried on quickly.
      outbox.worker(all, { pauseMs: (failed) => (failed === 1 ? 3_600_000 : 20) });
      outbox.relay(all, { idleMs: 20 });
      await outbox.announce("payment.posted", subjects(10));
      await until("the other subjects flow", async () => (await outbox.unsettled()) === 1);
      await until("its first failure is kept", async () => {
        const { kept } = await outbox.database.sql.one<{ kept: number }>(
          "select count(*)::int as kept from event_tries where event_id = 3 and not_before > now()",
        );
        return kept === 1;
      });
      // The reversal of the same payment is rung, and waits for the event before it.
      await outbox.announce("payment.reversed", ["payment:3"]);
      await until("whoever did not fail has it", async () =>
        (await outbox.marks()).some((mark) => mark.subscriber === "second" && mark.eventId === 11n),
      );
      const overtaken = (await outbox.marks()).filter(
        (mark) => mark.subscriber === "marker" && mark.eventId === 11n,
      );
      expect({ tries, overtaken }).toEqual({ tries: 1, overtaken: [] });
      // The pause is over.
      await outbox.owner.sql.run("update event_tries set not_before = now()");
      await outbox.owner.sql.run("update outbox_events set lease_until = now() where id = 3");
      await allSettled();
      expect(tries).toBe(5);
      const letters = await listDeadLetters(outbox.database.sql);
      expect(letters).toMatchObject([
        { subscriber: "marker", subject: "payment:3", attempts: 5, eventId: 3n },
      ]);
      expect(letters[0]?.reason).toBe("test.poison: this event cannot be handled");
      expect(await handled(outbox)).toEqual(once(10));
      expect(await handled(outbox, "second")).toEqual(once(11));

      healed = true;
      const replay = () =>
        outbox.commands.run({ name: "dead-letter.replay", actor: outbox.actor }, (context) =>
          replayDeadLetter(context, letters[0]?.id ?? 0n),
        );
      await replay();
      await expect(replay()).rejects.toMatchObject({ code: "dead-letter.unknown" });
      await allSettled();
      expect(await handled(outbox)).toEqual(once(11));
      expect(await handled(outbox, "second")).toEqual(once(11));
      expect(await listDeadLetters(outbox.database.sql)).toEqual([]);
    });

    test("what was rung and lost is rung again by the sweeper, what still waits is left in its line", async () => {
      const one = [marker("marker", together)];
      const dependencies = outbox.dependencies(one);
      await outbox.announce("payment.posted", subjects(3));
      expect(await ringOnce(dependencies)).toBe(3);
      const sweeper = outbox.sweeper(one, { overdueMs: 0, sweepEveryMs: 20 });
      const attempts = async () => {
        const { most } = await outbox.database.sql.one<{ most: number }>(
          "select max(attempts) as most from outbox_events",
        );
        return most;
      };
      outbox.relay(one, { idleMs: 10 });
      await until("the sweeper has looked at all", async () => {
        const { waiting } = await outbox.database.sql.one<{ waiting: bigint }>(
          "select count(*) as waiting from outbox_events where rung_at > occurred_at",
        );
        return waiting === 3n;
      });
      expect(await attempts()).toBe(1);
      await sweeper.stop();
      outbox.worker(one);
      await allSettled();
      expect(await handled(outbox)).toEqual(once(3));
    });
  });
};
