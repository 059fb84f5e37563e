/** A notice that is spoken: the words of a pressure test go to the telephone, home by home, and the key is the delivery. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLAIM_CHECKS } from "#workers/claim-checks.ts";
import { spokenMessageSubscriber } from "#src/messages/messaging/index.ts";
import { approveNotice, funnelOf, startNotice, workOnNotice } from "#src/messages/notices/index.ts";
import { applyCallResult } from "#src/platform/telephony/index.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { type NoticeDesk, openNoticeDesk } from "#tests/support/notice-town.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";
import { as } from "#tests/support/tickets.ts";

let town: SendingTown;
let desk: NoticeDesk;
beforeAll(async () => {
  town = await createSendingTown("2026-10-28T10:00:00+08:00");
  await town.home("10000001", "13900001001");
  await town.home("10000002", "13900001002");
  desk = await openNoticeDesk(town.db);
  town.checks.push(...CLAIM_CHECKS);
}, 60_000);
afterAll(() => town.close());

const callsOf = (id: bigint) =>
  town.rows<{ id: bigint; words: string[]; language: string }>(
    `select call.id, call.words, call.language from outgoing_calls call
     join messages message on call.about = 'outgoing:' || message.id
     where message.regarding = 'notice:' || :id order by call.id`,
    { id },
  );

test.each([
  ["zh-CN", "10月29日08:00-18:00", "注水试压", "将于10月29日08:00-18:00进行注水试压，请家中留人。"],
  ["en", "29 Oct 08:00-18:00", "water test", "water test on 29 Oct 08:00-18:00."],
] as const)("in %s", async (locale, window, what, sentence) => {
  const id = await desk.ask({
    channels: ["voice"],
    template: "test-day-before",
    locale,
    variables: { what, window },
    audience: { everybody: true },
  });
  await as(town.db, desk.checker, (context) => approveNotice(context, id, null));
  await as(town.db, desk.maker, (context) => startNotice(context, id, null));
  await workOnNotice({ commands: town.db.commands }, id);
  await town.sendDue();
  const calls = await callsOf(id);
  expect(calls).toHaveLength(2);
  for (const call of calls) {
    expect(call.language).toBe(locale);
    expect(call.words.some((one) => one.includes(sentence))).toBe(true);
    expect(call.words.length).toBeGreaterThanOrEqual(3);
  }
  const [first] = calls;
  await town.run((context) =>
    applyCallResult(context, { outgoingCallId: first?.id ?? 0n, result: "key", key: "1" }),
  );
  await handleEvents(town.db, [spokenMessageSubscriber]);
  const figures = await funnelOf(town.db.database.sql, desk.maker, "2026-10-28", id);
  expect(figures).toMatchObject({ audience: 2, sent: 2, byChannel: { voice: 2 } });
  expect(figures.byOutcome.delivered).toBe(1);
});
