/** Mails: threads, machines, and what people see of what was written. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "#src/platform/actor.ts";
import { intakeRoutes } from "#src/service/intake/index.ts";
import { formatTicketNo, runTicketCommand } from "#src/service/tickets/index.ts";
import type { Letter } from "#tests/support/letters.ts";
import { platformOf } from "#tests/support/people.ts";
import { createIntakeTown, type IntakeTown, LI, STRANGER } from "#tests/support/intake-town.ts";

let it: IntakeTown;
beforeAll(async () => {
  it = await createIntakeTown();
});
afterAll(() => it.stop());
beforeEach(() => it.nextDay());

describe("a mail", () => {
  test("of a known address opens a case of its household; the answer goes back in its thread", async () => {
    const id = await it.mail({ from: "LI@example.com", id: "first@example.com", subject: "家里不热" });
    expect(await it.outcomeOf(id)).toMatchObject({
      outcome: "opened",
      accountId: it.accountOf("10000001"),
      recipient: "mailto:li@example.com",
    });
    const reply = await it.db.database.sql.one<{ inReplyTo: string; regarding: string; channel: string }>(
      `select in_reply_to as "inReplyTo", regarding, channel from messages order by id desc limit 1`,
    );
    expect(reply).toEqual({
      inReplyTo: "first@example.com",
      regarding: `ticket:${(await it.caseOf(id)).id}`,
      channel: "email",
    });
  });

  /** How the second mail says where it belongs. */
  test.each<[string, (first: { id: bigint; ticketNo: string; threadKey: string }) => Letter, string]>([
    [
      "answers our mail",
      ({ threadKey }) => ({ headers: [`In-Reply-To: <nuan.${threadKey}@heat.example.com>`] }),
      "reference",
    ],
    [
      "answers its own mail",
      () => ({ headers: ["References: <other@x> <origin@example.com>"] }),
      "reference",
    ],
    ["names the case in the subject", ({ ticketNo }) => ({ subject: `回复：工单 ${ticketNo}` }), "number"],
    [
      "names the case in the text",
      ({ ticketNo }) => ({ text: `关于工单号：${ticketNo}，还是不热` }),
      "number",
    ],
    ["names nothing", () => ({ subject: "还是不热" }), "sender"],
  ])("that %s is threaded by %s", async (_, write, foundBy) => {
    const n = it.next();
    const from = `writer-${n}@example.com`;
    const first = await it.mail({ from, id: "origin@example.com", subject: "家里不热" });
    const opened = await it.caseOf(first);
    const { threadKey } = await it.db.database.sql.one<{ threadKey: string }>(
      `select thread_key as "threadKey" from messages where regarding = :regarding`,
      { regarding: `ticket:${opened.id}` },
    );
    const second = await it.mail({ from, ...write({ ...opened, threadKey }) });
    expect(await it.outcomeOf(second)).toMatchObject({ outcome: "threaded", foundBy, ticketId: opened.id });
    await it.db.owner.sql.run("delete from intake_outcomes");
    await it.db.owner.sql.run("update received_messages set internet_message_id = '' where true");
  });

  test("of a stranger that names another's case does not reach it", async () => {
    const { ticketNo, ticketId } = await it.openCase("10000001");
    const id = await it.mail({ from: "nosy@example.com", subject: `工单 ${ticketNo}` });
    expect(await it.outcomeOf(id)).toMatchObject({ outcome: "opened" });
    expect((await it.caseOf(id)).id).not.toBe(ticketId);
  });

  test("that names a case with a wrong digit is no thread", async () => {
    const first = await it.mail({ from: "typo@example.com", subject: "家里不热" });
    const { ticketNo, id } = await it.caseOf(first);
    await it.db.owner.sql.run("update tickets set state = 'cancelled' where id = :id", { id });
    const wrong = `${ticketNo.slice(0, -1)}${(Number(ticketNo.at(-1)) + 1) % 10}`;
    expect(
      await it.outcomeOf(await it.mail({ from: "typo@example.com", subject: `工单 ${wrong}` })),
    ).toMatchObject({
      outcome: "opened",
      foundBy: "",
    });
  });

  test("that answers a case which is over opens a new one that names it", async () => {
    const first = await it.mail({ from: "again@example.com", id: "over@example.com", subject: "家里不热" });
    const before = await it.caseOf(first);
    await it.db.commands.run({ name: "test", actor: it.db.actor }, (context) =>
      runTicketCommand(context, before.id, "cancel", { text: "test" }),
    );
    const second = await it.mail({
      from: "again@example.com",
      subject: "Re: 家里不热",
      headers: ["In-Reply-To: <over@example.com>"],
    });
    expect(await it.outcomeOf(second)).toMatchObject({ outcome: "opened", foundBy: "reference" });
    expect((await it.caseOf(second)).summary).toContain(`续工单 continues ${formatTicketNo(before.id)}`);
  });

  test("of a machine opens nothing and gets no answer, and stands on the case that it answers", async () => {
    expect(await it.outcomeOf(await it.mail({ headers: ["Precedence: bulk"] }))).toMatchObject({
      outcome: "automatic",
      ticketId: null,
      template: null,
    });
    const first = await it.mail({ from: "away@example.com", id: "real@example.com", subject: "家里不热" });
    const opened = await it.caseOf(first);
    const away = await it.mail({
      from: "away@example.com",
      subject: "自动回复",
      headers: ["Auto-Submitted: auto-replied", "In-Reply-To: <real@example.com>"],
    });
    expect(await it.outcomeOf(away)).toMatchObject({
      outcome: "automatic",
      ticketId: opened.id,
      template: null,
    });
    expect((await it.entriesOf(opened.id)).at(-1)).toMatchObject({ kind: "message", ref: `message:${away}` });
  });

  test("a keyword works by mail too, as the text or as the subject of an empty one", async () => {
    expect(await it.outcomeOf(await it.mail({ text: "退订" }))).toMatchObject({ outcome: "consent" });
    expect(await it.outcomeOf(await it.mail({ subject: "帮助", text: "" }))).toMatchObject({
      keyword: "help",
    });
  });
});

describe("over HTTP", () => {
  const call = async (path: string, more: { id?: bigint; query?: object; actor?: Actor } = {}) => {
    const route = intakeRoutes.find((one) => one.path === path);
    if (route === undefined) throw new Error(path);
    const reply = await route.handle({
      platform: platformOf(it.db),
      actor: more.actor ?? it.db.actor,
      params: more.id === undefined ? {} : { id: more.id },
      query: { limit: 100, ...more.query },
      body: undefined,
      requestId: "r",
      idempotency: undefined,
      ifMatch: undefined,
      headers: {},
      remoteAddress: "",
      credential: undefined,
    });
    return reply.body as Record<string, unknown> & { items: { id: string }[] };
  };
  const bound = (areaId: bigint) => ({
    ...it.db.actor,
    scope: { kind: "areas" as const, areaIds: [areaId] },
  });

  test("what was written is listed masked, and only to whoever may see its household", async () => {
    const known = await it.sms(LI, "家里不热");
    const unknown = await it.sms(STRANGER, "书香苑没暖气");
    const all = await call("/received-messages");
    expect(JSON.stringify(all)).not.toMatch(/13812348000|13700001111/);
    expect(all.items.map((one) => one.id)).toEqual(expect.arrayContaining([String(known), String(unknown)]));
    const near = (await call("/received-messages", { actor: bound(it.town.areaId) })).items.map(
      (one) => one.id,
    );
    expect(near).toContain(String(known));
    expect(near).not.toContain(String(unknown));
    expect((await call("/received-messages", { actor: bound(it.town.areaId + 1n) })).items).toEqual([]);
    expect(await call("/received-messages/{id}", { id: known, actor: bound(it.town.areaId) })).toMatchObject({
      body: "家里不热",
      outcome: "opened",
    });
    await expect(
      call("/received-messages/{id}", { id: unknown, actor: bound(it.town.areaId) }),
    ).rejects.toMatchObject({ code: "message.not-found" });
  });

  test("the original is given out as it came, to whoever may see the household", async () => {
    const id = await it.sms(LI, "家里不热");
    const seen = (await call("/received-messages/{id}/original", {
      id,
      actor: bound(it.town.areaId),
    })) as unknown;
    expect(seen).toEqual(Buffer.from("家里不热"));
    const trace = await it.db.database.sql.rows<{ command: string }>(
      "select command from audit_events where subject = 'message:' || :id::bigint",
      { id },
    );
    expect(trace).toContainEqual({ command: "message.original" });
    await expect(
      call("/received-messages/{id}/original", { id, actor: bound(it.town.areaId + 1n) }),
    ).rejects.toMatchObject({ code: "message.not-found" });
  });

  test("a person opens a case of what a machine's mark had kept from one, once", async () => {
    const id = await it.mail({ subject: "家里不热", headers: ["Precedence: list"] });
    const { ticketNo } = await call("/received-messages/{id}/case", { id });
    expect((await it.caseOf(id)).ticketNo).toBe(ticketNo);
    await expect(call("/received-messages/{id}/case", { id })).rejects.toMatchObject({
      code: "message.has-case",
    });
  });
});
