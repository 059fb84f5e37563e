/** A rate and a stop hold from the moment they are answered: also for what was claimed before, and in the middle of a wave. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { messagingRoutes, SENDING_SETTINGS } from "#src/messages/messaging/index.ts";
import type { NewJob } from "#src/platform/queues.ts";
import { ACCEPT } from "#tests/support/message-providers/behaviour.ts";
import { person } from "#tests/support/people.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { type Answer, ask, type Edge, startEdge } from "./edge.ts";

const MESSAGES = 120;
const RATE = 10;
/** Of the gateway, shared by the jobs that a process works on. */
const CALLS_OF_JOB = 16 / SENDING_SETTINGS.jobsAtOnce;

let town: SendingTown;
let edge: Edge;
let ids: bigint[];
beforeAll(async () => {
  town = await createSendingTown();
  const boss = await person(town.db, "boss", ["supervisor"]);
  edge = await startEdge(town.platform, messagingRoutes, {
    publicWrites: messagingRoutes
      .filter((route) => route.permission === "public")
      .map((route) => `${route.method.toUpperCase()} ${route.path}`),
    authenticate: async () => boss,
  });
});
afterAll(async () => {
  await edge.stop();
  await town.close();
});
beforeEach(async () => {
  town.settings = { ...SENDING_SETTINGS, jobSize: 32 };
  town.gateway.behave(() => ACCEPT);
  await town.rows("delete from message_gates");
  ids = [];
  for (let n = 0; n < MESSAGES; n += 1) {
    ids.push(await town.queueOne({ to: { number: `1381235${String(n).padStart(4, "0")}` } }));
  }
});

const CHANNEL = "/api/v1/messages/channels/sms/gateway";
const send = (method: string, path: string, json: unknown, version?: number): Promise<Answer> =>
  ask(edge, path, {
    method,
    json,
    headers: {
      authorization: "Bearer token-of-the-boss",
      ...(version !== undefined && { "if-match": `"${version}"` }),
    },
  });
const setRate = async (ratePerSecond: number | null): Promise<number> => {
  const [gate] = await town.rows<{ version: number }>(
    "select version from message_gates where channel = 'sms'",
  );
  return (await send("PUT", CHANNEL, { ratePerSecond }, gate?.version)).status;
};
const taken = () => ids.filter((id) => town.gateway.log.takenOf(String(id)).length > 0).length;
const states = () =>
  town.rows<{ state: string; attempts: number; n: number }>(
    `select state, attempts, count(*)::int as n from messages where id = any(:ids::bigint[])
     group by state, attempts order by state, attempts`,
    { ids },
  );

/** Everything is claimed without a rate; two jobs call a provider that does not answer yet, the others wait for a worker. */
const inTheMiddle = async () => {
  const jobs = await town.claim();
  const atWork = jobs.slice(0, 2);
  const waiting = jobs.slice(2);
  expect([atWork.length, waiting.length > 0]).toEqual([2, true]);
  let letGo = (): void => undefined;
  const until = new Promise<void>((resolve) => (letGo = resolve));
  town.gateway.behave(() => ({ kind: "hold", until }));
  const working = Promise.all(atWork.map((job: NewJob) => town.work([job])));
  await expect.poll(taken).toBe(2 * CALLS_OF_JOB);
  return {
    /** What was on the wire is answered; then everybody works on what he has. */
    goOn: async () => {
      town.gateway.behave(() => ACCEPT);
      letGo();
      await working;
      await town.work(waiting);
    },
  };
};

test("a rate on a channel that had none holds at once: only what was on the wire goes by the old one", async () => {
  const { goOn } = await inTheMiddle();
  expect(await setRate(RATE)).toBe(200);
  await goOn();
  expect(taken()).toBe(2 * CALLS_OF_JOB);
  expect(await states()).toEqual([
    { state: "accepted", attempts: 1, n: 2 * CALLS_OF_JOB },
    { state: "queued", attempts: 0, n: MESSAGES - 2 * CALLS_OF_JOB },
  ]);
  // The second of the change has none left; from then on ten a second, until each went once.
  await town.sendDue();
  expect(taken()).toBe(2 * CALLS_OF_JOB);
  for (let before = taken(); before < MESSAGES; before += RATE) {
    town.db.clock.advanceMs(1000);
    await town.sendDue();
    expect(taken()).toBe(Math.min(MESSAGES, before + RATE));
  }
  expect(town.gateway.log.doubled()).toEqual([]);
});

test("a slower rate takes back what the faster one had let through; no rate takes back nothing", async () => {
  await town.claim();
  await town.rows("update messages set state = 'queued', lease_until = null where state = 'claimed'");
  expect(await setRate(50)).toBe(200);
  town.db.clock.advanceMs(1000);
  const fast = await town.claim();
  expect(await setRate(RATE)).toBe(200);
  await town.work(fast);
  expect(taken()).toBe(0);
  town.db.clock.advanceMs(1000);
  const slow = await town.claim();
  expect(await setRate(null)).toBe(200);
  await town.work(slow);
  expect(taken()).toBe(RATE);
  await town.sendDue();
  expect(taken()).toBe(MESSAGES);
});

test("a stop holds in the middle of a wave, and what was claimed goes after it is lifted", async () => {
  const { goOn } = await inTheMiddle();
  const stopped = await send("POST", `${CHANNEL}/stop`, { reason: "contract ends" });
  expect(stopped.status).toBe(200);
  await goOn();
  await town.sendDue();
  expect(taken()).toBe(2 * CALLS_OF_JOB);
  expect((await states()).map(({ state, attempts }) => [state, attempts])).toEqual([
    ["accepted", 1],
    ["queued", 0],
  ]);
  const version = Number(stopped.body["version"]);
  expect((await send("POST", `${CHANNEL}/resume`, { reason: "contract renewed" }, version)).status).toBe(200);
  await town.sendDue();
  expect(taken()).toBe(MESSAGES);
  expect(town.gateway.log.doubled()).toEqual([]);
});
