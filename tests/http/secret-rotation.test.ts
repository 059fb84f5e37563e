/** A sender's secret is changed without losing a message: both are taken for a while, then only the new one. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PUBLIC_WRITES, routes } from "#src/http/routes.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { plantHeatTown } from "#tests/support/heat-town.ts";
import { ask, type Edge, platformOf, startEdge } from "./edge.ts";

const [NEW, OLD, FORGED] = ["new", "old", "forged"].map(
  (name) => `${name}-secret-of-a-sender-for-tests-only`,
) as [string, string, string];
let db: TestDatabase;
let rotating: Edge;
let rotated: Edge;
beforeAll(async () => {
  db = await createTestDatabase("2027-01-20T19:31:00+08:00");
  await plantHeatTown(db, [{ homes: 2, supplied: 2 }]);
  const open = (secret: readonly string[]) =>
    startEdge(
      { ...platformOf(db), webhookSecrets: { cti: secret, dispatch: secret, "sms-gateway": secret } },
      routes,
      { publicWrites: PUBLIC_WRITES },
    );
  rotating = await open([NEW, OLD]);
  rotated = await open([NEW]);
});
afterAll(async () => {
  await rotating.stop();
  await rotated.stop();
  await db.drop();
});

const AT = "2027-01-20T19:30:00+08:00";
/** sender | path | a message of its own each time */
const SENDERS = [
  [
    "the exchange",
    "/hooks/cti",
    (id: string) => ({ eventId: id, callId: id, type: "ringing", at: AT, from: "13800001111" }),
  ],
  [
    "the dispatch centre",
    "/hooks/dispatch",
    (id: string) => ({
      eventId: id,
      event: { kind: "alarm", asset: { station: "T-1" }, occurredAt: AT, stopsHeat: false, note: "站内低压" },
    }),
  ],
  ["the SMS gateway", "/hooks/sms/gateway", (id: string) => ({ id, from: "13800001111", text: "家里不热" })],
] as const;

describe.each(SENDERS)("%s", (_, path, make) => {
  const send = async (edge: Edge, secret: string, id: string): Promise<string> => {
    const raw = JSON.stringify(make(id));
    const answer = await ask(edge, `/api/v1${path}`, {
      raw,
      headers: signWebhook(secret, raw, db.clock.now()),
    });
    return answer.status < 300 ? "taken" : String(answer.body["code"]);
  };

  test("is heard with the new and with the old secret while both are set, and with no other", async () => {
    expect(await send(rotating, NEW, "R-1")).toBe("taken");
    expect(await send(rotating, OLD, "R-2")).toBe("taken");
    expect(await send(rotating, FORGED, "R-3")).toBe("webhook.forged");
    expect(await send(rotating, `${NEW},${OLD}`, "R-4")).toBe("webhook.forged");
  });

  test("is heard with the new secret alone when the old one is taken away", async () => {
    expect(await send(rotated, OLD, "R-5")).toBe("webhook.forged");
    expect(await send(rotated, NEW, "R-6")).toBe("taken");
    expect(`${rotating.logText()}${rotated.logText()}`).not.toMatch(/-secret-of-a-sender/);
  });
});
