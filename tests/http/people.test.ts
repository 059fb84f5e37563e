/** People over real HTTP: a login from its first password to its end, with the cookie that a browser would send. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerApprovalKinds, requestApproval } from "#src/office/approvals/index.ts";
import { approvalRoutes } from "#src/office/approvals/index.ts";
import { authenticateSession, authenticateToken, staffRoutes } from "#src/office/staff/index.ts";
import { openTask, taskRoutes } from "#src/office/tasks/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person, platformOf } from "#tests/support/people.ts";
import { ask, type Edge, startEdge } from "./edge.ts";

registerApprovalKinds({ "http.test": "approval.decide" });

let db: TestDatabase;
let edge: Edge;
beforeAll(async () => {
  db = await createTestDatabase();
  const platform = platformOf(db);
  edge = await startEdge(platform, [...staffRoutes, ...approvalRoutes, ...taskRoutes], {
    authenticate: async (credential) =>
      credential.kind === "token"
        ? authenticateToken(platform, credential.token)
        : authenticateSession(platform, credential.reference),
  });
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

type Sent = { readonly method?: string; readonly json?: unknown; readonly ifMatch?: number };

/** A browser: keeps the cookie and says that its own page asks. */
const browser = () => {
  let cookie = "";
  const send = async (path: string, { method, json, ifMatch }: Sent = {}) => {
    const answer = await ask(edge, `/api/v1${path}`, {
      ...(method === undefined ? {} : { method }),
      ...(json === undefined ? {} : { json }),
      headers: {
        "sec-fetch-site": "same-origin",
        "x-nuan": "1",
        ...(cookie === "" ? {} : { cookie }),
        ...(ifMatch === undefined ? {} : { "if-match": `"${ifMatch}"` }),
      },
    });
    const set = answer.headers.get("set-cookie");
    if (set !== null) cookie = set.split(";")[0] ?? "";
    return answer;
  };
  return { send, cookie: () => cookie };
};

const enter = async (login: string, password = `${login}-password`) => {
  const page = browser();
  const answer = await page.send("/session", { json: { login, password } });
  expect(answer.status).toBe(200);
  return page;
};

test("an administrator makes a login; the person changes the password, works, is given another role, and is out", async () => {
  await person(db, "boss", ["admin"]);
  const boss = await enter("boss");
  const made = await boss.send("/staff", {
    json: { login: "li.na", displayName: "Li Na", roles: ["agent"] },
  });
  expect([made.status, made.headers.get("cache-control")]).toEqual([201, "no-store"]);
  const { id, version, initialPassword } = made.body as {
    id: string;
    version: number;
    initialPassword: string;
  };
  const li = await enter("li.na", initialPassword);
  expect((await li.send("/tasks")).body).toMatchObject({ code: "session.password-expected", status: 403 });
  const before = li.cookie();
  const changed = await li.send("/session/password", { json: { newPassword: "Lantern-River-71" } });
  expect(changed.body).toMatchObject({ login: "li.na", mustChangePassword: false });
  expect(li.cookie()).not.toBe(before);
  const old = await ask(edge, "/api/v1/session", { headers: { cookie: before } });
  expect([old.status, old.body["code"]]).toEqual([401, "auth.required"]);
  expect((await li.send("/tasks")).status).toBe(200);
  expect((await li.send("/staff")).status).toBe(403);
  const stale = await boss.send(`/staff/${id}`, {
    method: "PATCH",
    json: { roles: ["cashier"] },
    ifMatch: version,
  });
  expect([stale.status, stale.body["code"]]).toEqual([412, "version.stale"]);
  const listed = await boss.send("/staff");
  const row = (listed.body["items"] as { login: string; version: number }[]).find(
    (one) => one.login === "li.na",
  );
  const moved = await boss.send(`/staff/${id}`, {
    method: "PATCH",
    json: { roles: ["cashier"] },
    ifMatch: row?.version ?? 0,
  });
  expect([moved.status, moved.body["roles"]]).toEqual([200, ["cashier"]]);
  expect((await li.send("/session")).status).toBe(401);
  const again = await enter("li.na", "Lantern-River-71");
  expect((await again.send("/session")).body["roles"]).toEqual(["cashier"]);
  expect((await again.send("/session", { method: "DELETE" })).body).toEqual({ ended: true });
  expect((await again.send("/session")).status).toBe(401);
});

test("a wrong password is 401 and says as much for a login that does not exist", async () => {
  const page = browser();
  const wrong = await page.send("/session", { json: { login: "boss", password: "nope" } });
  const unknown = await page.send("/session", { json: { login: "nobody", password: "nope" } });
  expect([wrong.status, wrong.body["code"]]).toEqual([401, "session.refused"]);
  const { requestId: _one, ...first } = wrong.body;
  const { requestId: _two, ...second } = unknown.body;
  expect(second).toEqual(first);
  expect(edge.logText()).not.toContain("nope");
});

test("a machine's token works until it is revoked", async () => {
  const boss = await enter("boss");
  const made = await boss.send("/tokens", { json: { name: "export", role: "auditor" } });
  const { id, token } = made.body as { id: string; token: string };
  expect((await ask(edge, "/api/v1/staff", { token })).status).toBe(200);
  expect((await ask(edge, "/api/v1/tokens", { token })).status).toBe(403);
  await boss.send(`/tokens/${id}`, { method: "DELETE" });
  expect((await ask(edge, "/api/v1/staff", { token })).status).toBe(401);
  expect(JSON.stringify((await boss.send("/tokens")).body)).not.toContain(token);
});

test("an approval is decided by the second person, a task is done under its version", async () => {
  const maker = await person(db, "maker", ["finance"]);
  await person(db, "checker", ["supervisor"]);
  const { result: id } = await db.commands.run({ name: "t", actor: maker }, (context) =>
    requestApproval(context, { kind: "http.test", subject: "x:1", request: { amountFen: 5n } }),
  );
  const { result: task } = await db.commands.run({ name: "t", actor: maker }, (context) =>
    openTask(context, { kind: "t", source: "t:1", title: "Look", ownerRole: "agent" }),
  );
  const checker = await enter("checker");
  const waiting = await checker.send("/approvals");
  expect(waiting.body["items"]).toMatchObject([
    { id: String(id), request: { amountFen: "5" }, requestedBy: "maker" },
  ]);
  const decided = await checker.send(`/approvals/${id}/decision`, { json: { decision: "approved" } });
  expect([decided.status, decided.body["state"]]).toEqual([200, "approved"]);
  const twice = await checker.send(`/approvals/${id}/decision`, { json: { decision: "approved" } });
  expect([twice.status, twice.body["code"]]).toEqual([409, "approval.already-decided"]);
  const take = `/tasks/${task.id}/take`;
  expect((await checker.send(take, { json: {}, ifMatch: 1 })).body).toMatchObject({ version: 2 });
  const path = `/tasks/${task.id}/done`;
  expect((await checker.send(path, { json: { outcome: "looked" } })).status).toBe(428);
  expect((await checker.send(path, { json: { outcome: "looked" }, ifMatch: 9 })).status).toBe(412);
  expect((await checker.send(path, { json: { outcome: "looked" }, ifMatch: 2 })).status).toBe(200);
  expect((await checker.send(path, { json: { outcome: "looked" }, ifMatch: 3 })).status).toBe(409);
});
