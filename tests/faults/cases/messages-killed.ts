/**
 * `kill -9` of the worker that sends: after its claim, after `calling` was committed, inside a call, and when the provider has
 * answered and nobody wrote it down. Each worker finds what the one before it left. What was surely not called goes again, what
 * may have been called is unknown until the provider says, and the provider's own log has each message once.
 */
import { ACCEPT } from "#tests/support/message-providers/behaviour.ts";
import { createTally, type FaultCase, type FaultContext, type Tally } from "../support/fault-case.ts";
import { type MessageStage, stageMessages } from "../support/messages.ts";
import { ask } from "../support/outside.ts";
import { startWorker } from "../support/processes.ts";
import type { Clone } from "../support/stage.ts";
import { incoherences } from "../support/coherent.ts";

const ROUNDS = { short: 8, full: 200 };
/** Two waves. */
const MESSAGES = 120;
const DEATH_LIMIT_MS = 60_000;
const SETTLE_LIMIT_MS = 240_000;
/** Until the provider is asked about what nobody knows. */
const ASK_AFTER_SECONDS = 300;

const PLACES = ["message-claimed", "message-calling", "message-called", "in-call"] as const;

const killOne = async (
  { random }: FaultContext,
  tally: Tally,
  clone: Clone,
  messages: MessageStage,
  round: number,
): Promise<string> => {
  const place = PLACES[round % PLACES.length] ?? "message-claimed";
  await messages.queue(MESSAGES);
  const inCall = place === "in-call";
  const passing = 1 + random.below(2);
  const worker = startWorker(clone, messages.options(inCall ? {} : { failpoint: `${place}:${passing}` }));
  if (inCall) {
    const fatal = messages.gateway.log.calls() + random.below(MESSAGES);
    messages.gateway.behave((call) => {
      if (call < fatal) return ACCEPT;
      void worker.kill();
      // Half of them were taken when the line broke, half not.
      return call % 2 === 0 ? { kind: "accept-then-hang" } : { kind: "reset" };
    });
  }
  const timer = setTimeout(() => void worker.kill(), DEATH_LIMIT_MS);
  const { signal } = await worker.ended;
  clearTimeout(timer);
  messages.gateway.behave(() => ACCEPT);
  tally.ran(signal === "SIGKILL");
  return place;
};

/** An ambiguous message is `unknown` until the provider was asked; it is never queued again without that. */
const blindlyQueued = (url: string): Promise<{ id: string }[]> =>
  ask(url, "select id::text from messages where state = 'queued' and called_at is not null and attempts > 0");

export const messagesKilled: FaultCase = {
  name: "messages-killed",
  run: async (context) => {
    const { stage, full, say } = context;
    const tally = createTally();
    const clone = await stage.clone("billed");
    const messages = await stageMessages(clone);
    try {
      for (let round = 0; round < (full ? ROUNDS.full : ROUNDS.short); round += 1) {
        const place = await killOne(context, tally, clone, messages, round);
        const states = await messages.states();
        if (round < PLACES.length || round % 20 === 0) say(`killed at ${place}: ${JSON.stringify(states)}`);
        await messages.pass(ASK_AFTER_SECONDS);
        for (const { id } of await blindlyQueued(clone.url)) {
          tally.problem(`message ${id} was called and is queued without anybody having asked`);
        }
      }
      const healer = startWorker(clone, messages.options());
      await messages.untilSent(healer, SETTLE_LIMIT_MS);
      await healer.stop();
      tally.counted(messages.count());
      for (const wrong of await incoherences(clone)) tally.problem(wrong);
    } finally {
      await messages.close();
    }
    await clone.drop();
    return tally.result(90);
  },
};
