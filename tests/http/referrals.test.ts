/** Orders of authorities over HTTP: lists in, two people for a reply, the form out, and nothing of it for another area. */
import { readSheet } from "read-excel-file/node";
import writeXlsxFile from "write-excel-file/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#src/platform/actor.ts";
import { approvalRoutes } from "#src/office/approvals/index.ts";
import { referralRoutes } from "#src/service/referrals/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { plantHeatTown } from "#tests/support/heat-town.ts";
import { person } from "#tests/support/people.ts";
import { ask, type Edge, platformOf, startEdge } from "./edge.ts";

let db: TestDatabase;
let edge: Edge;
const actors = new Map<string, Actor>();

beforeAll(async () => {
  db = await createTestDatabase("2026-11-23T09:10:00+08:00");
  await plantHeatTown(db, [{ homes: 12, supplied: 10 }]);
  actors.set("token-of-the-agent", await person(db, "agent", ["agent"]));
  actors.set("token-of-the-chief", await person(db, "chief", ["supervisor"]));
  for (const [name, areaId] of [
    ["east", 1n],
    ["west", 2n],
  ] as const) {
    const manager = await person(db, name, ["area-manager"], { areaIds: [areaId] });
    actors.set(`token-of-the-${name}`, { ...manager, scope: { kind: "areas", areaIds: [areaId] } });
  }
  const office = await person(db, "office", ["agent"], { areaIds: [2n] });
  actors.set("token-of-the-office", { ...office, scope: { kind: "areas", areaIds: [2n] } });
  edge = await startEdge(platformOf(db), [...referralRoutes, ...approvalRoutes], {
    authenticate: async (credential) =>
      credential.kind === "token" ? (actors.get(credential.token) ?? null) : null,
  });
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

type Who = "agent" | "office" | "chief" | "east" | "west";
const as = (who: Who, path: string, json?: unknown, version?: number) =>
  ask(edge, `/api/v1${path}`, {
    token: `token-of-the-${who}`,
    ...(version !== undefined && { headers: { "if-match": `"${version}"` } }),
    ...(json !== undefined && { json }),
  });
const post = (who: Who, path: string, version?: number) =>
  ask(edge, `/api/v1${path}`, {
    method: "POST",
    token: `token-of-the-${who}`,
    ...(version !== undefined && { headers: { "if-match": `"${version}"` } }),
  });

const order = {
  authority: "12345",
  outsideNo: "ZZ-1",
  demand: "暖气不热 <b>急</b>",
  callerName: "王女士",
  callerNumber: "13812345678",
  address: "金水区春晖苑1 1号楼1单元6",
  dueAt: "2026-11-25T18:00:00+08:00",
};

test("from receipt to receipt number, by two people, within the area", async () => {
  const received = await as("agent", "/referrals", order);
  expect([received.status, received.body["outcome"]]).toEqual([201, "taken"]);
  const id = String(received.body["id"]);
  expect((await as("agent", "/referrals", order)).body).toMatchObject({
    id,
    outcome: "known",
    ticketNo: received.body["ticketNo"],
  });

  const elsewhere = await as("office", "/referrals", order);
  expect(elsewhere.body).toMatchObject({ id, outcome: "known", ticketNo: null });

  for (const path of [
    `/referrals/${id}`,
    `/referrals/${id}/form`,
    `/referrals/${id}/form.xlsx`,
    `/referrals/${id}/reply-text`,
  ]) {
    expect([path, (await as("east", path)).status, (await as("west", path)).status]).toEqual([
      path,
      200,
      404,
    ]);
  }
  expect((await as("west", "/referrals")).body["items"]).toEqual([]);
  expect((await as("west", "/referral-figures")).body["rows"]).toEqual([]);
  const listed = await as("east", "/referrals?outsideNo=ZZ-1");
  expect(listed.body["items"]).toMatchObject([{ id, state: "received" }]);
  // The caller stands on the case, behind its own door.
  expect(listed.text).not.toMatch(/王女士|13812345678/);

  expect((await post("agent", `/referrals/${id}/sign-for`, 1)).body).toEqual({ id, version: 2 });
  const stale = await post("agent", `/referrals/${id}/sign-for`, 1);
  expect([stale.status, stale.body["code"]]).toEqual([412, "version.stale"]);

  const draft = await as("agent", `/referrals/${id}/drafts`, { text: "已上门处理，室温 19.2℃。" });
  expect(draft.status).toBe(201);
  const asked = await post("agent", `/referrals/${id}/signature-requests`);
  const approvalId = String(asked.body["approvalId"]);
  const report = () =>
    as("agent", `/referrals/${id}/report`, { receiptNo: "HZ-9", reportedAt: "2026-11-23T09:10:00+08:00" }, 2);
  expect([(await report()).body["code"]]).toEqual(["approval.pending"]);
  const signed = await as("chief", `/approvals/${approvalId}/decision`, { decision: "approved" });
  expect(signed.status).toBe(200);
  expect((await report()).body).toEqual({ id, version: 3, inTime: true });

  const shown = await as("east", `/referrals/${id}`);
  expect(shown.body).toMatchObject({ state: "reported", receiptNo: "HZ-9", reportedInTime: true });
  expect(shown.body["replies"]).toMatchObject([{ signedBy: ["agent", "chief"] }]);
  const lists = await Promise.all(
    ["standing", "all"].map((state) => as("agent", `/referrals?state=${state}&outsideNo=${order.outsideNo}`)),
  );
  expect(lists.map(({ body }) => (body["items"] as unknown[]).length)).toEqual([0, 1]);
  const again = await as("agent", `/referrals/${id}/again`, { dueAt: "2026-11-27T18:00:00+08:00" }, 3);
  expect([again.status, again.body["outcome"]]).toEqual([201, "taken"]);
});

test("the form goes back as a page and as a worksheet, escaped and without formulas", async () => {
  const received = await as("agent", "/referrals", { ...order, outsideNo: "ZZ-2", demand: "=1+1 <script>" });
  const id = String(received.body["id"]);
  await as("agent", `/referrals/${id}/drafts`, { text: "第一段\n第二段" });
  const page = await as("east", `/referrals/${id}/form`);
  expect(page.text).toContain("转办工单回复单");
  expect(page.text).toContain("<p>第二段</p>");
  expect(page.text).toContain("&lt;script&gt;");
  expect(page.text).toContain("138****5678");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect((await as("east", `/referrals/${id}/form?locale=en`)).text).toContain("Reply to an order");
  const response = await fetch(`${edge.url}/api/v1/referrals/${id}/form.xlsx`, {
    headers: { authorization: "Bearer token-of-the-east" },
  });
  const rows = await readSheet(Buffer.from(await response.arrayBuffer()));
  expect(rows[0]?.slice(0, 2)).toEqual(["来文单位", "工单编号"]);
  expect(rows[1]?.[1]).toBe("ZZ-2");
  expect(rows[1]?.[5]).toBe("'=1+1 <script>");
  const looks = await db.owner.sql.rows<{ actor: string }>(
    `select actor_name as actor from audit_events where subject = :subject and command = 'referral.print-form'`,
    { subject: `referral:${id}` },
  );
  expect(looks.map((look) => look.actor)).toEqual(["east", "east", "east"]);
});

test("lists come as Excel and as copied text, each refused row with its reason", async () => {
  const cell = (value: string) => ({ value, type: String });
  const bytes = await writeXlsxFile(
    [
      ["工单编号", "诉求内容", "事发地址", "办理时限"],
      ["L-1", "不热", "春晖苑1 2号楼", "2026-11-25 18:00"],
      ["L-2", "不热", "春晖苑1 2号楼", "尽快"],
    ].map((row) => row.map(cell)),
  ).toBuffer();
  const sheet = await ask(edge, "/api/v1/referral-imports/sheet?authority=12345&fileName=list.xlsx", {
    token: "token-of-the-agent",
    raw: new Uint8Array(bytes),
  });
  expect(sheet.body).toMatchObject({ taken: 1, known: 0, refused: 1 });
  expect(sheet.body["rows"]).toMatchObject([
    { rowNo: 2, outcome: "taken", outsideNo: "L-1" },
    { rowNo: 3, outcome: "refused", code: "referral.time-unreadable" },
  ]);
  const text =
    "工单编号：L-1\n诉求内容：不热\n办理时限：2026-11-25 18:00\n工单编号：L-3\n诉求内容：漏水\n办理时限：11月24日12时前";
  const pasted = await as("agent", "/referral-imports/text", { authority: "12345", text });
  expect(pasted.body).toMatchObject({ taken: 1, known: 1, refused: 0 });
});

test("the sheet of the day names what is overdue", async () => {
  db.clock.set("2026-11-24T11:00:00+08:00");
  const due = await as("agent", "/referral-figures");
  const dueToday = due.body["named"] as { why: string; outsideNo: string }[];
  expect(dueToday.map((one) => [one.why, one.outsideNo])).toEqual([["due-today", "L-3"]]);
  db.clock.set("2026-11-25T08:00:00+08:00");
  const { body } = await as("agent", "/referral-figures?day=2026-11-24");
  expect(body["rows"]).toContainEqual(
    expect.objectContaining({ authority: "12345", branch: "", received: 0, overdue: 1, dueToday: 1 }),
  );
  expect(body["named"]).toMatchObject([{ why: "overdue", outsideNo: "L-3", owner: "" }]);
});

test("authorities and what they call their columns are rows of the company", async () => {
  const put = (who: Who, path: string, body: unknown) =>
    fetch(`${edge.url}/api/v1${path}`, {
      method: "PUT",
      headers: { authorization: `Bearer token-of-the-${who}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const mayor = { name: "市长信箱", nameEn: "Mayor's mailbox", kind: "government" };
  expect((await put("agent", "/referral-authorities/mayor", mayor)).status).toBe(403);
  expect((await put("chief", "/referral-authorities/mayor", mayor)).status).toBe(200);
  const label = { label: "【信件编号】", field: "outside-no" };
  const set = await put("chief", "/referral-authorities/mayor/labels", label);
  expect([set.status, await set.json()]).toEqual([200, { label: "信件编号", field: "outside-no" }]);
  const pasted = await as("agent", "/referral-imports/text", {
    authority: "mayor",
    text: "信件编号：M-1\n诉求内容：不热\n办理时限：2026-11-30",
  });
  expect(pasted.body).toMatchObject({ taken: 1 });
  const bad = await as("agent", "/referrals", { ...order, outsideNo: "B-1", authority: "nobody" });
  expect([bad.status, bad.body["code"]]).toEqual([422, "referral.authority-unknown"]);
});
