/** Who listens to what. All subscribers of the house are listed in one file at the edge and checked at boot. */
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "./command.ts";
import { type DomainEvent, type EventType, isEventType } from "./events.ts";

/**
 * Changes the house because of an event, inside one transaction with the receipt. It may be called again for an event whose
 * earlier run was rolled back, so it does nothing outside its transaction.
 */
export type EventHandler<Type extends EventType> = (
  context: CommandContext,
  event: DomainEvent<Type>,
) => Promise<void>;

/**
 * The same for several events at once, each of another subject, in one transaction with all their receipts. What it leaves is
 * what the handler of one would have left for each. When it fails, nothing is kept and they are handled one by one.
 */
export type BatchHandler<Type extends EventType> = (
  context: CommandContext,
  events: readonly DomainEvent<Type>[],
) => Promise<void>;

export type Subscriber = {
  /** Stands on the receipts: never renamed, else everything unsettled is handled again. */
  readonly name: string;
  /** Events of one subject reach a subscriber in the order of their ids, over all types it listens to. */
  readonly handlers: { readonly [Type in EventType]?: EventHandler<Type> };
  /** For types that come by the hundred: a second way beside the handler, never instead of it. */
  readonly batches?: { readonly [Type in EventType]?: BatchHandler<Type> };
};

/** The checked list. */
export type Subscribers = {
  readonly all: readonly Subscriber[];
  /** Types that somebody listens to. */
  readonly heardTypes: readonly EventType[];
  /** Types that somebody handles several at a time: rung several at a time. */
  readonly batchedTypes: readonly EventType[];
  listeningTo(type: string): readonly Subscriber[];
};

export const typesOf = (subscriber: Subscriber): readonly EventType[] =>
  Object.keys(subscriber.handlers).filter((type) => isEventType(type));

const batchedTypesOf = (subscriber: Subscriber): readonly EventType[] =>
  Object.keys(subscriber.batches ?? {}).filter((type) => isEventType(type));

/**
 * Boot fails (`subscribers.wrong`) at a name used twice, at an event type that no room announces, at a subscriber that
 * listens to nothing, and at one that handles several of a type of which it cannot handle one.
 */
export const checkSubscribers = (all: readonly Subscriber[]): Subscribers => {
  const names = new Set<string>();
  for (const { name, handlers, batches } of all) {
    if (!/^[a-z][a-z0-9-]{2,60}$/.test(name)) {
      fail("subscribers.wrong", `"${name}" is not a name for a subscriber`);
    }
    if (names.has(name)) fail("subscribers.wrong", `two subscribers are named ${name}`);
    names.add(name);
    const types = Object.keys(handlers);
    if (types.length === 0) fail("subscribers.wrong", `subscriber ${name} listens to nothing`);
    for (const type of types) {
      if (!isEventType(type))
        fail("subscribers.wrong", `subscriber ${name} listens to ${type}, which is not an event`);
    }
    const alone = Object.keys(batches ?? {}).find((type) => !types.includes(type));
    if (alone !== undefined)
      fail("subscribers.wrong", `subscriber ${name} handles several ${alone}, but not one alone`);
  }
  const heardTypes = [...new Set(all.flatMap(typesOf))];
  const byType = new Map<string, readonly Subscriber[]>(
    heardTypes.map((type) => [type, all.filter((subscriber) => type in subscriber.handlers)]),
  );
  const batchedTypes = [...new Set(all.flatMap(batchedTypesOf))];
  return { all, heardTypes, batchedTypes, listeningTo: (type) => byType.get(type) ?? [] };
};
