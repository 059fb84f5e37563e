/** What a company decides for itself, over real HTTP: its name, its settings, its channels, and what people agreed to. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Credential } from "#src/http/authentication.ts";
import { routes } from "#src/http/routes.ts";
import type { Actor, Role } from "#src/platform/actor.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import { channelOfCode, collectionPolicyIn } from "#src/money/collection/index.ts";
import { setSetting, settingsWithoutFields } from "#src/platform/settings.ts";
import { createPayingTown, type PayingTown } from "#tests/support/collection.ts";
import { person } from "#tests/support/people.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { type Answer, ask, type Edge, startEdge } from "./edge.ts";

let town: PayingTown;
let edge: Edge;
let callers: Readonly<Record<string, Actor>>;
const machine = (role: Role, channelId?: number): Actor => ({
  kind: "machine",
  id: 1n,
  name: role,
  roles: [role],
  scope: { kind: "everything" },
  ...(channelId === undefined ? {} : { channelId }),
});
beforeAll(async () => {
  town = await createPayingTown(60);
  await town.db.owner.sql.rows("select setval(pg_get_serial_sequence('channels', 'id'), 100)");
  const admin = await person(town.db, "admin-one", ["admin"]);
  callers = {
    admin,
    bounded: { ...admin, scope: { kind: "areas", areaIds: [1n] } },
    finance: town.finance,
    agent: machine("agent"),
    cashier: town.cashier,
    bank: machine("bank-channel", 2),
  };
  edge = await startEdge(town.platform, routes, {
    authenticate: async (credential: Credential) =>
      credential.kind === "token" ? (callers[credential.token.replace("token-", "")] ?? null) : null,
  });
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

const get = (who: string, path: string): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, { token: `token-${who}` });
const send = (who: string, method: string, path: string, json: unknown, seen?: number): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, {
    token: `token-${who}`,
    method,
    json,
    ...(seen === undefined ? {} : { headers: { "If-Match": `"${seen}"` } }),
  });
/** Set over what holds now. */
const set = async (key: string, json: unknown): Promise<Answer> =>
  send("admin", "PUT", `/settings/${key}`, json, await versionOf(key));
const versionOf = async (key: string): Promise<number> => {
  const items = (await get("admin", "/settings")).body["items"] as { key: string; version: number }[];
  return items.find((item) => item.key === key)?.version ?? 0;
};
const codeOf = async (asked: Promise<Answer>): Promise<[number, unknown]> => {
  const { status, body } = await asked;
  return [status, body["code"]];
};
const auditOf = (subject: string) =>
  town.db.owner.sql.rows<{ command: string; actor: string; details: Record<string, unknown> }>(
    `select command, actor_name as actor, details from audit_events where subject = :subject order by id`,
    { subject },
  );

describe("the company", () => {
  test("has no name until an admin sets it; papers show a stand-in meanwhile", async () => {
    expect((await get("cashier", "/company")).body).toEqual({ name: "", hotline: "" });
    expect(await companyOnPaper(town.db.database.sql)).toEqual({ name: "供热公司", hotline: "—" });
    expect(await codeOf(send("finance", "PUT", "/company", { name: "甲热力" }))).toEqual([403, "forbidden"]);
    expect(await codeOf(send("bounded", "PUT", "/company", { name: "甲热力" }))).toEqual([403, "forbidden"]);
    expect((await send("admin", "PUT", "/company", { name: "甲热力", hotline: "96123" })).status).toBe(200);
    const changed = await send("admin", "PUT", "/company", { hotline: "0371-96123" });
    expect(changed.body).toEqual({ name: "甲热力", hotline: "0371-96123" });
    expect((await get("bank", "/company")).body).toEqual(changed.body);
    await send("admin", "PUT", "/company", { hotline: "0371-96123" });
    expect(await auditOf("company")).toMatchObject([
      { command: "company.set", actor: "admin-one", details: { before: { name: "" } } },
      { details: { before: { hotline: "96123" }, after: { hotline: "0371-96123" } } },
    ]);
    expect(await codeOf(send("admin", "PUT", "/company", {}))).toEqual([422, "company.nothing-to-set"]);
    expect(await codeOf(send("admin", "PUT", "/company", { hotline: "call us" }))).toEqual([
      400,
      "request.invalid",
    ]);
  });
});

/** The settings of the rooms that this file is about; every room that declares one adds to the list. */
const OURS: readonly string[] = ["billing.how-to-pay", "collection.policy", "password-policy"];

describe("settings", () => {
  test("are listed with their meaning, set by an admin, audited with before and after", async () => {
    const listed = await get("finance", "/settings");
    const items = listed.body["items"] as { key: string }[];
    expect(items.map(({ key }) => key)).toEqual(items.map(({ key }) => key).toSorted());
    expect(items.filter(({ key }) => OURS.includes(key))).toMatchObject([
      { key: "billing.how-to-pay", value: [], isSet: false },
      { key: "collection.policy", value: "old-debt-first", standard: "old-debt-first", isSet: false },
      { key: "password-policy", value: "dengbao", isSet: false },
    ]);
    expect(listed.text).toContain("先旧欠后本季");
    expect(await codeOf(send("finance", "PUT", "/settings/collection.policy", { value: "x" }))).toEqual([
      403,
      "forbidden",
    ]);
    for (const [value, version] of [
      ["oldest-first", 1],
      ["oldest-first", 1],
      ["this-season-first", 2],
    ] as const) {
      const answer = await set("collection.policy", { value });
      expect([answer.status, answer.body]).toEqual([200, { key: "collection.policy", value, version }]);
      expect(answer.headers.get("etag")).toBe(`"${version}"`);
    }
    expect(await collectionPolicyIn(town.db.database.sql)).toBe("this-season-first");
    expect((await auditOf("setting:collection.policy")).map(({ details }) => details)).toEqual([
      { before: null, after: "oldest-first" },
      { before: "oldest-first", after: "this-season-first" },
    ]);
    const row = await town.db.owner.sql.one(
      "select changed_by from settings where key = 'collection.policy'",
    );
    expect(row).toEqual({ changed_by: callers["admin"]?.id });
  });

  test("each is typed in by fields of its parts, with unit and bounds; a change keeps why", async () => {
    expect(settingsWithoutFields()).toEqual([]);
    const { items } = (await get("finance", "/settings")).body as {
      items: { key: string; title: { "zh-CN": string }; fields: Record<string, unknown>[] }[];
    };
    const fieldsOf = (key: string) => items.find((item) => item.key === key)?.fields;
    expect(fieldsOf("messages.segment-milli-fen")).toMatchObject([
      { name: "", unit: "yuan", decimals: 5, sort: "whole", least: 0, most: 1_000_000 },
    ]);
    expect(fieldsOf("reveals.per-day")).toMatchObject([
      { name: "warnAt", unit: "times", least: 1 },
      { name: "stopAt", label: { "zh-CN": "到几次不再显示" } },
    ]);
    expect(fieldsOf("referrals.tell-hours")).toMatchObject([
      { sort: "whole-list", unit: "hours", mostItems: 6 },
    ]);
    expect(fieldsOf("notices.payment-received")).toMatchObject([{ sort: "yes-no" }]);
    expect(fieldsOf("tickets.policy")).toContainEqual(
      expect.objectContaining({ name: "unguessedCategory", sort: "ticket-category" }),
    );
    for (const { key, title, fields } of items) {
      expect([key, title["zh-CN"] === "", fields.length === 0]).toEqual([key, false, false]);
    }
    const crossed = await set("reveals.per-day", { value: { warnAt: 9, stopAt: 3 }, reason: "试一试" });
    expect([crossed.status, crossed.body["field"]]).toEqual([400, "value.warnAt"]);
    const reason = "新办法第三条";
    await set("reminders.answer-days", { value: 20, reason });
    expect((await get("finance", "/settings/reminders.answer-days/history")).body["items"]).toMatchObject([
      { by: expect.any(String), reason, before: null, after: 20 },
    ]);
  });

  test("refuse an unknown key with the list, and a value that does not fit", async () => {
    const unknown = await set("colection.policy", { value: "oldest-first" });
    expect([unknown.status, unknown.body["code"]]).toEqual([404, "setting.unknown"]);
    expect(unknown.body["facts"]).toEqual({ known: expect.arrayContaining([...OURS]) });
    const wrong = await set("billing.how-to-pay", { value: ["微信", 7] });
    expect(wrong.body).toMatchObject({ code: "setting.invalid", field: "value.1" });
    expect(await codeOf(set("password-policy", {}))).toEqual([400, "request.invalid"]);
  });

  test("are not written over by who read them before somebody else changed them", async () => {
    const key = "household.sign-in";
    const items = (await get("admin", "/settings")).body["items"] as Record<string, unknown>[];
    const read = items.find((item) => item["key"] === key)?.["value"] as Record<string, number>;
    const put = (change: Record<string, number>, seen?: number) =>
      send("admin", "PUT", `/settings/${key}`, { value: { ...read, ...change } }, seen);
    const valueNow = async () =>
      (await town.db.owner.sql.one<{ value: unknown }>(`select value from settings where key = '${key}'`))
        .value;
    expect(await codeOf(put({ wrongProofsPerAccountAndDay: 4 }))).toEqual([428, "request.version-needed"]);
    const raised = { ...read, wrongProofsPerAccountAndDay: 4 };
    // Nobody had set it: of two who do at the same moment, one is told.
    const both = await Promise.all([
      put({ wrongProofsPerAccountAndDay: 4 }, 0),
      put({ codesPerAccountAndDay: 9 }, 0),
    ]);
    expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 412]);
    await set(key, { value: raised });
    const seen = await versionOf(key);
    expect((await put({ wrongProofsPerAccountAndDay: 5 }, seen)).body["version"]).toBe(seen + 1);
    // Who read it before, and changes another part of it.
    expect(await codeOf(put({ codesPerAccountAndDay: 8 }, seen))).toEqual([412, "version.stale"]);
    expect(await codeOf(put({ codesPerAccountAndDay: 8 }, 0))).toEqual([412, "version.stale"]);
    expect(await valueNow()).toEqual({ ...read, wrongProofsPerAccountAndDay: 5 });
    // The same once more takes nothing from anybody: an answer that was lost may be asked for again.
    const again = await put({ wrongProofsPerAccountAndDay: 5 }, seen);
    expect([again.status, again.body["version"]]).toEqual([200, seen + 1]);
    // The command line says no version: it sets over whatever holds.
    const { result } = await town.platform.commands.run(
      { name: "setting.set", actor: callers["admin"] as Actor, requestId: "cli" },
      (context) => setSetting(context, { key, value: read }),
    );
    expect(result).toEqual({ key, value: read, version: seen + 2 });
  });

  test("how to pay stands on the next bill that is printed", async () => {
    const texts = ["微信：搜索甲热力，输入户号", "营业厅：文化路 1 号"];
    await set("billing.how-to-pay", { value: texts });
    const bills = await get("finance", `/accounts/${plantedAccountNo(1)}/bills`);
    const [bill] = bills.body["items"] as { id: string }[];
    const page = await get("finance", `/bills/${bill?.id}/print`);
    for (const text of [...texts, "甲热力", "0371-96123"]) expect(page.text).toContain(text);
  });
});

describe("channels", () => {
  const bankC = { name: "C 银行", kind: "bank", realTime: false, profile: "fujian-water" };

  test("are made and changed by an admin; what is left out stays", async () => {
    expect(await codeOf(send("finance", "PUT", "/channels/bank-c", bankC))).toEqual([403, "forbidden"]);
    expect(await codeOf(send("admin", "PUT", "/channels/bank-c", { kind: "bank" }))).toEqual([
      422,
      "channel.incomplete",
    ]);
    const made = await send("admin", "PUT", "/channels/bank-c", { ...bankC, fileDueAt: "07:30" });
    expect(made.body).toMatchObject({
      ...bankC,
      code: "bank-c",
      fileDueAt: "07:30",
      dayCutAt: "00:00",
      taskOwnerRole: "finance",
      active: true,
    });
    const changed = await send("admin", "PUT", "/channels/bank-c", { dayCutAt: "23:00", fileDueAt: null });
    expect(changed.body).toMatchObject({ ...bankC, dayCutAt: "23:00", fileDueAt: null });
    const listed = await get("agent", "/channels");
    expect((listed.body["items"] as { code: string }[]).map(({ code }) => code)).toEqual([
      "bank-a",
      "bank-b",
      "bank-c",
      "closed-shop",
      "counter",
    ]);
    expect((await get("bank", "/channels")).body["items"]).toMatchObject([{ code: "bank-a" }]);
    expect(await auditOf("channel:bank-c")).toMatchObject([
      { command: "channel.set", details: { before: null } },
      { details: { before: { dayCutAt: "00:00" }, after: { dayCutAt: "23:00" } } },
    ]);
    expect([made.body["nameEn"], changed.body["nameEn"]]).toEqual([null, null]);
    const put = (nameEn: unknown) => send("admin", "PUT", "/channels/bank-c", { nameEn });
    expect((await put(" Bank C ")).body["nameEn"]).toBe("Bank C");
    expect([(await put("  ")).status, (await put("C 银行")).status]).toEqual([400, 400]);
    expect(
      ((await get("agent", "/channels")).body["items"] as { nameEn: string | null }[]).map(
        ({ nameEn }) => nameEn,
      ),
    ).toEqual(["Bank A", null, "Bank C", null, "Counter"]);
  });

  test("name the person who sees to late files; nobody who is not at work here", async () => {
    const put = (json: unknown) => send("admin", "PUT", "/channels/bank-c", json);
    await town.db.owner.sql.run(
      `insert into staff_members (login, display_name, disabled_at)
       values ('late.files', '甲', null), ('long.gone', '乙', now())`,
    );
    expect(await codeOf(put({ taskOwner: "nobody" }))).toEqual([422, "channel.owner-unknown"]);
    expect(await codeOf(put({ taskOwner: "long.gone" }))).toEqual([422, "channel.owner-unknown"]);
    expect((await put({ taskOwner: "late.files" })).body).toMatchObject({ taskOwner: "late.files" });
    const owner = await town.db.owner.sql.one<{ login: string }>(
      `select m.login from channels c join staff_members m on m.id = c.task_owner_id where c.code = 'bank-c'`,
    );
    expect(owner.login).toBe("late.files");
    expect((await put({ name: "丙银行" })).body).toMatchObject({ taskOwner: "late.files" });
    expect((await put({ name: "C 银行", taskOwner: null })).body).toMatchObject({ taskOwner: null });
    expect(await auditOf("channel:bank-c")).toContainEqual(
      expect.objectContaining({
        details: expect.objectContaining({ after: expect.objectContaining({ taskOwner: "late.files" }) }),
      }),
    );
  });

  test("refuse a profile that is not there, a path, and a pattern that is none", async () => {
    const put = (json: unknown) => send("admin", "PUT", "/channels/bank-c", json);
    const missing = await put({ profile: "no-such-bank" });
    expect([missing.status, missing.body["code"]]).toEqual([422, "profile.unknown"]);
    expect(missing.text).toContain("fujian-water");
    expect(await codeOf(put({ profile: "/etc/passwd.yaml" }))).toEqual([422, "profile.unknown"]);
    expect(await codeOf(put({ settlementPattern: "(" }))).toEqual([400, "request.invalid"]);
    expect(await codeOf(put({ taskOwnerRole: "bank-channel" }))).toEqual([400, "request.invalid"]);
  });

  test("keep their kind and their way once they have a payment", async () => {
    expect((await send("admin", "PUT", "/channels/bank-c", { realTime: true })).status).toBe(200);
    const shift = await send("cashier", "POST", "/shifts", { till: "T01", openingCashFen: 0 });
    const paid = await ask(edge, "/api/v1/counter-payments", {
      token: "token-cashier",
      headers: { "idempotency-key": "company-1" },
      json: {
        shiftId: shift.body["id"],
        tender: "cash",
        items: [{ accountNo: plantedAccountNo(1), amountFen: 100 }],
      },
    });
    expect(paid.status).toBe(201);
    const put = (json: unknown) => send("admin", "PUT", "/channels/counter", json);
    expect(await codeOf(put({ kind: "agent" }))).toEqual([409, "channel.kind-in-use"]);
    expect(await codeOf(put({ realTime: false }))).toEqual([409, "channel.real-time-in-use"]);
    expect((await put({ name: "文化路营业厅", kind: "counter" })).status).toBe(200);
  });

  test("a change is seen by payments within the two seconds for which channels are kept", async () => {
    const { database } = town.db;
    expect((await channelOfCode(database, "bank-c")).active).toBe(true);
    await send("admin", "PUT", "/channels/bank-c", { active: false });
    const closed = performance.now();
    let open = closed;
    await expect
      .poll(
        async () => {
          const came = performance.now();
          const code = await channelOfCode(database, "bank-c").then(
            () => "open",
            (error: unknown) => (error as { code: string }).code,
          );
          if (code === "open") open = came;
          return code;
        },
        { interval: 100 },
      )
      .toBe("channel.inactive");
    // Nobody who came later than that after it, however long the answer took.
    expect(open - closed).toBeLessThanOrEqual(2000);
  });
});

describe("consent", () => {
  test("is recorded for a person who is there already, and the last word counts", async () => {
    const account = plantedAccountNo(2);
    const before = await get("agent", `/accounts/${account}/consents`);
    const [owner] = before.body["items"] as { personId: string; purposes: unknown[] }[];
    expect(owner?.purposes).toContainEqual({
      purpose: "survey",
      granted: null,
      source: null,
      recordedAt: null,
    });
    const address = `/accounts/${account}/people/${owner?.personId}/consents`;
    await send("agent", "POST", address, { purpose: "survey", granted: true, source: "counter" });
    const withdrawn = await send("agent", "POST", address, {
      purpose: "survey",
      granted: false,
      source: "hotline",
    });
    expect(withdrawn.status).toBe(200);
    const after = await get("agent", `/accounts/${account}/consents`);
    expect(after.body).toEqual(withdrawn.body);
    expect((after.body["items"] as { purposes: unknown[] }[])[0]?.purposes).toContainEqual({
      purpose: "survey",
      granted: false,
      source: "hotline",
      recordedAt: town.db.clock.now().toISOString(),
    });
    expect((await auditOf(`person:${owner?.personId}`)).map(({ details }) => details)).toEqual([
      { purpose: "survey", granted: true, source: "counter" },
      { purpose: "survey", granted: false, source: "hotline" },
    ]);
  });

  test("is refused for a person of another home", async () => {
    const [owner] = (await get("agent", `/accounts/${plantedAccountNo(3)}/consents`)).body["items"] as {
      personId: string;
    }[];
    const address = `/accounts/${plantedAccountNo(2)}/people/${owner?.personId}/consents`;
    const word = { purpose: "greeting", granted: true, source: "counter" };
    expect(await codeOf(send("agent", "POST", address, word))).toEqual([404, "person.not-found"]);
    expect(await codeOf(send("cashier", "POST", address, word))).toEqual([403, "forbidden"]);
  });
});
