/** Several events in one job: what is taken together, what is left to be handled alone, and that nothing is left lying. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fail } from "#src/kernel/errors.ts";
import type { Commands } from "#src/platform/command.ts";
import {
  checkSubscribers,
  handleEvent,
  HANDLING_SETTINGS,
  ringOnce,
  type Subscriber,
} from "#src/platform/outbox.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createOutboxTest, leaveMark, leaveMarks, marker, type OutboxTest } from "#tests/support/outbox.ts";
import { quietLog } from "#tests/support/quiet-log.ts";
import { queueAnswers } from "#tests/support/until.ts";

let outbox: OutboxTest;
let startAgain: () => Promise<void>;
beforeAll(async () => {
  outbox = await createOutboxTest();
  await queueAnswers(outbox.queues);
  startAgain = await rememberBeginning(outbox);
});
afterAll(() => outbox.close());
beforeEach(() => startAgain());

/** A subscriber that tells how it was called: the ids of each batch, and of each event alone. */
const telling = () => {
  const batches: bigint[][] = [];
  const alone: bigint[] = [];
  const subscriber: Subscriber = {
    name: "marker",
    handlers: {
      "payment.posted": async (context, event) => {
        alone.push(event.id);
        await leaveMark("marker")(context, event);
      },
      "payment.reversed": leaveMark("marker"),
    },
    batches: {
      "payment.posted": async (context, events) => {
        batches.push(events.map((event) => event.id));
        await leaveMarks("marker")(context, events);
      },
    },
  };
  return { subscriber, batches, alone };
};

const three = ["payment:1", "payment:2", "payment:3"];
const handledIds = async (): Promise<bigint[]> =>
  (await outbox.marks()).filter((mark) => mark.subscriber === "marker").map((mark) => mark.eventId);

test("one call and one receipt each; who takes one at a time gets them one by one", async () => {
  const { subscriber, batches, alone } = telling();
  await outbox.announce("payment.posted", three);
  await outbox.handleTogether([subscriber, marker("second")], [1n, 2n, 3n]);
  expect(batches).toEqual([[1n, 2n, 3n]]);
  expect(alone).toEqual([]);
  expect(await outbox.unsettled()).toBe(0);
  const receipts = await outbox.database.sql.rows<{ receipt: string }>(
    "select event_id || ' ' || subscriber as receipt from event_receipts order by subscriber, event_id",
  );
  expect(receipts.map((row) => row.receipt)).toEqual([
    "1 marker",
    "2 marker",
    "3 marker",
    "1 second",
    "2 second",
    "3 second",
  ]);
  // Rung twice: the receipts are there.
  await outbox.handleTogether([subscriber, marker("second")], [1n, 2n, 3n]);
  expect(await outbox.marks()).toHaveLength(6);
});

test("only the oldest event of a subject is taken with others, the next one follows it", async () => {
  const { subscriber, batches, alone } = telling();
  await outbox.announce("payment.posted", [...three, "payment:2"]);
  await outbox.handleTogether([subscriber], [4n, 3n, 2n, 1n]);
  expect(batches).toEqual([[1n, 2n, 3n]]);
  expect(alone).toEqual([4n]);
  expect(await outbox.unsettled()).toBe(0);
});

test("an older event that is not in the job, of a type that is not handled so, goes first", async () => {
  const { subscriber, batches } = telling();
  await outbox.announce("payment.reversed", ["payment:2"]);
  await outbox.announce("payment.posted", three);
  await outbox.handleTogether([subscriber], [2n, 3n, 4n]);
  expect(batches).toEqual([[2n, 4n]]);
  expect(await handledIds()).toEqual([2n, 4n, 1n, 3n]);
  expect(await outbox.unsettled()).toBe(0);
});

test("a subject that somebody else is at is left to him, and the others are not", async () => {
  const { subscriber, batches } = telling();
  await outbox.announce("payment.posted", three);
  await outbox.owner.transaction(async (sql) => {
    await sql.rows("select pg_advisory_xact_lock(hashtextextended('marker' || chr(31) || 'payment:2', 0))");
    await outbox.handleTogether([subscriber], [1n, 2n, 3n]);
    expect(batches).toEqual([[1n, 3n]]);
    expect(await outbox.unsettled()).toBe(1);
  });
  await outbox.handle([subscriber], 2n);
  expect(await handledIds()).toEqual([1n, 3n, 2n]);
  expect(await outbox.unsettled()).toBe(0);
});

test("what somebody else is at when it is rung again was not tried, and is not counted", async () => {
  const { subscriber } = telling();
  await outbox.announce("payment.posted", ["payment:1"]);
  await outbox.owner.sql.run("update outbox_events set attempts = 2");
  await outbox.owner.transaction(async (sql) => {
    await sql.rows("select pg_advisory_xact_lock(hashtextextended('marker' || chr(31) || 'payment:1', 0))");
    for (let ring = 0; ring < 6; ring += 1) await outbox.handle([subscriber], 1n);
  });
  expect(await outbox.owner.sql.rows("select tries from event_tries")).toEqual([]);
  await outbox.handle([subscriber], 1n);
  expect(await handledIds()).toEqual([1n]);
  expect(await outbox.unsettled()).toBe(0);
});

test("what failed and was paused between another's look and his turn is left alone", async () => {
  let tries = 0;
  const failing: Subscriber = {
    name: "marker",
    handlers: {
      "payment.posted": async () => {
        tries += 1;
        fail("test.poison", "this event cannot be handled");
      },
    },
  };
  const ring = (commands: Commands) =>
    handleEvent(
      { database: outbox.database, commands, subscribers: checkSubscribers([failing]), log: quietLog },
      1n,
      false,
      { ...HANDLING_SETTINGS, pauseMs: () => 3_600_000 },
    );
  await outbox.announce("payment.posted", ["payment:1"]);
  // The later one has looked; before his transaction begins, the other fails.
  await ring({
    run: async (options, work) => {
      await ring(outbox.commands);
      return outbox.commands.run(options, work);
    },
  });
  expect(tries).toBe(1);
  expect(await outbox.owner.sql.rows("select tries, not_before > now() as paused from event_tries")).toEqual([
    { tries: 1, paused: true },
  ]);
  expect(await outbox.unsettled()).toBe(1);
});

test("what arrives for its subjects while a batch is in work is handled after it", async () => {
  const { subscriber } = telling();
  const slow: Subscriber = {
    ...subscriber,
    batches: {
      "payment.posted": async (context, events) => {
        await outbox.announce("payment.posted", ["payment:1"]);
        // Another process is rung for it, finds the subject taken and leaves.
        await outbox.handle([subscriber], 3n);
        await leaveMarks("marker")(context, events);
      },
    },
  };
  await outbox.announce("payment.posted", ["payment:1", "payment:2"]);
  await outbox.handleTogether([slow], [1n, 2n]);
  expect(await handledIds()).toEqual([1n, 2n, 3n]);
  expect(await outbox.unsettled()).toBe(0);
});

test("a batch that fails leaves nothing, and only the event at fault waits", async () => {
  const { subscriber } = telling();
  const poisoned: Subscriber = {
    ...subscriber,
    handlers: {
      "payment.posted": async (context, event) => {
        await leaveMark("marker")(context, event);
        if (event.subject === "payment:2") fail("test.poison", "this event cannot be handled");
      },
    },
    batches: {
      "payment.posted": async (context, events) => {
        await leaveMarks("marker")(context, events);
        fail("test.poison", "one of them cannot be handled");
      },
    },
  };
  await outbox.announce("payment.posted", three);
  await outbox.handleTogether([poisoned], [1n, 2n, 3n]);
  expect(await handledIds()).toEqual([1n, 3n]);
  const tries = await outbox.database.sql.rows(
    `select event_id as "eventId", tries, last_error as reason from event_tries`,
  );
  expect(tries).toEqual([{ eventId: 2n, tries: 1, reason: "test.poison: this event cannot be handled" }]);
  // While it pauses nobody takes it, together or alone.
  await outbox.handleTogether([subscriber], [1n, 2n, 3n]);
  expect(await handledIds()).toEqual([1n, 3n]);
  expect(await outbox.unsettled()).toBe(1);
});

test("a job whose earlier run ended without an answer counts its events one by one", async () => {
  const { subscriber, batches, alone } = telling();
  await outbox.announce("payment.posted", three);
  await outbox.handleTogether([subscriber], [1n, 2n, 3n], true);
  expect(batches).toEqual([]);
  expect(alone).toEqual([1n, 2n, 3n]);
  expect(await outbox.unsettled()).toBe(0);
});

test("a process that ended between receipts and settling is made good by either way", async () => {
  const { subscriber } = telling();
  await outbox.announce("payment.posted", three);
  await outbox.owner.sql.run(
    "insert into event_receipts (event_id, subscriber) select id, 'marker' from outbox_events where id < 3",
  );
  await outbox.handle([subscriber], 1n);
  expect(await outbox.unsettled()).toBe(2);
  await outbox.handleTogether([subscriber], [2n, 3n]);
  expect(await outbox.unsettled()).toBe(0);
  expect(await handledIds()).toEqual([3n]);
});

test("the relay puts so many of a type in a job, and what was rung before alone", async () => {
  const { subscriber } = telling();
  await outbox.announce("payment.posted", [...three, "payment:4", "payment:5"]);
  await outbox.announce("payment.reversed", ["payment:6"]);
  await outbox.owner.sql.run("update outbox_events set attempts = 1 where id = 2");
  const settings = {
    batchSize: 500,
    eventsPerJob: 3,
    leaseMs: 1000,
    idleMs: 10,
    overdueMs: 0,
    sweepEveryMs: 10,
  };
  expect(await ringOnce(outbox.dependencies([subscriber]), settings)).toBe(6);
  const jobs = await outbox.database.sql.rows<{ job: string }>(
    `select job_id || ': ' || string_agg(id::text, ',' order by id) as job from outbox_events group by job_id order by min(id)`,
  );
  expect(jobs.map((row) => row.job)).toEqual(["ev-1-1: 1,3,4", "ev-2-2: 2", "ev-5-1: 5", "ev-6-1: 6"]);
  expect(await outbox.queues.queue("events").waitingCount()).toBe(4);
});

test("a subscriber that handles several of a type but not one is refused at boot", () => {
  const { subscriber } = telling();
  expect(() =>
    checkSubscribers([{ ...subscriber, handlers: { "payment.reversed": leaveMark("marker") } }]),
  ).toThrow("handles several payment.posted, but not one alone");
});
