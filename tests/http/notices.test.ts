/** Notices over HTTP: written by one, approved by another, stopped by whoever sees the mistake; each within the own areas. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#src/platform/actor.ts";
import { noticeRoutes, workOnNotice } from "#src/messages/notices/index.ts";
import { approvalRoutes } from "#src/office/approvals/index.ts";
import { exportRoutes } from "#src/office/exports/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { fetchWritten } from "#tests/support/exports.ts";
import { plantHeatTown } from "#tests/support/heat-town.ts";
import { plantResidents } from "#tests/support/notice-town.ts";
import { person } from "#tests/support/people.ts";
import { ask, type Edge, platformOf, startEdge } from "./edge.ts";

let db: TestDatabase;
let edge: Edge;
const actors = new Map<string, Actor>();
beforeAll(async () => {
  db = await createTestDatabase("2026-10-28T10:00:00+08:00");
  await plantHeatTown(db, [{ homes: 12, supplied: 10 }]);
  await plantResidents(db);
  const east = await person(db, "east", ["area-manager"], { areaIds: [1n] });
  const west = await person(db, "west", ["area-manager"], { areaIds: [2n] });
  actors.set("token-of-an-agent", await person(db, "agent", ["agent"]));
  actors.set("token-of-the-chief", await person(db, "chief", ["supervisor"]));
  actors.set("token-of-the-other", await person(db, "other", ["supervisor"]));
  await db.owner.sql.run(
    "update staff_members set mobile = '+8613800000001' where login in ('chief', 'other')",
  );
  actors.set("token-of-the-east", { ...east, scope: { kind: "areas", areaIds: [1n] } });
  actors.set("token-of-the-west", { ...west, scope: { kind: "areas", areaIds: [2n] } });
  edge = await startEdge(platformOf(db), [...noticeRoutes, ...approvalRoutes, ...exportRoutes], {
    authenticate: async (credential) =>
      credential.kind === "token" ? (actors.get(credential.token) ?? null) : null,
  });
}, 60_000);
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

type Who = "an-agent" | "the-chief" | "the-other" | "the-east" | "the-west";
const as = (who: Who, path: string, json?: unknown, headers: Record<string, string> = {}, method?: string) =>
  ask(edge, `/api/v1${path}`, {
    token: `token-of-${who}`,
    headers,
    ...(json !== undefined && { json }),
    ...(method !== undefined && { method }),
  });
const version = (n: number) => ({ "if-match": `"${n}"` });
const draft = {
  title: "检修通知",
  purpose: "service-notice",
  template: "notice-general",
  variables: { text: "小区管网将于11月3日检修。" },
  audience: { everybody: true },
};

test("from the first word to the last figure", async () => {
  expect((await as("an-agent", "/notices", draft)).status).toBe(403);
  const written = await as("the-chief", "/notices", draft);
  expect(written.status).toBe(201);
  const at = `/notices/${String(written.body["id"])}`;

  const preview = await as("the-chief", `${at}/preview`);
  expect(preview.body).toMatchObject({
    counts: { households: 18, reachable: 18, messages: 18 },
    segments: 18,
  });
  // Nobody's number stands in a sample.
  expect(preview.text).not.toMatch(/\+?861\d{10}/);

  const early = await as("the-chief", `${at}/approval-requests`, undefined, version(1), "POST");
  expect([early.status, early.body["code"]]).toEqual([409, "notice.sample-first"]);
  expect((await as("the-chief", `${at}/samples`, {})).status).toBe(201);
  const strange = await as("the-chief", `${at}/samples`, { number: "13900000009" });
  expect([strange.status, strange.body["code"]]).toEqual([400, "request.invalid"]);
  for (const variables of [
    { ...draft.variables, txt: "11月4日" },
    { ...draft.variables, homes: "别人家" },
  ]) {
    const slip = await as("the-chief", "/notices", { ...draft, variables });
    expect([slip.status, slip.body["code"]]).toEqual([422, "notice.variable-unknown"]);
    const later = await as("the-chief", at, { variables }, version(1), "PATCH");
    expect(later.body["code"]).toBe("notice.variable-unknown");
  }
  const changed = await as("the-chief", at, { title: "管网检修" }, version(1), "PATCH");
  expect([changed.status, changed.body["version"]]).toEqual([200, 2]);
  expect((await as("the-chief", `${at}/samples`, {})).status).toBe(201);
  const asked = await as("the-chief", `${at}/approval-requests`, undefined, version(2), "POST");
  expect(asked.status).toBe(201);
  const seen = await as("the-other", at);
  const unread = await as("the-other", `${at}/approval`, { start: true });
  expect(unread.status).toBe(428);
  const own = await as("the-chief", `${at}/approval`, {}, { "if-match": seen.headers.get("etag") ?? "" });
  expect([own.status, own.body["code"]]).toEqual([403, "approval.own-request"]);
  const before = await as("the-other", `${at}/approval`, { start: true }, version(1));
  expect([before.status, before.body["code"]]).toEqual([412, "version.stale"]);
  const approved = await as(
    "the-other",
    `${at}/approval`,
    { start: true },
    { "if-match": seen.headers.get("etag") ?? "" },
  );
  expect(approved.body).toMatchObject({
    state: "running",
    households: 18,
    messages: 18,
    sampled: true,
    goesAt: "2026-10-28T02:00:00.000Z",
    createdBy: "chief",
    requestedBy: "chief",
    approvedBy: "other",
  });
  await workOnNotice({ commands: db.commands }, BigInt(String(written.body["id"])));

  const funnel = await as("an-agent", `${at}/funnel`);
  expect(funnel.body).toMatchObject({ audience: 18, byOutcome: { queued: 18 }, messages: 18, sent: 0 });
  const first = await as("an-agent", `${at}/recipients?outcome=queued&limit=10`);
  expect(first.body["items"]).toHaveLength(10);
  expect(first.text).toContain("****");
  const rest = await as(
    "an-agent",
    `${at}/recipients?outcome=queued&cursor=${String(first.body["nextCursor"])}`,
  );
  expect([(rest.body["items"] as unknown[]).length, rest.body["nextCursor"]]).toEqual([8, null]);
  expect((await as("an-agent", `${at}/recipients?outcome=sent`)).body["items"]).toEqual([]);
  const wanted = await as("an-agent", `${at}/recipients/export`, { outcome: "queued", purpose: "核对名单" });
  const table = await fetchWritten(platformOf(db), wanted, (file) => as("an-agent", file));
  expect([table.status, table.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
  expect(table.text.trim().split("\r\n")).toHaveLength(20);
  expect(table.text).not.toMatch(/1\d{10}/);
  expect(table.text).toContain("短信");
  expect((await as("an-agent", `${at}/recipients?outcome=failed`)).body["items"]).toEqual([]);
  expect((await as("an-agent", `${at}/recipients?channel=email`)).body["items"]).toEqual([]);

  const stopped = await as("the-chief", `${at}/stop`, { reason: "发错了" });
  expect(stopped.status).toBe(200);
  expect((await as("the-chief", at)).body).toMatchObject({ state: "stopped", stateReason: "发错了" });
  const again = await as("the-chief", `${at}/resume`, { reason: "x" });
  expect([again.status, again.body["code"]]).toEqual([409, "notice.wrong-state"]);
  expect((await as("the-chief", `${at}/replies?kind=away`)).body["items"]).toEqual([]);
});

/** Written, sampled and asked for by the chief: its address and the request that waits for a second person. */
const askedFor = async (text: string, more: object = {}) => {
  const written = await as("the-chief", "/notices", { ...draft, variables: { text }, ...more });
  const at = `/notices/${String(written.body["id"])}`;
  expect((await as("the-chief", `${at}/samples`, {})).status).toBe(201);
  const asked = await as("the-chief", `${at}/approval-requests`, undefined, version(1), "POST");
  return { at, decision: `/approvals/${String(asked.body["approvalId"])}/decision` };
};

test("deciding in the list of approvals is the decision on the notice, and its author goes on from there", async () => {
  const { at, decision } = await askedFor("换热站将于11月4日检修。");
  expect((await as("the-chief", decision, { decision: "approved" })).body["code"]).toBe(
    "approval.own-request",
  );
  expect((await as("the-other", decision, { decision: "approved" })).status).toBe(200);
  const approved = await as("the-chief", at);
  expect(approved.body).toMatchObject({
    state: "approved",
    households: 18,
    requestedBy: "chief",
    approvedBy: "other",
  });
  const listed = await as("the-other", "/approvals?state=used&kind=notice");
  expect(listed.text).toContain(`"subject":"notice:${at.slice("/notices/".length)}"`);
  const etag = { "if-match": approved.headers.get("etag") ?? "" };
  const begun = await as("the-chief", `${at}/start`, undefined, etag, "POST");
  expect(begun.status).toBe(200);
  expect((await as("the-chief", at)).body["state"]).toBe("running");
});

test("refused in the list it is a draft again with the reason; what needs a word about the night is not agreed to there", async () => {
  const no = await askedFor("热力井盖将于11月6日更换。");
  const refused = await as("the-other", no.decision, { decision: "refused", reason: "日期不对" });
  expect(refused.status).toBe(200);
  const draftAgain = await as("the-chief", no.at);
  expect(draftAgain.body).toMatchObject({ state: "draft", stateReason: "日期不对", approvalId: null });
  // The same words may be asked for again: they were sampled.
  const again = await as("the-chief", `${no.at}/approval-requests`, undefined, version(1), "POST");
  expect(again.status).toBe(201);
  const back = await as(
    "the-chief",
    `/approvals/${String(again.body["approvalId"])}`,
    undefined,
    {},
    "DELETE",
  );
  expect(back.status).toBe(200);
  expect((await as("the-chief", no.at)).body["state"]).toBe("draft");

  const night = await askedFor("", {
    purpose: "incident-update",
    template: "supply-outage",
    variables: { since: "19:30", back: "" },
    passesQuietHours: true,
  });
  const unsaid = await as("the-other", night.decision, { decision: "approved" });
  expect([unsaid.status, unsaid.body["code"]]).toEqual([422, "notice.word-needed"]);
  expect((await as("the-chief", night.at)).body["state"]).toBe("waiting");
  const said = await as("the-other", `${night.at}/approval`, { atNight: false }, version(1));
  expect(said.body["state"]).toBe("approved");
});

test("whoever is bound to an area writes to its homes alone, and counts these alone of what the company wrote", async () => {
  const ofEast = await as("the-east", "/notices", draft);
  const at = `/notices/${String(ofEast.body["id"])}`;
  expect((await as("the-east", `${at}/preview`)).body).toMatchObject({ counts: { households: 12 } });
  expect((await as("the-west", at)).status).toBe(404);
  expect((await as("the-west", `${at}/stop`, { reason: "x" })).status).toBe(404);
  expect((await as("the-west", "/notices")).text).not.toContain(`"id":"${String(ofEast.body["id"])}"`);
  // An approval knows no areas.
  expect((await as("the-east", `${at}/approval`, {}, version(1))).status).toBe(403);

  const company = (await as("the-west", "/notices?state=stopped")).body["items"] as { id: string }[];
  expect(company).toHaveLength(1);
  const theirs = `/notices/${String(company[0]?.id)}`;
  expect((await as("the-west", `${theirs}/funnel`)).body).toMatchObject({ audience: 6 });
  const ahead = (await as("the-west", `${theirs}/preview`)).body;
  expect(ahead).toMatchObject({ counts: { households: 6 }, isPart: true });
  expect((await as("the-chief", `${theirs}/preview`)).body).toMatchObject({ isPart: false });
  const beyond = await as("the-west", `${theirs}/stop`, { reason: "x" });
  expect([beyond.status, beyond.body["code"]]).toEqual([403, "notice.beyond-scope"]);
});

test("what is being written is counted before it is stored, and named when it is read", async () => {
  const { building } = await db.database.sql.one<{ building: string }>(
    "select min(building_id)::text as building from premises",
  );
  const counted = { purpose: "service-notice", audience: { buildingIds: [building] } };
  const homes = await as("the-chief", "/notice-previews", counted);
  expect(homes.status).toBe(200);
  expect(homes.body).toMatchObject({ segments: 0, samples: [], sameWords: { homes: 0 } });
  const { households } = homes.body["counts"] as { households: number };
  expect(households).toBeGreaterThan(0);
  const text = { template: draft.template, variables: draft.variables };
  const worded = await as("the-chief", "/notice-previews", { ...counted, text });
  expect(worded.body).toMatchObject({ counts: { households }, isPart: false });
  expect(worded.body["costMilliFen"]).toBeGreaterThan(0);
  expect(JSON.stringify(worded.body["samples"])).toContain("小区管网将于11月3日检修");
  const refused = async (who: Who, body: object) => {
    const answer = await as(who, "/notice-previews", body);
    return [answer.status, answer.body["code"]];
  };
  expect(await refused("the-chief", { ...counted, audience: {} })).toEqual([422, "notice.audience-open"]);
  expect(await refused("the-chief", { ...counted, audience: { buildingIds: ["999"] } })).toEqual([
    422,
    "notice.audience-unknown",
  ]);
  expect(await refused("the-chief", { ...counted, text: { ...text, variables: {} } })).toEqual([
    422,
    "notice.variable-missing",
  ]);
  expect((await refused("an-agent", counted))[0]).toBe(403);
  const whole = { ...counted, audience: { everybody: true } };
  const [all, west] = [
    await as("the-chief", "/notice-previews", whole),
    await as("the-west", "/notice-previews", whole),
  ];
  const countOf = (body: Record<string, unknown>) => (body["counts"] as { households: number }).households;
  expect(countOf(west.body)).toBeLessThan(countOf(all.body));
  const written = await as("the-chief", "/notices", { ...draft, audience: counted.audience });
  const shown = await as("the-other", `/notices/${String(written.body["id"])}`);
  expect(shown.body["places"]).toMatchObject([{ key: "buildingIds", id: building }]);
});

test("homes that were named by number are counted for whoever is bound to areas", async () => {
  const homes = await db.database.sql.rows<{ no: string }>(
    "select account_no as no from heat_accounts limit 2",
  );
  const accountNos = homes.map(({ no }) => no);
  const written = await as("the-chief", "/notices", { ...draft, audience: { accountNos } });
  const at = `/notices/${String(written.body["id"])}`;
  expect((await as("the-other", at)).body["audience"]).toEqual({ accountNos });
  expect((await as("the-west", at)).body["audience"]).toEqual({ accountNos: { count: 2 } });
});

test("what one person may send alone was decided by two", async () => {
  const key = { template: "supply-outage" };
  const asked = await as("the-chief", "/notice-emergency-texts", key);
  expect(asked.body).toMatchObject({ approved: false });
  const { approvalId } = asked.body;
  const early = await as("the-chief", "/notice-emergency-texts", { ...key, approvalId });
  expect([early.status, early.body["code"]]).toEqual([409, "approval.pending"]);
  expect((await as("the-chief", "/notice-emergency-texts")).body["items"]).toEqual([]);
});

test("a festival has a day, a name and a greeting", async () => {
  const set = { day: "2027-01-01", name: "元旦", template: "greeting-festival" };
  expect((await as("the-chief", "/notice-festivals", set, {}, "PUT")).status).toBe(200);
  const wrong = await as("the-chief", "/notice-festivals", { ...set, template: "notice-general" }, {}, "PUT");
  expect([wrong.status, wrong.body["code"]]).toEqual([422, "notice.other-purpose"]);
  const past = await as("the-chief", "/notice-festivals", { ...set, day: "2026-10-01" }, {}, "PUT");
  expect([past.status, past.body["code"]]).toEqual([422, "notice.festival-past"]);
  const listed = (await as("an-agent", "/notice-festivals")).body["items"] as { id: string }[];
  expect(listed).toMatchObject([set]);
  const gone = () => as("the-chief", `/notice-festivals/${listed[0]?.id}`, undefined, {}, "DELETE");
  expect((await gone()).body).toEqual({ drafted: null });
  expect((await gone()).status).toBe(404);
  expect((await as("an-agent", "/notice-festivals")).body["items"]).toEqual([]);
});
