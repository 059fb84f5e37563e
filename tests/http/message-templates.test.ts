/** Templates: their list with length, cost and findings; what a provider approved holds for the very words that it saw. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keepProgramWords, messageRenderer, messagingRoutes } from "#src/messages/messaging/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { person } from "#tests/support/people.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { sendingWith } from "#tests/support/sending-with.ts";
import { nuan, objectOf } from "../cli/terminal.ts";
import { ask, byToken, type Edge, startEdge } from "./edge.ts";

let town: SendingTown;
let edge: Edge;
const callers = new Map<string, Actor>();
beforeAll(async () => {
  town = await createSendingTown();
  callers.set("token-of-the-boss", await person(town.db, "boss", ["supervisor"]));
  callers.set("token-of-an-agent", await person(town.db, "wang", ["agent"]));
  edge = await startEdge(town.platform, messagingRoutes, byToken(callers, messagingRoutes));
}, 60_000);
afterAll(async () => {
  await edge.stop();
  await town.close();
});

type Listed = {
  name: string;
  channel: string;
  locale: string;
  approvals: { state: string; providerTemplateId: string; current: boolean }[];
};
const list = async (query = ""): Promise<Listed[]> => {
  const { status, body } = await ask(edge, `/api/v1/message-templates${query}`, {
    token: "token-of-an-agent",
  });
  expect(status).toBe(200);
  return body["items"] as Listed[];
};
const made = async (): Promise<Listed | undefined> =>
  (await list("?channel=sms&locale=zh-CN")).find(({ name }) => name === "appointment-made");
const say = (
  json: Record<string, unknown>,
  place = "appointment-made/zh-CN/approvals/gateway",
  token = "token-of-the-boss",
) => ask(edge, `/api/v1/message-templates/${place}`, { method: "PUT", token, json });

test("each is listed in both languages, with what it costs", async () => {
  const all = await list();
  expect(all.length).toBeGreaterThan(30);
  expect(new Set(all.map(({ locale }) => locale))).toEqual(new Set(["zh-CN", "en"]));
  expect(await made()).toMatchObject({
    version: 1,
    purpose: "appointment",
    words: "供热上门预约：{{slot}}，单号 {{orderNo}}，请留人在家",
    variables: [{ name: "slot" }, { name: "orderNo" }],
    usual: { units: 54, segments: 1 },
    costMilliFen: 4500,
    findings: [],
    approvals: [],
  });
});

describe("what a provider says", () => {
  const sent = async (): Promise<string | null | undefined> => {
    // a process that has not read approvals yet
    const sending = sendingWith(town, {});
    const id = await town.queueOne();
    await sending.sendDue();
    sending.close();
    return town.gateway.log.takenOf(String(id))[0]?.templateId;
  };

  test("counts from its approval until it is withdrawn, and is audited", async () => {
    expect(await sent()).toBeNull();
    expect((await say({ state: "submitted" })).status).toBe(200);
    expect(await sent()).toBeNull();
    const { status, body } = await say({ state: "approved", providerTemplateId: "SMS_1001" });
    expect([status, body]).toMatchObject([200, { state: "approved", current: true, version: 1 }]);
    expect(await sent()).toBe("SMS_1001");
    expect((await made())?.approvals).toMatchObject([{ state: "approved", providerTemplateId: "SMS_1001" }]);
    expect((await say({ state: "withdrawn" })).status).toBe(200);
    expect(await sent()).toBeNull();
    const audits = await town.rows("select 1 from audit_events where subject = 'template:appointment-made'");
    expect(audits).toHaveLength(3);
  });

  test("does not count for other words", async () => {
    await say({ state: "approved", providerTemplateId: "SMS_1001" });
    await town.rows("update provider_templates set digest = repeat('0', 64) returning id");
    expect(await sent()).toBeNull();
    expect((await made())?.approvals).toMatchObject([{ state: "approved", current: false }]);
  });

  test.each<[string, number, Record<string, unknown>, string | undefined]>([
    ["template.id-needed", 422, { state: "approved" }, undefined],
    ["template.reason-needed", 422, { state: "rejected" }, undefined],
    ["template.not-found", 404, { state: "submitted" }, "no-such/zh-CN/approvals/gateway"],
    ["request.invalid", 400, { state: "eaten" }, undefined],
    ["request.invalid", 400, { state: "submitted", by: "me" }, undefined],
  ])("%s %i", async (code, status, json, place) => {
    const answer = await say(json, place);
    expect([answer.status, answer.body["code"]]).toEqual([status, code]);
  });

  test("is written down by whoever sets messages up, and by nobody else", async () => {
    expect((await say({ state: "submitted" }, undefined, "token-of-an-agent")).status).toBe(403);
  });
});

describe("nuan templates lint", () => {
  test("finds nothing wrong with the house's own", async () => {
    const run = await nuan(["templates", "lint"]);
    expect([run.code, run.stderr]).toEqual([0, ""]);
    expect(run.stdout).toContain("没有错误");
    expect(objectOf(await nuan(["templates", "lint", "--json"]))).toMatchObject({
      errors: 0,
      otherWords: [],
    });
  });

  test("refuses a signature that no carrier registers", async () => {
    const run = await nuan(["templates", "lint", "--signature", "【暖阳】"]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("template.signature");
  });
});

test("the words of a release are kept once, so that what a message said can be read when a later one has others", async () => {
  const kept = await keepProgramWords(town.platform);
  expect([kept > 100, await keepProgramWords(town.platform)]).toEqual([true, 0]);
  await town.rows(
    `insert into program_words (channel, name, locale, digest, version, words, first_seen_at)
     select channel, name, locale, encode(sha256(convert_to('旧文字', 'UTF8')), 'hex'), version, '旧文字', now() from program_words
     where channel = 'sms' and name = 'appointment-made' and locale = 'zh-CN' returning name`,
  );
  const label = `1-${createHash("sha256").update("旧文字").digest("hex").slice(0, 8)}`;
  const { body } = await ask(
    edge,
    `/api/v1/message-template-words?channel=sms&name=appointment-made&locale=zh-CN&label=${label}`,
    { token: "token-of-an-agent" },
  );
  expect(body).toEqual({ words: "旧文字" });
  await expect(town.rows("delete from program_words returning name")).rejects.toMatchObject({
    code: "NY001",
  });
});

test("a worker reads the words once for all messages of some seconds, and not for each", async () => {
  let reads = 0;
  const { database } = town.platform;
  const counting = {
    ...database,
    sql: {
      ...database.sql,
      rows: <Row>(text: string, bindings: Record<string, unknown>) => {
        if (text.includes("message_words")) reads += 1;
        return database.sql.rows<Row>(text, bindings);
      },
    },
  } as typeof database;
  const render = messageRenderer({ ...town.platform, database: counting });
  const message = {
    template: "appointment-made",
    channel: "sms",
    locale: "zh-CN",
    values: { orderNo: "W1", slot: "2026-11-21" },
    provider: "gateway",
  } as const;
  const rendered = await Promise.all(Array.from({ length: 5000 }, () => render(message)));
  expect([reads, new Set(rendered.map(({ templateVersion }) => templateVersion)).size]).toEqual([1, 1]);
});
