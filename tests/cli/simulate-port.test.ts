/** The simulators find the house that runs on this data folder, whatever port it was given. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postAs } from "#src/cli/commands/simulate-post.ts";
import { GATEWAY_SMS_PATH, messagingRoutes } from "#src/messages/messaging/index.ts";
import { systemClock } from "#src/platform/clock.ts";
import { loadConfig } from "#src/platform/config.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { GATEWAY_SECRET } from "#tests/support/sms-senders.ts";
import { type Edge, platformOf, startEdge } from "../http/edge.ts";
import { refusal } from "#tests/support/notice-town.ts";

let db: TestDatabase;
let edge: Edge;
let dataDir = "";
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "nuanyang-port-"));
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
}, 60_000);
afterAll(async () => {
  await edge.stop();
  await db.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const write = (embedded: "attached" | "external", id: string) =>
  postAs(
    {
      ...platformOf(db),
      webhookSecrets: { "sms-gateway": GATEWAY_SECRET },
      // Where nobody listens: the settings of this shell know no port.
      publicUrl: "http://localhost:9",
      config: loadConfig({ DATA_DIR: dataDir }),
      embedded,
    },
    "sms-gateway",
    GATEWAY_SMS_PATH,
    { id, from: "13812348000", to: "106900000000", text: "进度" },
  );

test("the running instance says where it is; a database of one's own and a house that stands still do not", async () => {
  expect(await refusal(write("attached", "first"))).toBe("call.no-answer");
  const instance = {
    pid: process.pid,
    role: "start",
    url: edge.url.replace("127.0.0.1", "localhost"),
    postmasterPid: process.pid,
    port: 5432,
    postgresVersion: "15",
  };
  await writeFile(path.join(dataDir, "instance.json"), JSON.stringify(instance));
  expect(await refusal(write("attached", "second"))).toBe("");
  expect(await db.owner.sql.one("select count(*)::int as n from received_messages")).toEqual({ n: 1 });
  expect(await refusal(write("external", "third"))).toBe("call.no-answer");
});
