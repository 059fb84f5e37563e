/** People and the life of messages: proof, decisions, dead letters, channels, costs; by role and area. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messagingRoutes } from "#src/messages/messaging/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { person } from "#tests/support/people.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { type Answer, ask, type Edge, startEdge } from "./edge.ts";

let town: SendingTown;
let edge: Edge;
const callers = new Map<string, Actor>();
let accountId: bigint;
const HOUR = 3_600_000;

beforeAll(async () => {
  town = await createSendingTown();
  ({ accountId } = await town.home("10000001", "13812340001"));
  callers.set("boss", await person(town.db, "boss", ["supervisor"]));
  callers.set("wang", await person(town.db, "wang", ["agent"]));
  callers.set("audit", await person(town.db, "audit", ["auditor"]));
  const manager = await person(town.db, "zhao", ["area-manager"]);
  callers.set("zhao", { ...manager, scope: { kind: "areas", areaIds: [town.town.areaId] } });
  callers.set("far", { ...manager, scope: { kind: "areas", areaIds: [999_999n] } });
  edge = await startEdge(town.platform, messagingRoutes, {
    publicWrites: messagingRoutes
      .filter((route) => route.permission === "public")
      .map((route) => `${route.method.toUpperCase()} ${route.path}`),
    authenticate: async (credential) =>
      credential.kind === "token"
        ? (callers.get(credential.token.slice("token-of-the-".length)) ?? null)
        : null,
  });
});
afterAll(async () => {
  await edge.stop();
  await town.close();
});

const send = (who: string, method: string, path: string, json?: unknown, version?: number): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, {
    method,
    token: `token-of-the-${who}`,
    ...(json !== undefined && { json }),
    ...(version !== undefined && { headers: { "If-Match": `"${version}"` } }),
  });

const unknown = async (): Promise<bigint> => {
  const id = await town.queueOne({ accountId });
  town.gateway.behave(() => ({ kind: "accept-then-reset" }));
  await town.sendDue();
  town.gateway.behave(() => ({ kind: "accept" }));
  return id;
};
/** No provider can say: it is not there any more. */
const undecided = async (): Promise<bigint> => {
  const id = await unknown();
  await town.rows("update messages set provider = 'gone' where id = :id", { id });
  for (const ms of [HOUR / 12, HOUR, 24 * HOUR]) {
    town.db.clock.advanceMs(ms);
    await town.ask();
  }
  return id;
};
const openTasks = () =>
  town.rows<{ source: string }>(
    "select source from tasks where kind = 'messages-unknown' and state = 'open'",
  );

describe("one message", () => {
  test("is shown with its receipts and masked, within the reader's area", async () => {
    const id = await town.queueOne({ accountId, to: { number: "13812340001" } });
    await town.sendDue();
    const [taken] = town.gateway.log.takenOf(String(id));
    if (taken !== undefined) await town.receipts(town.reportsOf(taken));
    const seen = await send("zhao", "GET", `/messages/${id}`);
    expect(seen.body).toMatchObject({
      id: String(id),
      state: "delivered",
      recipient: "138****0001",
      sentTo: "138****0001",
      accountNo: "10000001",
      provider: "gateway",
      segments: 1,
      costMilliFen: "4500",
      templateVersion: expect.stringMatching(/^1-[0-9a-f]{8}$/),
      receipts: [{ state: "accepted" }, { state: "delivered", code: "DELIVRD" }],
    });
    expect(seen.text).not.toContain("13812340001");
    expect((await send("far", "GET", `/messages/${id}`)).status).toBe(404);
    // As a claim leaves it that found somebody else for the home.
    await town.rows("update messages set address = 'tel:+8613966660001' where id = :id", { id });
    expect((await send("zhao", "GET", `/messages/${id}`)).body).toMatchObject({
      recipient: "138****0001",
      sentTo: "139****0001",
    });
    const waits = await town.queueOne({ accountId });
    expect((await send("zhao", "GET", `/messages/${waits}`)).body).toMatchObject({ sentTo: null });
    await town.sendDue();
  });

  test("about homes of two areas is seen by both, each with its own homes and how many others there are", async () => {
    const { accountId: other } = await town.home("10000002", "13812340001");
    const id = await town.queueOne({ accountId: other, to: { number: "13812340001" } });
    await town.rows(
      `insert into message_homes (message_id, ordinal, account_id, label)
       values (:id, 1, null, '外区 1-101'), (:id, 2, :accountId, '本区 2-202')`,
      { id, accountId },
    );
    // The first home is of nobody's area here.
    await town.rows("update messages set home_count = 2, account_id = null where id = :id", { id });
    const near = await send("zhao", "GET", `/messages/${id}`);
    expect(near.body).toMatchObject({
      accountNo: null,
      homes: [{ accountNo: "10000001", label: "本区 2-202" }],
      otherHomes: 1,
    });
    expect(near.text).not.toContain("外区");
    expect((await send("far", "GET", `/messages/${id}`)).status).toBe(404);
    expect((await send("boss", "GET", `/messages/${id}`)).body).toMatchObject({ otherHomes: 0 });
    // The list shows it as the message itself does, and by any of its homes.
    const listed = async (who: string, query: string) =>
      (
        (await send(who, "GET", `/messages?${query}`)).body["items"] as {
          id: string;
          accountNo: string | null;
        }[]
      )
        .filter((item) => item.id === String(id))
        .map((item) => item.accountNo);
    expect(await listed("zhao", "")).toEqual([null]);
    expect(await listed("zhao", "accountNo=10000001")).toEqual([null]);
    expect(await listed("boss", "accountNo=10000001")).toEqual([null]);
    expect(await listed("far", "")).toEqual([]);
    expect(await listed("far", "accountNo=10000001")).toEqual([]);
    // Nobody learns by asking that a home of another area has the same telephone.
    const { accountId: away } = await town.home("10000003", "13812340001");
    await town.rows(
      `with building as (insert into buildings (community_id, loop_id, name)
         select community_id, loop_id, '外区楼' from buildings limit 1 returning id),
       unit as (insert into units (building_id, name) select id, '1单元' from building returning id, building_id)
       update premises set unit_id = unit.id, building_id = unit.building_id from unit
       where premises.id = (select premises_id from heat_accounts where id = :away)`,
      { away },
    );
    await town.rows("update message_homes set account_id = :away where message_id = :id and ordinal = 1", {
      away,
      id,
    });
    expect(await listed("boss", "accountNo=10000003")).toEqual([null]);
    expect(await listed("zhao", "accountNo=10000003")).toEqual([]);
  });
});

describe("what no provider can say", () => {
  test("is listed, decided with a reason, and its task goes with the last", async () => {
    const [one, two, three] = [await undecided(), await undecided(), await undecided()];
    expect((await openTasks()).length).toBeGreaterThan(0);
    const list = await send("boss", "GET", "/messages?state=unknown");
    expect((list.body["items"] as unknown[]).length).toBe(3);
    const decide = (ids: readonly bigint[], decision: string, who = "wang") =>
      send(who, "POST", "/messages/decisions", {
        ids: ids.map(String),
        decision,
        reason: "asked the household",
      });
    expect((await decide([one], "arrived", "audit")).status).toBe(403);
    expect((await decide([one], "arrived")).body).toEqual({ decided: 1 });
    expect((await decide([two], "give-up")).body).toEqual({ decided: 1 });
    expect((await decide([three], "send-again")).body).toEqual({ decided: 1 });
    expect(await openTasks()).toEqual([]);
    expect(await Promise.all([one, two, three].map(async (id) => (await town.row(id)).state))).toEqual([
      "delivered",
      "undelivered",
      "queued",
    ]);
    const again = await decide([one], "arrived");
    expect([again.status, again.body["code"]]).toEqual([409, "message.not-unknown"]);
    await town.rows("update messages set provider = 'gateway' where id = :id", { id: three });
    await town.sendDue();
    // By the person's word, and by nobody else's, it went twice.
    expect(town.gateway.log.takenOf(String(three))).toHaveLength(2);
  });

  test("all or none: one that is known refuses the rest, one out of sight does not exist", async () => {
    const [first, second] = [await unknown(), await town.queueOne()];
    const body = { ids: [String(first), String(second)], decision: "give-up", reason: "both" };
    expect((await send("wang", "POST", "/messages/decisions", body)).status).toBe(409);
    expect((await town.row(first)).state).toBe("unknown");
    // The provider was not asked yet: sending it again would be blind. Whoever knows may say so.
    const early = { ids: [String(first)], reason: "the household asks for it" };
    const blind = await send("boss", "POST", "/messages/decisions", { ...early, decision: "send-again" });
    expect([blind.status, blind.body["code"]]).toEqual([409, "message.not-asked-yet"]);
    const missing = { ...body, ids: [String(first), "99999999"] };
    expect((await send("wang", "POST", "/messages/decisions", missing)).status).toBe(404);
    expect(
      (await send("wang", "POST", "/messages/decisions", { ...early, decision: "give-up" })).status,
    ).toBe(200);
  });
});

test("a dead letter goes again on a person's word, and reports of its first sending move nothing", async () => {
  const id = await town.queueOne({ accountId });
  town.gateway.behave(() => ({ kind: "refuse", status: 400, code: "no-template" }));
  await town.sendDue();
  town.gateway.behave(() => ({ kind: "accept" }));
  expect((await town.row(id)).state).toBe("rejected");
  const replay = () =>
    send("wang", "POST", "/messages/replays", { ids: [String(id)], reason: "template approved" });
  expect((await replay()).body).toEqual({ queued: 1 });
  expect([(await replay()).status]).toEqual([409]);
  await town.sendDue();
  expect(await town.row(id)).toMatchObject({ state: "accepted", attempts: 1 });
  expect(town.gateway.log.takenOf(String(id))).toHaveLength(1);
});

describe("channels", () => {
  test("show backlog, age and the breaker; a supervisor sets the rate, stops and frees one", async () => {
    await town.queueOne();
    await town.sendDue();
    await town.queueOne();
    town.db.clock.advanceMs(90_000);
    const sms = async () => {
      const { body } = await send("audit", "GET", "/messages/channels");
      return (body["channels"] as { channel: string }[]).find((one) => one.channel === "sms");
    };
    expect(await sms()).toMatchObject({
      backlog: expect.any(Number),
      oldestSeconds: expect.any(Number),
      providers: [{ provider: "gateway", breaker: "closed", ratePerSecond: null, stoppedReason: "" }],
    });
    const gateOf = async () => {
      const { providers } = (await sms()) as unknown as {
        providers: {
          version: number;
          ratePerSecond: number | null;
          stoppedReason: string;
          breaker: string;
        }[];
      };
      const [gate] = providers;
      if (gate === undefined) throw new Error("there is no channel");
      return gate;
    };
    const way = (verb: string, provider = "gateway") =>
      `/messages/channels/sms/${provider}${verb === "" ? "" : `/${verb}`}`;
    const rate = (ratePerSecond: number | null, version: number, who = "boss", provider = "gateway") =>
      send(who, "PUT", way("", provider), { ratePerSecond }, version);
    const seen = await gateOf();
    expect((await rate(5, seen.version, "wang")).status).toBe(403);
    expect((await send("boss", "PUT", way(""), { ratePerSecond: 5 })).status).toBe(428);
    expect((await rate(5, seen.version)).body).toMatchObject({ version: seen.version + 1 });
    // Of two the second is shown that somebody was first.
    const stale = await rate(7, seen.version);
    expect([stale.status, stale.body["code"]]).toEqual([412, "version.stale"]);
    expect((await send("boss", "POST", way("stop"), { reason: "contract ends" })).status).toBe(200);
    const stopped = await gateOf();
    expect(stopped).toMatchObject({ ratePerSecond: 5, stoppedReason: "contract ends" });
    expect(await town.claim()).toEqual([]);
    // Neither a rate nor a try lifts it, and only the stop that was seen is lifted.
    expect((await rate(null, stopped.version)).status).toBe(200);
    expect((await send("boss", "POST", way("try"))).status).toBe(200);
    expect(await gateOf()).toMatchObject({ ratePerSecond: null, stoppedReason: "contract ends" });
    expect(await town.claim()).toEqual([]);
    const resume = async (version: number) =>
      (await send("boss", "POST", way("resume"), { reason: "contract renewed" }, version)).status;
    expect(await resume(stopped.version)).toBe(412);
    expect(await resume((await gateOf()).version)).toBe(200);
    expect(await resume((await gateOf()).version)).toBe(409);
    await town.rows("update message_gates set breaker = 'open', open_until = :until", {
      until: new Date(town.db.clock.now().getTime() + HOUR),
    });
    expect(await town.claim()).toEqual([]);
    expect((await send("boss", "POST", way("try"))).status).toBe(200);
    expect((await town.claim()).length).toBe(1);
    expect((await rate(null, 1, "boss", "nobody")).status).toBe(404);
    const figures = await ask(edge, "/metrics");
    expect(figures.text).toMatch(/nuan_message_breaker\{channel="sms",provider="gateway"\} 0/);
    expect(figures.text).toMatch(/nuan_messages_oldest_due_seconds\{channel="sms"\}/);
  });
});

test("costs by month, purpose and provider; what a provider does not price is estimated by the contract", async () => {
  await town.rows(
    `update messages set cost_milli_fen = null, segments = 2
     where id = (select max(id) from messages where state in ('accepted', 'delivered') and provider = 'gateway')`,
  );
  await town.rows("insert into settings (key, value) values ('messages.segment-milli-fen', '5000')");
  const { body } = await send("audit", "GET", "/messages/costs?from=2026-11&to=2026-12");
  const items = body["items"] as { provider: string; costMilliFen: string }[];
  const gateway = items.find((one) => one.provider === "gateway");
  expect(gateway).toMatchObject({
    month: "2026-11",
    purpose: "appointment",
    // and the one that a person gave up
    unpriced: 2,
    estimatedMilliFen: "10000",
  });
  expect(Number(gateway?.costMilliFen)).toBeGreaterThanOrEqual(4500);
  expect((await send("audit", "GET", "/messages/costs?from=2026-13&to=2026-12")).status).toBe(400);
});
