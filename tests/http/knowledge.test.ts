/** Knowledge and the menu's words and keys over HTTP: agents read, one supervisor writes, another releases. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import type { Actor } from "#src/platform/actor.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person } from "#tests/support/people.ts";
import { type Answer, ask, type Edge, platformOf, startEdge } from "./edge.ts";

let db: TestDatabase;
let edge: Edge;
const actors = new Map<string, Actor>();
beforeAll(async () => {
  db = await createTestDatabase("2026-11-15T09:00:00+08:00");
  actors.set("agent", await person(db, "agent-one", ["agent"]));
  actors.set("writer", await person(db, "supervisor-one", ["supervisor"]));
  actors.set("reader", await person(db, "supervisor-two", ["supervisor"]));
  edge = await startEdge(platformOf(db), routes, {
    authenticate: async (credential) =>
      credential.kind === "token"
        ? (actors.get(credential.token.replace("token-of-the-", "")) ?? null)
        : null,
  });
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

const api = (
  token: string,
  path: string,
  options: { json?: unknown; method?: string; ifMatch?: number } = {},
): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, {
    token: `token-of-the-${token}`,
    ...(options.json !== undefined && { json: options.json }),
    ...(options.method !== undefined && { method: options.method }),
    ...(options.ifMatch !== undefined && { headers: { "if-match": `"${options.ifMatch}"` } }),
  });

const itemsOf = (answer: Answer) => answer.body["items"] as Record<string, unknown>[];
const codesOf = (answer: Answer) => itemsOf(answer).map((item) => item["code"]);

const find = (json: object = {}) => api("agent", "/knowledge/search", { json });

const article = {
  menuPosition: 20,
  keywords: ["缴费渠道", "Where to pay"],
  texts: [
    { language: "zh-CN", title: "缴费渠道", spoken: "可以在营业厅缴费。", body: "营业厅、银行。" },
    { language: "en", title: "Where to pay", spoken: "At our counters.", body: "Counters and banks." },
  ],
};

describe("knowledge", () => {
  test("is found by keyword, title and text, in both languages", async () => {
    expect(codesOf(await find())).toHaveLength(7);
    expect(codesOf(await find({ q: "试压" }))).toEqual(["pressure-test"]);
    expect(codesOf(await find({ q: "铅封" }))).toEqual(["suspension"]);
    const english = await find({ q: "leak", language: "en" });
    expect(codesOf(english)).toContain("leak");
    const first = await find({ limit: 3 });
    const rest = await find({ limit: 10, cursor: first.body["nextCursor"] });
    expect([...codesOf(first), ...codesOf(rest)]).toHaveLength(7);
  });

  test("is told from its first day on, once another person released it; the next version takes its place", async () => {
    const search = () => find({ q: "缴费渠道" });
    const drafted = await api("writer", "/knowledge/where-to-pay/versions", { json: article });
    expect([drafted.status, drafted.body]).toEqual([201, { code: "where-to-pay", version: 1 }]);
    expect(codesOf(await search())).toEqual([]);
    const release = (who: string, version: number) =>
      api(who, `/knowledge/where-to-pay/versions/${version}/approve`, { method: "POST" });
    expect((await release("writer", 1)).body["code"]).toBe("knowledge.own-draft");
    expect((await release("agent", 1)).status).toBe(403);
    expect((await release("reader", 1)).status).toBe(200);
    expect((await release("reader", 1)).status).toBe(200);
    expect(itemsOf(await search())).toMatchObject([{ version: 1, spoken: "可以在营业厅缴费。" }]);
    const next = {
      ...article,
      validFrom: "2026-11-16",
      texts: [{ ...article.texts[0], spoken: "也可以扫码缴费。" }],
    };
    await api("writer", "/knowledge/where-to-pay/versions", { json: next });
    await release("reader", 2);
    expect(itemsOf(await search())).toMatchObject([{ version: 1 }]);
    db.clock.set("2026-11-16T00:00:01+08:00");
    expect(itemsOf(await search())).toMatchObject([{ version: 2, spoken: "也可以扫码缴费。" }]);
    const withdrawn = await api("writer", "/knowledge/where-to-pay/versions/2/withdraw", { method: "POST" });
    expect(withdrawn.status).toBe(200);
    expect(itemsOf(await search())).toMatchObject([{ version: 1 }]);
    expect((await release("reader", 2)).body["code"]).toBe("knowledge.withdrawn");
    const { versions } = (await api("agent", "/knowledge/where-to-pay")).body as { versions: unknown[] };
    expect(versions).toMatchObject([
      { version: 2, state: "withdrawn", inForce: false },
      { version: 1, state: "approved", inForce: true },
    ]);
  });

  test.each([
    [{ ...article, menuPosition: 1 }, "knowledge.place-taken"],
    [{ ...article, texts: [article.texts[1]] }, "knowledge.languages"],
    [{ ...article, texts: [article.texts[0], article.texts[0]] }, "knowledge.languages"],
    [{ ...article, validFrom: "2026-12-01", validUntil: "2026-12-01" }, "knowledge.dates"],
    [{ ...article, texts: [{ ...article.texts[0], spoken: "x".repeat(501) }] }, "request.invalid"],
  ])("refuses %#: %s", async (json, code) => {
    expect((await api("writer", "/knowledge/refused/versions", { json })).body["code"]).toBe(code);
  });
});

describe("the menu", () => {
  test("a sentence is changed under the version that was read, and goes back to the standard", async () => {
    const textOf = async () =>
      itemsOf(await api("agent", "/hotline/menu/texts")).find(
        (item) => item["key"] === "goodbye" && item["language"] === "zh-CN",
      );
    const change = (words: string | null, ifMatch: number) =>
      api("writer", "/hotline/menu/texts/goodbye/zh-CN", { method: "PUT", json: { words }, ifMatch });
    expect(await textOf()).toMatchObject({ version: 0, words: "感谢来电，再见。" });
    expect((await change("再会。", 0)).body).toEqual({ key: "goodbye", version: 1 });
    expect((await change("再见再见。", 0)).status).toBe(412);
    expect(await textOf()).toMatchObject({ version: 1, words: "再会。", standard: "感谢来电，再见。" });
    expect((await change(null, 1)).body["version"]).toBe(2);
    expect(await textOf()).toMatchObject({ version: 2, words: "感谢来电，再见。" });
    const unknown = await api("writer", "/hotline/menu/texts/nothing/zh-CN", {
      method: "PUT",
      json: { words: "x" },
      ifMatch: 0,
    });
    expect(unknown.body["code"]).toBe("menu.text-unknown");
  });

  test("keys are given anew in a version, and always lead to a person", async () => {
    const give = (options: unknown, more: object = {}) =>
      api("writer", "/hotline/menu/versions", { json: { note: "winter", options, ...more } });
    expect((await give([{ key: "1", action: "owed" }])).body["code"]).toBe("menu.keys-refused");
    const twice = [
      { key: "1", action: "agent" },
      { key: "1", action: "owed" },
    ];
    expect((await give(twice)).body["code"]).toBe("menu.keys-refused");
    const options = [
      { key: "1", action: "valve" },
      { key: "0", action: "agent" },
    ];
    const later = await give(options, { liveFrom: "2026-12-01T00:00:00+08:00" });
    expect(later.status).toBe(201);
    const menu = (await api("agent", "/hotline/menu")).body as {
      current: string;
      versions: { id: string }[];
    };
    expect(menu.current).not.toBe(later.body["id"]);
    expect(menu.versions[0]).toMatchObject({ id: later.body["id"], options });
    db.clock.set("2026-12-01T00:00:00+08:00");
    expect((await api("agent", "/hotline/menu")).body["current"]).toBe(later.body["id"]);
  });
});
