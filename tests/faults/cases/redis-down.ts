/**
 * Redis is down for minutes while homes pay, cases are opened over the API and messages fall due: whoever asks is answered as
 * ever, because no request waits for a queue. When Redis is back, and empty, everything that waited is done, once.
 */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import type { TestRedis } from "#tests/support/redis.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { countRoutes, manRouting, untilRouted } from "../support/cases.ts";
import { incoherences } from "../support/coherent.ts";
import { countEffects, eventFigures, untilSettled } from "../support/events.ts";
import type { FaultContext, Tally } from "../support/fault-case.ts";
import { type MessageStage, stageMessages } from "../support/messages.ts";
import { countMoney } from "../support/outside.ts";
import { createPayers, type Payers } from "../support/payers.ts";
import { type Api, nuan, startApi, startWorker } from "../support/processes.ts";
import { redisCase } from "../support/redis-case.ts";
import type { Clone } from "../support/stage.ts";

const DOWN_SECONDS = { short: 20, full: 180 };
const MESSAGES_A_ROUND = 5;
const ROUND_PAUSE_MS = 500;
const SETTLE_LIMIT_MS = 300_000;
/** An answer that waits for a queue would wait longer. */
const ANSWER_LIMIT_MS = 10_000;

type Cases = { readonly opened: () => number; open(): Promise<void> };

/** An agent who opens one case after the other, each of another home. */
const agentAt = async (tally: Tally, clone: Clone, api: Api): Promise<Cases> => {
  const { token } = await nuan(clone, ["token", "create", "--role", "agent", "--name", "agent"]);
  if (typeof token !== "string") throw new Error("nuan token create gave no token");
  let opened = 0;
  return {
    opened: () => opened,
    open: async () => {
      opened += 1;
      const response = await fetch(`${api.url}/api/v1/tickets`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "idempotency-key": `case-${opened}`,
        },
        body: JSON.stringify({
          // From the other end than those who pay.
          accountNo: plantedAccountNo(3000 - opened),
          category: "heat.not-hot",
          channel: "phone",
          summary: "not hot",
        }),
      });
      const text = await response.text();
      if (response.status !== 201) tally.problem(`case ${opened}: ${response.status} ${text}`);
    },
  };
};

type Work = { readonly payers: Payers; readonly cases: Cases; readonly messages: MessageStage };

/** A home pays, a case is opened, some messages fall due; answers how long the slower of the first two took. */
const workOnce = async ({ payers, cases, messages }: Work): Promise<number> => {
  const begun = monotonicMs();
  await Promise.all([payers.pay(1), cases.open()]);
  const tookMs = monotonicMs() - begun;
  await messages.queue(MESSAGES_A_ROUND);
  return tookMs;
};

const goDown = async (context: FaultContext, tally: Tally, redis: TestRedis): Promise<void> => {
  const { stage, full, say } = context;
  const clone = await stage.clone("billed");
  await manRouting(clone);
  const messages = await stageMessages(clone);
  const options = messages.options({ redisUrl: redis.url });
  const api = await startApi(clone, options);
  const worker = startWorker(clone, options);
  const payers = createPayers(tally, clone, api);
  try {
    const work = { payers, cases: await agentAt(tally, clone, api), messages };
    await workOnce(work);
    await untilSettled(clone.url, worker, SETTLE_LIMIT_MS);
    await redis.down();
    const ends = monotonicMs() + (full ? DOWN_SECONDS.full : DOWN_SECONDS.short) * 1000;
    let rounds = 0;
    let slowestMs = 0;
    while (monotonicMs() < ends) {
      slowestMs = Math.max(slowestMs, await workOnce(work));
      rounds += 1;
      await delay(ROUND_PAUSE_MS);
    }
    const { open } = await eventFigures(clone.url);
    const waiting = (await messages.states())["queued"] ?? 0;
    tally.ran(open >= rounds && waiting > 0);
    if (slowestMs > ANSWER_LIMIT_MS) tally.problem(`an answer took ${Math.round(slowestMs)} ms`);
    await redis.up();
    const up = monotonicMs();
    await untilSettled(clone.url, worker, SETTLE_LIMIT_MS);
    await untilRouted(clone.url, worker, SETTLE_LIMIT_MS);
    await messages.untilSent(worker, SETTLE_LIMIT_MS);
    say(
      `down for ${full ? DOWN_SECONDS.full : DOWN_SECONDS.short} s: ${rounds} payments and ${rounds} cases, slowest answer ` +
        `${Math.round(slowestMs)} ms; ${open} payments' events and ${waiting} messages waited, all done ` +
        `${((monotonicMs() - up) / 1000).toFixed(1)} s after`,
    );
    await Promise.all([api.stop(), worker.stop()]);
    tally.counted(await countMoney(clone.url, payers.sent));
    tally.counted(await countEffects(clone.url, payers.sent));
    tally.counted(await countRoutes(clone.url, work.cases.opened()));
    tally.counted(messages.count());
    const defect = api.defect();
    if (defect !== undefined) tally.problem(`a defect in the API's log: ${defect}`);
    for (const wrong of await incoherences(clone)) tally.problem(wrong);
  } finally {
    payers.close();
    await messages.close();
  }
  await clone.drop();
};

export const redisDown = redisCase("redis-down", goDown);
