/** Calendars, rules and pause reasons over real HTTP; and the search box, whose text travels in the body. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Credential } from "#src/http/authentication.ts";
import { calendarRoutes } from "#src/office/calendars/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { clockRoutes, startClocks } from "#src/service/clocks/index.ts";
import { reportRoutes } from "#src/reports/index.ts";
import { at, type ClockTown, createClockTown, plantTicket } from "#tests/support/clocks.ts";
import { person } from "#tests/support/people.ts";
import { openTestAccount } from "#tests/support/small-town.ts";
import { ask, type Edge, platformOf, startEdge } from "./edge.ts";

let town: ClockTown;
let edge: Edge;
beforeAll(async () => {
  town = await createClockTown();
  await openTestAccount(town.db, town.town, "10000001");
  const callers: Readonly<Record<string, Actor>> = {
    agent: { ...town.db.actor, roles: ["agent"] },
    maker: await person(town.db, "maker", ["supervisor"]),
    checker: await person(town.db, "checker", ["supervisor"]),
  };
  edge = await startEdge(platformOf(town.db), [...calendarRoutes, ...clockRoutes, ...reportRoutes], {
    authenticate: async (credential: Credential) =>
      credential.kind === "token" ? (callers[credential.token.replace("token-of-", "")] ?? null) : null,
  });
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

const get = (path: string, token = "agent") => ask(edge, `/api/v1${path}`, { token: `token-of-${token}` });
const send = (method: "POST" | "PUT", path: string, json: unknown, token: string) =>
  ask(edge, `/api/v1${path}`, { method, token: `token-of-${token}`, json });

test("the shipped calendars and rules are read by agents, and say that they are defaults", async () => {
  const calendars = await get("/calendars?name=service");
  expect(calendars.body["items"]).toEqual([
    expect.objectContaining({
      name: "service",
      version: 1,
      isDefault: true,
      heating: expect.objectContaining({ holiday: ["00:00-24:00"] }),
      other: expect.objectContaining({ monday: ["08:30-12:00", "14:00-18:00"], saturday: ["09:00-12:00"] }),
    }),
  ]);
  const rules = (await get("/clock-rules?limit=200")).body["items"] as {
    isDefault: boolean;
    source: string;
  }[];
  expect(rules.length).toBeGreaterThan(10);
  expect(rules.every((rule) => rule.isDefault && rule.source.startsWith("assumed"))).toBe(true);
  const reasons = (await get("/pause-reasons")).body["items"] as { code: string; kinds: string[] }[];
  expect(reasons.find((reason) => reason.code === "parts")?.kinds).toEqual(["solution"]);
});

test("a version is drafted by one person and approved by another", async () => {
  const week = Object.fromEntries(["monday", "tuesday", "friday"].map((name) => [name, ["20:00-08:00"]]));
  const draft = {
    name: "night",
    title: "夜班",
    holidays: "none",
    heating: week,
    other: week,
    reason: "夜间值守",
  };
  expect((await send("POST", "/calendars", draft, "agent")).status).toBe(403);
  const wrong = await send("POST", "/calendars", { ...draft, other: { monday: ["8-12"] } }, "maker");
  expect([wrong.status, wrong.body["code"]]).toEqual([400, "calendar.hours-unreadable"]);
  const made = await send("POST", "/calendars", draft, "maker");
  expect([made.status, made.body["version"]]).toEqual([201, 1]);
  const path = `/calendars/${String(made.body["id"])}/approve`;
  const own = await send("POST", path, {}, "maker");
  expect([own.status, own.body["code"]]).toEqual([403, "approval.own-request"]);
  expect((await send("POST", path, {}, "checker")).status).toBe(200);
  expect((await send("POST", path, {}, "checker")).body["code"]).toBe("calendar.approved-already");
  const shown = (await get("/calendars?name=night")).body["items"] as { heating: Record<string, string[]> }[];
  expect(shown[0]?.heating["friday"]).toEqual(["20:00-08:00"]);
});

test("a rule is changed by a supervisor; running clocks follow when they are counted anew", async () => {
  const openedAt = at("2026-11-20 09:00");
  const ticketId = await plantTicket(town.db, openedAt, "invoice.invoice");
  await town.db.commands.run({ name: "test.start", actor: town.db.actor }, (context) =>
    startClocks(context, {
      ticketId,
      category: "invoice.invoice",
      severity: "ordinary",
      stationId: null,
      openedAt,
    }),
  );
  const rule = {
    kind: "solution",
    category: "invoice",
    targetMinutes: 480,
    calendar: "office",
    source: "2026",
  };
  expect((await send("PUT", "/clock-rules", rule, "agent")).status).toBe(403);
  const set = await send("PUT", "/clock-rules", rule, "maker");
  expect([set.status, set.body["changed"]]).toEqual([200, true]);
  expect((await send("PUT", "/clock-rules", rule, "maker")).body).toEqual({
    id: set.body["id"],
    changed: false,
  });
  const strange = await send("PUT", "/clock-rules", { ...rule, stationCode: "nowhere" }, "maker");
  expect([strange.status, strange.body["code"]]).toEqual([404, "station.not-found"]);
  const counted = await send("POST", "/clock-recalculations", { reason: "新规则" }, "maker");
  expect(counted.body).toEqual({ checked: 2, changed: 1, cancelled: 0 });
  const retired = await send(
    "POST",
    `/clock-rules/${String(set.body["id"])}/retire`,
    { reason: "撤销" },
    "maker",
  );
  expect(retired.status).toBe(200);
  const again = await send("POST", "/clock-recalculations", { reason: "撤销" }, "maker");
  expect(again.body).toEqual({ checked: 2, changed: 1, cancelled: 0 });
  const kept = (await get("/clock-rules?retired=true&limit=200")).body["items"] as {
    retiredAt: string | null;
  }[];
  expect(kept.filter((one) => one.retiredAt !== null)).toHaveLength(1);
});

test("a notice of holidays is written by a supervisor, and the next clock keeps it", async () => {
  const notice = {
    document: "国务院办公厅关于2027年部分节假日安排的通知",
    days: [
      { day: "2027-04-05", working: false, name: "清明节" },
      { day: "2027-04-10", working: true, name: "清明节" },
    ],
  };
  expect((await send("POST", "/holiday-notices", notice, "agent")).status).toBe(403);
  expect((await send("POST", "/holiday-notices", notice, "maker")).body).toEqual({ days: 2 });
  const shown = (await get("/holidays?year=2027")).body["items"] as { day: string; working: boolean }[];
  expect(shown.map(({ day, working }) => [day, working])).toEqual([
    ["2027-04-05", false],
    ["2027-04-10", true],
  ]);
  const openedAt = at("2027-04-04 11:00");
  const ticketId = await plantTicket(town.db, openedAt, "enquiry.policy");
  const started = await town.db.commands.run({ name: "test.start", actor: town.db.actor }, (context) =>
    startClocks(context, {
      ticketId,
      category: "enquiry.policy",
      severity: "ordinary",
      stationId: null,
      openedAt,
      kinds: ["ruling"],
    }),
  );
  // An hour of Sunday morning, nothing on Monday the 5th, three hours of Tuesday.
  expect(started.result).toEqual([{ kind: "ruling", dueAt: at("2027-04-06 11:30") }]);
});

test("a search is a body, and what was typed stands in no log", async () => {
  const found = await send("POST", "/search", { q: "10000001" }, "agent");
  expect(found.status).toBe(200);
  expect(found.body["groups"]).toEqual([
    { kind: "accounts", items: [expect.objectContaining({ accountNo: "10000001", matchedBy: "account" })] },
  ]);
  await send("POST", "/search", { q: "慕容北辰 13812345671" }, "agent");
  expect(edge.logText()).not.toMatch(/慕容北辰|13812345671/);
  expect((await send("POST", "/search", { q: "" }, "agent")).status).toBe(400);
});
