/**
 * Messages from outside that are forged, altered, stale or replayed, at every signed address: none is taken, none leaves a row,
 * and a genuine one that comes twenty times at once is one.
 */
import { randomBytes } from "node:crypto";
import webhooks from "twilio/lib/webhooks/webhooks.js";
import type { Random } from "#src/demo/random.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { systemClock } from "#src/platform/clock.ts";
import { createTally, type FaultCase, type Tally } from "../support/fault-case.ts";
import { askOne } from "../support/outside.ts";
import { incoherences } from "../support/coherent.ts";
import { type Api, startApi } from "../support/processes.ts";

const PUBLIC_URL = "https://heat.example.com";
const SECRETS = {
  CTI_SECRET: "the-exchange-signs-with-this-in-fault-tests",
  DISPATCH_SECRET: "the-dispatch-centre-signs-with-this-one-here",
  SMS_GATEWAY_SECRET: "the-gateway-signs-with-this-in-fault-tests",
} as const;
const TWILIO = { sid: `AC${"0".repeat(31)}7`, token: "twilio-token-in-fault-tests" };

type Message = {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** Every address that takes signed messages, with a message that would be read if it were genuine. */
const HOUSE = [
  [
    "CTI_SECRET",
    "/hooks/cti",
    { eventId: "e-1", callId: "c-1", type: "ringing", at: "2026-11-15T02:10:00Z" },
  ],
  ["CTI_SECRET", "/hooks/voice/pbx/menu", { callId: "c-1", step: 0 }],
  [
    "CTI_SECRET",
    "/hooks/voice/pbx/outgoing",
    { eventId: "o-1", commandId: "outgoing-call-1", result: "key", key: "1" },
  ],
  ["DISPATCH_SECRET", "/hooks/dispatch", { eventId: "d-1" }],
  ["SMS_GATEWAY_SECRET", "/hooks/sms/gateway", { id: "s-1", from: "13812345678", text: "查费" }],
  [
    "SMS_GATEWAY_SECRET",
    "/hooks/sms/gateway/receipts",
    {
      receipts: [
        { eventId: "r-1", id: "gw-1", messageId: "1", state: "delivered", at: "2026-11-15T02:10:00Z" },
      ],
    },
  ],
] as const;

const TWILIO_PATHS = [
  "/hooks/voice/twilio",
  "/hooks/voice/twilio/steps/1",
  "/hooks/voice/twilio/status",
  "/hooks/voice/twilio/queue",
  "/hooks/voice/twilio/answered/8001",
  "/hooks/voice/twilio/recording",
  "/hooks/voice/twilio/outgoing/1/status",
  "/hooks/voice/twilio/outgoing/1/keys",
  "/hooks/sms/twilio",
  "/hooks/sms/twilio/status/1",
] as const;

const signed = (secret: string, path: string, body: string, at: Date = systemClock.now()): Message => ({
  path,
  body,
  headers: {
    "content-type": "application/json",
    ...signWebhook(secret in SECRETS ? SECRETS[secret as keyof typeof SECRETS] : secret, body, at),
  },
});

const twilioForm = (callSid: string, more: Readonly<Record<string, string>> = {}) => ({
  AccountSid: TWILIO.sid,
  CallSid: callSid,
  MessageSid: `SM${"0".repeat(32)}`,
  MessageStatus: "delivered",
  From: "+8613812345678",
  To: "+8637100000000",
  Body: "查费",
  Digits: "1",
  ...more,
});

const twilioMessage = (
  path: string,
  form: Readonly<Record<string, string>>,
  token = TWILIO.token,
): Message => ({
  path,
  body: new URLSearchParams(form).toString(),
  headers: {
    "content-type": "application/x-www-form-urlencoded",
    "x-twilio-signature": webhooks.getExpectedTwilioSignature(token, `${PUBLIC_URL}/api/v1${path}`, form),
  },
});

const later = (seconds: number): Date => new Date(systemClock.now().getTime() + seconds * 1000);

const flip = (text: string, random: Random): string => {
  const at = random.below(text.length);
  const digit = text[at] === "7" ? "8" : "7";
  return `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
};

/** What a forger tries with a message of the house's own scheme. */
const houseForgeries = (random: Random): Message[] =>
  HOUSE.flatMap(([secret, path, content]) => {
    const body = JSON.stringify(content);
    const good = signed(secret, path, body);
    const header = (name: string, value: string): Message => ({
      ...good,
      headers: { ...good.headers, [name]: value },
    });
    const other = secret === "CTI_SECRET" ? "DISPATCH_SECRET" : "CTI_SECRET";
    return [
      { ...good, headers: { "content-type": "application/json" } },
      { ...good, body: `${body} ` },
      { ...good, body: flip(body, random) },
      { ...good, path: good.path, headers: signed(other, path, body).headers },
      signed("a-secret-that-nobody-here-has-ever-heard-of", path, body),
      signed(secret, path, body, later(-302)),
      // far enough that it is still the future when its turn comes
      signed(secret, path, body, later(900)),
      signed(secret, path, body, later(-86_400)),
      header("x-nuan-signature", flip(good.headers["x-nuan-signature"] ?? "", random)),
      header("x-nuan-signature", ""),
      header("x-nuan-signature", "0".repeat(64)),
      header("x-nuan-timestamp", String(Math.floor(later(1).getTime() / 1000))),
      header("x-nuan-timestamp", "now"),
    ];
  });

/** Twilio signs a time only with what it reports of a call. */
const staleReports = (): Message[] =>
  [-400, 400, -86_400].map((seconds) =>
    twilioMessage(
      "/hooks/voice/twilio/status",
      twilioForm(`CA${randomBytes(16).toString("hex")}`, {
        CallStatus: "completed",
        Timestamp: later(seconds).toUTCString(),
      }),
    ),
  );

const twilioForgeries = (random: Random): Message[] =>
  TWILIO_PATHS.flatMap((path): Message[] => {
    const form = twilioForm(`CA${randomBytes(16).toString("hex")}`);
    const good = twilioMessage(path, form);
    const body = (changed: Readonly<Record<string, string>>) => new URLSearchParams(changed).toString();
    return [
      { ...good, headers: { "content-type": "application/x-www-form-urlencoded" } },
      twilioMessage(path, form, "a-token-of-somebody-else"),
      twilioMessage(path, { ...form, AccountSid: `AC${"0".repeat(32)}` }),
      { ...good, body: body({ ...form, From: flip(form.From, random) }) },
      { ...good, body: body({ ...form, Digits: "2" }) },
      { ...good, body: body({ ...form, More: "1" }) },
      { ...good, body: `${good.body}&Digits=2` },
      { ...good, path: path === TWILIO_PATHS[0] ? TWILIO_PATHS[3] : TWILIO_PATHS[0] },
      { ...good, headers: { ...good.headers, "x-twilio-signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" } },
    ];
  });

const send = async (api: Api, message: Message): Promise<number> => {
  const response = await fetch(`${api.url}/api/v1${message.path}`, {
    method: "POST",
    headers: message.headers,
    body: message.body,
  });
  await response.arrayBuffer();
  return response.status;
};

/** Refused before it is read: 401, or 400 where the same field stands twice. */
const isRefused = (status: number): boolean => status === 401 || status === 400;

/** All rows that a message from outside could have made. */
const rowsLeft = (url: string): Promise<{ rows: number }> =>
  askOne<{ rows: number }>(
    url,
    `select ((select count(*) from call_events) + (select count(*) from calls) + (select count(*) from menu_sessions)
      + (select count(*) from provider_callbacks) + (select count(*) from received_messages)
      + (select count(*) from message_receipts) + (select count(*) from supply_reports) + (select count(*) from tickets))::int as rows`,
    [],
  );

const TIMES = 20;

/** An alarm of the dispatch centre about the station of every planted home. */
const alarm = (): Message =>
  signed(
    "DISPATCH_SECRET",
    "/hooks/dispatch",
    JSON.stringify({
      eventId: "d-genuine",
      event: {
        kind: "alarm",
        asset: { station: "ST1" },
        occurredAt: systemClock.now().toISOString(),
        stopsHeat: true,
      },
    }),
  );

const isTaken = (status: number): boolean => status === 200 || status === 202;

/** Genuine and repeated at once: one call, one session, one report and one outage, whatever the number of times. */
const repeat = async (api: Api, url: string, tally: Tally): Promise<void> => {
  const callSid = `CA${randomBytes(16).toString("hex")}`;
  const [secret, path, content] = HOUSE[0];
  const genuine = [
    signed(secret, path, JSON.stringify({ ...content, at: systemClock.now().toISOString() })),
    twilioMessage("/hooks/voice/twilio", twilioForm(callSid)),
    alarm(),
  ];
  for (const message of genuine) {
    const statuses = await Promise.all(Array.from({ length: TIMES }, () => send(api, message)));
    tally.ran(statuses.some(isTaken));
    if (!statuses.some(isTaken)) tally.problem(`${message.path}: genuine and refused, ${statuses[0]}`);
  }
  const left = await askOne<{ calls: number; reports: number }>(
    url,
    `select ((select count(*) from call_events) + (select count(*) from calls)
         + (select count(*) from menu_sessions))::int as calls,
       ((select count(*) from supply_reports) + (select count(*) from supply_outages)
         + (select count(*) from outbox_events where type = 'supply.reported'))::int as reports`,
    [],
  );
  // Two events, two calls, one session of the menu; one report, one outage, one announcement.
  const wanted = { calls: 5, reports: 3 };
  const over = left.calls - wanted.calls + left.reports - wanted.reports;
  tally.counted({ lost: Math.max(-over, 0), doubled: Math.max(over, 0) });
};

export const webhooksForged: FaultCase = {
  name: "webhooks-forged",
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    const api = await startApi(clone, {
      settings: {
        ...SECRETS,
        PUBLIC_URL,
        TWILIO_ACCOUNT_SID: TWILIO.sid,
        TWILIO_AUTH_TOKEN: TWILIO.token,
      },
    });
    const before = await rowsLeft(clone.url);
    let sent = 0;
    for (let round = 0; round < (full ? 60 : 3); round += 1) {
      for (const message of [...houseForgeries(random), ...twilioForgeries(random), ...staleReports()]) {
        const status = await send(api, message);
        sent += 1;
        tally.ran(true);
        if (!isRefused(status)) tally.problem(`${message.path}: ${status} for a forgery`);
      }
    }
    const after = await rowsLeft(clone.url);
    tally.counted({ lost: 0, doubled: after.rows - before.rows });
    say(`${sent} forged, altered and stale messages`);
    await repeat(api, clone.url, tally);
    await api.stop();
    const defect = api.defect();
    if (defect !== undefined) tally.problem(`a defect in the API's log: ${defect}`);
    for (const wrong of await incoherences(clone)) tally.problem(wrong);
    await clone.drop();
    return tally.result(100);
  },
};
