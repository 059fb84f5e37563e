/** Routing over HTTP: the table, absences, why a case lies where it lies, giving back and ruling, moving, notices. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { authenticateSession, logIn } from "#src/office/staff/index.ts";
import { fireLadders, STANDARD_TABLE } from "#src/service/routing/index.ts";
import { createRoutingTown, FIRM_PHONE, type RoutingTown } from "#tests/support/routing-town.ts";
import { type Answer, ask, type Edge, startEdge } from "./edge.ts";

let town: RoutingTown;
let edge: Edge;
const cookies = new Map<string, string>();
beforeAll(async () => {
  town = await createRoutingTown({ live: false });
  edge = await startEdge(town.platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "session" ? authenticateSession(town.platform, credential.reference) : null,
  });
  // Each sees the own area only; the others everything.
  for (const [login, areaId] of [
    ["manager1", town.west1],
    ["manager2", town.west2],
    ["branch", town.branch],
  ] as const) {
    await town.db.owner.sql.run(
      "insert into staff_areas (staff_id, area_id, valid) values (:staffId, :areaId, daterange('2020-01-01', null))",
      { staffId: town.who(login).id, areaId },
    );
  }
  for (const login of ["manager1", "manager2", "branch", "property", "judge"]) {
    const { reference } = await logIn(town.platform, { login, password: `${login}-password` });
    cookies.set(login, `nuan=${reference}`);
  }
});
afterAll(async () => {
  await edge.stop();
  await town.drop();
});

const send = (
  login: string,
  method: string,
  path: string,
  json?: unknown,
  ifMatch?: number,
): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, {
    method,
    ...(json === undefined ? {} : { json }),
    headers: {
      cookie: cookies.get(login) ?? "",
      "x-nuan": "1",
      "sec-fetch-site": "same-origin",
      ...(ifMatch === undefined ? {} : { "if-match": `"${ifMatch}"` }),
    },
  });
const versionOf = async (ticketId: bigint) =>
  (
    await town.db.owner.sql.one<{ version: number }>("select version from tickets where id = :ticketId", {
      ticketId,
    })
  ).version;

describe("the responsibility table", () => {
  test("drafted, looked at, refused with its gaps, made live with If-Match", async () => {
    const holes = await send("judge", "POST", "/routing/tables", {
      name: "with holes",
      rows: STANDARD_TABLE.filter((row) => row.category !== "*"),
    });
    expect(holes.status).toBe(201);
    const refused = await send("judge", "POST", `/routing/tables/${String(holes.body["id"])}/live`, {}, 1);
    expect([refused.status, refused.body["code"]]).toEqual([409, "responsibility.uncovered"]);
    expect(refused.text).toContain('"kind":"hole"');

    const draft = await send("judge", "POST", "/routing/tables", { name: "standard", rows: STANDARD_TABLE });
    const id = String(draft.body["id"]);
    const coverage = await send("judge", "GET", `/routing/tables/${id}/coverage`);
    expect(coverage.body).toEqual({ count: 0, findings: [] });
    expect((await send("judge", "POST", `/routing/tables/${id}/live`, {}, 7)).body["code"]).toBe(
      "version.stale",
    );
    expect((await send("judge", "POST", `/routing/tables/${id}/live`, {}, 1)).status).toBe(200);
    const found = await send("manager1", "GET", `/routing/tables/${id}`);
    expect(found.body["table"]).toMatchObject({ state: "live", rows: STANDARD_TABLE.length });
    const list = await send("manager1", "GET", "/routing/tables?limit=1");
    expect(list.body["items"]).toHaveLength(1);
    expect(list.body["nextCursor"]).not.toBeNull();
  });

  test("only whoever has the whole company's settings writes it", async () => {
    const row = { category: "*", boundary: "*", level: "*", role: "head-office" };
    expect((await send("manager1", "POST", "/routing/tables", { name: "x", rows: [row] })).status).toBe(403);
    expect((await send("property", "POST", "/routing/tables", { name: "x", rows: [row] })).status).toBe(403);
  });
});

describe("a case", () => {
  test("says why it lies where it lies; bounces to the ruling desk and is ruled; the next goes straight", async () => {
    const { ticketId, ticketNo } = await town.open({ buildingId: town.firms });
    await town.work();
    const route = await send("property", "GET", `/tickets/${ticketNo}/route`);
    const [first] = route.body["assignments"] as Record<string, unknown>[];
    expect(first).toMatchObject({
      rule: "responsibility",
      boundary: "property-firm",
      role: "property-desk",
      login: "property",
      explanation: { firm: "和美物业", firmPhone: FIRM_PHONE },
      chain: [{ step: "desk", login: "property", outcome: "taken", position: 1 }],
    });

    const back = (login: string, reason: string, version: number) =>
      send(login, "POST", `/tickets/${ticketNo}/return`, { reason }, version);
    expect((await back("property", "inside-the-flat", 99)).body["code"]).toBe("version.stale");
    expect((await back("property", "no-reason", await versionOf(ticketId))).body["code"]).toBe(
      "return.reason-unknown",
    );
    expect((await back("manager1", "inside-the-flat", await versionOf(ticketId))).body["code"]).toBe(
      "routing.not-yours",
    );
    expect((await back("property", "inside-the-flat", await versionOf(ticketId))).status).toBe(200);
    await town.work();
    expect((await back("manager1", "station-not-taken-over", await versionOf(ticketId))).status).toBe(200);
    await town.work();

    const ruling = { role: "property-desk", level: "area", words: "the firm's", precedent: "station" };
    const path = `/tickets/${ticketNo}/ruling`;
    expect((await send("property", "POST", path, ruling, 1)).status).toBe(403);
    const ruled = await send("judge", "POST", path, ruling, await versionOf(ticketId));
    expect(ruled.status).toBe(200);
    const after = await send("judge", "GET", `/tickets/${ticketNo}/route`);
    expect(after.body["bounces"]).toBe(2);
    expect(after.body["rulings"]).toHaveLength(1);

    const next = await town.open({ buildingId: town.firms });
    await town.work();
    const straight = await send("judge", "GET", `/tickets/${next.ticketNo}/route`);
    expect(straight.body).toMatchObject({
      bounces: 0,
      assignments: [{ rule: "precedent", role: "property-desk", precedentId: ruled.body["precedentId"] }],
    });
    const precedents = await send("judge", "GET", "/routing/precedents");
    expect(precedents.body["items"]).toMatchObject([{ scope: "station", place: "二号站", uses: 1 }]);
    // Its case and its words are shown to who sees the case.
    expect((await send("manager1", "GET", "/routing/precedents")).body["items"]).toHaveLength(1);
    expect((await send("manager2", "GET", "/routing/precedents")).body["items"]).toEqual([]);
    const id = String(ruled.body["precedentId"]);
    expect((await send("judge", "POST", `/routing/precedents/${id}/end`)).status).toBe(200);
    expect((await send("judge", "GET", "/routing/precedents")).body["items"]).toEqual([]);
  });

  test("of another area does not exist", async () => {
    const { ticketNo } = await town.open({});
    await town.work();
    for (const [method, path, json] of [
      ["GET", "route", undefined],
      ["POST", "return", { reason: "beyond-means" }],
      ["POST", "escalate", { words: "up" }],
    ] as const) {
      const answer = await send(
        "manager2",
        method,
        `/tickets/${ticketNo}/${path}`,
        json,
        json === undefined ? undefined : 1,
      );
      expect([path, answer.status, answer.body["code"]]).toEqual([path, 404, "ticket.not-found"]);
    }
  });

  test("is handed up by whoever has it", async () => {
    const { ticketId, ticketNo } = await town.open({});
    await town.work();
    const up = await send(
      "manager1",
      "POST",
      `/tickets/${ticketNo}/escalate`,
      { words: "needs the branch" },
      await versionOf(ticketId),
    );
    expect(up.status).toBe(200);
    const route = await send("branch", "GET", `/tickets/${ticketNo}/route`);
    expect((route.body["assignments"] as unknown[]).at(-1)).toMatchObject({
      cause: "escalated",
      level: "branch",
      login: "branch",
      reason: "needs the branch",
    });
  });
});

describe("absences and moving", () => {
  test("entered, listed, refused twice; the cases are previewed, then moved; back again", async () => {
    for (let n = 0; n < 3; n += 1) await town.open({});
    await town.work();
    const absence = { login: "manager1", from: "2026-11-23", until: null, kind: "sick" };
    const entered = await send("judge", "POST", "/staff/absences", absence);
    expect(entered.status).toBe(201);
    expect((await send("judge", "POST", "/staff/absences", absence)).body["code"]).toBe("absence.overlaps");
    expect((await send("manager1", "GET", "/staff/absences")).status).toBe(403);
    expect((await send("judge", "GET", "/staff/absences")).body["items"]).toMatchObject([
      { login: "manager1", until: null },
    ]);
    const seen = await send("judge", "POST", "/routing/reassignments", { from: "manager1", reason: "病假" });
    expect(seen.status).toBe(201);
    const id = String(seen.body["id"]);
    const { cases } = seen.body["preview"] as { cases: number };
    expect(cases).toBeGreaterThanOrEqual(3);
    const moved = await send("judge", "POST", `/routing/reassignments/${id}/move`);
    expect(moved.body).toMatchObject({ state: "moved", moved: cases, from: "manager1" });
    // Its answer was lost: asked again it says the same, and no case gets a second assignment.
    const rows = await send("judge", "GET", `/routing/reassignments/${id}/rows`);
    expect(rows.body["items"]).toHaveLength(cases);
    expect((await send("judge", "POST", `/routing/reassignments/${id}/move`)).body).toEqual(moved.body);
    expect(await send("judge", "GET", `/routing/reassignments/${id}/rows`)).toMatchObject({
      body: rows.body,
    });
    expect(
      await town.db.owner.sql.rows(
        "select count(*)::int as given from ticket_assignments where reassignment_id = :id",
        { id },
      ),
    ).toEqual([{ given: cases }]);
    expect((await send("judge", "GET", `/routing/reassignments/${id}`)).body["state"]).toBe("moved");
    const back = await send("judge", "POST", `/staff/absences/${String(entered.body["id"])}/end`, {
      backOn: "2026-11-23",
    });
    expect(back.status).toBe(200);
    expect((await send("judge", "GET", "/staff/absences")).body["items"]).toEqual([]);
  });

  test("capacities: by duty and by person", async () => {
    expect((await send("judge", "PUT", "/network/capacities/duties/manager", { openLimit: 55 })).status).toBe(
      200,
    );
    const staffId = String(town.who("manager1").id);
    const own = { openLimit: 5, from: "2026-11-23" };
    expect((await send("judge", "PUT", `/network/capacities/people/${staffId}`, own)).status).toBe(200);
    const all = await send("manager2", "GET", "/network/capacities");
    expect(all.body["duties"]).toContainEqual({ duty: "manager", openLimit: 55 });
    expect(all.body["people"]).toMatchObject([{ staffId, login: "manager1", openLimit: 5 }]);
    expect(
      (await send("judge", "PUT", `/network/capacities/people/${staffId}`, { ...own, openLimit: null }))
        .status,
    ).toBe(200);
    expect((await send("judge", "GET", "/network/capacities")).body["people"]).toEqual([]);
  });
});

describe("settings", () => {
  test("roles with their order, desks, reasons of return and starting levels are rows that people change", async () => {
    const roles = (await send("judge", "GET", "/routing/roles")).body["roles"] as {
      code: string;
      steps: { source: string; duty: string | null }[];
      members: string[];
    }[];
    const manager = roles.find((role) => role.code === "area-manager");
    expect(manager?.steps.map((step) => step.duty ?? step.source)).toEqual([
      "manager",
      "deputy",
      "chief",
      "station",
      "head-office",
    ]);
    const night = {
      name: "夜班",
      nameEn: "Night shift",
      staffRole: "agent",
      desk: true,
      steps: [{ position: 1, source: "desk" }],
    };
    expect((await send("judge", "PUT", "/routing/roles/night-shift", night)).status).toBe(200);
    const join = { login: "service", from: "2026-11-23" };
    expect((await send("judge", "POST", "/routing/roles/night-shift/members", join)).status).toBe(201);
    expect((await send("judge", "POST", "/routing/roles/night-shift/members", join)).body["code"]).toBe(
      "routing.member-already",
    );
    const end = { from: "2026-11-23" };
    expect((await send("judge", "POST", "/routing/roles/night-shift/members/service/end", end)).status).toBe(
      200,
    );
    const wrong = { ...night, steps: [{ position: 1, source: "duty" }] };
    expect((await send("judge", "PUT", "/routing/roles/night-shift", wrong)).status).toBe(400);
    const reason = { name: "楼上", nameEn: "Upstairs", sendsTo: "night-shift" };
    expect((await send("judge", "PUT", "/routing/return-reasons/upstairs", reason)).status).toBe(200);
    expect((await send("manager1", "GET", "/routing/return-reasons")).text).toContain("upstairs");
    expect((await send("judge", "PUT", "/routing/start-levels/chat", { level: "branch" })).status).toBe(200);
  });
});

describe("ladders and notices", () => {
  test("a ladder is written over HTTP, tells its person, who reads it", async () => {
    const before = await send("judge", "GET", "/routing/ladders");
    const inEnglish = (before.body["ladders"] as { nameEn: string; steps: { wordsEn: string }[] }[]).flatMap(
      (ladder) => [ladder.nameEn, ...ladder.steps.map((one) => one.wordsEn)],
    );
    expect(inEnglish).not.toContain("");
    for (const ladder of before.body["ladders"] as Record<string, unknown>[]) {
      const { code, ...rest } = ladder;
      const off = await send("judge", "PUT", `/routing/ladders/${String(code)}`, {
        ...rest,
        active: false,
        steps: (rest["steps"] as Record<string, unknown>[]).map((step) =>
          step["told"] === "owner" ? { ...step, role: undefined, level: undefined } : step,
        ),
      });
      expect(off.status).toBe(200);
    }
    const step = {
      position: 1,
      clockKind: "first-response",
      shareBasisPoints: 5000,
      offsetSeconds: 0,
      told: "owner",
      action: "tell",
      words: "过半",
      wordsEn: "half of it is used up",
    };
    const put = await send("judge", "PUT", "/routing/ladders/half", { name: "过半提醒", steps: [step] });
    expect(put.body).toEqual({ code: "half", steps: 1 });
    const { ticketNo } = await town.open({ buildingId: town.other });
    await town.work();
    town.db.clock.set("2026-11-23T09:20:00+08:00");
    await town.as(town.db.actor, fireLadders);
    const mine = await send("manager2", "GET", "/routing/notices?unread=yes");
    const [notice] = mine.body["items"] as { id: string }[];
    expect(notice).toMatchObject({ ticketNo, words: "过半", wordsEn: "half of it is used up" });
    expect((await send("manager1", "POST", `/routing/notices/${notice?.id}/read`)).status).toBe(404);
    expect((await send("manager2", "POST", `/routing/notices/${notice?.id}/read`)).status).toBe(200);
    expect((await send("manager2", "GET", "/routing/notices?unread=yes")).body["items"]).toEqual([]);
    const route = await send("manager2", "GET", `/tickets/${ticketNo}/route`);
    expect(route.body["firings"]).toMatchObject([{ ladder: "half", told: [{ login: "manager2" }] }]);
  });
});
