/** The SMS adapters against simulators over real HTTP: an adapter says only what is surely known, and never sends twice. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { manualClock } from "#src/platform/clock.ts";
import { gatewaySms } from "#src/messages/messaging/ports/gateway-sms.ts";
import type { SmsOrder } from "#src/messages/messaging/ports/port.ts";
import { twilioSms } from "#src/messages/messaging/ports/twilio-sms.ts";
import { ACCEPT, type Behaviour } from "#tests/support/message-providers/behaviour.ts";
import { type GatewaySimulator, startGatewaySimulator } from "#tests/support/message-providers/gateway.ts";
import { startTwilioSimulator, type TwilioSimulator } from "#tests/support/message-providers/twilio.ts";
import { GATEWAY_SECRET, TWILIO_ACCOUNT, TWILIO_TOKEN } from "#tests/support/sms-senders.ts";

const clock = manualClock("2026-11-15T09:00:00+08:00");
const ANSWER_WITHIN_MS = 400;
const ACCOUNT = { accountSid: TWILIO_ACCOUNT, authToken: TWILIO_TOKEN };
const SERVICE = `MG${"0".repeat(31)}5`;

const order = (more: Partial<SmsOrder> = {}): SmsOrder => ({
  messageId: 17n,
  to: "+8613812348000",
  text: "供热上门预约：11月16日上午，单号 W004711，请留人在家",
  templateId: null,
  variables: { slot: "11月16日上午", orderNo: "W004711" },
  signature: "暖阳供热",
  ...more,
});

/** What is answered, in short; an answer that nobody can give is `unknown`. */
const outcome = async (
  sent: Promise<{ kind: string; code?: string; permanent?: boolean; retryAfterMs?: number }>,
) => {
  try {
    const answer = await sent;
    if (answer.kind === "rejected")
      return `rejected ${answer.code} ${answer.permanent === true ? "for good" : "for now"}`;
    return answer.kind === "limited" ? `limited ${answer.retryAfterMs}` : answer.kind;
  } catch {
    return "unknown";
  }
};

const CASES: readonly [Behaviour, string, number][] = [
  [ACCEPT, "accepted", 1],
  [{ kind: "delay", ms: 100 }, "accepted", 1],
  [{ kind: "limit", retryAfterSeconds: 60 }, "limited 60000", 0],
  [{ kind: "fail", status: 500 }, "unknown", 0],
  [{ kind: "fail-after-accept", status: 500 }, "unknown", 1],
  [{ kind: "fail", status: 502 }, "unknown", 0],
  [{ kind: "reset" }, "unknown", 0],
  [{ kind: "accept-then-reset" }, "unknown", 1],
  [{ kind: "accept-then-hang" }, "unknown", 1],
  [{ kind: "fail", status: 408 }, "unknown", 0],
  [{ kind: "fail", status: 409 }, "unknown", 0],
];

describe("the gateway", () => {
  let gateway: GatewaySimulator;
  beforeEach(async () => {
    gateway = await startGatewaySimulator({ secret: GATEWAY_SECRET, now: clock.now });
  });
  afterEach(() => gateway.stop());
  const port = (more: Partial<Parameters<typeof gatewaySms>[1]> = {}) =>
    gatewaySms(
      clock,
      { url: gateway.url, key: "app-1", secret: GATEWAY_SECRET, templates: "optional", ...more },
      ANSWER_WITHIN_MS,
    );
  const question = {
    messageId: 17n,
    providerMessageId: null,
    to: "+8613812348000",
    since: clock.now(),
    others: [],
    hasRival: false,
  };

  test("is given the signature, the text, the template and its values, and gives its id", async () => {
    expect(await port().send(order({ templateId: "SMS_1001" }))).toEqual({
      kind: "accepted",
      providerMessageId: "gw-1",
      segments: 1,
      costMilliFen: 4500n,
    });
    expect(gateway.log.taken).toEqual([
      {
        id: "gw-1",
        ref: "17",
        to: "+8613812348000",
        text: "【暖阳供热】供热上门预约：11月16日上午，单号 W004711，请留人在家",
        templateId: "SMS_1001",
        variables: { slot: "11月16日上午", orderNo: "W004711" },
        at: clock.now(),
      },
    ]);
    expect(gateway.forged()).toBe(0);
  });

  test.each<[Behaviour, string, number]>([
    ...CASES,
    [{ kind: "refuse", status: 422, code: "number-unreachable" }, "rejected number-unreachable for good", 0],
    [{ kind: "refuse", status: 401, code: "wrong-key" }, "rejected wrong-key for now", 0],
    [{ kind: "refuse", status: 404, code: "no-such-address" }, "rejected no-such-address for now", 0],
    [{ kind: "accept-then-rubbish" }, "unknown", 1],
  ])("%j: %s, taken %i", async (behaviour, expected, taken) => {
    gateway.behave(() => behaviour);
    expect(await outcome(port().send(order()))).toBe(expected);
    expect(gateway.log.takenOf("17")).toHaveLength(taken);
    expect(gateway.log.calls()).toBe(1);
  });

  test("that is not there was surely not asked", async () => {
    await gateway.stop();
    expect(await outcome(port().send(order()))).toBe("rejected econnrefused for now");
  });

  test("with another secret refuses us: a wrong key is mended, and the message may go then", async () => {
    expect(await outcome(port({ secret: "x".repeat(32) }).send(order()))).toBe("rejected forged for now");
    expect([gateway.forged(), gateway.log.taken.length]).toEqual([1, 0]);
  });

  test("without an approved template nothing goes where templates are required", async () => {
    const strict = port({ templates: "required" });
    expect(await outcome(strict.send(order()))).toBe("rejected template-not-approved for good");
    expect(gateway.log.calls()).toBe(0);
    expect(await outcome(strict.send(order({ templateId: "SMS_1001" })))).toBe("accepted");
  });

  test("is asked by our id: taken, how it ended, or never taken", async () => {
    gateway.behave(() => ({ kind: "accept-then-hang" }));
    expect(await port().ask?.(question)).toMatchObject({ state: "absent", providerMessageId: null });
    expect(await outcome(port().send(order()))).toBe("unknown");
    expect(await port().ask?.(question)).toMatchObject({ state: "delivered", providerMessageId: "gw-1" });
    gateway.end("17", "undelivered", "MK:0001");
    expect(await port().ask?.(question)).toMatchObject({ state: "undelivered", code: "MK:0001" });
  });

  test("a 404 that is not its own word says nothing", async () => {
    const elsewhere = port({ url: `${gateway.url}/wrong/place` });
    await port().send(order());
    // signed for another path, so the simulator refuses; a proxy's 404 is as silent
    expect(await elsewhere.ask?.({ ...question, messageId: 18n })).not.toMatchObject({ state: "absent" });
  });
});

describe("Twilio", () => {
  let twilio: TwilioSimulator;
  beforeEach(async () => {
    twilio = await startTwilioSimulator({ ...ACCOUNT, now: clock.now });
  });
  afterEach(() => twilio.stop());
  const port = (authToken = TWILIO_TOKEN) =>
    twilioSms(
      { publicUrl: "https://heat.example.com", clock },
      { ...ACCOUNT, authToken },
      { messagingServiceSid: SERVICE, apiOrigin: twilio.url, timeoutMs: ANSWER_WITHIN_MS },
    );
  const question = (providerMessageId: string | null) => ({
    messageId: 17n,
    providerMessageId,
    to: "+8613812348000",
    since: clock.now(),
    others: [] as readonly string[],
    hasRival: false,
  });

  test("is given the signed text, and gives its SID", async () => {
    const answer = await port().send(order());
    const [taken] = twilio.log.taken;
    expect(answer).toEqual({
      kind: "accepted",
      providerMessageId: taken?.id,
      segments: 1,
      costMilliFen: null,
    });
    expect(taken).toMatchObject({
      ref: "17",
      to: "+8613812348000",
      text: "【暖阳供热】供热上门预约：11月16日上午，单号 W004711，请留人在家",
    });
  });

  test.each<[Behaviour, string, number]>([
    ...CASES,
    [{ kind: "refuse", status: 400, code: "21211" }, "rejected twilio-21211 for good", 0],
    [{ kind: "refuse", status: 403, code: "20003" }, "rejected twilio-20003 for now", 0],
  ])("%j: %s, taken %i", async (behaviour, expected, taken) => {
    twilio.behave(() => behaviour);
    expect(await outcome(port().send(order()))).toBe(expected);
    expect(twilio.log.takenOf("17")).toHaveLength(taken);
    expect(twilio.log.calls()).toBe(1);
  });

  test("that is not there was surely not asked", async () => {
    await twilio.stop();
    expect(await outcome(port().send(order()))).toBe("rejected econnrefused for now");
  });

  test("a wrong token is mended by us", async () => {
    expect(await outcome(port("another-token-of-nobody").send(order()))).toBe(
      "rejected twilio-20003 for now",
    );
    expect(twilio.log.taken).toEqual([]);
  });

  test("is asked by SID where we have it", async () => {
    await port().send(order());
    const sid = twilio.log.taken[0]?.id ?? "";
    expect(await port().ask?.(question(sid))).toMatchObject({ state: "accepted", providerMessageId: sid });
    twilio.setStatus(sid, "undelivered", 30005);
    expect(await port().ask?.(question(sid))).toMatchObject({ state: "undelivered", code: "30005" });
    twilio.setStatus(sid, "delivered");
    expect(await port().ask?.(question(sid))).toMatchObject({ state: "delivered", code: "" });
  });

  test("without a SID by number and time: none is absent, one is it, two nobody can tell apart", async () => {
    expect(await port().ask?.(question(null))).toMatchObject({ state: "absent" });
    await port().send(order());
    expect(await port().ask?.(question(null))).toMatchObject({
      state: "accepted",
      providerMessageId: twilio.log.taken[0]?.id,
    });
    await port().send(order({ messageId: 18n }));
    expect(await port().ask?.(question(null))).toBeNull();
    const [, other] = twilio.log.taken;
    const known = { ...question(null), others: [other?.id ?? ""] };
    expect(await port().ask?.(known)).toMatchObject({ providerMessageId: twilio.log.taken[0]?.id });
    // one is left, and two of ours that it may be
    expect(await port().ask?.({ ...known, hasRival: true })).toBeNull();
    // much earlier than both
    const earlier = { ...question(null), since: new Date(clock.now().getTime() - 3_600_000) };
    expect(await port().ask?.(earlier)).toMatchObject({ state: "absent" });
  });
});
