/** Without a provider a newcomer sees what would have been sent: by API, by page, by command. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { messagingRoutes } from "#src/messages/messaging/index.ts";
import { forgetMessageBytes } from "#src/messages/messaging/index.ts";
import { TEST_SECRET_KEY } from "#tests/support/database.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { type SendingWith, sendingWith } from "#tests/support/sending-with.ts";
import { nuan, objectOf } from "../cli/terminal.ts";
import { ask, AUDITOR_TOKEN, CASHIER_TOKEN, type Edge, startEdge } from "./edge.ts";

let town: SendingTown;
let sending: SendingWith;
let edge: Edge;
beforeAll(async () => {
  town = await createSendingTown();
  const { messages } = town.platform;
  if (messages === undefined) throw new Error("there are no settings");
  sending = sendingWith(town, { messages: { ...messages, smsProvider: "outbox", gateway: undefined } });
  edge = await startEdge(sending.platform, messagingRoutes, {
    publicWrites: messagingRoutes
      .filter((route) => route.permission === "public")
      .map((route) => `${route.method.toUpperCase()} ${route.path}`),
  });
  await town.queueOne();
  await town.queueOne({
    purpose: "reply",
    channel: "email",
    to: { email: "li@example.com" },
    template: "keyword-answer",
    variables: { text: "<script>alert(1)</script>" },
  });
  await sending.sendDue();
}, 60_000);
afterAll(async () => {
  await edge.stop();
  sending.close();
  await town.close();
});

test("nothing went to a provider, and both messages are at their end", async () => {
  expect(town.gateway.log.calls()).toBe(0);
  expect(
    await town.rows("select channel, state, provider, segments, ask_at from messages order by id"),
  ).toEqual([
    { channel: "sms", state: "accepted", provider: "outbox", segments: 1, ask_at: null },
    { channel: "email", state: "accepted", provider: "outbox", segments: null, ask_at: null },
  ]);
});

test("the list has the words as they would arrive, recipients masked", async () => {
  const { status, body } = await ask(edge, "/api/v1/outbox", { token: AUDITOR_TOKEN });
  expect(status).toBe(200);
  expect(body["items"]).toMatchObject([
    { channel: "email", recipient: "l***@example.com", subject: "自助查询的答复", segments: null },
    {
      channel: "sms",
      recipient: "138****8000",
      body: "【暖阳供热】供热上门预约：2026-11-21 09:00 - 11:00，单号 W000001，请留人在家",
      segments: 1,
    },
  ]);
  const sms = await ask(edge, "/api/v1/outbox?channel=sms", { token: AUDITOR_TOKEN });
  expect(sms.body["items"]).toHaveLength(1);
});

test("the page shows the same, and runs nothing of it", async () => {
  const { status, text, headers } = await ask(edge, "/api/v1/outbox/page", { token: AUDITOR_TOKEN });
  expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(text).toContain("【暖阳供热】供热上门预约");
  expect(text).toContain("&lt;script&gt;");
  expect(text).not.toMatch(/<script|13812348000|li@example/);
});

test("whoever may not read messages sees neither", async () => {
  for (const path of ["/api/v1/outbox", "/api/v1/outbox/page"])
    expect((await ask(edge, path, { token: CASHIER_TOKEN })).status).toBe(403);
});

test("nuan messages prints them", async () => {
  const env = { DATABASE_URL: town.db.ownerUrl, SECRET_KEY: TEST_SECRET_KEY };
  const printed = await nuan(["messages"], env);
  expect(printed.code).toBe(0);
  expect(printed.stdout).toContain("138****8000");
  expect(printed.stdout).toContain("【暖阳供热】供热上门预约");
  expect(objectOf(await nuan(["messages", "--json", "--channel", "sms"], env))["messages"]).toHaveLength(1);
});

test("they are forgotten after a month", async () => {
  const at = (days: number): Date => new Date(town.db.clock.now().getTime() + days * 86_400_000);
  expect((await forgetMessageBytes(town.db.database, at(29))).outboxEntries).toBe(0);
  expect((await forgetMessageBytes(town.db.database, at(31))).outboxEntries).toBe(2);
});
