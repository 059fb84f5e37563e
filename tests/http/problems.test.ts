import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statusOf } from "#src/http/problems.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { ask, AUDITOR_TOKEN, CASHIER_TOKEN, type Edge, platformOf, startEdge } from "./edge.ts";
import { samplePublicWrites, sampleRoutes } from "./sample-routes.ts";

let db: TestDatabase;
let edge: Edge;
beforeAll(async () => {
  db = await createTestDatabase();
  edge = await startEdge(platformOf(db), sampleRoutes, { publicWrites: samplePublicWrites });
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

const token = CASHIER_TOKEN;
const set = (json: unknown, key = "key-1", headers: Readonly<Record<string, string>> = {}) =>
  ask(edge, "/api/v1/samples", { token, json, headers: { "idempotency-key": key, ...headers } });

describe("what does not fit is refused by name", () => {
  test("an unknown field, with its path", async () => {
    const answer = await set({
      key: "a",
      amountFen: 1,
      balance: 5,
      rows: [{ area: 1, extra: 2 }, { area: "x" }],
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(answer.body).toMatchObject({
      type: "urn:nuanyang:problem:request.invalid",
      title: "Request: invalid",
      status: 400,
      code: "request.invalid",
      requestId: answer.headers.get("x-request-id"),
    });
    expect(answer.body["errors"]).toEqual(
      expect.arrayContaining([
        { field: "balance", reason: "unknown field", code: "unknown" },
        { field: "rows[0].extra", reason: "unknown field", code: "unknown" },
        {
          field: "rows[1].area",
          reason: expect.stringContaining("number") as unknown,
          code: "wrong-type",
          params: { expected: "number" },
        },
      ]),
    );
    expect(answer.body["field"]).toEqual(expect.any(String));
    expect(answer.body["remedy"]).toEqual(expect.any(String));
  });

  test.each([
    ["a missing field", { key: "a" }, "amountFen"],
    ["parts of a fen", { key: "a", amountFen: 1.5 }, "amountFen"],
    ["an amount as text", { key: "a", amountFen: "100" }, "amountFen"],
    ["an amount beyond all bounds", { key: "a", amountFen: 1e17 }, "amountFen"],
    ["an empty word", { key: "", amountFen: 1 }, "key"],
    ["a list instead of an object", [{ key: "a", amountFen: 1 }], "body"],
  ])("%s", async (_name, json, field) => {
    const answer = await set(json);
    expect([answer.status, answer.body["code"], answer.body["field"]]).toEqual([
      400,
      "request.invalid",
      field,
    ]);
  });

  test.each([
    ['{"key":"a","amountFen":1,"__proto__":{"admin":true}}', "__proto__"],
    [
      '{"key":"a","amountFen":1,"rows":[{"area":1,"constructor":{"prototype":{"x":1}}}]}',
      "rows[0].constructor",
    ],
    ['{"key":"a","amountFen":1,"\\u005f_proto__":1}', "__proto__"],
  ])("a name that reaches a prototype: %s", async (raw, field) => {
    const answer = await ask(edge, "/api/v1/samples", {
      token,
      raw,
      headers: { "content-type": "application/json", "idempotency-key": "p" },
    });
    expect([answer.status, answer.body["field"]]).toEqual([400, field]);
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
  });

  test.each([
    ["a NUL", '{"key":"a\\u0000","amountFen":1}'],
    ["half a character", '{"key":"a\\ud800","amountFen":1}'],
  ])("text that no database holds: %s", async (_name, raw) => {
    const headers = { "content-type": "application/json", "idempotency-key": "z" };
    const answer = await ask(edge, "/api/v1/samples", { token, raw, headers });
    expect([answer.status, answer.body["code"], answer.body["field"]]).toEqual([
      400,
      "request.invalid",
      "key",
    ]);
  });

  test("nesting that only costs stack", async () => {
    const raw = `{"key":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
    const headers = { "content-type": "application/json", "idempotency-key": "n" };
    const answer = await ask(edge, "/api/v1/samples", { token, raw, headers });
    expect([answer.status, answer.body["code"]]).toEqual([400, "request.invalid"]);
  });

  test("a query name given twice, an unknown one, a wrong value", async () => {
    for (const [query, field] of [
      ["detail=short&detail=long", "detail"],
      ["other=1", "other"],
      ["detail=huge", "detail"],
      ["__proto__=1", "__proto__"],
      ["detail=short%00", "detail"],
    ] as const) {
      const answer = await ask(edge, `/api/v1/samples/4711?${query}`, { token });
      expect([query, answer.status, answer.body["field"]]).toEqual([query, 400, field]);
    }
  });

  test("a parameter of the address", async () => {
    for (const path of ["/api/v1/samples/x%20y", "/api/v1/samples/%E0%A4%A"]) {
      const answer = await ask(edge, path, { token });
      expect([path, answer.status, answer.body["code"]]).toEqual([path, 400, "request.invalid"]);
    }
  });

  test.each([
    ["text that is no JSON", '{"key":', "application/json", 400, "request.unreadable"],
    ["a bare word", '"word"', "application/json", 400, "request.unreadable"],
    ["a form", "key=a&amountFen=1", "application/x-www-form-urlencoded", 415, "request.unsupported-type"],
    ["another character set", "{}", "application/json; charset=gb18030", 415, "request.unsupported-type"],
    [
      "more than 100 kB",
      JSON.stringify({ key: "a".repeat(103_000) }),
      "application/json",
      413,
      "request.too-large",
    ],
  ])("%s", async (_name, raw, type, status, code) => {
    const headers = { "content-type": type, "idempotency-key": "k" };
    const answer = await ask(edge, "/api/v1/samples", { token, raw, headers });
    expect([answer.status, answer.body["code"]]).toEqual([status, code]);
  });

  test("a compressed bomb counts unpacked", async () => {
    const { gzipSync } = await import("node:zlib");
    const raw = new Uint8Array(gzipSync(Buffer.alloc(5_000_000, " ")));
    const headers = {
      "content-type": "application/json",
      "content-encoding": "gzip",
      "idempotency-key": "z",
    };
    const answer = await ask(edge, "/api/v1/samples", { token, raw, headers });
    expect([answer.status, answer.body["code"]]).toEqual([413, "request.too-large"]);
  });

  test("a body where none is taken", async () => {
    const answer = await ask(edge, "/api/v1/samples/4711", {
      method: "DELETE",
      token,
      json: { force: true },
    });
    expect([answer.status, answer.body["field"]]).toEqual([400, "body"]);
    const plain = await ask(edge, "/api/v1/samples/4711", { method: "DELETE", token });
    expect([plain.status, plain.text]).toEqual([204, ""]);
  });
});

describe("keys and versions", () => {
  test("a request that posts money needs a key", async () => {
    const answer = await ask(edge, "/api/v1/samples", { token, json: { key: "a", amountFen: 1 } });
    expect([answer.status, answer.body["code"]]).toEqual([400, "request.key-needed"]);
    const long = await set({ key: "a", amountFen: 1 }, "k".repeat(256));
    expect([long.status, long.body["field"]]).toEqual([400, "Idempotency-Key"]);
  });

  test("the same key gives the same answer and one effect; another body is refused", async () => {
    const first = await set({ key: "once", amountFen: 120 }, "once");
    const again = await set({ key: "once", amountFen: 120 }, "once");
    expect([first.status, first.body]).toEqual([201, { key: "once", amountFen: 120 }]);
    expect([again.status, again.text]).toEqual([201, first.text]);
    const other = await set({ key: "once", amountFen: 121 }, "once");
    expect([other.status, other.body["code"]]).toEqual([422, "request.key-reused"]);
    const rows = await db.database.sql.rows("select key from settings where key = 'once'");
    expect(rows).toHaveLength(1);
  });

  test("the same key of another caller is another key", async () => {
    const other = await ask(edge, "/api/v1/samples", {
      json: { key: "by-session", amountFen: 1 },
      headers: {
        cookie: "nuan=session-of-the-cashier",
        "sec-fetch-site": "same-origin",
        "x-nuan": "1",
        "idempotency-key": "once",
      },
    });
    expect([other.status, other.body["key"]]).toEqual([201, "by-session"]);
  });

  test("a refusal keeps its facts readable and the key free", async () => {
    const refused = await set({ key: "closed", amountFen: 1 }, "free");
    expect([refused.status, refused.body["code"]]).toEqual([409, "state.refused"]);
    expect(refused.body["facts"]).toEqual({ id: "7", dueFen: 5 });
    const taken = await set({ key: "opened", amountFen: 1 }, "free");
    expect(taken.status).toBe(201);
  });

  test("a change by several people needs the version that was read", async () => {
    const put = (headers: Readonly<Record<string, string>>) =>
      ask(edge, "/api/v1/samples/4711", { method: "PUT", token, json: { note: "n" }, headers });
    expect((await put({})).body).toMatchObject({
      status: 428,
      code: "request.version-needed",
      field: "If-Match",
    });
    expect((await put({ "if-match": "soon" })).body).toMatchObject({ status: 400, field: "If-Match" });
    expect((await put({ "if-match": '"6"' })).body).toMatchObject({ status: 412, code: "version.stale" });
    for (const version of ["7", '"7"', 'W/"7"']) {
      expect((await put({ "if-match": version })).body).toEqual({ version: 8 });
    }
  });
});

describe("every refusal is a problem with a stable code", () => {
  test.each([
    ["not-found", 404, "account.not-found", null],
    ["busy", 503, "database.busy", "2"],
    ["in-flight", 409, "request.in-flight", "1"],
    ["rule", 422, "bill-run.differs", null],
  ])("%s", async (kind, status, code, retryAfter) => {
    const answer = await ask(edge, `/api/v1/failures/${kind}`, { token });
    expect([answer.status, answer.body["code"], answer.headers.get("retry-after")]).toEqual([
      status,
      code,
      retryAfter,
    ]);
  });

  test("a defect shows its number and nothing else, and the log shows the rest without long numbers", async () => {
    const answer = await ask(edge, "/api/v1/failures/defect", { token });
    expect([answer.status, answer.body["code"]]).toEqual([500, "internal"]);
    expect(answer.text).not.toMatch(/broken|13812345678|at .*\.ts/);
    const logged = edge.logLines().find((line) => line["message"] === "defect");
    expect(logged).toMatchObject({ requestId: answer.body["requestId"], route: "/failures/{kind}" });
    expect(JSON.stringify(logged)).toContain("the row of ***678 is broken");
    expect(edge.logText()).not.toContain("13812345678");
  });

  test("an address that is not there, and a method that is not", async () => {
    for (const path of [
      "/api/v1/nothing",
      "/nothing",
      "/api/v1/samples/4711/more",
      "/api/v2/samples",
      "/API/v1/hello",
    ]) {
      const answer = await ask(edge, path, { token });
      expect([path, answer.status, answer.body["code"]]).toEqual([path, 404, "request.no-route"]);
    }
    const answer = await ask(edge, "/api/v1/samples/4711", { method: "PATCH", token, json: {} });
    expect([answer.status, answer.body["code"]]).toEqual([405, "request.method-not-allowed"]);
    expect(answer.headers.get("allow")).toBe("GET, HEAD, PUT, DELETE, OPTIONS");
    const options = await ask(edge, "/api/v1/samples/4711", { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, PUT, DELETE, OPTIONS"]);
    expect(options.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("an answer that does not fit its declaration fails loudly", async () => {
    for (const kind of ["bigint", "leak", "type"]) {
      const answer = await ask(edge, `/api/v1/wrong-answers/${kind}`, { token });
      expect([kind, answer.status, answer.body["code"]]).toEqual([kind, 500, "internal"]);
    }
    expect(edge.logText()).toContain("phone");
  });

  test("codes keep their statuses", () => {
    const expected: Readonly<Record<string, number>> = {
      forbidden: 403,
      "forbidden.channel": 403,
      "auth.required": 401,
      "session.ended": 401,
      "session.password-expected": 403,
      "account.not-found": 404,
      "channel.unknown": 404,
      "state.refused": 409,
      "shift.closed": 409,
      "staff.login-taken": 409,
      "bill.exists": 409,
      "version.stale": 412,
      "money.unreadable": 400,
      "money.too-large": 422,
      "payment.amount-not-positive": 422,
      "database.not-migrated": 503,
      "secret.damaged": 500,
    };
    expect(Object.fromEntries(Object.keys(expected).map((code) => [code, statusOf(code)]))).toEqual(expected);
  });
});

describe("requests are told apart", () => {
  test("by the caller's id when it is a plain word, else by ours", async () => {
    const given = await ask(edge, "/api/v1/samples/4711", {
      token,
      headers: { "x-request-id": "bank-2026-11-10.7" },
    });
    expect(given.headers.get("x-request-id")).toBe("bank-2026-11-10.7");
    expect(given.body).toEqual({ accountNo: "4711", detail: "short", requestId: "bank-2026-11-10.7" });
    for (const wrong of ["short", "<script>alert(1)</script>", "x".repeat(65)]) {
      const answer = await ask(edge, "/api/v1/hello", { token, headers: { "x-request-id": wrong } });
      expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test("and leave one line with ids, without bodies, query values or tokens", async () => {
    const from = edge.logLines().length;
    await ask(edge, "/api/v1/samples/13912345678?detail=long", { token: AUDITOR_TOKEN });
    await ask(edge, "/api/v1/search-of-13912345678", { token });
    await set({ key: "李小暖", amountFen: 1, note: "13912345678" }, "log-1");
    await expect.poll(() => edge.logLines().length).toBe(from + 3);
    const [read, lost, written] = edge.logLines().slice(from);
    expect(read).toMatchObject({
      process: "test",
      message: "request",
      method: "GET",
      route: "/samples/{accountNo}",
      status: 200,
      actorKind: "machine",
      actorId: "2",
    });
    expect(lost).toMatchObject({ route: "-", status: 404, code: "request.no-route" });
    expect(written).toMatchObject({ method: "POST", route: "/samples", status: 201, actorId: "1" });
    expect(edge.logText()).not.toMatch(/13912345678|李小暖|token-of-the/);
  });
});
