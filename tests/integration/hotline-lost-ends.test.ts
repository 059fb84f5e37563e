/** Calls whose end the exchange never told, in the database. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import {
  checkHotline,
  finishOverdueCalls,
  receiveCallEvents,
  signIn,
  signOut,
} from "#src/service/hotline/index.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { abandonedCall, answeredCall, eventsOf } from "#tests/support/hotline.ts";
import { person, platformOf } from "#tests/support/people.ts";

let db: TestDatabase;
let startAgain: () => Promise<void>;
let platform: Platform;
let agent: Actor;

beforeAll(async () => {
  db = await createTestDatabase("2026-11-15T10:00:00+08:00");
  platform = platformOf(db);
  agent = await person(db, "agent.one", ["agent"]);
  await run(agent, (context) => signIn(context, "8001"));
  startAgain = await rememberBeginning(db);
});
afterAll(() => db.drop());
beforeEach(() => startAgain());

const run = async <T>(actor: Actor, work: Parameters<typeof db.commands.run<T>>[1]): Promise<T> =>
  (await db.commands.run<T>({ name: "test", actor }, work)).result;

const numberOf = (n: number): string => `1381234${String(n).padStart(4, "0")}`;
const states = async () =>
  (await db.database.sql.rows<{ state: string }>(`select state from call_backs order by id`)).map(
    ({ state }) => state,
  );

const callNow = () =>
  db.database.sql.one<Record<string, unknown>>(
    `select state, outcome, finished_by as "finishedBy", finished_at as "finishedAt" from calls`,
  );

test("a call whose end was never told is finished by the time limit, once, and its caller is called back", async () => {
  const begin = db.clock.now();
  const [ringing, queued, abandoned] = eventsOf("mute", begin, abandonedCall(numberOf(3)));
  const answered = eventsOf("mute", begin, answeredCall(numberOf(3)))[2];
  if (!ringing || !queued || !abandoned || !answered) throw new Error("a call has these events");
  await receiveCallEvents(platform, "cti", [ringing, queued]);
  db.clock.advanceMs(29 * 60_000);
  expect(await finishOverdueCalls(platform)).toBe(0);
  db.clock.advanceMs(2 * 60_000);
  await Promise.all([finishOverdueCalls(platform), finishOverdueCalls(platform)]);
  expect(await finishOverdueCalls(platform)).toBe(0);
  expect(await callNow()).toMatchObject({ outcome: "abandoned", finishedBy: "time-limit" });
  expect(await states()).toEqual(["open"]);
  const ours = await db.database.sql.one<{ count: bigint }>(
    "select count(*) from call_events where event_id like 'nuan/%'",
  );
  expect(ours.count).toBe(1n);
  // The exchange's own end wins, and it was no other call.
  await receiveCallEvents(platform, "cti", [abandoned]);
  expect(await callNow()).toMatchObject({
    finishedBy: "exchange",
    finishedAt: new Date(begin.getTime() + 40_000),
  });
  expect(await states()).toEqual(["open"]);
  // And that it was answered, too.
  await receiveCallEvents(platform, "cti", [{ ...answered, eventId: "mute-answered" }]);
  expect([(await callNow())["outcome"], await states()]).toEqual(["answered", ["withdrawn"]]);
  expect(await checkHotline(db.database.sql)).toEqual([]);
});

test("an answered call is over after four hours without a word, and lives again when the exchange says so", async () => {
  const [ringing, queued, answered] = eventsOf("long", db.clock.now(), answeredCall(numberOf(4)));
  if (!ringing || !queued || !answered) throw new Error("a call has these events");
  await receiveCallEvents(platform, "cti", [ringing, queued, answered]);
  await expect(run(agent, signOut)).rejects.toMatchObject({ code: "agent.on-a-call" });
  db.clock.advanceMs(241 * 60_000);
  expect(await finishOverdueCalls(platform)).toBe(1);
  expect(await callNow()).toMatchObject({ outcome: "answered", finishedBy: "time-limit" });
  const at = db.clock.now().toISOString();
  await receiveCallEvents(platform, "cti", [{ eventId: "long-held", callId: "long", type: "held", at }]);
  expect(await callNow()).toMatchObject({ state: "held", outcome: null, finishedAt: null });
  expect(await finishOverdueCalls(platform)).toBe(0);
  db.clock.advanceMs(241 * 60_000);
  expect(await finishOverdueCalls(platform)).toBe(1);
  expect(await states()).toEqual([]);
  await run(agent, signOut);
});
