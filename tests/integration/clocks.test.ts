/** The clocks of cases against the database: started, paused, resumed, stopped, given, found when due, counted anew. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import {
  approveCalendar,
  draftCalendar,
  isOpen,
  loadContactHours,
  nextOpening,
} from "#src/office/calendars/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  cancelClocks,
  type ClockStart,
  findClocks,
  findDueClocks,
  moveGivenClock,
  pauseClocks,
  recalculateClocks,
  reclassifyClocks,
  resumeClocks,
  setPauseReason,
  setRule,
  startClocks,
  startGivenClock,
  stopClock,
} from "#src/service/clocks/index.ts";
import { at, type ClockTown, createClockTown, plantTicket } from "#tests/support/clocks.ts";
import { person, platformOf } from "#tests/support/people.ts";

let town: ClockTown;
beforeAll(async () => {
  town = await createClockTown();
});
afterAll(() => town.db.drop());

const run = async <T>(work: (context: CommandContext) => Promise<T>, actor = town.db.actor): Promise<T> =>
  (await town.db.commands.run({ name: "test.clocks", actor }, work)).result;

/** The clock on the wall of Shanghai. */
const turnTo = (wall: string): void => town.db.clock.set(at(wall).toISOString());

const open = async (wall: string, more: Partial<ClockStart> = {}): Promise<bigint> => {
  turnTo(wall);
  const ticketId = await plantTicket(town.db, at(wall));
  await run((context) =>
    startClocks(context, {
      ticketId,
      category: "heat.not-hot",
      severity: "ordinary",
      stationId: null,
      openedAt: context.now,
      ...more,
    }),
  );
  return ticketId;
};

const clocksOf = async (ticketId: bigint) => {
  const found = await findClocks(town.db.database.sql, ticketId, town.db.clock.now());
  return Object.fromEntries(
    found.map((clock) => [clock.kind + (clock.subject === "" ? "" : `/${clock.subject}`), clock]),
  );
};
const dueOf = async (ticketId: bigint, kind: string): Promise<string> =>
  wallTimeOfInstant(must((await clocksOf(ticketId))[kind], kind).dueAt);

const code = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing",
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );

describe("a case's clocks", () => {
  test("start together, keep rule and calendar version, and start once", async () => {
    const ticketId = await open("2026-11-20 09:00");
    const clocks = await clocksOf(ticketId);
    expect(Object.keys(clocks).toSorted()).toEqual(["first-response", "on-site", "solution"]);
    expect(clocks["on-site"]).toMatchObject({
      state: "running",
      calendar: "service@1",
      category: "heat.not-hot",
    });
    expect(clocks["on-site"]?.ruleId).not.toBeNull();
    expect(await dueOf(ticketId, "on-site")).toBe("2026-11-20 11:00");
    turnTo("2026-11-20 10:00");
    await run((context) =>
      startClocks(context, {
        ticketId,
        category: "heat.not-hot",
        severity: "emergency",
        stationId: null,
        openedAt: context.now,
      }),
    );
    expect(await dueOf(ticketId, "on-site")).toBe("2026-11-20 11:00");
  });

  test("stand still for a reason, and go on by the working time that they stood", async () => {
    const ticketId = await open("2026-11-20 09:00");
    turnTo("2026-11-20 09:30");
    expect(await run((context) => pauseClocks(context, ticketId, "parts"))).toEqual(["solution"]);
    expect(await run((context) => pauseClocks(context, ticketId, "no-access"))).toEqual(["on-site"]);
    turnTo("2026-11-21 08:00");
    const paused = await clocksOf(ticketId);
    expect([paused["on-site"]?.state, paused["on-site"]?.breach]).toEqual(["paused", "none"]);
    expect(paused["first-response"]?.breach).toBe("overdue");
    expect(await run((context) => resumeClocks(context, ticketId))).toBe(2);
    expect(await run((context) => resumeClocks(context, ticketId))).toBe(0);
    expect(await dueOf(ticketId, "on-site")).toBe("2026-11-21 09:30");
    expect(await dueOf(ticketId, "solution")).toBe("2026-11-22 07:30");
    expect(await code(run((context) => pauseClocks(context, ticketId, "because")))).toBe(
      "pause.reason-unknown",
    );
  });

  test("a reason that is no longer used pauses nothing", async () => {
    const ticketId = await open("2026-11-20 09:00");
    const row = { code: "weather", name: "天气", nameEn: "weather", kinds: ["solution"] as const };
    await run((context) => setPauseReason(context, { ...row, active: true }));
    expect(await run((context) => pauseClocks(context, ticketId, "weather"))).toEqual(["solution"]);
    await run((context) => setPauseReason(context, { ...row, active: false }));
    expect(await code(run((context) => pauseClocks(context, ticketId, "weather")))).toBe(
      "pause.reason-unknown",
    );
  });

  test("are stopped once, met or missed, also while they stand still", async () => {
    const ticketId = await open("2026-11-20 09:00");
    turnTo("2026-11-20 09:30");
    expect(await run((context) => stopClock(context, ticketId, "first-response"))).toEqual([
      { subject: "", met: true },
    ]);
    turnTo("2026-11-20 10:30");
    await run((context) => pauseClocks(context, ticketId, "no-access"));
    turnTo("2026-11-23 10:30");
    expect(await run((context) => stopClock(context, ticketId, "on-site"))).toEqual([
      { subject: "", met: true },
    ]);
    await run((context) => resumeClocks(context, ticketId));
    turnTo("2026-11-30 10:30");
    expect(await run((context) => stopClock(context, ticketId, "solution"))).toEqual([
      { subject: "", met: false },
    ]);
    expect(await run((context) => stopClock(context, ticketId, "solution"))).toEqual([]);
    const clocks = await clocksOf(ticketId);
    expect(Object.values(clocks).map((clock) => clock.breach)).toEqual(["met", "met", "missed"]);
  });

  test("a second round has clocks of its own, and a cancelled case none", async () => {
    const ticketId = await open("2026-11-20 09:00");
    turnTo("2026-11-20 12:00");
    await run((context) => stopClock(context, ticketId, "solution"));
    await run((context) =>
      startClocks(context, {
        ticketId,
        category: "heat.not-hot",
        severity: "ordinary",
        stationId: null,
        openedAt: context.now,
        kinds: ["solution"],
        subject: "reopen:1",
      }),
    );
    expect(await dueOf(ticketId, "solution/reopen:1")).toBe("2026-11-21 12:00");
    expect(await run((context) => cancelClocks(context, ticketId, { kind: "on-site" }))).toBe(1);
    expect(await run((context) => cancelClocks(context, ticketId))).toBe(2);
    const states = Object.values(await clocksOf(ticketId)).map((clock) => clock.state);
    expect(states.toSorted()).toEqual(["cancelled", "cancelled", "cancelled", "stopped"]);
  });
});

test("a referral is due when its order says: never counted, never paused, moved with a reason", async () => {
  const ticketId = await open("2026-11-23 09:10");
  const given = { ticketId, kind: "referral" as const, subject: "referral:1", dueAt: at("2026-11-25 18:00") };
  expect(await run((context) => startGivenClock(context, given))).toBe(true);
  expect(await run((context) => startGivenClock(context, { ...given, dueAt: at("2026-12-01 18:00") }))).toBe(
    false,
  );
  await run((context) =>
    startGivenClock(context, { ...given, subject: "referral:2", dueAt: at("2026-11-24 12:00") }),
  );
  await run((context) => pauseClocks(context, ticketId, "awaiting-customer"));
  expect((await clocksOf(ticketId))["referral/referral:1"]).toMatchObject({ state: "running", given: true });
  turnTo("2026-11-24 11:30");
  await run((context) =>
    moveGivenClock(context, { ...given, dueAt: at("2026-11-27 18:00"), reason: "延期一次" }),
  );
  expect(await dueOf(ticketId, "referral/referral:1")).toBe("2026-11-27 18:00");
  expect(await dueOf(ticketId, "referral/referral:2")).toBe("2026-11-24 12:00");
  expect(await run((context) => stopClock(context, ticketId, "referral", "referral:1"))).toEqual([
    { subject: "referral:1", met: true },
  ]);
  expect((await clocksOf(ticketId))["referral/referral:2"]?.state).toBe("running");
  expect(
    await code(run((context) => moveGivenClock(context, { ...given, subject: "referral:9", reason: "x" }))),
  ).toBe("clock.not-found");
});

test("what is soon due and overdue is found in pages, each running clock once", async () => {
  const other = await createClockTown("2026-11-20T09:00:00+08:00");
  const { db } = other;
  const tickets: bigint[] = [];
  for (const minute of [0, 10, 20, 40, 55]) {
    const openedAt = at(`2026-11-20 09:${String(minute).padStart(2, "0")}`);
    const ticketId = await plantTicket(db, openedAt);
    tickets.push(ticketId);
    await db.commands.run({ name: "test.start", actor: db.actor }, (context) =>
      startClocks(context, {
        ticketId,
        category: "enquiry.policy",
        severity: "ordinary",
        stationId: null,
        openedAt,
        kinds: ["first-response"],
      }),
    );
  }
  const now = at("2026-11-20 10:05");
  const sql = db.database.sql;
  const first = await findDueClocks(sql, now, 2);
  const rest = await findDueClocks(sql, now, 10, must(first.at(-1), "a last one"));
  // Opened at 9:40: warned from 10:02:30 on, due at 10:10. Opened at 9:55: neither yet.
  expect([...first, ...rest].map((clock) => [clock.ticketId, clock.stage])).toEqual([
    [tickets[0], "overdue"],
    [tickets[1], "overdue"],
    [tickets[2], "overdue"],
    [tickets[3], "soon"],
  ]);
  await db.drop();
});

test("a rule that was changed before a case counts for it, though the rules are kept in memory", async () => {
  const before = await open("2026-11-20 09:00", { category: "enquiry.policy" });
  const rule = {
    kind: "solution" as const,
    category: "enquiry",
    severity: null,
    stationOwner: null,
    stationId: null,
    season: null,
    targetMinutes: 60,
    calendar: "service",
    warnPercent: 50,
    source: "服务承诺 2026",
  };
  expect((await run((context) => setRule(context, rule))).changed).toBe(true);
  expect((await run((context) => setRule(context, rule))).changed).toBe(false);
  const after = await open("2026-11-20 09:00", { category: "enquiry.policy" });
  expect(await dueOf(before, "solution")).toBe("2026-11-21 09:00");
  expect(await dueOf(after, "solution")).toBe("2026-11-20 10:00");
  expect((await clocksOf(after))["solution"]?.warnAt).toEqual(at("2026-11-20 09:30"));
  expect(await code(run((context) => setRule(context, { ...rule, calendar: "lunar" })))).toBe(
    "calendar.unknown",
  );
  expect(await code(run((context) => setRule(context, { ...rule, calendar: null })))).toBe(
    "clock.rule-incomplete",
  );
});

test("another category counts the open clocks anew from their start", async () => {
  const ticketId = await open("2026-11-20 09:00");
  turnTo("2026-11-20 09:20");
  await run((context) => stopClock(context, ticketId, "first-response"));
  const change = {
    ticketId,
    severity: "ordinary" as const,
    stationId: null,
    openedAt: at("2026-11-20 09:00"),
  };
  await run((context) => reclassifyClocks(context, { ...change, category: "fault.leak", reason: "漏水" }));
  expect(await dueOf(ticketId, "on-site")).toBe("2026-11-20 09:30");
  await run((context) =>
    reclassifyClocks(context, { ...change, category: "payment.amount", reason: "误选" }),
  );
  const clocks = await clocksOf(ticketId);
  expect([clocks["on-site"]?.state, clocks["solution"]?.state, clocks["first-response"]?.state]).toEqual([
    "cancelled",
    "running",
    "stopped",
  ]);
  await run((context) =>
    reclassifyClocks(context, { ...change, category: "heat.partly", reason: "还是不热" }),
  );
  expect(await dueOf(ticketId, "on-site")).toBe("2026-11-20 11:00");
  expect((await clocksOf(ticketId))["on-site"]?.state).toBe("running");
});

test("a new version of a calendar is another person's word, and running clocks follow when they are counted anew", async () => {
  const ticketId = await open("2026-09-01 09:00", { category: "suggestion.suggestion" });
  const paused = await open("2026-09-01 09:00", { category: "suggestion.suggestion" });
  const given = { ticketId, kind: "referral" as const, subject: "referral:7", dueAt: at("2026-09-05 18:00") };
  await run((context) => startGivenClock(context, given));
  turnTo("2026-09-01 10:00");
  await run((context) => pauseClocks(context, paused, "awaiting-customer"));
  const maker = await person(town.db, "calendar.maker", ["supervisor"]);
  const checker = await person(town.db, "calendar.checker", ["supervisor"]);
  const roundTheClock = [{ fromMinute: 0, untilMinute: 1440 }];
  const always = Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((kind) => [kind, roundTheClock]));
  const input = {
    name: "service",
    title: "全天",
    holidays: "none" as const,
    heating: always,
    other: always,
    reason: "全年 24 小时",
  };
  const { calendarId, version } = await run((context) => draftCalendar(context, input), maker);
  expect(version).toBe(2);
  expect(await code(run((context) => draftCalendar(context, input), maker))).toBe("calendar.draft-waits");
  expect(await code(run((context) => approveCalendar(context, calendarId), maker))).toBe(
    "approval.own-request",
  );
  await run((context) => approveCalendar(context, calendarId), checker);
  expect(await code(run((context) => approveCalendar(context, calendarId), checker))).toBe(
    "calendar.approved-already",
  );
  expect(await dueOf(ticketId, "solution")).toBe("2026-09-04 10:30");

  const recalculated = await recalculateClocks(platformOf(town.db), checker, { reason: "新版服务时间" });
  expect(recalculated.changed).toBeGreaterThan(0);
  expect(await dueOf(ticketId, "solution")).toBe("2026-09-02 09:00");
  expect((await clocksOf(ticketId))["solution"]?.calendar).toBe("service@2");
  expect(await dueOf(ticketId, "referral/referral:7")).toBe("2026-09-05 18:00");
  const again = await recalculateClocks(platformOf(town.db), checker, { reason: "新版服务时间" });
  expect(again).toEqual({ checked: recalculated.checked, changed: 0, cancelled: 0 });
  const kept = await town.db.owner.sql.rows<{ cause: string; moved: boolean }>(
    `select cause, from_due_at <> to_due_at as moved from clock_changes
     where clock_id = (select id from ticket_clocks where ticket_id = :ticketId and kind = 'solution')`,
    { ticketId },
  );
  expect(kept).toEqual([{ cause: "recalculated", moved: true }]);
  // The one that stood still goes on in the new hours.
  turnTo("2026-09-01 22:00");
  await run((context) => resumeClocks(context, paused));
  expect(await dueOf(paused, "solution")).toBe("2026-09-02 21:00");
});

test("a holiday that is ordered later moves due times only when they are counted anew", async () => {
  const holiday = { calendar: "company", day: "2026-09-02", name: "临时放假", document: "x" };
  const ticketId = await open("2026-09-01 20:00", { category: "suggestion.suggestion" });
  await town.db.owner.sql.run(
    `insert into calendar_exceptions (calendar, day, working, name, document)
     values (:calendar, :day, false, :name, :document)`,
    holiday,
  );
  const before = await dueOf(ticketId, "solution");
  await recalculateClocks(platformOf(town.db), town.db.actor, { reason: "放假" });
  // Version 2 of the calendar keeps no holidays, so nothing moves.
  expect(await dueOf(ticketId, "solution")).toBe(before);
});

test("quiet hours are all that the contact hours leave", async () => {
  const contact = await loadContactHours(town.db.database.sql);
  expect(isOpen(contact, at("2026-11-20 20:59"))).toBe(true);
  expect(isOpen(contact, at("2026-11-20 21:00"))).toBe(false);
  expect(nextOpening(contact, at("2027-01-21 01:20"))).toEqual(at("2027-01-21 08:00"));
});

test("hours that never open are refused when they are drafted", async () => {
  const empty = {
    name: "empty",
    title: "空",
    holidays: "none" as const,
    heating: {},
    other: {},
    reason: "x",
  };
  expect(await code(run((context) => draftCalendar(context, empty)))).toBe("calendar.no-hours");
  const twice = [
    { fromMinute: 480, untilMinute: 720 },
    { fromMinute: 700, untilMinute: 900 },
  ];
  const overlapping = { ...empty, other: { 1: twice } };
  expect(await code(run((context) => draftCalendar(context, overlapping)))).toBe("calendar.hours-overlap");
});
