/** The town over real HTTP: one account and its changes under If-Match, the network, and what a stranger sees. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Credential } from "#src/http/authentication.ts";
import type { Actor, Role } from "#src/platform/actor.ts";
import { day } from "#src/kernel/day.ts";
import { findHouseholdsByNumber, townRoutes } from "#src/town/accounts/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { buildSmallTown, openTestAccount } from "#tests/support/small-town.ts";
import { ask, type Edge, platformOf, startEdge } from "./edge.ts";

let db: TestDatabase;
let edge: Edge;
beforeAll(async () => {
  db = await createTestDatabase();
  const town = await buildSmallTown(db);
  await openTestAccount(db, town, "10000001");
  const caller = (role: Role, areaIds?: readonly bigint[]): Actor => ({
    ...db.actor,
    roles: [role],
    scope: areaIds === undefined ? { kind: "everything" } : { kind: "areas", areaIds },
  });
  const callers: Readonly<Record<string, Actor>> = {
    agent: caller("agent"),
    manager: caller("area-manager", [town.areaId]),
    stranger: caller("area-manager", [999n]),
    admin: caller("admin"),
  };
  edge = await startEdge(platformOf(db), townRoutes, {
    authenticate: async (credential: Credential) =>
      credential.kind === "token" ? (callers[credential.token.replace("token-of-", "")] ?? null) : null,
  });
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

const get = (path: string, token = "agent") => ask(edge, `/api/v1${path}`, { token: `token-of-${token}` });
const post = (path: string, json: unknown, token = "agent", headers: Record<string, string> = {}) =>
  ask(edge, `/api/v1${path}`, { token: `token-of-${token}`, json, headers });
const version = async (): Promise<string> => (await get("/accounts/10000001")).headers.get("etag") ?? "";

describe("an account", () => {
  test("is read with its version, by its number or an alias, within the reader's area", async () => {
    const added = await post("/accounts/10000001/aliases", { kind: "card", value: "６２１７-1" }, "agent", {
      "if-match": '"1"',
    });
    expect([added.status, added.body]).toEqual([200, { value: "6217-1", version: 2 }]);
    const read = await get(`/accounts/${encodeURIComponent("６２１７-1")}`, "manager");
    expect(read.status).toBe(200);
    expect(read.headers.get("etag")).toBe('"2"');
    expect(read.body).toMatchObject({ accountNo: "10000001", version: 2, station: { owner: "company" } });
    const outside = await get("/accounts/10000001", "stranger");
    expect([outside.status, outside.body["code"]]).toEqual([404, "account.not-found"]);
    expect((await get("/accounts/10000001", "admin")).status).toBe(403);
  });

  test("is opened within the opener's area only", async () => {
    const { id } = await db.owner.sql.one<{ id: bigint }>("select min(id) as id from premises");
    const terms = { heatClass: "residential", loopType: "independent", innerAreaM2: "80", document: "合同" };
    const account = { premisesId: String(id), openedOn: "2026-08-01", chargePoints: [terms] };
    const outside = await post("/accounts", { ...account, accountNo: "10000077" }, "stranger");
    expect([outside.status, outside.body["code"]]).toEqual([404, "premises.not-found"]);
    expect((await post("/accounts", { ...account, accountNo: "10000077" }, "manager")).status).toBe(201);
  });

  test("is changed under the version that was read, by who may, from a state that allows it", async () => {
    const close = { machine: "valve", command: "close", reason: "not paid", effectiveOn: "2026-09-01" };
    const path = "/accounts/10000001/states";
    expect((await post(path, close, "manager")).status).toBe(428);
    expect((await post(path, close, "manager", { "if-match": '"1"' })).body["code"]).toBe("version.stale");
    expect((await post(path, close, "agent", { "if-match": await version() })).status).toBe(403);
    const closed = await post(path, close, "manager", { "if-match": await version() });
    expect(closed.body).toMatchObject({ from: "unknown", to: "closed" });
    const again = await post(path, close, "manager", { "if-match": await version() });
    expect([again.status, again.body["code"]]).toEqual([409, "state.refused"]);
    expect(again.body).toMatchObject({ facts: { allowed: ["open", "seal", "lose-track"] } });
  });

  test("takes new terms, a person and a hold; an idempotency key repeats nothing", async () => {
    const terms = {
      heatClass: "residential",
      loopType: "independent",
      grossAreaM2: "98.19",
      areaRounding: "two-decimals-cut",
      document: "survey 12",
      effectiveOn: "2026-11-15",
    };
    const changed = await post("/accounts/10000001/terms", terms, "agent", { "if-match": await version() });
    expect(changed.body).toMatchObject({ billingAreaM2: "88.37", areaRule: "share-of-gross" });
    const person = {
      role: "owner",
      name: "王小明",
      phones: [{ number: "13812348001" }],
      from: "2026-01-01",
      source: "counter",
    };
    const set = await post("/accounts/10000001/people", person, "agent", { "if-match": await version() });
    expect(set.status).toBe(200);
    const hold = { kind: "care", reason: "为老人", startsOn: "2026-09-01" };
    const headers = { "if-match": await version(), "idempotency-key": "hold-1" };
    const placed = await post("/accounts/10000001/holds", hold, "agent", headers);
    const replay = await post("/accounts/10000001/holds", hold, "agent", headers);
    expect(replay.body).toEqual(placed.body);
    const read = await get("/accounts/10000001");
    expect(read.body).toMatchObject({
      people: [{ name: "王**", phones: [{ number: "138****8001" }] }],
      holds: [{ kind: "care" }],
    });
    const holdId = String(placed.body["holdId"]);
    const released = await post(`/accounts/10000001/holds/${holdId}/release`, { reason: "done" }, "agent", {
      "if-match": await version(),
    });
    expect(released.status).toBe(200);
  });
});

describe("a household's people", () => {
  type Person = { personId: string; role: string; phones: { number: string; confirmed: boolean | null }[] };
  const people = async (): Promise<Person[]> => (await get("/accounts/10000001")).body["people"] as Person[];
  const add = (role: string, number: string) => ({
    role,
    name: "赵小丽",
    phones: [{ number, confirmed: true }],
    from: "2026-03-01",
    source: "counter",
  });
  const found = async (number: string) =>
    (await findHouseholdsByNumber(db.owner.sql, number, day("2026-11-20"))).length;

  test("a number that has changed: the new one is called and found, the old one is kept as wrong", async () => {
    await post("/accounts/10000001/people", add("payer", "13812348111"), "agent", {
      "if-match": await version(),
    });
    const payer = (await people()).find(({ role }) => role === "payer");
    const path = `/accounts/10000001/people/${payer?.personId}/phones`;
    const changed = {
      add: { number: "139 0000 2222", confirmed: true },
      mark: { position: 0, shown: "138****8111", confirmed: false },
    };
    expect((await post(path, changed)).status).toBe(428);
    const stale = await post(path, changed, "agent", { "if-match": '"1"' });
    expect([stale.status, stale.body["code"]]).toEqual([412, "version.stale"]);
    const headers = { "if-match": await version() };
    expect((await post(path, changed, "stranger", headers)).body["code"]).toBe("account.not-found");
    expect((await post(path, changed, "admin", headers)).status).toBe(403);
    expect((await post(path, {}, "agent", headers)).status).toBe(400);
    const other = { ...changed, mark: { ...changed.mark, shown: "138****0000" } };
    expect((await post(path, other, "agent", headers)).body["code"]).toBe("phone.changed");
    const word = { add: { number: "no number" } };
    expect((await post(path, word, "agent", headers)).body["code"]).toBe("phone.unreadable");
    const done = await post(path, changed, "manager", headers);
    expect(done.status).toBe(200);
    expect(done.headers.get("etag")).toBe(await version());
    expect((await people()).find(({ role }) => role === "payer")?.phones).toMatchObject([
      { number: "138****8111", confirmed: false },
      { number: "139****2222", confirmed: true },
    ]);
    // Who calls with the new number is known, with the old one not any more.
    expect([await found("+8613900002222"), await found("+8613812348111")]).toEqual([1, 0]);
    const audits = await db.owner.sql.rows<{ details: object }>(
      "select details from audit_events where command = 'person.change-phones'",
    );
    expect(audits).toEqual([{ details: { personId: payer?.personId, added: 1, confirmed: false } }]);
  });

  test("somebody who has left is it no longer; an owner is followed by the next", async () => {
    const [owner, payer] = await people();
    const end = async (person: Person | undefined, role: string, from: string) =>
      post(
        `/accounts/10000001/people/${person?.personId}/end`,
        { role, from, reason: "moved out" },
        "agent",
        { "if-match": await version() },
      );
    expect((await end(owner, "owner", "2026-11-01")).body["code"]).toBe("role.owner-stays");
    expect((await end(owner, "payer", "2026-11-01")).body["code"]).toBe("person.not-found");
    expect((await end(payer, "payer", "2026-03-01")).body["code"]).toBe("role.before-last-change");
    expect((await end(payer, "payer", "2026-03-02")).status).toBe(200);
    expect((await people()).map(({ role }) => role)).toEqual(["owner"]);
    expect((await end(payer, "payer", "2026-04-02")).body["code"]).toBe("person.not-found");
  });
});

describe("the network", () => {
  test("a station's owner is changed by administrators, under the version that was read, and audited", async () => {
    const tree = await get("/network");
    const [source] = tree.body["heatSources"] as { stations: { id: string }[] }[];
    const path = `/network/stations/${source?.stations[0]?.id}`;
    const read = await get(path);
    expect(read.headers.get("etag")).toBe('"1"');
    const patch = (json: unknown, ifMatch: string, token = "admin") =>
      ask(edge, `/api/v1${path}`, {
        method: "PATCH",
        token: `token-of-${token}`,
        json,
        headers: { "if-match": ifMatch },
      });
    const firm = { owner: "property-firm", propertyFirmName: "某某物业", propertyFirmPhone: "0371-65550000" };
    expect((await patch(firm, '"1"', "agent")).status).toBe(403);
    const lacking = await patch({ owner: "property-firm" }, '"1"');
    expect([lacking.status, lacking.body["code"]]).toEqual([422, "station.no-firm-phone"]);
    const changed = await patch(firm, '"1"');
    expect(changed.body).toMatchObject({ ...firm, propertyFirmPhone: "+8637165550000", version: 2 });
    expect(changed.headers.get("etag")).toBe('"2"');
    const stale = await patch({ takenOverOn: "2026-10-01" }, '"1"');
    expect([stale.status, stale.body["code"]]).toEqual([412, "version.stale"]);
    expect((await patch(firm, '"2"')).body).toMatchObject({ version: 2 });
    const back = await patch({ owner: "company", takenOverOn: "2026-10-01" }, '"2"');
    expect(back.body).toMatchObject({ owner: "company", takenOverOn: "2026-10-01", version: 3 });
    const audits = await db.owner.sql.rows<{ details: object }>(
      "select details from audit_events where command = 'network.change-station' order by id",
    );
    expect(audits).toMatchObject([
      { details: { before: { owner: "company" }, after: { owner: "property-firm" } } },
      { details: { before: { takenOverOn: "2010-05-01" }, after: { takenOverOn: "2026-10-01" } } },
    ]);
  });

  test("is read as a tree, grown by administrators only, and named when it is there already", async () => {
    const tree = await get("/network");
    expect(tree.body).toMatchObject({ heatSources: [{ name: "热源A", stations: [{ name: "热力站A" }] }] });
    const [source] = tree.body["heatSources"] as { id: string; stations: { id: string }[] }[];
    const station = await get(`/network/stations/${source?.stations[0]?.id}`);
    expect(station.body).toMatchObject({ owner: "company", counts: { loops: 1, buildings: 1, premises: 1 } });
    expect((await get("/network/stations/999")).status).toBe(404);
    const communities = await get("/network/communities?limit=1");
    expect(communities.body).toMatchObject({ items: [{ name: "书香苑A" }], nextCursor: null });
    const addition = { code: "S2", name: "热源B" };
    expect((await post("/network/heat-sources", addition)).status).toBe(403);
    expect((await post("/network/heat-sources", addition, "admin")).status).toBe(201);
    const twice = await post("/network/heat-sources", addition, "admin");
    expect([twice.status, twice.body["code"]]).toEqual([409, "network.already-there"]);
  });

  test("shows its areas and what nobody serves", async () => {
    const areas = await get("/network/areas");
    expect(areas.body).toMatchObject({
      areas: [{ name: "片区A", buildings: 1, manager: null }],
      findings: [{ kind: "area-without-manager" }],
    });
  });
});
