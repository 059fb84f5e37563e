import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import {
  ask,
  AUDITOR_TOKEN,
  CASHIER_SESSION,
  CASHIER_TOKEN,
  type Edge,
  platformOf,
  startEdge,
} from "./edge.ts";
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

const cookie = `theme=dark; nuan=${CASHIER_SESSION}`;
const put = (headers: Readonly<Record<string, string>>) =>
  ask(edge, "/api/v1/samples/4711", {
    method: "PUT",
    json: { note: "n" },
    headers: { "if-match": "7", ...headers },
  });

describe("who calls", () => {
  test("nobody: 401 with the way to log in", async () => {
    for (const headers of [
      {},
      { authorization: "Basic YTpi" },
      { authorization: "Bearer " },
      { authorization: "Bearer unknown-token" },
      { authorization: `Bearer ${"x".repeat(5000)}` },
      { cookie: "nuan=unknown-session" },
      { cookie: `__Host-nuan=${CASHIER_SESSION}` },
      { cookie: "nuan" },
    ] as Record<string, string>[]) {
      const answer = await ask(edge, "/api/v1/hello", { headers });
      expect([headers, answer.status, answer.body["code"]]).toEqual([headers, 401, "auth.required"]);
      expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="nuanyang"');
    }
  });

  test("somebody without the permission: 403 that names it, before the body is looked at", async () => {
    const answer = await ask(edge, "/api/v1/samples", { token: AUDITOR_TOKEN, json: { wrong: true } });
    expect([answer.status, answer.body["code"]]).toEqual([403, "forbidden"]);
    expect(answer.body["facts"]).toEqual({ permission: "payment.take" });
  });

  test("a token wins over a cookie that the browser sent unasked", async () => {
    const answer = await ask(edge, "/api/v1/samples", {
      token: AUDITOR_TOKEN,
      json: {},
      headers: { cookie, "sec-fetch-site": "same-origin", "x-nuan": "1" },
    });
    expect(answer.body["code"]).toBe("forbidden");
  });

  test("with https the cookie is the one that browsers guard", async () => {
    const platform = { ...platformOf(db), publicUrl: "https://service.example.com" };
    const secure = await startEdge(platform, sampleRoutes, { publicWrites: samplePublicWrites });
    const guarded = await ask(secure, "/api/v1/hello", {
      headers: { cookie: `__Host-nuan=${CASHIER_SESSION}` },
    });
    const plain = await ask(secure, "/api/v1/hello", { headers: { cookie } });
    expect([guarded.status, plain.status]).toEqual([200, 401]);
    await secure.stop();
  });
});

describe("what another site's page makes a browser send", () => {
  const own = { cookie, "x-nuan": "1" };
  test.each([
    ["our own page", { ...own, "sec-fetch-site": "same-origin" }, 200],
    ["an older browser's Origin of ours", { ...own, origin: "http://localhost:3000" }, 200],
    ["another site", { ...own, "sec-fetch-site": "cross-site" }, 403],
    ["a sister site", { ...own, "sec-fetch-site": "same-site" }, 403],
    ["another Origin", { ...own, origin: "https://evil.example" }, 403],
    ["a page without origin", { ...own, origin: "null" }, 403],
    ["nothing said", own, 403],
    ["our own page without the header", { cookie, "sec-fetch-site": "same-origin" }, 403],
    [
      "a lying header beside the browser's word",
      { ...own, "sec-fetch-site": "cross-site", origin: "http://localhost:3000" },
      403,
    ],
  ])("%s", async (_name, headers, status) => {
    const answer = await put(headers);
    expect([answer.status, status === 403 ? answer.body["code"] : "ok"]).toEqual([
      status,
      status === 403 ? "request.cross-site" : "ok",
    ]);
  });

  test("reading is not a change, and a token needs no page", async () => {
    const read = await ask(edge, "/api/v1/hello", { headers: { cookie, "sec-fetch-site": "cross-site" } });
    expect(read.status).toBe(200);
    expect((await put({ authorization: `Bearer ${CASHIER_TOKEN}` })).status).toBe(200);
  });

  test("a login form of another site is refused, one of ours and a program's are not", async () => {
    const login = (headers: Readonly<Record<string, string>>) =>
      ask(edge, "/api/v1/sample-sessions", { json: { login: "x" }, headers });
    expect((await login({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await login({ origin: "https://evil.example" })).status).toBe(403);
    expect((await login({ "sec-fetch-site": "same-origin" })).body).toEqual({ roles: [] });
    // A stale cookie must not stand in the way of a new login.
    expect((await login({ cookie })).body).toEqual({ roles: [] });
  });
});

describe("how often", () => {
  test("an address may knock so many times a minute, whatever it says about itself", async () => {
    const strict = await startEdge(platformOf(db), sampleRoutes, {
      publicWrites: samplePublicWrites,
      limits: { publicWritesPerMinute: 3 },
    });
    const answers = [];
    for (let knock = 0; knock < 5; knock += 1) {
      const headers = { "x-forwarded-for": `10.0.0.${knock}` };
      answers.push(await ask(strict, "/api/v1/sample-sessions", { json: { login: "x" }, headers }));
    }
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[4]?.body["code"]).toBe("request.too-many");
    expect(Number(answers[4]?.headers.get("retry-after"))).toBeGreaterThan(0);
    await strict.stop();
  });

  test("behind a trusted proxy each forwarded address counts for itself", async () => {
    const proxied = await startEdge(platformOf(db), sampleRoutes, {
      publicWrites: samplePublicWrites,
      limits: { publicWritesPerMinute: 1 },
      trustedProxies: ["loopback"],
    });
    const knock = async (address: string) =>
      (
        await ask(proxied, "/api/v1/sample-sessions", {
          json: { login: "x" },
          headers: { "x-forwarded-for": address },
        })
      ).status;
    expect([await knock("10.1.1.1"), await knock("10.1.1.2"), await knock("10.1.1.1")]).toEqual([
      200, 200, 429,
    ]);
    await proxied.stop();
  });

  test("a person has a share, a machine by default none", async () => {
    const shared = await startEdge(platformOf(db), sampleRoutes, {
      publicWrites: samplePublicWrites,
      limits: { staffPerMinute: 2 },
    });
    const person = async () => (await ask(shared, "/api/v1/hello", { headers: { cookie } })).status;
    const machine = async () => (await ask(shared, "/api/v1/hello", { token: CASHIER_TOKEN })).status;
    expect([await person(), await person(), await person()]).toEqual([200, 200, 429]);
    expect([await machine(), await machine(), await machine()]).toEqual([200, 200, 200]);
    await shared.stop();
  });
});

describe("headers", () => {
  test("every kind of answer is guarded", async () => {
    for (const path of [
      "/",
      "/docs/script.js",
      "/api/v1/hello",
      "/api/v1/nothing",
      "/livez",
      "/api/v1/openapi.json",
    ]) {
      const answer = await ask(edge, path, { token: CASHIER_TOKEN });
      const header = (name: string) => answer.headers.get(name);
      expect([path, header("x-powered-by"), header("etag")]).toEqual([path, null, null]);
      expect(header("x-content-type-options")).toBe("nosniff");
      expect(header("referrer-policy")).toBe("no-referrer");
      expect(header("strict-transport-security")).toBe("max-age=31536000");
      expect(header("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(header("content-security-policy")).not.toContain("unsafe");
      expect(header("cache-control")).toMatch(/no-store|no-cache/);
    }
  });

  test("a printed page may run nothing", async () => {
    const answer = await ask(edge, "/api/v1/prints", { token: CASHIER_TOKEN });
    expect([answer.status, answer.text]).toEqual([200, "<p>暖阳</p>"]);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'; style-src 'none'");
    expect(answer.headers.get("content-security-policy")).not.toMatch(/script-src|unsafe/);
  });

  test("a stream is handed over as it is", async () => {
    const raw = new Uint8Array(300_000);
    const answer = await ask(edge, "/api/v1/uploads", {
      token: CASHIER_TOKEN,
      raw,
      headers: { "content-type": "application/octet-stream" },
    });
    expect(answer.body).toEqual({ bytes: 300_000 });
  });
});
