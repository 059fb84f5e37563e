/**
 * Five rolling restarts of the workers (SIGTERM, the next one works already) while a notice is fanned out and sent: each process
 * ends by itself with 0, and in the provider's own log every number of the frozen audience was told once. On both backends; 10,000
 * messages in full.
 */
import { systemClock } from "#src/platform/clock.ts";
import { type Backend, bothBackends } from "../support/backends.ts";
import { incoherences } from "../support/coherent.ts";
import type { FaultContext, Tally } from "../support/fault-case.ts";
import { countNotice, freezeNotice } from "../support/killed-notice.ts";
import { type MessageStage, stageMessages } from "../support/messages.ts";
import { ask } from "../support/outside.ts";
import { type Running, startWorker } from "../support/processes.ts";
import { until } from "../support/until.ts";

/** An hour at which people may be written to. */
const AT = "2026-10-21T10:00:00+08:00";
const ROLLS = 5;
const SETTLE_LIMIT_MS = 300_000;
/** The provider takes a share of the notice for each restart, and says 429 until the next; so the last one too is in the middle. */
const SHARES = ROLLS + 1;
const BUSY = { kind: "limit", retryAfterSeconds: 1 } as const;
const TAKE = { kind: "delay", ms: 20 } as const;

/** Every number of the frozen audience. */
const audienceOf = async (url: string): Promise<readonly string[]> =>
  (
    await ask<{ number: string }>(
      url,
      "select distinct substr(contact, 5) as number from notice_recipients where gap = ''",
    )
  ).map((row) => row.number);

/** Lost: a number that the provider was never told. Doubled: one that it was told twice, or that is not of the audience. */
const countTold = (messages: MessageStage, numbers: readonly string[]) => {
  const times = new Map(numbers.map((number) => [number, 0]));
  let strange = 0;
  for (const { to } of messages.gateway.log.taken) {
    const before = times.get(to);
    if (before === undefined) strange += 1;
    else times.set(to, before + 1);
  }
  const told = [...times.values()];
  return {
    lost: told.filter((n) => n === 0).length,
    doubled: told.filter((n) => n > 1).length + strange + messages.gateway.log.blind().length,
  };
};

const roll = async (
  { stage, full, say }: FaultContext,
  tally: Tally,
  { name, redisUrl }: Backend,
): Promise<void> => {
  const clone = await stage.clone(full ? "unbilled" : "billed");
  const messages = await stageMessages(clone);
  try {
    await messages.tick(Math.round((new Date(AT).getTime() - systemClock.now().getTime()) / 1000));
    await freezeNotice(clone.url, "1 minute ago");
    const numbers = await audienceOf(clone.url);
    const taken = (): number => messages.gateway.log.taken.length;
    let share = 0;
    messages.gateway.behave(() => (taken() * SHARES < numbers.length * share ? TAKE : BUSY));
    const start = (): Running =>
      startWorker(clone, messages.options({ redisUrl, settings: { LOG_LEVEL: "info" } }));
    const workers = [start(), start()];
    for (let rolled = 0; rolled < ROLLS; rolled += 1) {
      const before = taken();
      share += 1;
      const fresh = start();
      workers.push(fresh);
      // A process that is still starting has no way out of its own yet.
      await until("the next one works", SETTLE_LIMIT_MS, async () => {
        if (!fresh.isRunning()) throw new Error(`a worker ended at its start: ${fresh.tail()}`);
        return fresh.log().includes('"message":"working"') ? true : null;
      });
      await until("messages go out", SETTLE_LIMIT_MS, async () => (taken() > before ? true : null));
      tally.ran(taken() < numbers.length);
      const ending = await workers.shift()?.stop();
      if (ending?.code !== 0)
        tally.problem(`${name}: a rolled worker ended with ${ending?.code ?? ending?.signal}`);
    }
    const atLast = taken();
    share = Number.POSITIVE_INFINITY;
    await until("every number is told", SETTLE_LIMIT_MS, async () => {
      for (const worker of workers)
        if (!worker.isRunning()) throw new Error(`a worker ended: ${worker.tail()}`);
      return taken() >= numbers.length ? true : null;
    });
    const [one] = workers;
    if (one !== undefined) await messages.untilSent(one, SETTLE_LIMIT_MS);
    await Promise.all(workers.map((worker) => worker.stop()));
    say(
      `${numbers.length} messages of a notice, ${atLast} gone at the fifth restart, ${taken()} taken in the end`,
    );
    tally.counted(countTold(messages, numbers));
    tally.counted(await countNotice(clone.url));
    for (const wrong of await incoherences(clone)) tally.problem(`${name}: ${wrong}`);
  } finally {
    await messages.close();
  }
  await clone.drop();
};

export const noticeRolled = bothBackends("notice-rolled", roll, { patient: true });
