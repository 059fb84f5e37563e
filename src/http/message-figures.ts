/** Figures of what we send, for `/metrics`: what waits and how long, which channels are at rest, what waits for people. */
import { countDead, readBacklog, readGates } from "#src/messages/messaging/index.ts";
import { Gauge, type Registry } from "#src/platform/metrics.ts";
import type { Platform } from "#src/platform/route.ts";

const BREAKER = { closed: 0, "half-open": 1, open: 2 } as const;

const gauge = (registry: Registry, name: string, help: string, labelNames: readonly string[] = []) =>
  new Gauge({ name, help, labelNames, registers: [registry] });

/** Read when they are asked for; while the database does not answer they keep their last values. */
export const observeMessages = (
  registry: Registry,
  { database, clock }: Pick<Platform, "database" | "clock">,
): (() => Promise<void>) => {
  const waiting = gauge(registry, "nuan_messages_due", "Messages that are due and not claimed", ["channel"]);
  const age = gauge(registry, "nuan_messages_oldest_due_seconds", "How long the oldest has been due", [
    "channel",
  ]);
  const underWay = gauge(registry, "nuan_messages_under_way", "Messages that are claimed or called", [
    "channel",
  ]);
  const places = ["channel", "provider"];
  const breaker = gauge(registry, "nuan_message_breaker", "0 closed, 1 on trial, 2 open", places);
  const paused = gauge(
    registry,
    "nuan_message_channel_paused",
    "1 while paused by the provider or stopped",
    places,
  );
  const rejected = gauge(registry, "nuan_messages_rejected", "Dead letters");
  const undecided = gauge(registry, "nuan_messages_undecided", "Messages of which a person has to decide");
  return async () => {
    const now = clock.now();
    try {
      for (const one of await readBacklog(database.sql, now)) {
        waiting.set({ channel: one.channel }, one.backlog);
        age.set({ channel: one.channel }, one.oldestSeconds);
        underWay.set({ channel: one.channel }, one.underWay);
      }
      for (const { channel, provider, ...gate } of await readGates(database.sql)) {
        breaker.set({ channel, provider }, BREAKER[gate.breaker]);
        const rests = gate.stoppedReason !== "" || (gate.pausedUntil !== null && gate.pausedUntil > now);
        paused.set({ channel, provider }, rests ? 1 : 0);
      }
      const dead = await countDead(database.sql);
      rejected.set(dead.rejected);
      undecided.set(dead.undecided);
    } catch {
      // `nuan_database_up` says it.
    }
  };
};
