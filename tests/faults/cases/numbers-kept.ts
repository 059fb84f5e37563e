/**
 * A whole run with people's numbers in it: messages that are taken, refused and lost, a notice, receipts, text messages and calls
 * that come in, cases, forged and broken requests. Then everything that the queue's server heard, every job, every event, audit
 * row and task, and the logs of both processes at their most talkative are searched for each number. On both backends.
 */
import { setTimeout as delay } from "node:timers/promises";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { systemClock } from "#src/platform/clock.ts";
import { ACCEPT, type Behaviour } from "#tests/support/message-providers/behaviour.ts";
import { gatewaySms, type Request } from "#tests/support/sms-senders.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { type Backend, bothBackends } from "../support/backends.ts";
import { manRouting } from "../support/cases.ts";
import { listenTo } from "../support/ear.ts";
import type { FaultContext, Tally } from "../support/fault-case.ts";
import { freezeNotice } from "../support/killed-notice.ts";
import { GATEWAY_SECRET, type MessageStage, stageMessages } from "../support/messages.ts";
import { ask, askOne } from "../support/outside.ts";
import { type Api, CTI_SECRET, nuan, type Running, startApi, startWorker } from "../support/processes.ts";
import type { Clone } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** An hour at which people may be written to. */
const AT = "2026-10-21T10:00:00+08:00";
const MESSAGES = { short: 300, full: 3000 };
const CALLERS = { short: 20, full: 200 };
const SETTLE_LIMIT_MS = 300_000;
const WORDS = ["家里不热", "退订", "已缴", "查费", "不在家", "进度", "漏水了", "谢谢"];

/** Each way in which a call can end. */
const ENDS: readonly Behaviour[] = [
  ACCEPT,
  { kind: "refuse", status: 400, code: "NO-SUCH-NUMBER" },
  ACCEPT,
  { kind: "reset" },
  ACCEPT,
  { kind: "fail", status: 500 },
  ACCEPT,
  { kind: "accept-then-rubbish" },
  ACCEPT,
  { kind: "fail-after-accept", status: 502 },
];

const callerNumber = (n: number): string => String(13_700_200_000 + n);

const post = async (api: Api, { path, headers, raw }: Request): Promise<number> => {
  const response = await fetch(api.url + path, { method: "POST", headers, body: raw });
  await response.arrayBuffer();
  return response.status;
};

const cti = (now: Date, events: readonly unknown[], secret = CTI_SECRET): Request => {
  const raw = JSON.stringify({ events });
  return {
    path: "/api/v1/hooks/cti",
    headers: { "content-type": "application/json", ...signWebhook(secret, raw, now) },
    raw,
  };
};

const callOf = (n: number, now: Date): readonly unknown[] =>
  [
    { type: "ringing", direction: "inbound", from: callerNumber(n), at: -50 },
    { type: "queued", at: -45 },
    { type: "abandoned", at: -5 },
  ].map(({ at, ...event }, place) => ({
    ...event,
    callId: `call-${n}`,
    eventId: `call-${n}-${place}`,
    at: new Date(now.getTime() + at * 1000).toISOString(),
  }));

/** What people and machines send to us; each with a number, some of it broken or forged. Answers the genuine ones. */
const knock = async (api: Api, messages: MessageStage, callers: number): Promise<number> => {
  let taken = 0;
  const count = (status: number): void => {
    if (status === 200 || status === 202) taken += 1;
  };
  for (let n = 0; n < callers; n += 1) {
    const now = messages.now();
    const sms = { id: `in-${n}`, from: callerNumber(n), text: WORDS[n % WORDS.length] ?? "" };
    count(await post(api, gatewaySms(now, sms, GATEWAY_SECRET)));
    count(await post(api, cti(now, callOf(n, now))));
    await post(api, gatewaySms(now, { ...sms, id: `forged-${n}` }, "a-secret-that-nobody-here-has-heard-of"));
    await post(api, cti(now, callOf(n, now), "a-secret-that-nobody-here-has-heard-of"));
    await post(api, cti(now, [{ type: "strange", from: callerNumber(n) }]));
  }
  return taken;
};

/** An agent's requests, with numbers wherever a client might put one. */
const askAsAgent = async (clone: Clone, api: Api, callers: number): Promise<number> => {
  const { token } = await nuan(clone, ["token", "create", "--role", "agent", "--name", "agent"]);
  if (typeof token !== "string") throw new Error("nuan token create gave no token");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  let answered = 0;
  const request = async (method: string, path: string, body?: string): Promise<void> => {
    const response = await fetch(`${api.url}/api/v1${path}`, {
      method,
      headers,
      ...(body !== undefined && { body }),
    });
    await response.arrayBuffer();
    if (response.ok) answered += 1;
  };
  for (let n = 0; n < callers; n += 1) {
    const number = callerNumber(n);
    const wanted = {
      accountNo: plantedAccountNo(n + 1),
      category: "heat.not-hot",
      channel: "phone",
      callerNumber: number,
      summary: "not hot",
    };
    await request("POST", "/tickets", JSON.stringify(wanted));
    await request("POST", "/search", JSON.stringify({ q: number }));
    await request("POST", "/tickets", JSON.stringify({ ...wanted, accountNo: number }));
    await request("POST", "/tickets", `{"callerNumber": "${number}"`);
    await request("GET", `/tickets?number=${number}`);
    await request("GET", `/accounts/${number}`);
  }
  return answered;
};

/** Where numbers may not stand, whatever carried them. */
const passedThrough = async (url: string): Promise<string> =>
  (
    await ask<{ text: string }>(
      url,
      `select payload::text as text from outbox_events union all select details::text from audit_events
       union all select details::text from tasks union all select payload::text from live_events
       union all select outcome::text from scheduled_runs`,
    )
  )
    .map((row) => row.text)
    .join("\n");

const LENGTH = 11;

/** Which of these numbers stand in a text, with or without 86 or spaces. */
const findNumbers = (text: string, numbers: ReadonlySet<string>): string[] => {
  const found = new Set<string>();
  for (const [digits] of text.replaceAll(/(\d)[ -](?=\d)/g, "$1").matchAll(/\d{11,}/g)) {
    for (let at = 0; at + LENGTH <= digits.length; at += 1) {
      const window = digits.slice(at, at + LENGTH);
      if (numbers.has(window)) found.add(window);
    }
  }
  return [...found];
};

const numbersOf = async (clone: Clone, messages: MessageStage, callers: number): Promise<Set<string>> => {
  const phones = await ask<{ number: string }>(
    clone.url,
    "select substr(number, 4) as number from person_phones",
  );
  return new Set([
    ...messages.numbers(),
    ...phones.map((row) => row.number),
    ...Array.from({ length: callers }, (_, n) => callerNumber(n)),
  ]);
};

const untilQuiet = (url: string, worker: Running): Promise<unknown> =>
  until(
    "nothing moves any more",
    SETTLE_LIMIT_MS,
    async () => {
      if (!worker.isRunning()) throw new Error(`the worker ended: ${worker.tail()}`);
      const { open } = await askOne<{ open: number }>(
        url,
        `select ((select count(*) from messages, database_facts where state in ('queued', 'claimed', 'calling')
             and not_before <= now() + business_clock_offset_seconds * interval '1 second')
           + (select count(*) from outbox_events where settled_at is null)
           + (select count(*) from notice_fan_outs where finished_at is null))::int as open`,
      );
      return open === 0 ? true : null;
    },
    200,
  );

type Run = { readonly clone: Clone; readonly messages: MessageStage; readonly callers: number };

/** Everything of the run; answers the processes, ended, for their logs. */
const runWhole = async (
  { clone, messages, callers }: Run,
  tally: Tally,
  { redisUrl }: Backend,
  total: number,
): Promise<readonly Running[]> => {
  const options = messages.options({ redisUrl, settings: { LOG_LEVEL: "trace" } });
  const api = await startApi(clone, options);
  const worker = startWorker(clone, options);
  await messages.queue(total);
  messages.gateway.behave((call) => ENDS[call % ENDS.length] ?? ACCEPT);
  const genuine = await knock(api, messages, callers);
  tally.ran(genuine >= 2 * callers);
  tally.ran((await askAsAgent(clone, api, callers)) >= 2 * callers);
  await untilQuiet(clone.url, worker);
  const statuses = await messages.gateway.push(api.url, { batch: 40, lost: 0.1, twice: 0.1, shuffled: true });
  tally.ran(statuses.every((status) => status === 200));
  await untilQuiet(clone.url, worker);
  // The last lines of a log are written within half a second.
  await delay(1000);
  await Promise.all([api.stop(), worker.stop()]);
  return [api, worker];
};

const LEAST_HEARD = 10_000;

const scan = async ({ stage, full, say }: FaultContext, tally: Tally, backend: Backend): Promise<void> => {
  const clone = await stage.clone("billed");
  const messages = await stageMessages(clone);
  const callers = full ? CALLERS.full : CALLERS.short;
  try {
    await messages.tick(Math.round((new Date(AT).getTime() - systemClock.now().getTime()) / 1000));
    await manRouting(clone);
    await freezeNotice(clone.url, "1 minute ago");
    const ear = await listenTo(backend, clone.url);
    const run = { clone, messages, callers };
    const processes = await runWhole(run, tally, backend, full ? MESSAGES.full : MESSAGES.short);
    ear.stop();
    const places = {
      "the queue": await ear.heard(),
      "events, audit rows and tasks": await passedThrough(clone.url),
      "the logs": processes.map((one) => one.log() + one.output()).join("\n"),
    };
    const numbers = await numbersOf(clone, messages, callers);
    for (const [place, text] of Object.entries(places)) {
      const leaked = findNumbers(text, numbers);
      if (leaked.length > 0) tally.problem(`${backend.name}: ${leaked.length} numbers stand in ${place}`);
      if (text.length < LEAST_HEARD) tally.problem(`${backend.name}: nothing much was heard of ${place}`);
    }
    // The scanner finds them where they do stand.
    const told = await ask<{ recipient: string }>(clone.url, "select recipient from messages");
    const control = findNumbers(told.map((row) => row.recipient).join("\n"), numbers).length;
    tally.ran(control > messages.numbers().length);
    const sizes = Object.entries(places).map(([place, text]) => `${place} ${text.length}`);
    say(`${numbers.size} numbers, ${control} written to; characters searched: ${sizes.join(", ")}`);
  } finally {
    await messages.close();
  }
  await clone.drop();
};

export const numbersKept = bothBackends("numbers-kept", scan, { patient: true });
