/** `nuan simulate sms`: a newcomer writes to the house as a gateway does; without a worker there is no answer, and it says so. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { messagingRoutes } from "#src/messages/messaging/index.ts";
import { systemClock } from "#src/platform/clock.ts";
import { createTestDatabase, TEST_SECRET_KEY, type TestDatabase } from "#tests/support/database.ts";
import { GATEWAY_SECRET } from "#tests/support/sms-senders.ts";
import { type Edge, platformOf, startEdge } from "../http/edge.ts";
import { nuan, objectOf } from "./terminal.ts";

let db: TestDatabase;
let edge: Edge;
let env: Record<string, string>;
beforeAll(async () => {
  db = await createTestDatabase(systemClock.now().toISOString());
  edge = await startEdge(
    { ...platformOf(db), webhookSecrets: { "sms-gateway": GATEWAY_SECRET } },
    messagingRoutes,
    {
      publicWrites: messagingRoutes
        .filter((route) => route.permission === "public")
        .map((route) => `${route.method.toUpperCase()} ${route.path}`),
    },
  );
  env = {
    DATABASE_URL: db.ownerUrl,
    SECRET_KEY: TEST_SECRET_KEY,
    SMS_GATEWAY_SECRET: GATEWAY_SECRET,
    PUBLIC_URL: edge.url.replace("127.0.0.1", "localhost"),
  };
}, 60_000);
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

test("what is written arrives, and the answer is read from the outbox", async () => {
  const writing = nuan(["simulate", "sms", "家里不热", "--from", "13812348000", "--json"], env);
  // Stands where intake and the worker stand.
  let id: bigint | undefined;
  while (id === undefined) {
    const rows = await db.owner.sql.rows<{ id: bigint; body: string }>(
      "select id, body from received_messages",
    );
    id = rows.find(({ body }) => body === "家里不热")?.id;
  }
  await db.owner.sql.run(
    `with answered as (
       insert into messages (purpose, channel, recipient, step, consent, template, state, not_before, queued_at, changed_at)
       values ('reply', 'sms', 'tel:+8613812348000', 'message:1', '', 'case-opened', 'accepted', now(), now(), now())
       returning id
     )
     insert into outbox_viewer (message_id, channel, recipient, subject, body, segments, shown_at)
     select id, 'sms', '138****8000', '', '【暖阳供热】您的来信已受理', 1, now() from answered`,
  );
  expect(objectOf(await writing)).toEqual({ answers: ["【暖阳供热】您的来信已受理"] });
});

test("behind a gateway it does not wait for an answer that goes out there", async () => {
  const gateway = { SMS_PROVIDER: "gateway", SMS_GATEWAY_URL: "http://127.0.0.1:9", SMS_GATEWAY_KEY: "demo" };
  const run = await nuan(["simulate", "sms", "进度", "--from", "13812348001"], { ...env, ...gateway });
  expect([run.code, run.stderr]).toEqual([0, ""]);
  expect(run.stdout).toContain("答复由 gateway 发出");
});

test("says so when nobody listens", async () => {
  const run = await nuan(["simulate", "sms", "查费", "--json"], { ...env, PUBLIC_URL: "http://localhost:9" });
  expect(run.code).toBe(1);
  expect(run.stdout).toContain("call.no-answer");
});
