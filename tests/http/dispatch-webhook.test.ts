/** The dispatch centre's signed messages over HTTP: genuine and fresh ones are taken once, all others leave no row. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { supplyRoutes } from "#src/town/supply/index.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { plantHeatTown } from "#tests/support/heat-town.ts";
import { ask, type Edge, platformOf, startEdge } from "./edge.ts";

const SECRET = "the-dispatch-centre-and-we-hold-this-key";
let db: TestDatabase;
let edge: Edge;
beforeAll(async () => {
  db = await createTestDatabase("2027-01-20T19:31:00+08:00");
  await plantHeatTown(db, [{ homes: 6, supplied: 6 }]);
  const platform = { ...platformOf(db), webhookSecrets: { dispatch: SECRET } };
  edge = await startEdge(platform, supplyRoutes, { publicWrites: ["POST /hooks/dispatch"] });
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

const message = (eventId: string, more: object = {}): string =>
  JSON.stringify({
    eventId,
    event: {
      kind: "alarm",
      asset: { station: "T-1" },
      occurredAt: "2027-01-20T19:30:00+08:00",
      stopsHeat: true,
      note: "站内失压",
      ...more,
    },
  });
const send = (raw: string, headers: Record<string, string> = signWebhook(SECRET, raw, db.clock.now())) =>
  ask(edge, "/api/v1/hooks/dispatch", { raw, headers });
const reports = async (): Promise<number> =>
  Number((await db.owner.sql.one<{ n: bigint }>("select count(*) as n from supply_reports")).n);

test("a genuine message is stored, and again the same", async () => {
  const first = await send(message("D-1"));
  expect([first.status, first.body["outcome"]]).toEqual([202, "recorded"]);
  const again = await send(message("D-1"));
  expect([again.status, again.body["outcome"]]).toEqual([202, "repeated"]);
  expect(again.body["reportId"]).toBe(first.body["reportId"]);
  expect(await reports()).toBe(1);
});

test.each([
  ["without a signature", (raw: string) => [raw, {}], "webhook.unsigned"],
  [
    "with another key",
    (raw: string) => [raw, signWebhook("a-key-that-only-a-forger-holds-in-hand", raw, db.clock.now())],
    "webhook.forged",
  ],
  [
    "changed on the way",
    (raw: string) => [raw.replace("T-1", "T-2"), signWebhook(SECRET, raw, db.clock.now())],
    "webhook.forged",
  ],
  [
    "recorded and sent six minutes later",
    (raw: string) => [raw, signWebhook(SECRET, raw, new Date(db.clock.now().getTime() - 360_000))],
    "webhook.stale",
  ],
  [
    "with a fresh time and an old signature",
    (raw: string) => {
      const old = signWebhook(SECRET, raw, new Date(db.clock.now().getTime() - 360_000));
      const now = signWebhook(SECRET, raw, db.clock.now());
      return [raw, { ...old, "x-nuan-timestamp": now["x-nuan-timestamp"] }];
    },
    "webhook.forged",
  ],
] as const)("a message %s leaves no row", async (_, make, code) => {
  const before = await reports();
  const [raw, headers] = make(message("D-9")) as [string, Record<string, string>];
  const answer = await send(raw, headers);
  expect([answer.status, answer.body["code"]]).toEqual([401, code]);
  expect(await reports()).toBe(before);
  expect(edge.logText()).not.toContain(SECRET);
});

test("what is signed and no message of ours is refused by name", async () => {
  for (const [raw, field] of [
    ["not json", undefined],
    [JSON.stringify({ eventId: "D-2", event: { kind: "earthquake" } }), "event.kind"],
    [message("D-2", { surprise: true }), "event"],
  ] as const) {
    const answer = await send(raw);
    expect([answer.status, answer.body["code"], answer.body["field"]]).toEqual([
      400,
      "supply.unreadable",
      field,
    ]);
  }
  expect((await send("x".repeat(300 * 1024))).status).toBe(413);
  expect(await reports()).toBe(1);
});

test("without a key nothing is taken", async () => {
  const closed = await startEdge(platformOf(db), supplyRoutes, { publicWrites: ["POST /hooks/dispatch"] });
  const raw = message("D-3");
  const answer = await ask(closed, "/api/v1/hooks/dispatch", {
    raw,
    headers: signWebhook(SECRET, raw, db.clock.now()),
  });
  expect([answer.status, answer.body["code"]]).toEqual([503, "webhook.not-set-up"]);
  await closed.stop();
});

test("a storm of messages from one address is not taken for guessing", async () => {
  const answers: Awaited<ReturnType<typeof send>>[] = [];
  for (let round = 0; round < 12; round += 1) {
    const some = Array.from({ length: 8 }, (_unused, n) =>
      send(message(`S-${round}-${n}`, { stopsHeat: false })),
    );
    answers.push(...(await Promise.all(some)));
  }
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
  expect(answers.filter((answer) => answer.body["outcome"] === "recorded")).toHaveLength(1);
});
