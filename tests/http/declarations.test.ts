import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { checkDeclarations } from "#src/http/declarations.ts";
import { openApiDocument } from "#src/http/openapi.ts";
import { PUBLIC_WRITES, routes } from "#src/http/routes.ts";
import { PERMISSIONS } from "#src/platform/actor.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { ask, type Edge, platformOf, startEdge } from "./edge.ts";
import { sampleRoutes } from "./sample-routes.ts";

type Operation = {
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Record<string, unknown> }>>;
  };
  readonly responses: Readonly<Record<string, unknown>>;
};
type Document = {
  readonly openapi: string;
  readonly info: { readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

let db: TestDatabase;
let edge: Edge;
let document: Document;
beforeAll(async () => {
  db = await createTestDatabase();
  edge = await startEdge(platformOf(db), routes);
  document = (await ask(edge, "/api/v1/openapi.json")).body as unknown as Document;
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

const operationsOf = (described: Document) =>
  Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

describe("the API as declared", () => {
  test("OpenAPI holds exactly the routes that are served", () => {
    const described = operationsOf(document).map(({ path, method }) => `${method} ${path}`);
    expect(described.sort()).toEqual(routes.map((route) => `${route.method} ${route.path}`).sort());
    expect(document.openapi).toBe("3.1.0");
    const ids = operationsOf(document).map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("every route declares a permission, and without a login only what is listed changes anything", async () => {
    const known = new Set<string>(["public", ...Object.keys(PERMISSIONS)]);
    expect(routes.filter((route) => !known.has(route.permission))).toEqual([]);
    const openWrites = routes
      .filter((route) => route.permission === "public" && route.method !== "get")
      .map((route) => `${route.method.toUpperCase()} ${route.path}`);
    expect(openWrites.toSorted()).toEqual(PUBLIC_WRITES.toSorted());
    // Who adds to this list explains it in the commit.
    const unsigned = PUBLIC_WRITES.filter((name) => !name.startsWith("POST /hooks/"));
    expect(unsigned).toEqual(["POST /session", "POST /session/device", "POST /me/codes", "POST /me/session"]);
  });

  test("every route that is not public answers a stranger with 401", async () => {
    for (const route of routes.filter((one) => one.permission !== "public")) {
      const path = route.path.replaceAll(/\{[^}]*\}/g, "1");
      const answer = await ask(edge, `/api/v1${path}`, { method: route.method.toUpperCase() });
      expect([route.method, route.path, answer.status]).toEqual([route.method, route.path, 401]);
    }
  });

  test("every parameter of an address is described, and every refusal has its shape", () => {
    for (const { path, method, operation } of operationsOf(document)) {
      const inPath = (operation.parameters ?? [])
        .filter((one) => one.in === "path")
        .map((one) => `{${one.name}}`);
      expect([method, path, inPath.sort()]).toEqual([
        method,
        path,
        [...(path.match(/\{[^}]*\}/g) ?? [])].sort(),
      ]);
      for (const [status, response] of Object.entries(operation.responses)) {
        if (Number(status) < 400) continue;
        expect(response).toEqual({ $ref: `#/components/responses/Problem${status}` });
        expect(document.components["responses"]).toHaveProperty(`Problem${status}`);
      }
    }
  });

  test("the semantics of keys and the codes are said in words", () => {
    expect(document.info.description).toMatch(/same answer without a second effect/);
    for (const code of ["request.in-flight", "request.key-reused", "version.stale", "database.unavailable"]) {
      expect(document.info.description).toContain(`\`${code}\``);
    }
  });
});

test("a described route says its key, its version, its amounts and its strictness", () => {
  const build = { version: "1", publicUrl: "https://service.example.com" };
  const described = JSON.parse(openApiDocument(sampleRoutes, build)) as Document;
  const post = described.paths["/samples"]?.["post"];
  expect(post?.parameters).toEqual([
    expect.objectContaining({ name: "Idempotency-Key", in: "header", required: true }),
  ]);
  expect(post?.requestBody?.content["application/json"]?.schema).toMatchObject({
    additionalProperties: false,
    required: ["key", "amountFen"],
    properties: { amountFen: { type: "integer" } },
  });
  const put = described.paths["/samples/{accountNo}"]?.["put"];
  expect(put?.parameters?.map((one) => one.name).sort()).toEqual(["If-Match", "accountNo"]);
  expect(Object.keys(put?.responses ?? {})).toEqual(expect.arrayContaining(["412", "428"]));
  expect(described.paths["/sample-sessions"]?.["post"]?.security).toEqual([]);
  expect(JSON.stringify(described.components["securitySchemes"])).toContain("__Host-nuan");
});

describe("a wrong declaration never serves", () => {
  const declared = (change: Partial<Route>): Route => ({
    ...defineRoute({
      method: "post",
      path: "/things",
      permission: "staff.write",
      summary: "s",
      tag: "t",
      response: z.object({}),
      handle: async () => ({ body: {} }),
    }),
    ...change,
  });

  test.each<[string, Route[], RegExp]>([
    [
      "a permission that nobody knows",
      [declared({ permission: "nothing" as "staff.write" })],
      /permission that exists/,
    ],
    ["a public change that is not listed", [declared({ permission: "public" })], /on the list/],
    ["a parameter that is not declared", [declared({ path: "/things/{id}" })], /parameters of its path/],
    ["the same address twice", [declared({}), declared({})], /declared once/],
    ["a body where nothing is sent", [declared({ method: "get", body: z.object({}) })], /takes no body/],
    ["a path that begins with a parameter", [declared({ path: "/{id}" })], /begins with a word/],
  ])("%s", (_name, wrong, message) => {
    expect(() => checkDeclarations(wrong, [])).toThrow(message);
  });

  test("a schema that OpenAPI cannot describe names its route", () => {
    const wrong = declared({ response: z.custom<never>() });
    expect(() => openApiDocument([wrong], { version: "1", publicUrl: "http://localhost" })).toThrow(
      "POST /things",
    );
  });
});

test("the page of the API needs nothing from elsewhere", async () => {
  for (const path of ["/docs"]) {
    const page = await ask(edge, path);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.text).toContain('lang="zh-CN"');
    expect(page.text).not.toMatch(/https?:\/\//);
    expect(page.text).not.toMatch(/<style|<script>|\son[a-z]+=/);
    for (const [, address] of page.text.matchAll(/(?:href|src)="(\/[^"]+)"/g)) {
      expect([address, (await ask(edge, address ?? "")).status]).toEqual([address, 200]);
    }
  }
});
