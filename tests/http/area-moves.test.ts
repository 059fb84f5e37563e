/** Buildings go to another area: looked at first, with homes, open cases and coverage before and after; then moved, once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { authenticateSession, logIn } from "#src/office/staff/index.ts";
import { person } from "#tests/support/people.ts";
import { createRoutingTown, type RoutingTown } from "#tests/support/routing-town.ts";
import { ask, type Edge, startEdge } from "./edge.ts";

let town: RoutingTown;
let edge: Edge;
const cookies = new Map<string, string>();
beforeAll(async () => {
  town = await createRoutingTown({ live: true });
  edge = await startEdge(town.platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "session" ? authenticateSession(town.platform, credential.reference) : null,
  });
  await person(town.db, "admin", ["admin"]);
  for (const login of ["admin", "judge"]) {
    const { reference } = await logIn(town.platform, { login, password: `${login}-password` });
    cookies.set(login, `nuan=${reference}`);
  }
});
afterAll(async () => {
  await edge.stop();
  await town.drop();
});

const send = (path: string, json: unknown, login = "admin") =>
  ask(edge, `/api/v1${path}`, {
    method: "POST",
    json,
    headers: { cookie: cookies.get(login) ?? "", "x-nuan": "1", "sec-fetch-site": "same-origin" },
  });
const FROM = "2026-11-24";
const preview = (areaId: bigint, places: object) =>
  send(`/network/areas/${areaId}/buildings/preview`, { ...places, from: FROM });

test("a building and its open case are counted; the area that it leaves has no gap any more, or gets one", async () => {
  await town.open({ buildingId: town.other });
  await town.open({ buildingId: town.ours });
  const seen = await preview(town.west1, { buildingIds: [String(town.other)] });
  expect(seen.body).toMatchObject({
    buildings: [
      { id: String(town.other), name: "书香苑T3号楼", area: "W2", homes: 0, openCases: 1, laterFrom: null },
    ],
    homes: 0,
    openCases: 1,
    coverage: { before: 0, after: 0, added: [], removed: [] },
  });
  const { id: bare } = (
    await send("/network/areas", { code: "W9", name: "新片区", level: "area", parentId: String(town.branch) })
  ).body as { id: string };
  const whole = await preview(BigInt(bare), { areaIds: [String(town.west1)] });
  expect(whole.body).toMatchObject({
    buildings: [{ area: "W1" }, { area: "W1" }],
    openCases: 1,
    coverage: { before: 0, after: 1, added: [{ kind: "area-without-manager", name: "新片区" }], removed: [] },
  });
});

test("the move is that of the preview; a second look says that nothing is left, and earlier days are not rewritten", async () => {
  const buildingIds = [String(town.other)];
  const moved = await send(`/network/areas/${town.west1}/buildings`, { buildingIds, from: FROM });
  expect(moved.body).toEqual({ assigned: 1 });
  expect((await preview(town.west1, { buildingIds })).body).toMatchObject({ buildings: [] });
  const back = await preview(town.west2, { buildingIds });
  expect(back.body).toMatchObject({ buildings: [{ area: "W1", laterFrom: FROM }] });
  const refused = await send(`/network/areas/${town.west2}/buildings`, { buildingIds, from: FROM });
  expect([refused.status, refused.body["code"]]).toEqual([409, "area.later-assignment"]);
});

test("only an administrator looks and moves; an area that is not there is said so", async () => {
  const path = `/network/areas/${town.west1}/buildings/preview`;
  expect((await send(path, { from: FROM }, "judge")).status).toBe(403);
  const nowhere = await preview(999_999n, {});
  expect([nowhere.status, nowhere.body["code"]]).toEqual([404, "area.not-found"]);
});

test("a trial says who would get a case and opens none; a full person is passed over", async () => {
  const count = () => town.db.owner.sql.one("select count(*)::int as cases from tickets");
  const before = await count();
  const tried = (more: object = {}) =>
    send("/routing/trials", { category: "heat.not-hot", buildingId: String(town.ours), ...more }, "judge");
  const first = await tried();
  expect(first.body).toMatchObject({
    person: { login: "manager1" },
    boundary: "ours",
    station: "一号站",
    rule: "responsibility",
    chain: [{ step: "manager", person: { login: "manager1" }, outcome: "taken" }],
  });
  await town.db.owner.sql.run("update duty_capacities set open_limit = 0 where duty = 'manager'");
  expect((await tried()).body).toMatchObject({
    person: { login: "deputy1" },
    chain: [
      { step: "manager", outcome: "over-capacity", openLimit: 0 },
      { step: "deputy", outcome: "taken" },
    ],
  });
  const draft = await send(
    "/routing/tables",
    { name: "试算", rows: [{ category: "*", boundary: "*", level: "*", role: "head-office" }] },
    "judge",
  );
  expect((await tried({ tableId: draft.body["id"] })).body).toMatchObject({
    role: "head-office",
    person: { login: "head" },
    tableId: draft.body["id"],
  });
  expect(await count()).toEqual(before);
  expect((await tried({ category: "no.such" })).body["code"]).toBe("category.not-found");
  expect((await tried({ buildingId: "999999" })).body["code"]).toBe("building.not-found");
});
