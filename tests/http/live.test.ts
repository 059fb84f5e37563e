/** The live feed over real HTTP: nothing missed, nothing from outside one's areas, nobody who may not listen any more. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Credential } from "#src/http/authentication.ts";
import { LIVE_SETTINGS } from "#src/http/live-hub.ts";
import { routes } from "#src/http/routes.ts";
import {
  authenticateSession,
  authenticateToken,
  changeStaff,
  endStaffSessions,
  logIn,
  watchCredentials,
} from "#src/office/staff/index.ts";
import { announceLive, type LiveAnnouncement } from "#src/platform/live-feed.ts";
import { forgetPlatformRows } from "#src/platform/retention.ts";
import type { StaffRole } from "#src/office/staff/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { type EventStream, openEventStream } from "#tests/support/event-stream.ts";
import { person, platformOf } from "#tests/support/people.ts";
import { buildSmallTown, type SmallTown } from "#tests/support/small-town.ts";
import { type Edge, startEdge } from "./edge.ts";

let db: TestDatabase;
let edge: Edge;
let north: SmallTown;
let south: SmallTown;
const streams: EventStream[] = [];
/** Whose credentials were asked for again, look by look. */
const looks: (readonly Credential[])[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  north = await buildSmallTown(db, "N");
  south = await buildSmallTown(db, "S");
  const platform = platformOf(db);
  edge = await startEdge(platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "token"
        ? authenticateToken(platform, credential.token)
        : authenticateSession(platform, credential.reference),
    watch: (credentials) => {
      looks.push(credentials);
      return watchCredentials(platform, credentials);
    },
    live: { heartbeatMs: 300 },
  });
});

afterAll(async () => {
  for (const stream of streams) await stream.close();
  await edge.stop();
  await db.drop();
});

const enter = async (login: string, roles: readonly StaffRole[], areaIds?: readonly bigint[]) => {
  const actor = await person(db, login, roles, areaIds === undefined ? {} : { areaIds });
  const { reference } = await logIn(platformOf(db), { login, password: `${login}-password` });
  return {
    id: actor.id ?? 0n,
    reference,
    headers: { cookie: `nuan=${reference}`, "sec-fetch-site": "same-origin" },
  };
};

const listen = async (
  headers: Readonly<Record<string, string>>,
  options: { readonly lastId?: string; readonly query?: string } = {},
): Promise<EventStream> => {
  const stream = await openEventStream(`${edge.url}/api/v1/live${options.query ?? ""}`, {
    ...headers,
    ...(options.lastId !== undefined && { "last-event-id": options.lastId }),
  });
  streams.push(stream);
  if (options.lastId === undefined) await stream.until("hello", () => stream.messages.length > 0);
  return stream;
};

const say = (...lives: readonly LiveAnnouncement[]) =>
  db.commands.run({ name: "test.say", actor: db.actor }, async (context) => {
    for (const live of lives) await announceLive(context, live);
  });
const inArea = (areaId: bigint | null, subject: string): LiveAnnouncement => ({
  topic: "ticket.assigned",
  audience: { areaId },
  subject,
});
const toAll = (subject: string, topic = "hotline.board"): LiveAnnouncement => ({
  topic,
  audience: "everyone",
  subject,
});

test("each hears of his own areas, of everybody's things and of himself, and of nothing else", async () => {
  const inNorth = await enter("manager.north", ["area-manager"], [north.areaId]);
  const agent = await enter("agent.all", ["agent"]);
  const one = await listen(inNorth.headers);
  const all = await listen(agent.headers);
  await say(
    inArea(north.areaId, "ticket:1"),
    inArea(south.areaId, "ticket:2"),
    inArea(null, "ticket:3"),
    toAll("call:4"),
    { topic: "hotline.pop", audience: { staffId: agent.id }, subject: "call:5", urgent: true },
    { topic: "hotline.board", audience: "everyone", subject: "call:6", permission: "hotline.read" },
    toAll("call:7"),
  );
  await one.until("the last one", () => one.subjects().includes("call:7"));
  await all.until("the last one", () => all.subjects().includes("call:7"));
  expect(one.subjects()).toEqual(["ticket:1", "call:4", "call:7"]);
  expect(all.subjects()).toEqual([
    "ticket:1",
    "ticket:2",
    "ticket:3",
    "call:4",
    "call:5",
    "call:6",
    "call:7",
  ]);
  const topical = await listen(agent.headers, { query: "?topics=ticket,hotline.pop" });
  await say(toAll("call:8"), inArea(south.areaId, "ticket:9"));
  await topical.until("its topic", () => topical.subjects().length > 0);
  expect(topical.subjects()).toEqual(["ticket:9"]);
});

test("what was rolled back is never heard", async () => {
  const agent = await enter("agent.rollback", ["agent"]);
  const stream = await listen(agent.headers);
  await db.commands
    .run({ name: "test.say", actor: db.actor }, async (context) => {
      await announceLive(context, toAll("call:undone"));
      throw new Error("changed my mind");
    })
    .catch(() => undefined);
  await say(toAll("call:done"));
  await stream.until("the next one", () => stream.subjects().includes("call:done"));
  expect(stream.subjects()).toEqual(["call:done"]);
});

test("a transaction that drew its id first and commits last is not missed, and order is that of the ids", async () => {
  const agent = await enter("agent.order", ["agent"]);
  const stream = await listen(agent.headers);
  const held = Promise.withResolvers<void>();
  const drawn = Promise.withResolvers<void>();
  const slow = db.commands.run({ name: "test.slow", actor: db.actor }, async (context) => {
    await announceLive(context, toAll("call:first"));
    drawn.resolve();
    await held.promise;
  });
  await drawn.promise;
  await say({ ...toAll("call:second"), urgent: true });
  const seen = (subject: string) => stream.subjects().includes(subject);
  // The feed passes by: heartbeats come while the horizon waits for the slow one.
  const beats = stream.heartbeats();
  await stream.until("two heartbeats", () => stream.heartbeats() >= beats + 2);
  expect(seen("call:second")).toBe(false);
  held.resolve();
  await slow;
  await stream.until("both", () => seen("call:second"));
  expect(stream.subjects()).toEqual(["call:first", "call:second"]);
  const ids = stream.messages.map(({ id }) => BigInt(id));
  expect(ids).toEqual(ids.toSorted((a, b) => Number(a - b)));
});

test("whoever comes back with Last-Event-ID hears exactly what was missed", async () => {
  const agent = await enter("agent.back", ["agent"]);
  const first = await listen(agent.headers);
  await say(toAll("call:20"));
  await first.until("the first", () => first.subjects().length === 1);
  const lastId = first.lastId();
  await first.close();
  const missed = Array.from({ length: 1200 }, (_, n) => `call:${1000 + n}`);
  for (const subject of missed) await say(toAll(subject));
  const second = await listen(agent.headers, { lastId });
  await say(toAll("call:live"));
  await second.until("all of it", () => second.subjects().includes("call:live"));
  expect(second.subjects()).toEqual([...missed, "call:live"]);
});

test("an area taken away: nothing of it in the next batch", async () => {
  const manager = await enter("manager.moved", ["area-manager"], [north.areaId, south.areaId]);
  const stream = await listen(manager.headers);
  await say(inArea(south.areaId, "ticket:30"));
  await stream.until("the first", () => stream.subjects().length === 1);
  await db.commands.run({ name: "test.areas", actor: db.actor }, (context) =>
    changeStaff(context, manager.id, 1, { areaIds: [north.areaId] }),
  );
  await say(inArea(south.areaId, "ticket:31"), inArea(north.areaId, "ticket:32"));
  await stream.until("the other area", () => stream.subjects().includes("ticket:32"));
  expect(stream.subjects()).toEqual(["ticket:30", "ticket:32"]);
  const again = await listen(manager.headers, { lastId: "0" });
  await again.until("the past", () => again.subjects().includes("ticket:32"));
  expect(again.subjects()).not.toContain("ticket:31");
  expect(again.subjects()).not.toContain("ticket:30");
});

test("a disabled login and an ended session are cut by the next look, and there are several in a second", async () => {
  expect(LIVE_SETTINGS.checkMs + LIVE_SETTINGS.pollMs).toBeLessThan(1000);
  const gone = await enter("agent.gone", ["agent"]);
  const out = await enter("agent.out", ["agent"]);
  const one = await listen(gone.headers);
  const other = await listen(out.headers);
  await db.commands.run({ name: "test.disable", actor: db.actor }, (context) =>
    changeStaff(context, gone.id, 1, { disabled: true }),
  );
  await db.commands.run({ name: "test.end", actor: db.actor }, (context) =>
    endStaffSessions(context, out.id),
  );
  const from = looks.length;
  await Promise.all([one.ended, other.ended]);
  for (const { reference } of [gone, out]) {
    const asked = looks
      .slice(from)
      .filter((look) => look.some((asking) => asking.kind === "session" && asking.reference === reference));
    // None when the look that was under way had cut it already.
    expect(asked.length).toBeLessThanOrEqual(1);
  }
  expect((await openEventStream(`${edge.url}/api/v1/live`, gone.headers)).status).toBe(401);
});

test("heartbeats move the last id along, so that coming back costs nothing", async () => {
  const manager = await enter("manager.quiet", ["area-manager"], [north.areaId]);
  const stream = await listen(manager.headers);
  await say(...Array.from({ length: 5 }, (_, n) => inArea(south.areaId, `ticket:${n + 40}`)));
  const before = BigInt(stream.lastId());
  await stream.until("its cursor to pass by", () => BigInt(stream.lastId()) >= before + 5n);
  expect(stream.subjects()).toEqual([]);
});

test("an id that was forgotten, or is another database's, says reset", async () => {
  const agent = await enter("agent.late", ["agent"]);
  const foreign = await listen(agent.headers, { lastId: "900000000000" });
  await foreign.until("reset", () => foreign.messages.some(({ event }) => event === "reset"));
  const later = new Date(db.clock.now().getTime() + 3 * 86_400_000);
  const forgotten = await forgetPlatformRows(db.database, later);
  expect(forgotten.liveEvents).toBeGreaterThan(0);
  const late = await listen(agent.headers, { lastId: "1" });
  await late.until("reset", () => late.messages.some(({ event }) => event === "reset"));
  await say(toAll("call:after"));
  await late.until("what comes after", () => late.subjects().includes("call:after"));
});

test("nobody without a login, without the permission, or with a wrong topic", async () => {
  const admin = await enter("admin.live", ["admin"]);
  const agent = await enter("agent.live", ["agent"]);
  const url = `${edge.url}/api/v1/live`;
  expect((await openEventStream(url, {})).status).toBe(401);
  expect((await openEventStream(url, admin.headers)).status).toBe(403);
  expect((await openEventStream(`${url}?topics=A,b`, agent.headers)).status).toBe(400);
});
