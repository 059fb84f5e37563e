/** Receipts over HTTP: genuine ones move a message forward once, whatever their order; forged and stale ones do nothing. */
import webhooks from "twilio/lib/webhooks/webhooks.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askProviders, choosePorts, messagingRoutes } from "#src/messages/messaging/index.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import type { GatewayReport } from "#tests/support/message-providers/gateway.ts";
import { startTwilioSimulator, type TwilioSimulator } from "#tests/support/message-providers/twilio.ts";
import { quietLog } from "#tests/support/quiet-log.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { sendingWith } from "#tests/support/sending-with.ts";
import { TWILIO_ACCOUNT, TWILIO_TOKEN } from "#tests/support/sms-senders.ts";
import { byToken, type Edge, startEdge } from "./edge.ts";

const PUBLIC = "https://heat.example.com";
const PATH = "/api/v1/hooks/sms/gateway/receipts";

let town: SendingTown;
let edge: Edge;
beforeAll(async () => {
  town = await createSendingTown();
  edge = await startEdge(
    {
      ...town.platform,
      publicUrl: PUBLIC,
      outside: {
        twilio: { accountSid: TWILIO_ACCOUNT, authToken: TWILIO_TOKEN, voiceNumber: undefined },
        pbxUrl: undefined,
      },
    },
    messagingRoutes,
    // Nobody has a token: receipts are signed.
    byToken(new Map(), messagingRoutes),
  );
}, 60_000);
afterAll(async () => {
  await edge.stop();
  await town.close();
});
beforeEach(async () => {
  await town.db.owner.sql.run("truncate messages cascade");
});

const stored = () =>
  town.rows<{ state: string }>("select provider, event_id, state, code from message_receipts order by id");
const statesOf = async (): Promise<Record<string, number>> => {
  const rows = await town.rows<{ state: string; count: bigint }>(
    "select state, count(*) as count from messages group by state order by state",
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
};
const sendOne = async (): Promise<bigint> => {
  const id = await town.queueOne();
  await town.sendDue();
  return id;
};
const reportsOf = (id: bigint): GatewayReport[] => {
  const taken = town.gateway.log.takenOf(String(id)).at(-1);
  if (taken === undefined) throw new Error("the gateway never took it");
  return town.gateway.reportsOf(taken);
};
const post = (body: string, headers: Record<string, string>) =>
  fetch(`${edge.url}${PATH}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
const answerOf = async (response: Response): Promise<[number, unknown]> => {
  const body = (await response.json()) as Record<string, unknown>;
  return [response.status, response.status === 200 ? body : body["code"]];
};

describe("the gateway", () => {
  test("reports once: accepted, delivered, and nothing the second time", async () => {
    const id = await sendOne();
    expect((await town.row(id)).state).toBe("accepted");
    const reports = reportsOf(id);
    expect(await answerOf(await town.gateway.pushReports(edge.url, reports))).toEqual([
      200,
      { stored: 2, repeated: 0, unreadable: 0 },
    ]);
    expect(await town.row(id)).toMatchObject({ state: "delivered", reason: "DELIVRD" });
    expect(await answerOf(await town.gateway.pushReports(edge.url, reports))).toEqual([
      200,
      { stored: 0, repeated: 2, unreadable: 0 },
    ]);
    expect(await stored()).toHaveLength(2);
  });

  test("a failure that comes after the proof of delivery moves nothing back", async () => {
    const id = await sendOne();
    const [, delivered] = reportsOf(id);
    if (delivered === undefined) throw new Error("there is no report");
    await town.gateway.pushReports(edge.url, [delivered]);
    await town.gateway.pushReports(edge.url, [
      { ...delivered, eventId: "late-1", state: "undelivered", code: "MK:0001" },
      { ...delivered, eventId: "late-2", state: "accepted" },
    ]);
    expect((await town.row(id)).state).toBe("delivered");
  });

  test("a report says what became of a message whose answer was lost", async () => {
    town.gateway.behave(() => ({ kind: "accept-then-reset" }));
    const id = await town.queueOne();
    await town.sendDue();
    town.gateway.behave(() => ({ kind: "accept" }));
    expect((await town.row(id)).state).toBe("unknown");
    await town.gateway.pushReports(edge.url, reportsOf(id));
    expect(await town.row(id)).toMatchObject({
      state: "delivered",
      providerMessageId: reportsOf(id)[0]?.id,
    });
    expect(town.gateway.log.takenOf(String(id))).toHaveLength(1);
  });

  test("lost, doubled and shuffled receipts of 200: every one that came counts once, the rest are asked about", async () => {
    for (let n = 0; n < 200; n += 1) await town.queueOne();
    await town.sendDue();
    expect(await statesOf()).toEqual({ accepted: 200 });
    const ids = new Set(
      (await town.rows<{ id: bigint }>("select id from messages")).map(({ id }) => String(id)),
    );
    const road = { seed: 7, lost: 0.2, twice: 0.2, shuffled: true, batch: 20 };
    const statuses = await town.gateway.push(edge.url, { ...road, only: ({ ref }) => ids.has(ref) });
    expect(new Set(statuses)).toEqual(new Set([200]));
    const { delivered = 0, accepted = 0 } = await statesOf();
    expect(delivered + accepted).toBe(200);
    expect([delivered > 140, accepted > 20]).toEqual([true, true]);
    town.db.clock.advanceMs(3_700_000);
    while ((await town.ask()) > 0);
    expect(await statesOf()).toEqual({ delivered: 200 });
  });

  test.each<[string, string, (body: string) => Record<string, string>]>([
    ["unsigned", "webhook.unsigned", () => ({})],
    [
      "signed with another secret",
      "webhook.forged",
      (body) => signWebhook("another-secret-of-nobody-at-all-1234", body, town.db.clock.now()),
    ],
    [
      "signed for another body",
      "webhook.forged",
      (body) => signWebhook(town.gateway.secret, `${body} `, town.db.clock.now()),
    ],
    [
      "recorded ten minutes ago",
      "webhook.stale",
      (body) => signWebhook(town.gateway.secret, body, new Date(town.db.clock.now().getTime() - 600_000)),
    ],
    [
      "from the future",
      "webhook.stale",
      (body) => signWebhook(town.gateway.secret, body, new Date(town.db.clock.now().getTime() + 600_000)),
    ],
  ])("%s: 401 %s, nothing is stored and nothing moves", async (_, code, headers) => {
    const id = await sendOne();
    const body = JSON.stringify({ receipts: reportsOf(id) });
    expect(await answerOf(await post(body, headers(body)))).toEqual([401, code]);
    expect(await stored()).toEqual([]);
    expect((await town.row(id)).state).toBe("accepted");
  });

  test("one that cannot be read does not hold up the others", async () => {
    const id = await sendOne();
    const reports = [
      ...reportsOf(id),
      { eventId: "x", id: "y", state: "eaten", at: "now" },
      null,
      { ...reportsOf(id)[0], eventId: "with more", admin: true },
    ];
    const body = JSON.stringify({ receipts: reports });
    const headers = signWebhook(town.gateway.secret, body, town.db.clock.now());
    expect(await answerOf(await post(body, headers))).toEqual([
      200,
      { stored: 2, repeated: 0, unreadable: 3 },
    ]);
  });

  test.each<[string, string]>([
    ["a list", "[]"],
    ["none", '{"receipts":[]}'],
    ["more than 500", JSON.stringify({ receipts: Array.from({ length: 501 }, () => null) })],
    ["half of it", "{"],
  ])("%s: 400", async (_, body) => {
    expect(
      await answerOf(await post(body, signWebhook(town.gateway.secret, body, town.db.clock.now()))),
    ).toEqual([400, "webhook.unreadable"]);
  });

  test("of a message that is not ours is kept and moves nothing", async () => {
    const report = {
      eventId: "e-1",
      id: "gw-none",
      messageId: "999999",
      state: "delivered",
      at: "2026-11-20T02:00:00Z",
    };
    const body = JSON.stringify({ receipts: [report] });
    const headers = signWebhook(town.gateway.secret, body, town.db.clock.now());
    expect(await answerOf(await post(body, headers))).toEqual([
      200,
      { stored: 1, repeated: 0, unreadable: 0 },
    ]);
  });
});

describe("Twilio", () => {
  let twilio: TwilioSimulator;
  let sending: ReturnType<typeof sendingWith>;
  beforeAll(async () => {
    const account = { accountSid: TWILIO_ACCOUNT, authToken: TWILIO_TOKEN };
    twilio = await startTwilioSimulator({ ...account, now: () => town.db.clock.now() });
    sending = sendingWith(town, {
      publicUrl: PUBLIC,
      outside: { twilio: { ...account, voiceNumber: undefined }, pbxUrl: undefined },
      messages: {
        smsProvider: "twilio",
        signature: "暖阳供热",
        gateway: undefined,
        messagingServiceSid: `MG${"0".repeat(31)}5`,
        twilioApiUrl: twilio.url,
        smtp: undefined,
      },
    });
  });
  afterAll(async () => {
    sending.close();
    await twilio.stop();
  });
  const send = async (): Promise<{ id: bigint; sid: string }> => {
    const id = await town.queueOne();
    await sending.sendDue();
    return { id, sid: twilio.log.takenOf(String(id))[0]?.id ?? "" };
  };

  test("calls back: sent, delivered; late, twice and in any order", async () => {
    const { id, sid } = await send();
    expect(await town.row(id)).toMatchObject({
      state: "accepted",
      provider: "twilio",
      providerMessageId: sid,
    });
    for (const status of ["delivered", "sent", "delivered", "queued"]) {
      expect((await twilio.callBackOnce(edge.url, sid, status)).status).toBe(200);
    }
    expect((await town.row(id)).state).toBe("delivered");
    expect(await stored()).toHaveLength(3);
  });

  test("undelivered keeps its code", async () => {
    const { id, sid } = await send();
    twilio.setStatus(sid, "undelivered", 30005);
    await twilio.callBackOnce(edge.url, sid, "undelivered");
    expect(await town.row(id)).toMatchObject({ state: "undelivered", reason: "30005" });
  });

  test("an answer that was lost is found by the address of its callback", async () => {
    twilio.behave(() => ({ kind: "accept-then-reset" }));
    const { id, sid } = await send();
    twilio.behave(() => ({ kind: "accept" }));
    expect((await town.row(id)).state).toBe("unknown");
    await twilio.callBackOnce(edge.url, sid, "delivered");
    expect(await town.row(id)).toMatchObject({ state: "delivered", providerMessageId: sid });
  });

  test("a callback that was lost is asked for by SID", async () => {
    const { id, sid } = await send();
    twilio.setStatus(sid, "delivered");
    town.db.clock.advanceMs(3_700_000);
    const ports = choosePorts(sending.platform);
    await askProviders({ platform: sending.platform, ports, log: quietLog });
    expect((await town.row(id)).state).toBe("delivered");
  });

  test("of several to one number, whose answers were lost, none is given the SID of another", async () => {
    const ports = choosePorts(sending.platform);
    const ask = () => askProviders({ platform: sending.platform, ports, log: quietLog });
    const answered = await send();
    const never = await town.queueOne();
    twilio.behave(() => ({ kind: "reset" }));
    await sending.sendDue();
    twilio.behave(() => ({ kind: "accept" }));
    expect((await town.row(never)).state).toBe("unknown");
    town.db.clock.advanceMs(301_000);
    await ask();
    // Twilio lists one to this number, and it is the other's: this one surely never arrived.
    expect(await town.row(never)).toMatchObject({ state: "queued", reason: "provider-never-had-it" });
    await town.rows("update messages set state = 'cancelled' where id = :id", { id: never });

    town.db.clock.advanceMs(3_600_000);
    const two = [await town.queueOne(), await town.queueOne()];
    const [first = 0n, second = 0n] = two;
    twilio.behave((_, ref) => (ref === String(first) ? { kind: "accept-then-reset" } : { kind: "reset" }));
    await sending.sendDue();
    twilio.behave(() => ({ kind: "accept" }));
    const apart = await town.queueOne({ to: { number: "13812348077" } });
    await sending.sendDue();
    await town.rows(
      "update messages set state = 'unknown', provider_message_id = null, ask_at = called_at where id = :id",
      {
        id: apart,
      },
    );
    town.db.clock.advanceMs(301_000);
    await ask();
    // One arrived, and nobody can say which of the two: neither is sent again, and the third of the same round is settled.
    expect([await town.row(first), await town.row(second)]).toMatchObject([
      { state: "unknown", providerMessageId: null },
      { state: "unknown", providerMessageId: null },
    ]);
    expect(await town.row(apart)).toMatchObject({ state: "accepted" });
    expect((await town.row(answered.id)).providerMessageId).toBe(answered.sid);
    // The callback names it in its address.
    const sid = twilio.log.takenOf(String(first))[0]?.id ?? "";
    await twilio.callBackOnce(edge.url, sid, "delivered");
    expect(await town.row(first)).toMatchObject({ state: "delivered", providerMessageId: sid });
  });

  test("while it asked us to wait it is asked nothing", async () => {
    const { id } = await send();
    town.db.clock.advanceMs(3_700_000);
    const ports = choosePorts(sending.platform);
    const ask = () => askProviders({ platform: sending.platform, ports, log: quietLog });
    const until = new Date(town.db.clock.now().getTime() + 60_000);
    await town.rows("update message_gates set paused_until = :until where provider = 'twilio'", { until });
    expect(await ask()).toBe(0);
    town.db.clock.advanceMs(61_000);
    expect(await ask()).toBe(1);
    expect((await town.row(id)).state).toBe("accepted");
  });

  test.each<[string, number, string, (sid: string) => Promise<Response>]>([
    [
      "with another token's signature",
      401,
      "webhook.forged",
      (sid) => twilio.callBackOnce(edge.url, sid, "delivered", "another-token-of-nobody"),
    ],
    [
      "unsigned",
      401,
      "webhook.unsigned",
      (sid) =>
        fetch(`${edge.url}/api/v1/hooks/sms/twilio/status/1`, {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: `MessageSid=${sid}&MessageStatus=delivered`,
        }),
    ],
  ])("%s: %i %s, and nothing moves", async (_, status, code, call) => {
    const { id, sid } = await send();
    expect(await answerOf(await call(sid))).toEqual([status, code]);
    expect((await town.row(id)).state).toBe("accepted");
    expect(await stored()).toEqual([]);
  });

  test("a genuine callback played to another message's address is forged there", async () => {
    const [one, other] = [await send(), await send()];
    const form = { AccountSid: TWILIO_ACCOUNT, MessageSid: one.sid, MessageStatus: "delivered" };
    const path = (id: bigint) => `/api/v1/hooks/sms/twilio/status/${id}`;
    const response = await fetch(`${edge.url}${path(other.id)}`, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": webhooks.getExpectedTwilioSignature(
          TWILIO_TOKEN,
          `${PUBLIC}${path(one.id)}`,
          form,
        ),
      },
      body: new URLSearchParams(form).toString(),
    });
    expect(await answerOf(response)).toEqual([401, "webhook.forged"]);
  });
});

test("no number and no word of a message stands in the log", () => {
  expect(edge.logText()).not.toMatch(/13812348000|预约|W000001/);
});
