/** A message that is spoken: one acknowledged call, and how it ended is what became of the message. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { fail } from "#src/kernel/errors.ts";
import { spokenMessageSubscriber } from "#src/messages/messaging/index.ts";
import { applyCallResult } from "#src/platform/telephony/index.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";

let town: SendingTown;
const render = async ({ template }: { readonly template: string }) => {
  if (template === "no-words") fail("template.not-found", "there is no such text");
  return rendered;
};
const rendered = {
  subject: "",
  text: "明天试压，请留人在家。",
  html: null,
  sentences: ["明天试压", "请留人在家"],
  templateVersion: "1",
  providerTemplateId: null,
  variables: {},
  signature: "暖阳供热",
};
beforeAll(async () => {
  town = await createSendingTown("2026-11-20T10:00:00+08:00", { render });
});
afterAll(() => town.close());

const spoken = async (number: string) => {
  const id = await town.queueOne({ channel: "voice", to: { number } });
  await town.sendDue();
  const [call] = await town.rows<{ id: bigint; to: string; words: string[]; about: string }>(
    `select id, to_number as "to", words, about from outgoing_calls order by id desc limit 1`,
  );
  return { id, call };
};
const report = async (outgoingCallId: bigint, result: "answered" | "key" | "unanswered", key?: string) => {
  await town.run((context) => applyCallResult(context, { outgoingCallId, result, key }));
  await handleEvents(town.db, [spokenMessageSubscriber]);
};

test("is one call with its sentences, and the key that says understood is its delivery", async () => {
  const { id, call } = await spoken("13812348001");
  expect(call).toMatchObject({
    to: "+8613812348001",
    words: ["明天试压", "请留人在家"],
    about: `outgoing:${id}`,
  });
  expect(await town.row(id)).toMatchObject({ state: "accepted", provider: "telephony" });
  await town.sendDue();
  await report(call?.id ?? 0n, "answered");
  expect(await town.row(id)).toMatchObject({ state: "accepted" });
  await report(call?.id ?? 0n, "key", "1");
  expect(await town.row(id)).toMatchObject({ state: "delivered", reason: "acknowledged" });
  expect(await town.rows("select 1 as one from outgoing_calls")).toHaveLength(1);
});

test("that nobody took is undelivered, and one of the duty chain is none of ours", async () => {
  const { id, call } = await spoken("037163331234");
  await report(call?.id ?? 0n, "unanswered");
  expect(await town.row(id)).toMatchObject({ state: "undelivered", reason: "unanswered" });
  const told = await town.rows<{ payload: unknown }>(
    "select payload from outbox_events where type = 'messages.failed' order by id desc limit 1",
  );
  expect(told).toEqual([{ payload: { messageIds: [String(id)] } }]);
});

test("whose words cannot be made is a dead letter that is announced, as of every other channel", async () => {
  const id = await town.queueOne({ channel: "voice", to: { number: "13812348003" }, template: "no-words" });
  await town.sendDue();
  expect(await town.row(id)).toMatchObject({ state: "rejected", reason: "template.not-found" });
  const told = await town.rows<{ payload: unknown }>(
    "select payload from outbox_events where type = 'messages.failed' order by id desc limit 1",
  );
  expect(told).toEqual([{ payload: { messageIds: [String(id)] } }]);
});

test("of many no more wait for the dialler than it dials in seconds, and what was stopped meanwhile is not dialled", async () => {
  const ids: bigint[] = [];
  for (let n = 0; n < 20; n += 1)
    ids.push(
      await town.queueOne({ channel: "voice", to: { number: `138123490${String(n).padStart(2, "0")}` } }),
    );
  const waiting = async () =>
    (
      await town.rows<{ n: number }>("select count(*)::int as n from outgoing_calls where state = 'wanted'")
    )[0]?.n;
  await town.sendDue();
  expect(await waiting()).toBe(8);
  await town.rows("update outgoing_calls set state = 'placed' where state = 'wanted'");
  await town.sendDue();
  expect(await waiting()).toBe(8);
  town.checks.push({
    name: "stopped",
    purposePrefix: "",
    check: async (_, homes) =>
      homes.map(({ messageId, accountId }) => ({ messageId, accountId, reason: "notice-stopped" })),
  });
  await town.rows("update outgoing_calls set state = 'placed' where state = 'wanted'");
  await town.sendDue();
  expect(await waiting()).toBe(0);
  const states = await Promise.all(ids.map(async (id) => (await town.row(id)).state));
  expect(states).toEqual([...Array(16).fill("accepted"), ...Array(4).fill("skipped")]);
});
