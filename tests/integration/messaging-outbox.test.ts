/** Queueing: one message to one person once, consent, cancelling, and the list that shows it masked and within the scope. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelMessages, type NewMessage, queueMessage } from "#src/messages/messaging/index.ts";
import { messagingRoutes } from "#src/messages/messaging/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { day } from "#src/kernel/day.ts";
import { accessAccount, recordConsent, setPerson } from "#src/town/accounts/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";
import { buildSmallTown, openTestAccount, type SmallTown } from "#tests/support/small-town.ts";

let db: TestDatabase;
let town: SmallTown;
let personId: bigint;
let accountId: bigint;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-15T09:00:00+08:00");
  town = await buildSmallTown(db);
  ({ accountId } = await openTestAccount(db, town, "10000001"));
  ({
    result: { personId },
  } = await db.commands.run({ name: "test", actor: db.actor }, async (context) =>
    setPerson(context, {
      account: await accessAccount(context.sql, db.actor, "10000001", context.today),
      role: "owner",
      kind: "person",
      name: "李四",
      phones: [{ number: "13812348000" }],
      from: day("2026-02-01"),
      source: "test",
    }),
  ));
});
afterAll(() => db.drop());

const queue = async (message: Partial<NewMessage>) =>
  (
    await db.commands.run({ name: "test.queue", actor: db.actor }, (context) =>
      queueMessage(context, {
        purpose: "appointment",
        channel: "sms",
        to: { number: "138 1234 8000" },
        accountId,
        template: "appointment-made",
        variables: { day: "11月16日", from: "09:00" },
        uniqueKey: "work-order:1:made",
        ...message,
      }),
    )
  ).result;
const rowOf = (id: bigint) =>
  db.database.sql.one(
    `select purpose, channel, recipient, step, consent, template, variables, state, reason, regarding
     from messages where id = :id`,
    { id },
  );
const say = (purpose: "service-notice" | "greeting", granted: boolean) =>
  db.commands.run({ name: "test", actor: db.actor }, async (context) =>
    recordConsent(context, {
      account: await accessAccount(context.sql, db.actor, "10000001", context.today),
      personId,
      purpose,
      granted,
      source: "test",
    }),
  );

describe("queueing a message", () => {
  test("keeps everything that a sender will need, announces it, and is one however often it is asked for", async () => {
    const first = await queue({});
    expect(first.queued).toBe(true);
    expect(await rowOf(first.messageId)).toEqual({
      purpose: "appointment",
      channel: "sms",
      recipient: "tel:+8613812348000",
      step: "work-order:1:made",
      consent: "service-notice",
      template: "appointment-made",
      variables: { day: "11月16日", from: "09:00" },
      state: "queued",
      reason: "",
      regarding: "",
    });
    const again = await Promise.all(Array.from({ length: 20 }, () => queue({})));
    expect(new Set(again.map((one) => one.messageId))).toEqual(new Set([first.messageId]));
    expect(again.some((one) => one.queued)).toBe(false);
    const { count } = await db.database.sql.one<{ count: bigint }>(
      "select count(*) from outbox_events where type = 'message.queued'",
    );
    expect(count).toBe(1n);
  });

  test("another step, recipient or purpose is another message", async () => {
    const base = await queue({ uniqueKey: "k" });
    const others = [
      await queue({ uniqueKey: "k2" }),
      await queue({ uniqueKey: "k", to: { number: "13900000000" } }),
      await queue({ uniqueKey: "k", purpose: "case-update" }),
      await queue({ uniqueKey: "k", to: { personId } }),
    ];
    expect(new Set([base, ...others].map((one) => one.messageId)).size).toBe(5);
  });

  test("what a person has refused is kept as skipped, and allowed again when the word changes", async () => {
    await say("service-notice", false);
    const skipped = await queue({ to: { personId }, uniqueKey: "refused" });
    expect(skipped.queued).toBe(false);
    expect(await rowOf(skipped.messageId)).toMatchObject({ state: "skipped", reason: "no-consent" });
    await say("service-notice", true);
    expect((await queue({ to: { personId }, uniqueKey: "allowed" })).queued).toBe(true);
  });

  test("a greeting needs a yes, an emergency and an answer need none", async () => {
    expect((await queue({ purpose: "greeting", to: { personId }, uniqueKey: "g1" })).queued).toBe(false);
    await say("greeting", true);
    expect((await queue({ purpose: "greeting", to: { personId }, uniqueKey: "g2" })).queued).toBe(true);
    await say("service-notice", false);
    expect((await queue({ purpose: "emergency", to: { personId }, uniqueKey: "e" })).queued).toBe(true);
    expect((await queue({ purpose: "reply", to: { personId }, uniqueKey: "r" })).queued).toBe(true);
    await say("service-notice", true);
  });

  test("a message to nobody, to no number and to no address is refused by name", async () => {
    await expect(queue({ to: {} })).rejects.toMatchObject({ code: "message.no-recipient" });
    await expect(queue({ to: { number: "12" } })).rejects.toMatchObject({ code: "phone.unreadable" });
    await expect(queue({ channel: "email", to: { email: "nobody" } })).rejects.toMatchObject({
      code: "message.address-unreadable",
    });
  });

  test("what is queued is taken back while nobody has claimed it", async () => {
    const { messageId } = await queue({ uniqueKey: "cancelled" });
    const cancel = { purpose: "appointment", uniqueKey: "cancelled", reason: "moved" } as const;
    const run = async () =>
      (await db.commands.run({ name: "test", actor: db.actor }, (context) => cancelMessages(context, cancel)))
        .result;
    expect([await run(), await run()]).toEqual([1, 0]);
    expect(await rowOf(messageId)).toMatchObject({ state: "cancelled", reason: "moved" });
  });
});

describe("the list", () => {
  const list = async (actor: Actor): Promise<{ recipient: string; accountNo: string | null }[]> => {
    const route = messagingRoutes.find((one) => one.path === "/messages");
    if (route === undefined) throw new Error("there is no such route");
    const reply = await route.handle({
      platform: platformOf(db),
      actor,
      params: {},
      query: { limit: 100 },
      body: undefined,
      requestId: "r",
      idempotency: undefined,
      ifMatch: undefined,
      headers: {},
      remoteAddress: "",
      credential: undefined,
    });
    return (reply.body as { items: { recipient: string; accountNo: string | null }[] }).items;
  };

  test("shows recipients masked, to whoever may see the household and to nobody else", async () => {
    await queue({ uniqueKey: "of nobody", accountId: undefined });
    const all = await list(db.actor);
    expect(JSON.stringify(all)).not.toContain("13812348000");
    expect(all[0]).toMatchObject({ recipient: "138****8000", accountNo: null });
    const manager: Actor = {
      ...db.actor,
      roles: ["area-manager"],
      scope: { kind: "areas", areaIds: [town.areaId] },
    };
    const seen = await list(manager);
    expect(seen.length).toBeGreaterThan(3);
    expect(new Set(seen.map((one) => one.accountNo))).toEqual(new Set(["10000001"]));
    expect(await list({ ...manager, scope: { kind: "areas", areaIds: [town.areaId + 1n] } })).toEqual([]);
  });
});
