/** The words of a template changed from the page: drafted by one, held to the lint, approved by another, live, and kept for ever. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messagingRoutes } from "#src/messages/messaging/index.ts";
import { approvalRoutes } from "#src/office/approvals/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { person } from "#tests/support/people.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { sendingWith } from "#tests/support/sending-with.ts";
import { ask, byToken, type Edge, startEdge } from "./edge.ts";

let town: SendingTown;
let edge: Edge;
const callers = new Map<string, Actor>();
beforeAll(async () => {
  town = await createSendingTown();
  const roles = { boss: "supervisor", second: "supervisor", admin: "admin", agent: "agent" } as const;
  for (const [login, role] of Object.entries(roles)) {
    callers.set(`token-of-${login}`, await person(town.db, login, [role]));
  }
  const routes = [...messagingRoutes, ...approvalRoutes];
  edge = await startEdge(town.platform, routes, byToken(callers, routes));
}, 60_000);
afterAll(async () => {
  await edge.stop();
  await town.close();
});

type Who = "boss" | "second" | "admin" | "agent";
const as = (who: Who, method: string, path: string, json?: unknown, version?: number) =>
  ask(edge, `/api/v1${path}`, {
    method,
    token: `token-of-${who}`,
    ...(json !== undefined && { json }),
    ...(version !== undefined && { headers: { "if-match": `"${version}"` } }),
  });

const VERSIONS = "/message-template-versions";
const MADE = { channel: "sms", name: "appointment-made" };
const words = (mark: string) => ({
  "zh-CN": `供热上门预约：${mark}{{slot}}，单号 {{orderNo}}，请留人在家`,
  en: `Heating visit ${mark}: {{slot}}, order {{orderNo}}. Please have somebody at home.`,
});

const draft = async (who: Who, more: Record<string, unknown>, key: Record<string, string> = MADE) => {
  const { status, body } = await as(who, "POST", VERSIONS, { ...key, ...more });
  expect([status, body["code"]]).toEqual([201, undefined]);
  return { id: String(body["id"]), version: Number(body["version"]) };
};
type Draft = Awaited<ReturnType<typeof draft>>;
const askFor = ({ id, version }: Draft, more: Record<string, unknown> = {}) =>
  as("boss", "POST", `${VERSIONS}/${id}/approval-requests`, { reason: "说得更清楚", ...more }, version);
const decide = (who: Who, approvalId: unknown, decision = "approved", reason = "") =>
  as(who, "POST", `/approvals/${String(approvalId)}/decision`, { decision, reason });

/** Drafted, asked for and approved. */
const live = async (more: Record<string, unknown>, wanted: Record<string, unknown> = {}): Promise<string> => {
  const made = await draft("boss", more);
  const asked = await askFor(made, wanted);
  expect(asked.status).toBe(201);
  expect((await decide("second", asked.body["approvalId"])).status).toBe(200);
  // Two versions are never of one instant, where people approve them.
  town.db.clock.advanceMs(60_000);
  return made.id;
};

type Listed = {
  readonly name: string;
  readonly words: string;
  readonly label: string;
  readonly revision: number | null;
  readonly programChanged: boolean;
  readonly fits: boolean;
  readonly open: { readonly id: string; readonly state: string } | null;
  readonly ahead: { readonly revision: number } | null;
};
const listed = async (): Promise<Listed | undefined> => {
  const { body } = await as("agent", "GET", "/message-templates?channel=sms&locale=zh-CN");
  return (body["items"] as Listed[]).find(({ name }) => name === "appointment-made");
};
type Version = {
  readonly id: string;
  readonly revision: number;
  readonly standing: string;
  readonly version: number;
  readonly refusal: string;
  readonly approvedBy: string | null;
  readonly registered: readonly { readonly locale: string; readonly state: string }[];
};
const history = async (): Promise<Version[]> => {
  const { status, body } = await as("agent", "GET", `${VERSIONS}?channel=sms&name=appointment-made`);
  expect(status).toBe(200);
  return body["items"] as Version[];
};

/** A worker that has read nothing yet sends one message; what the gateway took, and which words the message names. */
const sent = async () => {
  const sending = sendingWith(town, {});
  const id = await town.queueOne();
  await sending.sendDue();
  sending.close();
  const [{ version } = { version: "" }] = await town.rows<{ version: string }>(
    "select template_version as version from messages where id = :id",
    { id },
  );
  const [order] = town.gateway.log.takenOf(String(id));
  return { id, version, text: order?.text ?? "", templateId: order?.templateId ?? null };
};

describe("a version", () => {
  test("is drafted, refused by the lint, mended, approved by another person, and live from then on", async () => {
    const before = await sent();
    expect(before.version).toMatch(/^1-[0-9a-f]{8}$/);
    const made = await draft("boss", {
      words: { ...words(""), "zh-CN": "催缴：{{slot}}，单号 {{orderNo}}" },
    });
    expect((await listed())?.open).toEqual({ id: made.id, state: "draft" });
    const refused = await askFor(made);
    expect(refused.body).toMatchObject({ status: 422, code: "template.has-errors" });
    const changed = await as(
      "admin",
      "PUT",
      `${VERSIONS}/${made.id}`,
      { words: words("请看") },
      made.version,
    );
    expect(changed.body).toMatchObject({ state: "draft", version: 2, revision: 1 });
    // Whoever read it before the admin wrote on does not undo that.
    const late = await as("boss", "PUT", `${VERSIONS}/${made.id}`, { words: words("旧") }, made.version);
    expect([late.status, late.body["code"]]).toEqual([412, "version.stale"]);
    const asked = await askFor({ ...made, version: 2 });
    expect(asked.body).toMatchObject({ state: "waiting" });
    expect((await sent()).text).toBe(before.text);
    const own = await decide("boss", asked.body["approvalId"]);
    expect([own.status, own.body["code"]]).toEqual([403, "approval.own-request"]);
    expect((await decide("second", asked.body["approvalId"])).status).toBe(200);
    const after = await sent();
    expect(after.version).toMatch(/^1\.1-[0-9a-f]{8}$/);
    expect(after.text).toContain("上门预约：请看2026-11-21");
    expect(await listed()).toMatchObject({
      words: words("请看")["zh-CN"],
      label: after.version,
      revision: 1,
    });
    const said = (label: string) =>
      as(
        "agent",
        "GET",
        `/message-template-words?channel=sms&name=appointment-made&locale=zh-CN&label=${label}`,
      );
    expect((await said(after.version)).body["words"]).toBe(words("请看")["zh-CN"]);
    expect((await said(before.version)).body["words"]).toContain("请留人在家");
    expect((await said("1.9-00000000")).body["code"]).toBe("template.words-unknown");
    // What went before says still which words it was.
    const proof = await as("agent", "GET", `/messages/${before.id}`);
    expect(proof.body["templateVersion"]).toBe(before.version);
    expect((await history())[0]).toMatchObject({ standing: "live", approvedBy: "second", revision: 1 });
    const audits = await town.rows<{ action: string }>(
      "select command as action from audit_events where subject = 'template:sms/appointment-made' order by id",
    );
    expect(audits.map(({ action }) => action)).toEqual([
      "template.draft-words",
      "template.change-words",
      "template.ask-words",
      "approval.decide",
    ]);
    town.db.clock.advanceMs(60_000);
  });

  test("has no approval of the provider: full text, until its very words are registered", async () => {
    const made = await draft("boss", { words: words("明日") });
    const register = (json: Record<string, unknown>) =>
      as("boss", "PUT", "/message-templates/appointment-made/zh-CN/approvals/gateway", json);
    await register({ state: "approved", providerTemplateId: "SMS_OLD" });
    expect((await sent()).templateId).toBe("SMS_OLD");
    // Before it is live, so that none of its messages goes without.
    const ahead = { state: "approved", providerTemplateId: "SMS_NEW", versionId: made.id };
    expect((await history())[0]?.registered).toMatchObject([
      { locale: "zh-CN", state: "not-registered" },
      { locale: "en", state: "not-registered" },
    ]);
    expect((await register(ahead)).status).toBe(200);
    expect((await register({ ...ahead, versionId: "99999" })).body["code"]).toBe("template.words-unknown");
    expect((await sent()).templateId).toBe("SMS_OLD");
    const asked = await askFor(made);
    await decide("second", asked.body["approvalId"]);
    expect((await sent()).templateId).toBe("SMS_NEW");
    expect((await history())[0]?.registered[0]).toMatchObject({ state: "approved" });
    town.db.clock.advanceMs(60_000);
    await live({ words: words("后天") });
    // A carrier that wants them registered: refused by us, kept, and sent when they are.
    const { messages } = town.platform;
    const gateway = messages?.gateway && { ...messages.gateway, templates: "required" as const };
    const strict = sendingWith(town, messages === undefined ? {} : { messages: { ...messages, gateway } });
    const id = await town.queueOne();
    await strict.sendDue();
    expect(await town.row(id)).toMatchObject({ state: "rejected", reason: "template-not-approved" });
    await register({ state: "approved", providerTemplateId: "SMS_LATE" });
    await as("boss", "POST", "/messages/replays", { ids: [String(id)], reason: "已登记" });
    strict.close();
    const mended = sendingWith(town, {});
    await mended.sendDue();
    mended.close();
    expect(town.gateway.log.takenOf(String(id))[0]?.templateId).toBe("SMS_LATE");
    await register({ state: "withdrawn" });
    expect(await sent()).toMatchObject({ templateId: null, text: expect.stringContaining("后天") });
  });

  test("waits for its day, and is called off by one person before", async () => {
    await live({ words: words("冬天") }, { liveDay: "2026-12-01" });
    expect(await listed()).toMatchObject({ revision: 3, ahead: { revision: 4 } });
    expect((await sent()).text).toContain("后天");
    const past = await draft("boss", { words: words("昨天") });
    expect((await askFor(past, { liveDay: "2026-11-20" })).body["code"]).toBe("template.day-past");
    expect(
      (await as("boss", "POST", `${VERSIONS}/${past.id}/cancel`, { reason: "不要了" }, past.version)).status,
    ).toBe(200);
    town.db.clock.set("2026-12-01T00:00:00+08:00");
    expect((await sent()).text).toContain("冬天");
    const ahead = await live({ words: words("春天") }, { liveDay: "2027-03-01" });
    const row = (await history()).find(({ id }) => id === ahead);
    expect(row?.standing).toBe("ahead");
    const off = { reason: "改期" };
    expect((await as("admin", "POST", `${VERSIONS}/${ahead}/cancel`, off, row?.version)).status).toBe(200);
    town.db.clock.set("2027-03-02T10:00:00+08:00");
    expect((await sent()).text).toContain("冬天");
  });

  test("that is live is not called off: one goes back to an earlier one, or to the program's words, by two people", async () => {
    const all = await history();
    const now = all.find(({ standing }) => standing === "live");
    const off = await as("boss", "POST", `${VERSIONS}/${now?.id}/cancel`, { reason: "错了" }, now?.version);
    expect([off.status, off.body["code"]]).toEqual([409, "template.words-state"]);
    const first = all.find(({ revision }) => revision === 1);
    await live({ copyOf: first?.id });
    expect((await sent()).text).toContain("上门预约：请看");
    const copied = (await history())[0];
    expect(copied).toMatchObject({ standing: "live", copiedRevision: 1 });
    await live({ program: true });
    const back = await sent();
    expect(back.version).toMatch(/^1-[0-9a-f]{8}$/);
    expect(await listed()).toMatchObject({ revision: null, label: back.version });
    const standings = (await history()).map(({ standing }) => standing).join(" ");
    expect(standings).toBe("live past cancelled cancelled past past past past");
    // There already.
    const again = await draft("boss", { program: true });
    expect((await askFor(again)).body["code"]).toBe("template.words-same");
    await as("boss", "POST", `${VERSIONS}/${again.id}/cancel`, { reason: "不用" }, again.version);
  });

  test("that is refused or taken back is a draft again, and says why", async () => {
    const made = await draft("boss", { words: words("敬请") });
    const asked = await askFor(made);
    const edit = await as("boss", "PUT", `${VERSIONS}/${made.id}`, { words: words("改") }, 2);
    expect(edit.body["code"]).toBe("template.words-state");
    expect((await decide("second", asked.body["approvalId"], "refused", "太客气")).status).toBe(200);
    expect((await history())[0]).toMatchObject({ standing: "draft", refusal: "太客气" });
    const second = await askFor({ ...made, version: 3 });
    await as("boss", "DELETE", `/approvals/${String(second.body["approvalId"])}`);
    const [row] = await history();
    expect(row).toMatchObject({ standing: "draft", refusal: "" });
    // An old request is nobody's approval of what is written since.
    const again = await decide("second", second.body["approvalId"]);
    expect(again.body["code"]).toBe("approval.already-decided");
    await as("boss", "POST", `${VERSIONS}/${made.id}/cancel`, { reason: "不用" }, row?.version);
  });

  test("of what two people approved cannot be changed or removed, not even by hand", async () => {
    const refusedBy = async (sql: string): Promise<string> => {
      try {
        await town.rows(sql);
        return "";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const where = "where state = 'approved' and kind = 'own'";
    expect(await refusedBy(`update message_words set words_zh = '别的' ${where} returning id`)).toBe("NY001");
    expect(await refusedBy(`update message_words set live_from = now() ${where} returning id`)).toBe("NY001");
    expect(await refusedBy("delete from message_words returning id")).toBe("NY001");
  });
});

describe("a release", () => {
  const plant = (more: string, wordsZh: string) =>
    town.rows(
      `insert into message_words (channel, name, revision, kind, words_zh, words_en, base_version, base_zh, base_en, state,
         approval_id, requested_by, approved_by, live_from, drafted_at, changed_at)
       select 'sms', 'appointment-made', max(revision) + 1, 'own', :wordsZh, 'Visit {{slot}} {{orderNo}}', 1, ${more}, 'x',
         'approved', max(approval_id), min(requested_by), max(approved_by), :now, :now, :now
       from message_words where name = 'appointment-made' returning id`,
      { wordsZh, now: town.db.clock.now() },
    );

  test("that changes the file below words of the house is shown as such", async () => {
    await plant("'预约：{{slot}} {{orderNo}}'", "供热预约：{{slot}}，单号 {{orderNo}}");
    expect(await listed()).toMatchObject({ programChanged: true, fits: true });
    expect((await sent()).text).toContain("】供热预约：2026-11-21");
    town.db.clock.advanceMs(60_000);
  });

  test("that takes a variable away loses no message: the program's words stand in, and the page says so", async () => {
    await plant("'x'", "供热预约：{{slot}}，单号 {{orderNo}}，师傅 {{worker}}");
    expect(await listed()).toMatchObject({
      fits: false,
      words: "供热上门预约：{{slot}}，单号 {{orderNo}}，请留人在家",
    });
    expect(await sent()).toMatchObject({
      version: expect.stringMatching(/^1-/),
      text: expect.stringContaining("请留人在家"),
    });
  });
});

describe("a look ahead", () => {
  const preview = (who: Who, json: Record<string, unknown>) =>
    as(who, "POST", `${VERSIONS}/preview`, { ...MADE, ...json });

  test("is filled with what a household was really sent, counted and priced beside what is said now", async () => {
    const home = await town.home("10000451", "13812348451");
    await town.queueOne({
      accountId: home.accountId,
      variables: { orderNo: "W004711", slot: "2027-03-05 14:00 - 16:00" },
    });
    const { status, body } = await preview("boss", { words: words("准时"), accountNo: "10000451" });
    expect(status).toBe(200);
    expect(body["from"]).toMatchObject({ accountNo: "10000451" });
    const [zh] = body["texts"] as Record<string, unknown>[];
    expect(zh).toMatchObject({
      locale: "zh-CN",
      filled: { text: "供热上门预约：准时2027-03-05 14:00 - 16:00，单号 W004711，请留人在家" },
      before: { text: "供热上门预约：2027-03-05 14:00 - 16:00，单号 W004711，请留人在家" },
      counted: { units: 56, segments: 1, costMilliFen: 4500 },
      findings: [],
    });
    // Any household's, where none is named; whoever reads no messages sees the samples.
    expect((await preview("boss", { words: words("") })).body["from"]).toMatchObject({
      accountNo: "10000451",
    });
    expect((await preview("admin", { words: words("") })).body["from"]).toBeNull();
    expect((await preview("boss", { words: words(""), accountNo: "99999999" })).status).toBe(404);
  });

  test.each<[string, string]>([
    ["undeclared-variable", "预约：{{slot}}，单号 {{orderNo}}，{{phone}}"],
    ["strange-syntax", "预约：{{slot as=(lookup this 'constructor')}}，单号 {{orderNo}}"],
    ["banned-word", "预约：{{slot}}，单号 {{orderNo}}，否则停热"],
  ])("names what is wrong: %s", async (rule, text) => {
    const { body } = await preview("boss", { words: { ...words(""), "zh-CN": text } });
    const [zh] = body["texts"] as { findings: { rule: string; level: string }[] }[];
    expect(zh?.findings.filter(({ level }) => level === "error").map((one) => one.rule)).toContain(rule);
  });

  test("shows no code that opens something, but its sample", async () => {
    const key = { channel: "sms", name: "household-code" };
    const home = await town.home("10000452", "13812348452");
    await town.queueOne({
      purpose: "reply",
      template: "household-code",
      accountId: home.accountId,
      variables: { code: "771122", minutes: "5" },
    });
    const text = {
      "zh-CN": "验证码 {{code}}，{{minutes}} 分钟内有效",
      en: "Code {{code}}, {{minutes}} minutes",
    };
    const { body } = await preview("boss", { ...key, words: text, accountNo: "10000452" });
    expect(body["from"]).toMatchObject({ accountNo: "10000452" });
    expect(JSON.stringify(body)).not.toContain("771122");
    expect(JSON.stringify(body)).toContain("048213");
  });
});

test.each<[Who, string, string, unknown, number]>([
  ["agent", "POST", VERSIONS, { ...MADE, words: words("") }, 403],
  ["agent", "POST", `${VERSIONS}/preview`, { ...MADE, words: words("") }, 403],
  ["boss", "POST", VERSIONS, { ...MADE, program: true, copyOf: "1" }, 400],
  ["boss", "POST", VERSIONS, { ...MADE, words: { "zh-CN": "只有中文 {{slot}} {{orderNo}}" } }, 422],
  ["boss", "POST", VERSIONS, { ...MADE, name: "no-such", program: true }, 404],
  ["boss", "POST", VERSIONS, { ...MADE, copyOf: "99999" }, 404],
  ["boss", "GET", `${VERSIONS}?channel=sms&name=no-such`, undefined, 404],
])("%s %s %s %j is refused with %i", async (who, method, path, json, status) => {
  expect((await as(who, method, path, json)).status).toBe(status);
});

test("two who begin at once: one has the draft, the other is told whose it is", async () => {
  const answers = await Promise.all(
    (["boss", "second", "admin"] as const).map((who) =>
      as(who, "POST", VERSIONS, { ...MADE, words: words(who) }),
    ),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  const told = answers.filter(({ status }) => status === 409).map(({ body }) => body["code"]);
  expect(told).toEqual(["template.draft-open", "template.draft-open"]);
});
