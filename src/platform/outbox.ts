/**
 * Events become work. A command leaves its events in the outbox (发件箱) with its own rows; the relay rings the queue for
 * them, workers hand them to the subscribers, receipts make twice harmless, and what fails too often becomes a dead letter.
 */
export {
  EVENT_QUEUE,
  RELAY_SETTINGS,
  ringOnce,
  startLoop,
  startRelay,
  startSweeper,
  sweepOnce,
} from "./outbox-relay.ts";
export type { Loop, RelayDependencies, RelaySettings } from "./outbox-relay.ts";
export { checkSubscribers, typesOf } from "./outbox-subscribers.ts";
export type { BatchHandler, EventHandler, Subscriber, Subscribers } from "./outbox-subscribers.ts";
export { HANDLING_SETTINGS, handleEvent } from "./outbox-handling.ts";
export type { HandlingDependencies, HandlingSettings } from "./outbox-handling.ts";
export { handleEvents, type RungTogether } from "./outbox-batches.ts";
export { listDeadLetters, replayDeadLetter } from "./outbox-dead-letters.ts";
export type { DeadLetter } from "./outbox-dead-letters.ts";
