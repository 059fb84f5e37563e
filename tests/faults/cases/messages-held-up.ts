/**
 * A worker whose event loop stands still past every lock (SIGSTOP for almost two minutes), in the middle of a wave. The queue
 * gives its job to another worker, the sweep calls its messages unknown, and when it wakes up it calls nobody any more: one
 * side effect each. On both backends.
 */
import { setTimeout as delay } from "node:timers/promises";
import { ACCEPT } from "#tests/support/message-providers/behaviour.ts";
import { type Backend, bothBackends } from "../support/backends.ts";
import type { FaultContext, Tally } from "../support/fault-case.ts";
import { stageMessages } from "../support/messages.ts";
import { startWorker } from "../support/processes.ts";
import { until } from "../support/until.ts";

const MESSAGES = 220;
/** Longer than the lock of a job, its stall check and the lease of a call together. */
const HELD_UP_MS = 110_000;
const SETTLE_LIMIT_MS = 240_000;
/** Until the provider is asked, step by step. */
const TICK_SECONDS = 100;

const holdUp = async (
  { stage, say }: FaultContext,
  tally: Tally,
  { name, redisUrl }: Backend,
): Promise<void> => {
  const clone = await stage.clone("billed");
  const messages = await stageMessages(clone);
  try {
    await messages.queue(MESSAGES);
    // Slow enough for the wave to be caught in its middle.
    messages.gateway.behave(() => ({ kind: "delay", ms: 40 }));
    const held = startWorker(clone, messages.options({ redisUrl }));
    await until(
      "it calls",
      SETTLE_LIMIT_MS,
      async () => (messages.gateway.log.calls() >= 30 ? true : null),
      2,
    );
    process.kill(held.pid, "SIGSTOP");
    const calls = messages.gateway.log.calls();
    messages.gateway.behave(() => ACCEPT);
    const other = startWorker(clone, messages.options({ redisUrl }));
    await delay(HELD_UP_MS);
    const before = await messages.states();
    process.kill(held.pid, "SIGCONT");
    tally.ran(calls < MESSAGES && (before["unknown"] ?? 0) > 0);
    say(`stood still after ${calls} calls: ${JSON.stringify(before)}`);
    const aged = setInterval(() => void messages.tick(TICK_SECONDS), 5000);
    await messages.untilSent(other, SETTLE_LIMIT_MS).finally(() => clearInterval(aged));
    if (!held.isRunning()) tally.problem(`${name}: the held-up worker ended: ${held.tail()}`);
    await Promise.all([held.stop(), other.stop()]);
    tally.counted(messages.count());
  } finally {
    await messages.close();
  }
  await clone.drop();
};

export const messagesHeldUp = bothBackends("messages-held-up", holdUp, { patient: true });
