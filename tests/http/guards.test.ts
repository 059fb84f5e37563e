/**
 * What guards every operation, made from the API's own document: whose page a change comes from, who is asked again who he is, and
 * that a page runs nothing of its own.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { type Actor, STAFF_ROLES } from "#src/platform/actor.ts";
import { EXPORTS } from "#workers/exports.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { production } from "../tidy/sources.ts";
import { ask, type Edge, platformOf, startEdge } from "./edge.ts";
import { addressOf, type ApiDocument, type Operation, operationsOf } from "./rights-document.ts";

const ELEVEN_MINUTES_MS = 660_000;
const FRESH = "session-of-somebody-fresh";
const STALE = "session-of-somebody-stale";

let db: TestDatabase;
let edge: Edge;
let operations: Operation[];
beforeAll(async () => {
  db = await createTestDatabase();
  const platform = platformOf(db);
  const everybody = (provedAt: Date): Actor => ({
    kind: "staff",
    id: 1n,
    name: "everybody",
    roles: STAFF_ROLES,
    scope: { kind: "everything" },
    provedAt,
  });
  const proofs = new Map([
    [FRESH, platform.clock.now()],
    [STALE, new Date(platform.clock.now().getTime() - ELEVEN_MINUTES_MS)],
  ]);
  edge = await startEdge(platform, routes, {
    limits: { staffPerMinute: 0, publicWritesPerMinute: 100_000 },
    authenticate: async (credential) => {
      const provedAt = credential.kind === "session" ? proofs.get(credential.reference) : undefined;
      return provedAt === undefined ? null : everybody(provedAt);
    },
  });
  const { body } = await ask(edge, "/api/v1/openapi.json");
  operations = operationsOf(body as unknown as ApiDocument);
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

const send = (operation: Operation, headers: Readonly<Record<string, string>>) =>
  ask(edge, `/api/v1${addressOf(operation, () => "1")}`, { method: operation.method.toUpperCase(), headers });
const isMe = ({ permission }: Operation): boolean => permission?.startsWith("me.") === true;
const cookieOf = (operation: Operation, reference: string): string =>
  `${isMe(operation) ? "nuan-me" : "nuan"}=${reference}`;
const changes = (): Operation[] => operations.filter(({ method }) => method !== "get");

describe("a change that a browser was made to send", () => {
  /** What another site's page can make a browser send, and what it cannot. */
  const FORGED: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["by another site", { "sec-fetch-site": "cross-site", "x-nuan": "1" }],
    ["by another name of our domain", { "sec-fetch-site": "same-site", "x-nuan": "1" }],
    ["by a form of our own page", { "sec-fetch-site": "same-origin" }],
    ["by an old browser of another site", { origin: "https://elsewhere.example", "x-nuan": "1" }],
    ["by whoever does not say", { "x-nuan": "1" }],
  ];

  test.each(FORGED)("%s is refused by every operation of a login", async (_, headers) => {
    const wrong: string[] = [];
    const asked = changes().filter(({ permission }) => permission !== null);
    for (const operation of asked) {
      const { status, body } = await send(operation, { ...headers, cookie: cookieOf(operation, FRESH) });
      if (status !== 403 || body["code"] !== "request.cross-site") {
        wrong.push(`${operation.name}: ${status} ${String(body["code"])}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(asked.length).toBeGreaterThan(250);
  });

  test("is refused without a login too: logging somebody in is a change", async () => {
    const wrong: string[] = [];
    for (const operation of changes().filter(({ permission }) => permission === null)) {
      const { body } = await send(operation, { "sec-fetch-site": "cross-site" });
      if (body["code"] !== "request.cross-site") wrong.push(`${operation.name}: ${String(body["code"])}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe("a fresh proof", () => {
  /**
   * What lets tables, money or what is masked out of the house, by what the operations are called and what they answer. Whoever adds one
   * declares it (`stepUp`), or names it here with the reason.
   */
  const LEAVING =
    /\/(export|error-file|reveal|caller|contact|original|form|form\.xlsx)$|^GET \/exports\/\{id\}\/file$|^POST \/(payments|receipts|accounts|suspense|bank-breaks)\b.*\/?(reversal|reversal-requests|move|move-requests|void|release|release-requests|return|claim|settlement|resolution)$|^POST \/(reversal-messages|approvals\/\{id\}\/decision)$/;
  const WITHOUT: Readonly<Record<string, string>> = {
    "POST /receipts/{id}/void": "the same, of a whole receipt",
    "POST /payments/{id}/void":
      "the second person at the counter gives the own password in the request itself",
    "POST /accounts/{accountNo}/holds/{holdId}/release": "ends a protection; moves no money",
  };

  test("is asked by every operation that lets tables, money or what is masked out, as the document says", () => {
    const meant = operations.filter(({ name }) => LEAVING.test(name));
    expect(meant.length).toBeGreaterThan(20);
    const silent = meant.filter(({ asksStepUp }) => !asksStepUp).map(({ name }) => name);
    expect(silent.toSorted()).toEqual(Object.keys(WITHOUT).toSorted());
    // And nothing else: whoever asks it of an everyday deed teaches people to type passwords without looking.
    const more = operations.filter(({ asksStepUp, name }) => asksStepUp && !LEAVING.test(name));
    expect(more.map(({ name }) => name)).toEqual([]);
  });

  /** Bytes to save that are no table of people: a file of a case or order that one may see. */
  const FILES: Readonly<Record<string, string>> = {
    "GET /incidents/{id}/evidence-file": "the file that one incident was closed with",
    "GET /pressure-tests/{id}/photos/{fileId}": "a photo of a stairwell's paper",
    "GET /tickets/{ticketNo}/attachments/{fileId}": "a file of one case that the reader sees",
    "GET /work-orders/{id}/photos/{fileId}": "a photo of one order that the reader sees",
  };

  test("is asked by every download: a table, a worksheet, an original", () => {
    const saved = routes.filter(({ produces }) => /octet-stream|spreadsheetml|csv/.test(produces));
    const silent = saved
      .filter(({ stepUp }) => !stepUp)
      .map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(silent.toSorted()).toEqual(Object.keys(FILES).toSorted());
  });

  test("that is eleven minutes old is refused by each of them, and by no other operation", async () => {
    const wrong: string[] = [];
    for (const operation of operations.filter((one) => one.permission !== null && !isMe(one))) {
      if (operation.path === "/live") continue;
      const headers = { cookie: `nuan=${STALE}`, "x-nuan": "1", "sec-fetch-site": "same-origin" };
      const { status, body } = await send(operation, headers);
      const isAsked = status === 403 && body["code"] === "session.step-up-needed";
      if (isAsked !== operation.asksStepUp)
        wrong.push(`${operation.name}: ${status} ${String(body["code"])}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe("a page", () => {
  test("of the house runs nothing of its own: console, household's page, the API's page, and what is not there", async () => {
    for (const path of ["/", "/desk", "/me", "/me/pay", "/docs", "/nothing"]) {
      const answer = await ask(edge, path, { headers: { accept: "text/html" } });
      const policy = answer.headers.get("content-security-policy") ?? "";
      expect([path, policy]).toEqual([path, expect.stringContaining("script-src 'self'")]);
      expect([path, policy]).toEqual([path, expect.not.stringMatching(/unsafe|\*|https?:/)]);
      expect([path, answer.text]).toEqual([path, expect.not.stringMatching(/<script>|\son[a-z]+="|<style>/)]);
    }
  });
});

describe("a table", () => {
  test("that somebody takes along is written by the one road that disarms its cells", () => {
    const writers = production
      .filter(({ text }) => /write-excel-file|text\/csv/.test(text))
      .map(({ name, text }) => [name, /\bguarded\(|\bwriteTable\(/.test(text)]);
    expect(writers).toEqual([
      ["src/platform/table-export.ts", true],
      ["src/platform/table-file-write.ts", true],
      ["src/service/referrals/reply-form.ts", true],
    ]);
    const exports = operations.filter(({ path }) => path.endsWith("/export"));
    const purposeless = exports.filter(({ body }) => body?.required?.includes("purpose") !== true);
    expect(purposeless.map(({ name }) => name)).toEqual([]);
    expect(exports.length).toBeGreaterThan(4);
    // Each is written by the worker: none is answered with the file itself.
    expect(exports.length).toBe(EXPORTS.length);
    const declared = production.flatMap(({ text }) =>
      [...text.matchAll(/defineExport\(\{\s*kind: "([a-z-]+)"/g)].map(([, kind = ""]) => kind),
    );
    expect(declared.toSorted()).toEqual(EXPORTS.map(({ kind }) => kind).toSorted());
  });
});
