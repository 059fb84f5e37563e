/** What no case took: a person puts it under a case, opens one of a household, puts it away with a reason, and puts it back. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { messagingRoutes, openMailParser, readStoredMail, storeMail } from "#src/messages/messaging/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { intakeRoutes } from "#src/service/intake/index.ts";
import { createIntakeTown, type IntakeTown } from "#tests/support/intake-town.ts";
import { platformOf } from "#tests/support/people.ts";

let it: IntakeTown;
beforeAll(async () => {
  it = await createIntakeTown();
});
afterAll(() => it.stop());
beforeEach(() => it.nextDay());

type More = { id?: bigint; query?: object; actor?: Actor; body?: unknown };
const call = async (path: string, more: More = {}) => {
  const route = [...intakeRoutes, ...messagingRoutes].find((one) => one.path === path);
  if (route === undefined) throw new Error(path);
  const reply = await route.handle({
    platform: platformOf(it.db),
    actor: more.actor ?? it.db.actor,
    params: more.id === undefined ? {} : { id: more.id },
    query: { limit: 100, ...more.query },
    body: more.body,
    requestId: "r",
    idempotency: undefined,
    ifMatch: undefined,
    headers: {},
    remoteAddress: "",
    credential: undefined,
  });
  return reply.body as Record<string, unknown> & { items: { id: string; settledNote: string }[] };
};
const bound = (areaId: bigint): Actor => ({ ...it.db.actor, scope: { kind: "areas", areaIds: [areaId] } });
const idsOf = async (path: string, list: string): Promise<string[]> =>
  (await call(path, { query: { list } })).items.map((one) => one.id);
const machine = (subject: string): Promise<bigint> => it.mail({ subject, headers: ["Precedence: list"] });

let uid = 90_000n;
const unreadable = async (): Promise<bigint> => {
  uid += 1n;
  const raw = Buffer.concat([Buffer.from([0, 1, 2, 255]), Buffer.from(`\n\n${uid}`)]);
  const { messageId } = await storeMail(platformOf(it.db), {
    mailboxId: 1n,
    uidValidity: 7n,
    uid,
    raw,
    size: raw.byteLength,
  });
  const parser = openMailParser();
  await readStoredMail(platformOf(it.db), messageId, { parser, ownAddresses: [] });
  await parser.close();
  return messageId;
};

describe("a message that was read", () => {
  test("without a case waits; under a case that is there it stands on its timeline, and waits no more", async () => {
    const id = await machine("阀门坏了");
    expect(await idsOf("/received-messages", "unplaced")).toContain(String(id));
    const { ticketNo } = await it.openCase("10000001");
    const placed = await call("/received-messages/{id}/placement", { id, body: { ticketNo } });
    expect(placed).toEqual({ ticketNo });
    const one = await it.caseOf(id);
    expect(one.ticketNo).toBe(ticketNo);
    expect((await it.entriesOf(one.id)).at(-1)).toMatchObject({ kind: "message", ref: `message:${id}` });
    expect(await it.outcomeOf(id)).toMatchObject({ outcome: "threaded" });
    expect(await idsOf("/received-messages", "unplaced")).not.toContain(String(id));
    await expect(call("/received-messages/{id}/placement", { id, body: { ticketNo } })).rejects.toMatchObject(
      { code: "message.has-case" },
    );
  });

  test("becomes a case of the household that a person names", async () => {
    const id = await machine("家里不热");
    const { ticketNo } = await call("/received-messages/{id}/placement", {
      id,
      body: { accountNo: "10000002" },
    });
    expect(await it.caseOf(id)).toMatchObject({
      ticketNo,
      accountId: it.accountOf("10000002"),
      channel: "mail",
    });
  });

  test("is put nowhere by both names, by none, or by one that does not exist", async () => {
    const id = await machine("不知道");
    const place = (body: unknown) => call("/received-messages/{id}/placement", { id, body });
    await expect(place({})).rejects.toMatchObject({ code: "message.place-one" });
    await expect(place({ ticketNo: "100017", accountNo: "10000001" })).rejects.toMatchObject({
      code: "message.place-one",
    });
    await expect(place({ ticketNo: "999994" })).rejects.toMatchObject({ code: "ticket.not-found" });
    await expect(place({ accountNo: "99999999" })).rejects.toMatchObject({ code: "account.not-found" });
    expect(await idsOf("/received-messages", "unplaced")).toContain(String(id));
  });

  test("is put away once with its reason, and comes back when somebody says so", async () => {
    const id = await machine("广告");
    await call("/received-messages/{id}/discard", { id, body: { reason: "群发广告" } });
    expect(await idsOf("/received-messages", "unplaced")).not.toContain(String(id));
    const { items } = await call("/received-messages", { query: { list: "settled" } });
    expect(items.find((one) => one.id === String(id))?.settledNote).toBe("群发广告");
    await expect(
      call("/received-messages/{id}/discard", { id, body: { reason: "再一次" } }),
    ).rejects.toMatchObject({ code: "message.settled" });
    await call("/received-messages/{id}/put-back", { id });
    expect(await idsOf("/received-messages", "unplaced")).toContain(String(id));
    await expect(call("/received-messages/{id}/put-back", { id })).rejects.toMatchObject({
      code: "message.not-settled",
    });
  });

  test("of nobody's household does not exist for whoever is bound to areas", async () => {
    const id = await it.mail({ from: "bot@example.com", headers: ["Precedence: list"] });
    const actor = bound(it.town.areaId);
    for (const [path, body] of [
      ["/received-messages/{id}/discard", { reason: "看过" }],
      ["/received-messages/{id}/placement", { accountNo: "10000001" }],
      ["/received-messages/{id}/put-back", undefined],
    ] as const) {
      await expect(call(path, { id, actor, body })).rejects.toMatchObject({ code: "message.not-found" });
    }
  });
});

describe("a mail in quarantine", () => {
  test("is put under a case in the words of whoever looked at it, and waits no more", async () => {
    const id = await unreadable();
    const { ticketNo, ticketId } = await it.openCase("10000003");
    const body = { ticketNo, summary: "附件里的照片是漏水的阀门" };
    expect(await call("/quarantined-messages/{id}/placement", { id, body })).toEqual({ ticketNo });
    const entry = (await it.entriesOf(ticketId)).at(-1);
    expect(entry).toMatchObject({ kind: "message", ref: `message:${id}` });
    expect(entry?.text).toContain("附件里的照片是漏水的阀门");
    expect(await idsOf("/quarantined-messages", "waiting")).not.toContain(String(id));
    const { items } = await call("/quarantined-messages", { query: { list: "settled" } });
    expect(items.find((one) => one.id === String(id))?.settledNote).toBe(`工单 ${ticketNo}`);
    for (const path of ["/quarantined-messages/{id}/placement", "/quarantined-messages/{id}/discard"]) {
      await expect(call(path, { id, body: { ...body, reason: "看过" } })).rejects.toMatchObject({
        code: "message.settled",
      });
    }
    await expect(call("/quarantined-messages/{id}/replay", { id })).rejects.toMatchObject({
      code: "message.not-quarantined",
    });
  });

  test("opens a case of a household; put away and put back as any other; nobody bound to areas sees it", async () => {
    const id = await unreadable();
    const actor = bound(it.town.areaId);
    await expect(
      call("/quarantined-messages/{id}/discard", { id, actor, body: { reason: "看过" } }),
    ).rejects.toMatchObject({ code: "message.not-quarantined" });
    await call("/quarantined-messages/{id}/discard", { id, body: { reason: "垃圾邮件" } });
    await call("/quarantined-messages/{id}/put-back", { id });
    const { ticketNo } = await call("/quarantined-messages/{id}/placement", {
      id,
      body: { accountNo: "10000001", summary: "家里不热，附有照片" },
    });
    const opened = await it.db.database.sql.one<{ summary: string; channel: string }>(
      "select summary, channel from tickets where ticket_no = :ticketNo",
      { ticketNo },
    );
    expect(opened).toEqual({ summary: "家里不热，附有照片", channel: "mail" });
  });
});
