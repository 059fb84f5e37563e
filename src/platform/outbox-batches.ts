/**
 * Several events of one type in one job. For each subscriber that can take several, one transaction: the subjects that nobody
 * is at are locked without waiting, receipts are written for those events that are the oldest open one of their subject, and
 * the batch handler is called once for all. Then everything that all have handled is settled in one statement.
 *
 * Whatever remains goes the way of one event, which keeps all the promises: subscribers without a batch handler, a subject
 * that somebody else was at, a second event of a subject, what arrived meanwhile, and the whole batch when its handler
 * failed, so that the event at fault is named, paused and buried alone and the others flow. A batch itself counts no try: an
 * event that has failed, was rung before or whose job ended without an answer is never taken together with others.
 */
import { systemActor } from "./actor.ts";
import { type EventType, isEventType, parsePayload } from "./events.ts";
import { lockSubjects, settleTogether, takeTogether } from "./outbox-batch-queries.ts";
import { isOfTheMoment } from "./of-the-moment.ts";
import {
  handleEvent,
  HANDLING_SETTINGS,
  type HandlingDependencies,
  type HandlingSettings,
  reasonOf,
} from "./outbox-handling.ts";
import { type BatchHandler, type Subscriber, typesOf } from "./outbox-subscribers.ts";

export type RungTogether = { readonly type: string; readonly eventIds: readonly bigint[] };

const turns = new WeakMap<Subscriber, Promise<unknown>>();

/**
 * Batches of one subscriber take turns in a process: they mostly lock the same rows (the areas of a town), and waiting here
 * ends with the turn, while waiting there ends at the lock's time limit.
 */
const inTurn = <T>(subscriber: Subscriber, work: () => Promise<T>): Promise<T> => {
  const mine = (turns.get(subscriber) ?? Promise.resolve()).then(work);
  turns.set(
    subscriber,
    mine.catch(() => undefined),
  );
  return mine;
};

/** All effects and all receipts of one subscriber, in one transaction. Throws only when the database does not work. */
const handleTogether = async (
  { commands, log }: HandlingDependencies,
  subscriber: Subscriber,
  type: EventType,
  eventIds: readonly bigint[],
): Promise<void> => {
  const handler = subscriber.batches?.[type] as BatchHandler<EventType> | undefined;
  if (handler === undefined) return;
  const { name } = subscriber;
  try {
    await commands.run(
      { name: `event:${name}`, actor: systemActor(`subscriber:${name}`) },
      async (context) => {
        const { sql } = context;
        const locked = await lockSubjects(sql, { subscriber: name, type, eventIds });
        if (locked.length === 0) return;
        const types = typesOf(subscriber);
        const events = await takeTogether(sql, { subscriber: name, types, eventIds: locked });
        if (events.length === 0) return;
        await handler(
          context,
          events.map((event) => ({ ...event, type, payload: parsePayload(type, event.payload) })),
        );
      },
    );
  } catch (error) {
    if (isOfTheMoment(error)) throw error;
    const facts = { event: type, subscriber: name, events: eventIds.length, reason: reasonOf(error) };
    log.info(facts, "events not handled together, now one by one");
  }
};

/**
 * Handles several events of one type and whatever else is open for their subjects. Repeating is harmless. Throws only when the
 * database does not work; `restarted` says that an earlier run of this job ended without an answer.
 */
export const handleEvents = async (
  dependencies: HandlingDependencies,
  { type, eventIds }: RungTogether,
  restarted = false,
  settings: HandlingSettings = HANDLING_SETTINGS,
): Promise<void> => {
  const { database, subscribers } = dependencies;
  let open = eventIds;
  if (!restarted && isEventType(type)) {
    const listeners = subscribers.listeningTo(type);
    for (const subscriber of listeners) {
      await inTurn(subscriber, () => handleTogether(dependencies, subscriber, type, eventIds));
    }
    open = await settleTogether(database.sql, {
      eventIds,
      subscribers: listeners.map((listener) => listener.name),
      types: [...new Set(listeners.flatMap(typesOf))],
    });
  }
  for (const eventId of open) await handleEvent(dependencies, eventId, restarted, settings);
};
