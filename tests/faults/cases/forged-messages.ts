/**
 * Text messages that somebody forged, changed, kept for later or repeats a thousand times, against a real API process: what
 * is genuine is stored once, nothing else leaves a trace.
 */
import { systemClock } from "#src/platform/clock.ts";
import { askOne } from "../support/outside.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { incoherences } from "../support/coherent.ts";
import { startApi } from "../support/processes.ts";
import {
  GATEWAY_SECRET,
  gatewaySms,
  messageSid,
  type Request,
  TWILIO_ACCOUNT,
  TWILIO_TOKEN,
  twilioSms,
} from "#tests/support/sms-senders.ts";

const PUBLIC = "https://heat.example.com";
const STALE_MS = 600_000;

const send = async (url: string, request: Request): Promise<number> => {
  const response = await fetch(url + request.path, {
    method: "POST",
    headers: request.headers,
    body: request.raw,
  });
  await response.arrayBuffer();
  return response.status;
};

/** So many at once may be more than a busy machine takes; a provider that is told so sends again. */
const insist = async (url: string, request: Request): Promise<{ status: number; turnedAway: boolean }> => {
  for (let turnedAway = false; ; turnedAway = true) {
    const status = await send(url, request);
    if (status !== 429 && status !== 503) return { status, turnedAway };
  }
};

const genuine = (n: number): Request[] => [
  twilioSms(PUBLIC, { sid: messageSid(n), from: "+8613812348000", text: `不热 ${n}` }),
  gatewaySms(systemClock.now(), { id: `g-${n}`, from: "13812348001", text: `漏水 ${n}` }),
];

const forgeries = (n: number): Request[] => {
  const [twilio, gateway] = genuine(1_000_000 + n);
  if (twilio === undefined || gateway === undefined) return [];
  const now = systemClock.now();
  const sms = { id: `forged-${n}`, from: "13812348001", text: "x" };
  return [
    { ...twilio, raw: twilio.raw.replace("Body=", "Body=x") },
    { ...twilio, headers: { "content-type": "application/x-www-form-urlencoded" } },
    twilioSms("https://elsewhere.example.com", {
      sid: messageSid(2_000_000 + n),
      from: "+8613812348000",
      text: "x",
    }),
    { ...gateway, raw: gateway.raw.replace("漏水", "停暖") },
    gatewaySms(now, sms, "another-secret-of-nobody-at-all-123"),
    gatewaySms(new Date(now.getTime() - STALE_MS), sms),
    gatewaySms(new Date(now.getTime() + STALE_MS), sms),
  ];
};

export const forgedMessages: FaultCase = {
  name: "forged-messages",
  run: async ({ stage, full, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    const api = await startApi(clone, {
      settings: {
        PUBLIC_URL: PUBLIC,
        TWILIO_ACCOUNT_SID: TWILIO_ACCOUNT,
        TWILIO_AUTH_TOKEN: TWILIO_TOKEN,
        SMS_GATEWAY_SECRET: GATEWAY_SECRET,
      },
    });
    const rounds = full ? 40 : 5;
    const repeats = full ? 250 : 20;
    let again = 0;
    for (let n = 0; n < rounds; n += 1) {
      for (const forged of forgeries(n)) {
        const status = await send(api.url, forged);
        tally.ran(status === 401);
        if (status !== 401) tally.problem(`a forgery was answered with ${status}`);
      }
      for (const request of genuine(n)) {
        const answers = await Promise.all(Array.from({ length: repeats }, () => insist(api.url, request)));
        again += answers.filter(({ turnedAway }) => turnedAway).length;
        const odd = answers.filter(({ status }) => status !== 200);
        if (odd.length > 0)
          tally.problem(`${odd.length} of ${repeats} repetitions were answered with ${odd[0]?.status}`);
      }
    }
    say(`${again} of ${rounds * 2 * repeats} repetitions were told to come again`);
    await api.stop();
    const { stored, announced } = await askOne<{ stored: number; announced: number }>(
      clone.url,
      `select (select count(*) from received_messages)::int as stored,
         (select count(*) from outbox_events where type = 'message.received')::int as announced`,
    );
    const expected = rounds * 2;
    tally.counted({
      lost: Math.max(0, expected - Math.min(stored, announced)),
      doubled: Math.max(0, Math.max(stored, announced) - expected),
    });
    for (const wrong of await incoherences(clone)) tally.problem(wrong);
    await clone.drop();
    return tally.result(100);
  },
};
