/** Calls and call-backs in the database: every order of events ends the same, and nobody who was lost is forgotten. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import {
  checkHotline,
  dial,
  giveUpCallBack,
  householdReached,
  openCallBack,
  reachedAtDoorSubscriber,
  readBalance,
  receiveCallEvents,
  recordAttempt,
  signIn,
  takeNextCallBack,
  workWaitingCalls,
} from "#src/service/hotline/index.ts";
import { setPerson, accessAccount } from "#src/town/accounts/index.ts";
import { day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { quietLog } from "#tests/support/quiet-log.ts";
import { proveHotline } from "#workers/hotline-check.ts";
import { abandonedCall, answeredCall, eventsOf, placeCall, type Told } from "#tests/support/hotline.ts";
import { person, platformOf } from "#tests/support/people.ts";
import { buildSmallTown, openTestAccount } from "#tests/support/small-town.ts";

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

const permutationsOf = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, index) =>
        permutationsOf([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
      );

const numberOf = (n: number): string => `1381234${String(n).padStart(4, "0")}`;
const callBacks = () =>
  db.database.sql.rows<{ number: string; state: string; attempts: number; dueAt: Date | null }>(
    `select number, state, attempts, due_at as "dueAt" from call_backs order by id`,
  );
const states = async () => (await callBacks()).map(({ state }) => state);
const balanceOfDay = () =>
  readBalance(db.database.sql, {
    from: new Date("2026-11-15T00:00:00+08:00"),
    until: new Date("2026-11-16T00:00:00+08:00"),
  });

/** Each order of the events is told one by one to a call of its own; answers what the calls have become, without their ids. */
const tellInEveryOrder = async (told: (from: string) => readonly Told[]) => {
  const orders = permutationsOf(told("").map((_, index) => index));
  const begin = db.clock.now();
  for (const [n, order] of orders.entries()) {
    const events = eventsOf(`p-${n}`, begin, told(numberOf(n)));
    for (const index of order) {
      const event = events[index];
      if (event !== undefined) await receiveCallEvents(platform, "cti", [event]);
    }
  }
  const rows = await db.database.sql.rows<Record<string, unknown>>(
    `select direction, line_code, extension, agent_id, state, outcome, began_at, queued_at, answered_at, finished_at,
       recording, call_back_id is not null as lost, (select state from call_backs b where b.number = c.number
         and b.state <> 'withdrawn') as call_back
     from calls c where provider_call_id like 'p-%' order by id`,
  );
  return { orders: orders.length, rows };
};

test("all 120 orders of an answered call's events end in one state, and nobody is called back", async () => {
  const { orders, rows } = await tellInEveryOrder((from) => [
    ...answeredCall(from),
    { type: "recorded", at: 121, recording: "rec-1" },
  ]);
  expect([orders, rows.length]).toEqual([120, 120]);
  for (const row of rows) expect(row).toEqual(rows[0]);
  expect(rows[0]).toMatchObject({ state: "ended", outcome: "answered", agent_id: agent.id, lost: false });
  expect((await states()).filter((state) => state !== "withdrawn")).toEqual([]);
  expect(await checkHotline(db.database.sql)).toEqual([]);
});

test("all 24 orders of a lost call's events end in one state, with one call-back each", async () => {
  const { orders, rows } = await tellInEveryOrder((from) => [
    ...abandonedCall(from),
    { type: "ended", at: 40 },
  ]);
  expect([orders, rows.length]).toEqual([24, 24]);
  for (const row of rows) expect(row).toEqual(rows[0]);
  expect(rows[0]).toMatchObject({ state: "abandoned", outcome: "abandoned", lost: true, call_back: "open" });
  expect(await states()).toEqual(Array.from({ length: 24 }, () => "open"));
  expect(await checkHotline(db.database.sql)).toEqual([]);
});

test("one number that is lost three times is one open call-back, and over when it gets through", async () => {
  for (const minute of [0, 5, 9]) {
    db.clock.set(`2026-11-15T10:0${minute}:00+08:00`);
    await placeCall(platform, db.clock.now(), abandonedCall(numberOf(1)));
  }
  expect(await states()).toEqual(["open"]);
  expect(await balanceOfDay()).toMatchObject({ calls: 3n, numbers: 1n, open: 1n });
  db.clock.set("2026-11-15T10:20:00+08:00");
  await placeCall(platform, db.clock.now(), answeredCall(numberOf(1)));
  expect(await states()).toEqual(["called-again"]);
  expect(await balanceOfDay()).toMatchObject({ calls: 3n, numbers: 1n, open: 0n, calledAgain: 1n });
});

test("events that come late change nothing that happened since", async () => {
  const early = db.clock.now();
  const later = new Date(early.getTime() + 600_000);
  // The answered call is told first, the lost call before it afterwards: it had called again already.
  await placeCall(platform, later, answeredCall(numberOf(1)));
  await placeCall(platform, early, abandonedCall(numberOf(1)));
  expect(await states()).toEqual(["called-again"]);
  // The other way round: a call that was answered before the loss closes nothing when it is told late.
  await placeCall(platform, later, abandonedCall(numberOf(2)));
  await placeCall(platform, early, answeredCall(numberOf(2)));
  expect(await states()).toEqual(["called-again", "open"]);
  expect(await checkHotline(db.database.sql)).toEqual([]);
});

test("reached by our call, by anybody who speaks to the household, given up by somebody with a reason", async () => {
  const town = await buildSmallTown(db);
  const { accountId } = await openTestAccount(db, town, "100000001");
  const account = await accessAccount(db.database.sql, db.actor, "100000001", day("2026-11-15"));
  await run(db.actor, (context) =>
    setPerson(context, {
      account,
      role: "owner",
      kind: "person",
      name: "某人",
      phones: [{ number: numberOf(2) }, { number: numberOf(3) }],
      from: day("2026-11-01"),
      source: "counter",
    }),
  );
  for (const n of [1, 2, 3, 4]) await placeCall(platform, db.clock.now(), abandonedCall(numberOf(n)));
  db.clock.advanceMs(600_000);
  await placeCall(platform, db.clock.now(), [
    { type: "ringing", at: 0, direction: "outbound", to: numberOf(1), agent: "8001" },
    { type: "answered", at: 8, agent: "8001" },
    { type: "ended", at: 60 },
  ]);
  // Whoever finished the work at the door has spoken to the household.
  const { id: workOrderId } = await db.owner.sql.one<{ id: bigint }>(
    `insert into work_orders (kind, state, source_key, account_id, address, result, finished_at, opened_at)
     values ('repair', 'done', 'test:1', :accountId, 'x', 'repaired', :now, :now) returning id`,
    { accountId, now: db.clock.now() },
  );
  const finished = {
    id: 1n,
    type: "work-order.finished",
    version: 1,
    subject: `work-order:${workOrderId}`,
    occurredAt: db.clock.now(),
    payload: { workOrderId },
  } as const;
  await run(db.actor, async (context) => {
    await reachedAtDoorSubscriber.handlers["work-order.finished"]?.(context, finished);
  });
  const again = { accountId, how: "again", at: db.clock.now() };
  expect(await run(agent, (context) => householdReached(context, again))).toBe(0);
  expect(await states()).toEqual(["reached", "reached", "reached", "open"]);

  const id = await run(agent, takeNextCallBack);
  if (id === null) throw new Error("one is due");
  expect(await run(agent, takeNextCallBack)).toBe(id);
  const first = await run(agent, (context) => recordAttempt(context, id, { result: "no-answer", note: "" }));
  expect(first.dueAt?.toISOString()).toBe("2026-11-15T02:40:00.000Z");
  expect(await run(agent, takeNextCallBack)).toBeNull();
  const early = run(agent, (context) =>
    giveUpCallBack(context, id, { reason: "attempts-exhausted", version: 4 }),
  );
  await expect(early).rejects.toMatchObject({ code: "call-back.too-early" });
  const atOnce = run(agent, (context) => recordAttempt(context, id, { result: "no-answer", note: "" }));
  await expect(atOnce).rejects.toMatchObject({
    code: "call-back.not-due",
    detail: { facts: { dueAt: "2026-11-15T02:40:00.000Z" } },
  });
  // Dialed by the exchange it counts at once, and one order counts once.
  await run(agent, (context) => dial(context, { callBackId: id }));
  await expect(
    run(agent, (context) => recordAttempt(context, id, { result: "no-answer", note: "" })),
  ).rejects.toMatchObject({ code: "call-back.not-due" });
  await db.owner.sql.run("update dial_orders set taken_at = :now", { now: db.clock.now() });
  db.clock.advanceMs(1000);
  await run(agent, (context) => recordAttempt(context, id, { result: "no-answer", note: "" }));
  await expect(
    run(agent, (context) => recordAttempt(context, id, { result: "busy", note: "" })),
  ).rejects.toMatchObject({ code: "call-back.not-due" });
  db.clock.set("2026-11-15T14:00:00+08:00");
  await run(agent, (context) => recordAttempt(context, id, { result: "busy", note: "" }));
  const { version } = await db.database.sql.one<{ version: number }>(
    `select version from call_backs where id = :id`,
    { id },
  );
  await run(agent, (context) => giveUpCallBack(context, id, { reason: "attempts-exhausted", version }));
  expect(await balanceOfDay()).toMatchObject({ numbers: 4n, reached: 3n, givenUp: 1n, open: 0n });
  expect(await checkHotline(db.database.sql)).toEqual([]);
  const open = await db.database.sql.one<{ count: bigint }>(
    `select count(*) from tasks where kind = 'call-back' and state = 'open'`,
  );
  expect(open.count).toBe(0n);
});

test("whoever was lost after somebody left the door still waits", async () => {
  const town = await buildSmallTown(db);
  const { accountId } = await openTestAccount(db, town, "100000001");
  const left = db.clock.now();
  await placeCall(platform, left, abandonedCall(numberOf(1)));
  await db.owner.sql.run("update call_backs set account_id = :accountId", { accountId });
  const reachedAt = (at: Date) =>
    run(agent, (context) => householdReached(context, { accountId, how: "work-order:1", at }));
  expect(await reachedAt(left)).toBe(0);
  expect(await reachedAt(new Date(left.getTime() + 60_000))).toBe(1);
});

test("lost at night is due at eight and belongs to somebody of the morning's roster", async () => {
  await db.owner.sql.run(
    `insert into hotline_roster (staff_id, valid, entered_at)
     values (:id, tstzrange('2026-11-16T07:30:00+08:00', '2026-11-16T16:00:00+08:00'), now())`,
    { id: agent.id },
  );
  db.clock.set("2026-11-15T22:10:00+08:00");
  await placeCall(platform, db.clock.now(), abandonedCall(numberOf(1)));
  const [row] = await db.database.sql.rows<{ dueAt: Date; ownerId: bigint }>(
    `select due_at as "dueAt", owner_id as "ownerId" from call_backs`,
  );
  expect(row).toEqual({ dueAt: new Date("2026-11-16T08:00:00+08:00"), ownerId: agent.id });
  expect(await run(agent, takeNextCallBack)).toBeNull();
  db.clock.set("2026-11-16T08:00:00+08:00");
  expect(await run(agent, takeNextCallBack)).not.toBeNull();
});

test("one that somebody took and does not try goes to whoever asks for the next, and so does one whose roster's person is ill", async () => {
  const other = await person(db, "agent.two", ["agent"]);
  await placeCall(platform, db.clock.now(), abandonedCall(numberOf(1)));
  const id = await run(agent, takeNextCallBack);
  expect(id).not.toBeNull();
  db.clock.advanceMs(14 * 60_000);
  expect(await run(other, takeNextCallBack)).toBeNull();
  db.clock.advanceMs(2 * 60_000);
  expect(await run(other, takeNextCallBack)).toBe(id);
  // Now it is the other's for as long.
  expect(await run(agent, takeNextCallBack)).toBeNull();

  await db.owner.sql.run(
    `insert into hotline_roster (staff_id, valid, entered_at)
     values (:id, tstzrange('2026-11-16T07:30:00+08:00', '2026-11-16T16:00:00+08:00'), now())`,
    { id: agent.id },
  );
  db.clock.set("2026-11-15T22:10:00+08:00");
  await placeCall(platform, db.clock.now(), abandonedCall(numberOf(2)));
  db.clock.set("2026-11-16T08:10:00+08:00");
  const waiting = () => run(other, takeNextCallBack);
  // The first is due again for the other; it is tried, and what was carried to the ill agent is not due for others yet.
  expect(await waiting()).toBe(id);
  await run(other, (context) => recordAttempt(context, must(id, "taken"), { result: "no-answer", note: "" }));
  expect(await waiting()).toBeNull();
  db.clock.set("2026-11-16T08:16:00+08:00");
  expect(await waiting()).not.toBeNull();
});

test("a call-back that was asked for is the same open task; a withheld number is counted apart", async () => {
  await placeCall(platform, db.clock.now(), abandonedCall(numberOf(1)));
  const asked = await run(agent, (context) =>
    openCallBack(context, { number: numberOf(1), origin: "cold-day" }),
  );
  expect(asked.opened).toBe(false);
  await placeCall(platform, db.clock.now(), abandonedCall("anonymous"));
  expect(await balanceOfDay()).toMatchObject({ calls: 2n, withheld: 1n, numbers: 1n, open: 1n });
});

test("a call-back of a lost call that is asked for meanwhile outlives the call's being found answered", async () => {
  const begin = db.clock.now();
  const [ringing, queued, abandoned] = eventsOf("late", begin, abandonedCall(numberOf(1)));
  const [, , answered, ended] = eventsOf("late", begin, answeredCall(numberOf(1)));
  if (!ringing || !queued || !abandoned || !answered || !ended) throw new Error("a call has these events");
  await receiveCallEvents(platform, "cti", [ringing, queued, abandoned]);
  db.clock.advanceMs(300_000);
  await run(agent, (context) => openCallBack(context, { number: `+86${numberOf(1)}`, origin: "requested" }));
  const late = [answered, ended].map((event, n) => ({ ...event, eventId: `late-${n + 10}` }));
  await receiveCallEvents(platform, "cti", late);
  const { outcome } = await db.database.sql.one<{ outcome: string }>("select outcome from calls");
  expect([outcome, await states()]).toEqual(["answered", ["open"]]);
  expect(await checkHotline(db.database.sql)).toEqual([]);
});

test("two losses of one number at once are one call-back", async () => {
  const begin = db.clock.now();
  await Promise.all(Array.from({ length: 12 }, () => placeCall(platform, begin, abandonedCall(numberOf(7)))));
  expect(await states()).toEqual(["open"]);
  expect(await checkHotline(db.database.sql)).toEqual([]);
});

test("a call that cannot be worked on holds up none behind it", async () => {
  const now = db.clock.now();
  await receiveCallEvents(platform, "cti", eventsOf("well", now, abandonedCall(numberOf(1))));
  await db.owner.sql.run(
    `insert into call_events (provider, event_id, provider_call_id, kind, occurred_at, received_at, raw)
     values ('cti', 'broken-0', 'broken', 'ringing', :now, :now, '{"direction":"sideways"}')`,
    { now },
  );
  await db.owner.sql.run(
    `insert into call_events_waiting (provider, provider_call_id, since)
     values ('cti', 'broken', :now), ('cti', 'well', :now::timestamptz + interval '1 second')`,
    { now },
  );
  db.clock.advanceMs(10_000);
  await expect(workWaitingCalls(platform)).rejects.toMatchObject({ code: "23514" });
  const left = await db.database.sql.rows<{ call: string }>(
    "select provider_call_id as call from call_events_waiting",
  );
  expect(left).toEqual([{ call: "broken" }]);
});

test("stored events whose process died are worked in by the worker", async () => {
  const events = eventsOf("left", db.clock.now(), abandonedCall(numberOf(1)));
  await db.owner.sql.run(
    `with told as (insert into call_events (provider, event_id, provider_call_id, kind, occurred_at, received_at, raw)
       select 'cti', e ->> 'eventId', 'left', e ->> 'type', (e ->> 'at')::timestamptz, :now,
         e - 'eventId' - 'callId' - 'type' - 'at' from jsonb_array_elements(:events::jsonb) e)
     insert into call_events_waiting (provider, provider_call_id, since) values ('cti', 'left', :now)`,
    { events: JSON.stringify(events), now: db.clock.now() },
  );
  expect(await workWaitingCalls(platform)).toBe(0);
  db.clock.advanceMs(6000);
  expect(await workWaitingCalls(platform)).toBe(1);
  expect(await workWaitingCalls(platform)).toBe(0);
  expect(await states()).toEqual(["open"]);
});

test("the nightly proof tells a person what was tampered with, once a day", async () => {
  await placeCall(platform, db.clock.now(), abandonedCall(numberOf(1)));
  const services = { platform, log: quietLog };
  expect(await proveHotline(services, day("2026-11-16"))).toEqual({ offenders: 0 });
  await db.owner.sql.run("update calls set call_back_id = null");
  expect(await proveHotline(services, day("2026-11-16"))).toEqual({ offenders: 1 });
  expect(await proveHotline(services, day("2026-11-16"))).toEqual({ offenders: 1 });
  const tasks = await db.database.sql.rows(
    `select owner_role as "ownerRole" from tasks where kind = 'hotline-not-proven'`,
  );
  expect(tasks).toEqual([{ ownerRole: "supervisor" }]);
});

test("events of a call lock its number before its row, as whoever leaves a call-back in the menu does", async () => {
  const [ringing, ...rest] = eventsOf("crossed", db.clock.now(), abandonedCall(numberOf(1)));
  if (ringing === undefined) throw new Error("a call rings");
  await receiveCallEvents(platform, "cti", [ringing]);
  let told: Promise<unknown> = Promise.resolve();
  await run(agent, async ({ sql }) => {
    await sql.run(`select pg_advisory_xact_lock(hashtextextended('number:+86${numberOf(1)}', 815032))`);
    told = receiveCallEvents(platform, "cti", rest);
    await expect
      .poll(() =>
        db.owner.sql.rows(
          `select 1 from pg_locks l join pg_database d on d.oid = l.database
           where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`,
        ),
      )
      .toHaveLength(1);
    await sql.run("set local lock_timeout = '1s'");
    await sql.run("update calls set address_text = 'x' where provider_call_id = 'crossed'");
  });
  await told;
  expect(await states()).toEqual(["open"]);
});
