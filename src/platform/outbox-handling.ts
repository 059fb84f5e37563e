/**
 * From the queue to the subscribers. A job is a doorbell for the subject of its event: for each subscriber it handles the
 * subject's oldest open event, then the next, until none is left. So an event is never handed over before the earlier ones
 * of its subject are done (or buried), whatever order the queue rings in. Order is that of event ids, which is the order of
 * commits because commands about one subject lock its row before they announce.
 *
 * One at a time per subscriber and subject is held by an advisory lock that never waits: who does not get it leaves, and
 * the holder looks once more after it has released, so nothing that arrived meanwhile is left lying.
 *
 * A failure is kept in the database: the event pauses and is rung again by the relay, five tries in all, then it is buried
 * with its reason and the subject moves on. A lost connection is no failure of the event and is not counted. A run that
 * ended without an answer (a killed process) makes the next ones count before they begin, so a handler that ends the
 * process is bounded too.
 */
import { DomainError } from "#src/kernel/errors.ts";
import { systemActor } from "./actor.ts";
import type { CommandContext, Commands } from "./command.ts";
import type { Database } from "./database.ts";
import { type EventType, isEventType, parsePayload } from "./events.ts";
import { isOfTheMoment } from "./of-the-moment.ts";
import {
  beginTry,
  bury,
  failTry,
  findEvent,
  forgetTries,
  lockSubject,
  nextPending,
  pauseEvent,
  type PendingEvent,
  settle,
  withdrawTry,
  writeReceipt,
} from "./outbox-queries.ts";
import { type EventHandler, type Subscriber, type Subscribers, typesOf } from "./outbox-subscribers.ts";
import type { Log } from "./queues.ts";

export type HandlingDependencies = {
  readonly database: Database;
  readonly commands: Commands;
  readonly subscribers: Subscribers;
  readonly log: Log;
};

export type HandlingSettings = {
  readonly maxTries: number;
  /** Pause after the n-th failed try. */
  readonly pauseMs: (tries: number) => number;
  /** How long a try whose process died keeps the others away. */
  readonly tryLeaseMs: number;
};

export const HANDLING_SETTINGS: HandlingSettings = {
  maxTries: 5,
  pauseMs: (tries) => 1000 * 4 ** (tries - 1),
  tryLeaseMs: 60_000,
};

export const reasonOf = (error: unknown): string => {
  if (error instanceof DomainError) return `${error.code}: ${error.message}`.slice(0, 500);
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500);
};

type Step = "handled" | "left";

class NotNow extends Error {}

/** The effect and its receipt, in one transaction. Throws `NotNow` when there is nothing to do for this process. */
const handleInTransaction = async (
  context: CommandContext,
  subscriber: Subscriber,
  subscribers: Subscribers,
  expected: PendingEvent,
  counted: boolean,
): Promise<void> => {
  const { sql } = context;
  const key = { subscriber: subscriber.name, subject: expected.subject };
  if (!(await lockSubject(sql, key))) throw new NotNow();
  const event = await nextPending(sql, { ...key, types: typesOf(subscriber) });
  // Handled by another process between our look and our lock; the caller looks again.
  if (event === null || event.id !== expected.id) return;
  // Failed and paused by another process in the same gap. A try that was counted before it began pauses the event itself.
  if (!event.due && !counted) throw new NotNow();
  if (!(await writeReceipt(sql, event.id, subscriber.name))) return;
  await callHandler(context, subscriber, event);
  await forgetTries(sql, event.id, subscriber.name);
  const listeners = subscribers.listeningTo(event.type).map((listener) => listener.name);
  await settle(sql, event.id, listeners);
};

const callHandler = async (
  context: CommandContext,
  subscriber: Subscriber,
  event: PendingEvent,
): Promise<void> => {
  const { type } = event;
  if (!isEventType(type)) return;
  const handler = subscriber.handlers[type] as EventHandler<EventType> | undefined;
  await handler?.(context, { ...event, type, payload: parsePayload(type, event.payload) });
};

/** Pauses an event that a subscriber could not handle ("left"), or buries it, so that the subject moves on ("handled"). */
const keepFailure = async (
  dependencies: HandlingDependencies,
  settings: HandlingSettings,
  failure: { eventId: bigint; type: string; subscriber: string; counted: boolean; reason: string },
): Promise<Step> => {
  const { database, subscribers, log } = dependencies;
  const { eventId, subscriber, reason } = failure;
  const facts = { eventId: String(eventId), event: failure.type, subscriber, reason };
  return database.transaction(async (sql) => {
    const tries = await failTry(sql, { eventId, subscriber, counted: failure.counted, reason });
    if (tries < settings.maxTries) {
      await pauseEvent(sql, { eventId, subscriber, pauseMs: settings.pauseMs(tries) });
      log.warn({ ...facts, tries }, "event not handled, to be tried again");
      return "left";
    }
    await bury(sql, { eventId, subscriber, reason, tries });
    await settle(
      sql,
      eventId,
      subscribers.listeningTo(failure.type).map((listener) => listener.name),
    );
    log.error({ ...facts, tries }, "event buried");
    return "handled";
  });
};

/** One step of one subscriber on one subject. */
const step = async (
  dependencies: HandlingDependencies,
  settings: HandlingSettings,
  subscriber: Subscriber,
  subject: string,
  suspicious: boolean,
): Promise<Step> => {
  const { database, commands, subscribers } = dependencies;
  const event = await nextPending(database.sql, {
    subscriber: subscriber.name,
    subject,
    types: typesOf(subscriber),
  });
  if (event === null || !event.due) return "left";
  const counted = suspicious || event.attempts > 1;
  const failure = { eventId: event.id, type: event.type, subscriber: subscriber.name, counted };
  if (counted) {
    const tries = await beginTry(database.sql, {
      eventId: event.id,
      subscriber: subscriber.name,
      leaseMs: settings.tryLeaseMs,
    });
    if (tries === null) return "left";
    if (tries > settings.maxTries) {
      return keepFailure(dependencies, settings, { ...failure, reason: "the process ended at every try" });
    }
  }
  try {
    await commands.run(
      { name: `event:${subscriber.name}`, actor: systemActor(`subscriber:${subscriber.name}`) },
      (context) => handleInTransaction(context, subscriber, subscribers, event, counted),
    );
    return "handled";
  } catch (error) {
    if (error instanceof NotNow) {
      // Somebody else is at the subject: nothing was tried, so nothing counts.
      if (counted) await withdrawTry(database.sql, event.id, subscriber.name);
      return "left";
    }
    if (isOfTheMoment(error)) {
      // The database, not the event, is why this did not work: waiting helps, and counting would not.
      // Best effort: when the database is still away the try stays counted, and four more would have to meet an outage.
      if (counted) await withdrawTry(database.sql, event.id, subscriber.name);
      throw error;
    }
    return keepFailure(dependencies, settings, { ...failure, reason: reasonOf(error) });
  }
};

/**
 * Handles everything that is open for the subject of event `eventId`. Repeating is harmless. Throws only when the database
 * does not work; `restarted` says that an earlier run of this job ended without an answer.
 */
export const handleEvent = async (
  dependencies: HandlingDependencies,
  eventId: bigint,
  restarted = false,
  settings: HandlingSettings = HANDLING_SETTINGS,
): Promise<void> => {
  const { database, subscribers } = dependencies;
  const rung = await findEvent(database.sql, eventId);
  if (rung === null || rung.settled) return;
  const listeners = subscribers.listeningTo(rung.type);
  let handled = 0;
  for (const subscriber of listeners) {
    while ((await step(dependencies, settings, subscriber, rung.subject, restarted)) === "handled") {
      handled += 1;
    }
  }
  // Two jobs that handled the last two subscribers at the same moment did not see each other's receipt, and a process may have
  // ended between the receipts of a batch and its settling.
  if (listeners.length > 1 || handled === 0) {
    await settle(
      database.sql,
      eventId,
      listeners.map((listener) => listener.name),
    );
  }
};
