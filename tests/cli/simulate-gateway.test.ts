/** `nuan simulate gateway`: a newcomer sees a message go and its receipt come, without a contract. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  sendBatch,
  choosePorts,
  dispatchOnce,
  messageRenderer,
  messagingRoutes,
} from "#src/messages/messaging/index.ts";
import { systemClock } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { TEST_SECRET_KEY } from "#tests/support/database.ts";
import { freePort } from "#tests/support/outside-server.ts";
import { quietLog } from "#tests/support/quiet-log.ts";
import { claimOf, createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { GATEWAY_SECRET } from "#tests/support/sms-senders.ts";
import { until } from "#tests/support/until.ts";
import { type Edge, startEdge } from "../http/edge.ts";
import { nuan, objectOf } from "./terminal.ts";

let town: SendingTown;
let edge: Edge;
let env: Record<string, string>;
const webhookSecrets = { "sms-gateway": GATEWAY_SECRET };
beforeAll(async () => {
  town = await createSendingTown(systemClock.now().toISOString());
  const { database } = town.db;
  const platform = {
    ...town.platform,
    clock: systemClock,
    commands: createCommands(database, systemClock),
    webhookSecrets,
  };
  edge = await startEdge(platform, messagingRoutes, {
    publicWrites: messagingRoutes
      .filter((route) => route.permission === "public")
      .map((route) => `${route.method.toUpperCase()} ${route.path}`),
  });
  env = {
    DATABASE_URL: town.db.ownerUrl,
    SECRET_KEY: TEST_SECRET_KEY,
    SMS_GATEWAY_SECRET: GATEWAY_SECRET,
    PUBLIC_URL: edge.url.replace("127.0.0.1", "localhost"),
  };
});
afterAll(async () => {
  await edge.stop();
  await town.close();
});

test("takes what the house sends, prints it with the number masked, and reports it: one of three does not arrive", async () => {
  const port = await freePort();
  const argv = ["simulate", "gateway", "--port", String(port), "--lose-every", "3", "--messages", "3"];
  const running = nuan(argv, env);
  const url = `http://127.0.0.1:${port}`;
  await until("the gateway listens", async () =>
    fetch(`${url}/messages/1`).then(
      (response) => response.status === 401,
      () => false,
    ),
  );
  const { database } = town.db;
  const platform = {
    ...town.platform,
    clock: systemClock,
    commands: createCommands(database, systemClock),
    webhookSecrets,
    messages: {
      smsProvider: "gateway" as const,
      signature: "暖阳供热",
      gateway: { url, key: "demo", receipts: "push" as const, templates: "optional" as const },
      messagingServiceSid: undefined,
      twilioApiUrl: undefined,
      smtp: undefined,
    },
  };
  const ports = choosePorts(platform);
  const ids = [await town.queueOne(), await town.queueOne(), await town.queueOne()];
  const providers = { sms: "gateway", email: "outbox", voice: "telephony" };
  await dispatchOnce({ platform, queue: town.queue, providers, log: quietLog });
  for (const job of town.queue.jobs.splice(0)) {
    await sendBatch(
      { ...town.dependencies, platform, ports, render: messageRenderer(platform) },
      claimOf(job),
    );
  }
  const run = await running;
  expect([run.code, run.stdout]).toEqual([0, "3 条已回执。3 receipts.\n"]);
  expect(run.stderr).toContain("138****8000 - 【暖阳供热】供热上门预约");
  expect(run.stderr).not.toContain("13812348000");
  const states = await Promise.all(ids.map(async (id) => (await town.row(id)).state));
  expect(states.toSorted()).toEqual(["delivered", "delivered", "undelivered"]);
});

test("goes with the business clock when somebody moves it, and takes what a house signs that reads it later", async () => {
  const port = await freePort();
  const running = nuan(["simulate", "gateway", "--port", String(port), "--messages", "2"], env);
  const order = async (messageId: number, offsetMs: number): Promise<number> => {
    const body = JSON.stringify({
      messageId: String(messageId),
      to: "+8613812348000",
      signature: "暖阳供热",
      text: "供热通知",
      templateId: null,
      variables: {},
    });
    const at = new Date(systemClock.now().getTime() + offsetMs);
    const headers = { "content-type": "application/json", ...signWebhook(GATEWAY_SECRET, body, at) };
    return (await fetch(`http://127.0.0.1:${port}/messages`, { method: "POST", body, headers })).status;
  };
  await until("the gateway listens", async () =>
    fetch(`http://127.0.0.1:${port}/messages/1`).then(
      (response) => response.status === 401,
      () => false,
    ),
  );
  const moved = 30 * 86_400_000;
  expect(await order(901, moved)).toBe(401);
  await town.db.owner.sql.run("update database_facts set business_clock_offset_seconds = :offset::bigint", {
    offset: moved / 1000,
  });
  expect(await order(902, moved)).toBe(202);
  // The house had not read it again when it signed this.
  expect(await order(903, 0)).toBe(202);
  expect(await order(904, moved * 2)).toBe(401);
  await town.db.owner.sql.run("update database_facts set business_clock_offset_seconds = 0");
  expect((await running).code).toBe(0);
});

test("refuses a port that is taken", async () => {
  const taken = new URL(edge.url).port;
  const run = await nuan(["simulate", "gateway", "--port", taken, "--json"], env);
  expect([run.code, objectOf(run)["code"]]).toEqual([1, "gateway.no-port"]);
});
