/** Text messages come in by Twilio and by a gateway: genuine ones once, forged, stale and repeated ones never. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { messagingRoutes } from "#src/messages/messaging/index.ts";
import type { Platform } from "#src/platform/route.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import {
  GATEWAY_SECRET,
  gatewaySms,
  messageSid,
  type Request,
  TWILIO_ACCOUNT,
  TWILIO_TOKEN,
  twilioSms,
} from "#tests/support/sms-senders.ts";
import { ask, type Edge, platformOf, startEdge } from "./edge.ts";

const PUBLIC = "https://heat.example.com";
let db: TestDatabase;
let edge: Edge;
let platform: Platform;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-15T09:00:00+08:00");
  platform = {
    ...platformOf(db),
    publicUrl: PUBLIC,
    webhookSecrets: { "sms-gateway": GATEWAY_SECRET },
    outside: {
      twilio: { accountSid: TWILIO_ACCOUNT, authToken: TWILIO_TOKEN, voiceNumber: undefined },
      pbxUrl: undefined,
    },
  };
  edge = await startEdge(platform, messagingRoutes, {
    publicWrites: messagingRoutes
      .filter((route) => route.permission === "public")
      .map((route) => `${route.method.toUpperCase()} ${route.path}`),
  });
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});
beforeEach(async () => {
  await db.owner.sql.run("truncate received_messages cascade");
  await db.owner.sql.run("update outbox_events set settled_at = now() where settled_at is null");
});

const post = (request: Request) => ask(edge, request.path, { raw: request.raw, headers: request.headers });
const stored = () =>
  db.database.sql.rows<{ provider: string; sender: string; body: string; state: string }>(
    "select provider, sender, body, state from received_messages order by id",
  );
const open = async (): Promise<number> =>
  Number(
    (
      await db.database.sql.one<{ count: bigint }>(
        "select count(*) from outbox_events where type = 'message.received' and settled_at is null",
      )
    ).count,
  );

describe("Twilio", () => {
  const sms = (more: Partial<Parameters<typeof twilioSms>[1]> = {}): Request =>
    twilioSms(PUBLIC, { sid: messageSid(1), from: "+8613812348000", text: "家里不热", ...more });

  test("a genuine message is stored and announced, and answered with empty TwiML", async () => {
    const answer = await post(sms());
    expect([answer.status, answer.text]).toEqual([
      200,
      '<?xml version="1.0" encoding="UTF-8"?><Response></Response>',
    ]);
    expect(answer.headers.get("content-type")).toContain("text/xml");
    expect(await stored()).toEqual([
      { provider: "twilio", sender: "tel:+8613812348000", body: "家里不热", state: "read" },
    ]);
    expect(await open()).toBe(1);
  });

  test("the same MessageSid a hundred times at once is one message", async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(sms())));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(await stored()).toHaveLength(1);
    expect(await open()).toBe(1);
  });

  test.each<[string, number, string, () => Request]>([
    ["without a signature", 401, "webhook.unsigned", () => ({ ...sms(), headers: {} })],
    [
      "with another token's signature",
      401,
      "webhook.forged",
      () => ({
        ...sms(),
        headers: { ...sms().headers, "x-twilio-signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" },
      }),
    ],
    [
      "with a changed text",
      401,
      "webhook.forged",
      () => ({ ...sms(), raw: sms().raw.replace("Body=", "Body=x") }),
    ],
    [
      "signed for another address",
      401,
      "webhook.forged",
      () =>
        twilioSms("https://elsewhere.example.com", { sid: messageSid(1), from: "+8613812348000", text: "" }),
    ],
    [
      "to another account",
      400,
      "request.unreadable",
      () => sms({ more: { AccountSid: `AC${"1".repeat(32)}` } }),
    ],
    ["with a strange id", 400, "request.unreadable", () => sms({ sid: "SM1" })],
    ["with a field twice", 400, "request.unreadable", () => ({ ...sms(), raw: `${sms().raw}&Body=other` })],
  ])("%s: %i %s, and nothing is stored", async (_, status, code, request) => {
    const answer = await post(request());
    expect([answer.status, answer.body["code"]]).toEqual([status, code]);
    expect(await stored()).toEqual([]);
  });

  test("hostile texts are kept without what hurts", async () => {
    await post(sms({ text: "a\u0000b\u202ec\ud800d" }));
    expect((await stored())[0]?.body).toBe("abc\ufffdd");
  });

  test("nothing of a message is written to the log", () => {
    expect(edge.logText()).not.toMatch(/13812348000|家里不热/);
  });
});

describe("the gateway", () => {
  const now = () => db.clock.now();
  const sms = (more: Record<string, unknown> = {}, at = now()): Request =>
    gatewaySms(at, { id: "g-1", from: "13812348000", to: "106900", text: "漏水了", ...more });

  test("a genuine message is stored once, however often it is sent", async () => {
    const first = await post(sms());
    const second = await post(sms());
    expect([first.status, first.body["new"], second.status, second.body["new"]]).toEqual([
      200,
      true,
      200,
      false,
    ]);
    expect(second.body["messageId"]).toBe(first.body["messageId"]);
    expect(await stored()).toEqual([
      { provider: "gateway", sender: "tel:+8613812348000", body: "漏水了", state: "read" },
    ]);
  });

  test("a sender that is no telephone number stays unknown and is not lost", async () => {
    expect((await post(sms({ from: "10086-95598#" }))).status).toBe(200);
    expect((await stored())[0]?.sender).toBe("");
  });

  test.each<[string, number, string, () => Request]>([
    ["unsigned", 401, "webhook.unsigned", () => ({ ...sms(), headers: {} })],
    [
      "by another secret",
      401,
      "webhook.forged",
      () => gatewaySms(now(), { id: "g-1" }, "another-secret-of-nobody-at-all-123"),
    ],
    ["with a changed body", 401, "webhook.forged", () => ({ ...sms(), raw: sms().raw.replace("漏", "热") })],
    ["ten minutes old", 401, "webhook.stale", () => sms({}, new Date(now().getTime() - 600_000))],
    ["from the future", 401, "webhook.stale", () => sms({}, new Date(now().getTime() + 600_000))],
    ["with an unknown field", 400, "request.unreadable", () => sms({ admin: true })],
    ["without an id", 400, "request.unreadable", () => sms({ id: "" })],
  ])("%s: %i %s, and nothing is stored", async (_, status, code, request) => {
    const answer = await post(request());
    expect([answer.status, answer.body["code"]]).toEqual([status, code]);
    expect(await stored()).toEqual([]);
  });

  test("larger than any text message is refused before it is read to its end", async () => {
    const answer = await post(sms({ text: "x".repeat(100_000) }));
    expect([answer.status, answer.body["code"]]).toEqual([413, "request.too-large"]);
  });
});
