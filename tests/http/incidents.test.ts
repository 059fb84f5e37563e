/** Incidents over HTTP: what a person of an area sees and does, and what an agent reads out a moment later. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#src/platform/actor.ts";
import { incidentRoutes, incidentSubscribers } from "#src/service/incidents/index.ts";
import { supplyRoutes } from "#src/town/supply/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { plantHeatTown } from "#tests/support/heat-town.ts";
import { person } from "#tests/support/people.ts";
import { openCase } from "#tests/support/tickets.ts";
import { ask, type Edge, platformOf, startEdge } from "./edge.ts";

let db: TestDatabase;
let edge: Edge;
const actors = new Map<string, Actor>();

beforeAll(async () => {
  db = await createTestDatabase("2027-01-20T10:00:00+08:00");
  await plantHeatTown(db, [{ homes: 12, supplied: 10 }]);
  const east = await person(db, "east", ["area-manager"], { areaIds: [1n] });
  const west = await person(db, "west", ["area-manager"], { areaIds: [2n] });
  actors.set("token-of-an-agent", await person(db, "agent", ["agent"]));
  actors.set("token-of-the-supervisor", await person(db, "chief", ["supervisor"]));
  actors.set("token-of-the-east", { ...east, scope: { kind: "areas", areaIds: [1n] } });
  actors.set("token-of-the-west", { ...west, scope: { kind: "areas", areaIds: [2n] } });
  edge = await startEdge(platformOf(db), [...incidentRoutes, ...supplyRoutes], {
    publicWrites: ["POST /hooks/dispatch"],
    authenticate: async (credential) =>
      credential.kind === "token" ? (actors.get(credential.token) ?? null) : null,
  });
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

type Who = "an-agent" | "the-supervisor" | "the-east" | "the-west";
const as = (who: Who, path: string, json?: unknown, headers: Record<string, string> = {}) =>
  ask(edge, `/api/v1${path}`, { token: `token-of-${who}`, headers, ...(json !== undefined && { json }) });
const version = (n: number) => ({ "if-match": `"${n}"` });

test("from the first word to the closing, seen by whom it touches", async () => {
  const opened = await as("an-agent", "/incidents", {
    kind: "heat-outage",
    stationId: "1",
    expectedBackAt: "2027-01-20T12:30:00+08:00",
  });
  expect(opened.status).toBe(201);
  const id = String(opened.body["id"]);

  // At once, for whoever answers the next call.
  const spoken = await as("an-agent", "/building-incidents/11");
  expect(spoken.body["incident"]).toMatchObject({ id, kind: "heat-outage", title: "1号热力站 停热" });
  expect(spoken.text).toContain("预计12:30恢复");
  expect((await as("an-agent", "/building-incidents/9991")).body["incident"]).toBeNull();
  // Bound people hear of the buildings of their areas only.
  const [near, far] = [
    await as("the-east", "/building-incidents/11"),
    await as("the-west", "/building-incidents/11"),
  ];
  expect([near.status, far.status, far.body["code"]]).toEqual([200, 404, "building.not-found"]);

  const one = await openCase(db, { buildingId: 11n });
  await handleEvents(db, incidentSubscribers);
  for (const [who, status, n] of [
    ["the-east", 200, 1],
    ["the-west", 404, 0],
  ] as const) {
    expect((await as(who, `/incidents/${id}`)).status).toBe(status);
    expect((await as(who, `/incidents/${id}/tickets`)).status).toBe(status);
    expect((await as(who, "/incidents")).body["items"]).toHaveLength(n);
    expect((await as(who, `/incidents/${id}/updates`, { text: "x" }, version(99))).status).toBe(
      status === 200 ? 412 : 404,
    );
  }
  const held = await as("the-east", `/incidents/${id}/buildings`);
  expect(held.body["items"]).toContainEqual(
    expect.objectContaining({ buildingId: "11", state: "held", openTickets: 1 }),
  );
  expect((await as("the-west", `/incidents/${id}/buildings`)).status).toBe(404);

  const members = await as("the-east", `/incidents/${id}/tickets`);
  expect(members.body["items"]).toMatchObject([{ ticketNo: one.ticketNo, how: "automatic" }]);

  const updated = await as(
    "the-east",
    `/incidents/${id}/updates`,
    { text: "更换循环泵", expectedBackAt: null },
    version(1),
  );
  expect([updated.status, updated.headers.get("etag")]).toEqual([200, '"2"']);
  expect((await as("an-agent", "/building-incidents/11")).text).not.toContain("预计");
  const released = await as(
    "an-agent",
    `/incidents/${id}/release`,
    { text: "东侧已通", buildingIds: ["11"] },
    version(2),
  );
  expect(released.status).toBe(200);
  const closing = { evidence: "已恢复", evidenceKind: "visit" };
  const early = await as("an-agent", `/incidents/${id}/close`, closing, version(3));
  expect([early.status, early.body["code"]]).toEqual([409, "incident.still-out"]);
  const forced = { ...closing, force: "已逐栋测温" };
  const refused = await as("an-agent", `/incidents/${id}/close`, forced, version(3));
  expect([refused.status, refused.body["code"]]).toEqual([403, "incident.force-refused"]);
  const closed = await as("the-supervisor", `/incidents/${id}/close`, forced, version(3));
  expect(closed.status).toBe(200);
  await handleEvents(db, incidentSubscribers);
  const shown = await as("the-east", `/incidents/${id}`);
  expect(shown.body).toMatchObject({ state: "closed", counts: { tickets: 1, ticketsOpen: 0, buildings: 0 } });
  expect((shown.body["updates"] as { kind: string }[]).map((said) => said.kind)).toEqual([
    "opened",
    "update",
    "partial",
    "closed",
  ]);
  const over = await as("an-agent", `/incidents/${id}/cancel`, { reason: "x" }, version(4));
  expect([over.status, over.body["code"]]).toEqual([409, "incident.over"]);
  const again = await as(
    "an-agent",
    `/incidents/${id}/reopen`,
    { reason: "仍不热", buildingIds: ["11"] },
    version(4),
  );
  expect([again.status, again.headers.get("etag")]).toEqual([200, '"5"']);
});

test("a case is hung under it and taken out by its number", async () => {
  const { body } = await as("an-agent", "/incidents", { kind: "cold-area", buildingIds: ["12"] });
  const id = String(body["id"]);
  const { ticketNo } = await openCase(db, { buildingId: 13n });
  expect((await as("an-agent", `/incidents/${id}/tickets`, { ticketNo })).body).toEqual({
    ticketNo,
    joined: true,
  });
  expect((await as("an-agent", `/incidents/${id}/tickets`, { ticketNo })).body["joined"]).toBe(false);
  expect((await as("an-agent", `/incidents/${id}/leave`, { ticketNo, reason: "另一件事" })).status).toBe(200);
  const leak = await openCase(db, { buildingId: 12n, category: "fault.leak" });
  const refused = await as("an-agent", `/incidents/${id}/tickets`, { ticketNo: leak.ticketNo });
  expect([refused.status, refused.body["code"]]).toEqual([409, "incident.own-case"]);
});

test("before it is opened it says whom it touches and what is said, and refuses as the opening would", async () => {
  const kinds = (await as("an-agent", "/incident-kinds")).body["items"] as {
    code: string;
    categories: string[];
  }[];
  expect(kinds.map(({ code }) => code)).toEqual(["cold-area", "heat-outage", "station-noise"]);
  expect(kinds[2]?.categories).toEqual(["fault.station-noise"]);
  const asked = { kind: "heat-outage", stationId: "1", expectedBackAt: "2027-01-20T15:00:00+08:00" };
  const before = (await as("an-agent", "/incidents?state=all")).body["items"] as unknown[];
  const reach = await as("an-agent", "/incident-reach", asked);
  expect(reach.status).toBe(200);
  expect(reach.body).toMatchObject({ place: "1号热力站", homes: 12, homesSupplied: 10 });
  expect(reach.body["script"]).toContain("预计15:00恢复");
  expect(reach.body["scriptEn"]).toContain("back at 15:00");
  // Nothing was written.
  expect((await as("an-agent", "/incidents?state=all")).body["items"]).toHaveLength(before.length);
  const codes = await Promise.all([
    as("an-agent", "/incident-reach", { kind: "heat-outage" }),
    as("an-agent", "/incident-reach", { kind: "nothing", stationId: "1" }),
    as("an-agent", "/incident-reach", { ...asked, script: "{{#if back" }),
    as("an-agent", "/incident-reach", { kind: "heat-outage", stationId: "9991" }),
    as("the-west", "/incident-reach", asked),
  ]);
  expect(codes.map(({ body }) => body["code"])).toEqual([
    "supply.nothing-named",
    "incident.kind-unknown",
    "incident.script-unreadable",
    "incident.nobody-affected",
    "incident.beyond-scope",
  ]);
});

test("it shows its buildings and its words, and is closed with a file that is what it says", async () => {
  const { body } = await as("an-agent", "/incidents", {
    kind: "cold-area",
    buildingIds: ["11", "12"],
    script: "说{{place}}",
  });
  const id = String(body["id"]);
  expect((await as("the-east", `/incidents/${id}`)).body).toMatchObject({
    ownScript: "说{{place}}",
    ownScriptEn: null,
  });
  expect((await as("the-east", `/incidents/${id}`)).body["script"]).toMatch(/^说.+/);
  await as("an-agent", `/incidents/${id}/release`, { text: "一栋已热", buildingIds: ["11"] }, version(1));
  await as("an-agent", `/incidents/${id}/release`, { text: "都热了", buildingIds: null }, version(2));
  const keep = (bytes: string) =>
    ask(edge, `/api/v1/incidents/${id}/evidence-files?fileName=x.png`, {
      token: "token-of-an-agent",
      headers: { "content-type": "application/octet-stream" },
      raw: new Uint8Array(Buffer.from(bytes, "hex")),
    });
  expect((await keep("4d5a90000300000004000000")).body["code"]).toBe("file.type-refused");
  const kept = await keep("89504e470d0a1a0a0000000d494844520000000100000001080600000000000000");
  expect(kept.status).toBe(201);
  const closing = { evidence: "照片", evidenceKind: "attachment", evidenceRef: kept.body["ref"] };
  expect(
    (await as("an-agent", `/incidents/${id}/close`, { ...closing, evidenceRef: null }, version(3))).body[
      "code"
    ],
  ).toBe("incident.evidence-needed");
  expect((await as("an-agent", `/incidents/${id}/close`, closing, version(3))).status).toBe(200);
  const file = await as("the-east", `/incidents/${id}/evidence-file`);
  expect([file.status, file.headers.get("content-disposition")]).toEqual([
    200,
    expect.stringContaining(".png"),
  ]);
  expect((await as("the-west", `/incidents/${id}/evidence-file`)).status).toBe(404);
  expect((await as("an-agent", `/incidents/${id}/evidence`)).body["items"]).toEqual([]);
});

test("rules are the supervisor's", async () => {
  const rule = { kind: "cold-area", place: "loop", threshold: 4, withinMinutes: 30, reason: "试行" };
  const put = (who: Who) =>
    fetch(`${edge.url}/api/v1/incident-rules`, {
      method: "PUT",
      headers: { authorization: `Bearer token-of-${who}`, "content-type": "application/json" },
      body: JSON.stringify(rule),
    });
  expect((await put("an-agent")).status).toBe(403);
  const set = await put("the-supervisor");
  expect([set.status, await set.json()]).toMatchObject([200, { ...rule, active: true, version: 1 }]);
  const { body } = await as("an-agent", "/incident-rules");
  expect(body["rules"]).toHaveLength(4);
});

test("the book that a person keeps does what a message does, once a key; outages show their hours", async () => {
  const event = {
    kind: "outage",
    asset: { station: "T-1" },
    occurredAt: "2027-01-20T09:00:00+08:00",
    note: "电话报告",
  };
  const enter = (key: string) =>
    as("the-supervisor", "/supply/reports", { event }, { "idempotency-key": key });
  expect((await enter("k-1")).body["outcome"]).toBe("recorded");
  expect((await enter("k-1")).body["outcome"]).toBe("recorded");
  expect((await as("an-agent", "/supply/reports", { event }, { "idempotency-key": "k" })).status).toBe(403);
  const outages = await as("the-east", "/supply/outages?open=true");
  expect(outages.body["items"]).toMatchObject([{ asset: "1号热力站", cause: "电话报告", toAt: null }]);
  expect((await as("the-west", "/supply/outages")).body["items"]).toEqual([]);
  const id = (outages.body["items"] as { id: string }[])[0]?.id ?? "";
  const hours = await as("the-east", `/supply/outages/${id}/hours?limit=2`);
  expect(hours.body["items"]).toMatchObject([
    { buildingId: "11", premises: 2, seconds: 3600 },
    { buildingId: "12", premises: 2, seconds: 3600 },
  ]);
  expect(hours.body["nextCursor"]).not.toBeNull();
  expect((await as("the-west", `/supply/outages/${id}/hours`)).status).toBe(404);
});
