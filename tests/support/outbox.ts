/** What the tests of the outbox share on both backends: a database with queues, subscribers that leave marks, and waiting. */
import type { CommandContext } from "#src/platform/command.ts";
import type { EventPayload, EventType } from "#src/platform/events.ts";
import {
  checkSubscribers,
  EVENT_QUEUE,
  handleEvent,
  handleEvents,
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
import { migrateQueues } from "#src/platform/queue-schema.ts";
import { type JobWorker, openQueues, type Queues } from "#src/platform/queues.ts";
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

/** One mark an event, one after the other. */
export const leaveMarks =
  (subscriber: string) =>
  async (context: CommandContext, events: readonly { id: bigint; subject: string }[]) => {
    for (const event of events) await leaveMark(subscriber)(context, event);
  };

/** `together`: takes several payments at once. */
export const marker = (name: string, together = false): Subscriber => ({
  name,
  handlers: { "payment.posted": leaveMark(name), "payment.reversed": leaveMark(name) },
  ...(together && { batches: { "payment.posted": leaveMarks(name) } }),
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
  /** The job of several, as the worker gets it. */
  handleTogether(
    subscribers: readonly Subscriber[],
    ids: readonly bigint[],
    restarted?: boolean,
    settings?: Partial<HandlingSettings>,
  ): Promise<void>;
  unsettled(): Promise<number>;
  marks(): Promise<{ subscriber: string; eventId: bigint; subject: string }[]>;
  /** Stops its loops and workers; the queue stays open. */
  rest(): Promise<void>;
  close(): Promise<void>;
};

export const createOutboxTest = async (redisUrl?: string): Promise<OutboxTest> => {
  const db = await createTestDatabase();
  await migrateQueues(db.ownerUrl);
  await db.owner.sql.run(MARKS);
  await db.owner.sql.run("grant select, insert on marks to nuan_app");
  const queues = openQueues({ databaseUrl: db.appUrl, redisUrl, log: quietLog });
  const loops: Loop[] = [];
  const workers: JobWorker[] = [];
  const dependencies = (subscribers: readonly Subscriber[]): RelayDependencies => {
    const { heardTypes, batchedTypes } = checkSubscribers(subscribers);
    return { database: db.database, queue: queues.queue(EVENT_QUEUE), heardTypes, batchedTypes };
  };
  const handling = (subscribers: readonly Subscriber[]) => ({
    database: db.database,
    commands: db.commands,
    subscribers: checkSubscribers(subscribers),
    log: quietLog,
  });
  const rest = async (): Promise<void> => {
    await Promise.all(loops.splice(0).map((loop) => loop.stop()));
    await Promise.all(workers.splice(0).map((worker) => worker.close(5000)));
  };
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
        ({ data, starts }) => {
          const all = { ...HANDLING_SETTINGS, ...settings };
          const { type, eventIds, eventId = "0" } = data;
          if (type === undefined || eventIds === undefined)
            return handleEvent(handling(subscribers), BigInt(eventId), starts > 1, all);
          const rung = { type, eventIds: eventIds.split(",").map(BigInt) };
          return handleEvents(handling(subscribers), rung, starts > 1, all);
        },
        8,
      );
      workers.push(worker);
      return worker;
    },
    handle: (subscribers, id, settings = {}) =>
      handleEvent(handling(subscribers), id, false, { ...HANDLING_SETTINGS, ...settings }),
    handleTogether: (subscribers, eventIds, restarted = false, settings = {}) =>
      handleEvents(handling(subscribers), { type: "payment.posted", eventIds }, restarted, {
        ...HANDLING_SETTINGS,
        ...settings,
      }),
    unsettled: async () => {
      const { count } = await db.database.sql.one<{ count: bigint }>(
        "select count(*) from outbox_events where settled_at is null",
      );
      return Number(count);
    },
    marks: () =>
      db.database.sql.rows(`select subscriber, event_id as "eventId", subject from marks order by n`),
    rest,
    close: async () => {
      await rest();
      await queues.close();
      await db.drop();
    },
  };
};
