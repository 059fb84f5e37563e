/** What the tests of the outbox share on both backends: a database with queues, subscribers that leave marks, and waiting. */
import { setTimeout as delay } from "node:timers/promises";
import type { CommandContext } from "#src/platform/command.ts";
import type { EventPayload, EventType } from "#src/platform/events.ts";
import {
  checkSubscribers,
  EVENT_QUEUE,
  handleEvent,
  HANDLING_SETTINGS,
  type HandlingSettings,
  type Loop,
  RELAY_SETTINGS,
  type RelayDependencies,
  type RelaySettings,
  startRelay,
  startSweeper,
  type Subscriber,
} from "#src/platform/outbox.ts";
import { type JobWorker, migrateQueues, openQueues, type Queues } from "#src/platform/queues.ts";
import { quietLog } from "./quiet-log.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";

/** Every handling that committed leaves one row; a table without any unique key, so that twice is seen. */
const MARKS = `create table marks (
  n bigint generated always as identity, subscriber text not null, event_id bigint not null, subject text not null)`;

export const leaveMark =
  (subscriber: string) => async (context: CommandContext, event: { id: bigint; subject: string }) => {
    await context.sql.run(
      "insert into marks (subscriber, event_id, subject) values (:subscriber, :eventId, :subject)",
      { subscriber, eventId: event.id, subject: event.subject },
    );
  };

export const marker = (name: string): Subscriber => ({
  name,
  handlers: { "payment.posted": leaveMark(name), "payment.reversed": leaveMark(name) },
});

export type OutboxTest = TestDatabase & {
  readonly queues: Queues;
  dependencies(subscribers: readonly Subscriber[]): RelayDependencies;
  /** Commits events by one command. */
  announce(type: EventType, subjects: readonly string[]): Promise<void>;
  relay(subscribers: readonly Subscriber[], settings?: Partial<RelaySettings>): Loop;
  sweeper(subscribers: readonly Subscriber[], settings?: Partial<RelaySettings>): Loop;
  worker(subscribers: readonly Subscriber[], settings?: Partial<HandlingSettings>): JobWorker;
  handle(subscribers: readonly Subscriber[], id: bigint, settings?: Partial<HandlingSettings>): Promise<void>;
  unsettled(): Promise<number>;
  marks(): Promise<{ subscriber: string; eventId: bigint; subject: string }[]>;
  close(): Promise<void>;
};

/** Waits until `reached` answers true; fails after `limitMs` with what it was waiting for. */
export const until = async (
  what: string,
  reached: () => Promise<boolean>,
  limitMs = 20_000,
): Promise<void> => {
  const ends = performance.now() + limitMs;
  while (!(await reached())) {
    if (performance.now() > ends) throw new Error(`not within ${limitMs} ms: ${what}`);
    await delay(25);
  }
};

export const createOutboxTest = async (redisUrl?: string): Promise<OutboxTest> => {
  const db = await createTestDatabase();
  await migrateQueues(db.ownerUrl);
  await db.owner.sql.run(MARKS);
  await db.owner.sql.run("grant select, insert on marks to nuan_app");
  const queues = openQueues({ databaseUrl: db.appUrl, redisUrl, log: quietLog });
  const loops: Loop[] = [];
  const workers: JobWorker[] = [];
  const dependencies = (subscribers: readonly Subscriber[]): RelayDependencies => ({
    database: db.database,
    queue: queues.queue(EVENT_QUEUE),
    heardTypes: checkSubscribers(subscribers).heardTypes,
  });
  const handling = (subscribers: readonly Subscriber[]) => ({
    database: db.database,
    commands: db.commands,
    subscribers: checkSubscribers(subscribers),
    log: quietLog,
  });
  return {
    ...db,
    queues,
    dependencies,
    announce: async (type, subjects) => {
      await db.commands.run({ name: "test.announce", actor: db.actor }, async (context) => {
        for (const [n, subject] of subjects.entries()) {
          const payload = { paymentId: String(n + 1) } satisfies Record<
            keyof EventPayload<"payment.posted">,
            string
          >;
          context.emit({ type, subject, payload });
        }
      });
    },
    relay: (subscribers, settings = {}) => {
      const loop = startRelay(dependencies(subscribers), quietLog, { ...RELAY_SETTINGS, ...settings });
      loops.push(loop);
      return loop;
    },
    sweeper: (subscribers, settings = {}) => {
      const loop = startSweeper(dependencies(subscribers), quietLog, { ...RELAY_SETTINGS, ...settings });
      loops.push(loop);
      return loop;
    },
    worker: (subscribers, settings = {}) => {
      const worker = queues.work(
        EVENT_QUEUE,
        (job) =>
          handleEvent(handling(subscribers), BigInt(job.data["eventId"] ?? "0"), job.starts > 1, {
            ...HANDLING_SETTINGS,
            ...settings,
          }),
        8,
      );
      workers.push(worker);
      return worker;
    },
    handle: (subscribers, id, settings = {}) =>
      handleEvent(handling(subscribers), id, false, { ...HANDLING_SETTINGS, ...settings }),
    unsettled: async () => {
      const { count } = await db.database.sql.one<{ count: bigint }>(
        "select count(*) from outbox_events where settled_at is null",
      );
      return Number(count);
    },
    marks: () =>
      db.database.sql.rows(`select subscriber, event_id as "eventId", subject from marks order by n`),
    close: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all(workers.map((worker) => worker.close(5000)));
      await queues.close();
      await db.drop();
    },
  };
};
