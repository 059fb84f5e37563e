/** Text messages: a case, an answer or a word of consent, once. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { queueMessage, receiveSms } from "#src/messages/messaging/index.ts";
import { ANSWERS_A_DAY, receiveMessage } from "#src/service/intake/index.ts";
import {
  ANSWER_WITHIN_MS,
  fieldSubscribers,
  setDutyPhone,
  stepEmergencies,
} from "#src/service/field/index.ts";
import { runTicketCommand } from "#src/service/tickets/index.ts";
import { accessAccount, recordConsent } from "#src/town/accounts/index.ts";
import { platformOf } from "#tests/support/people.ts";
import { createIntakeTown, type IntakeTown, LI, STRANGER, WANG } from "#tests/support/intake-town.ts";
import { workEvents } from "#tests/support/work-events.ts";

let it: IntakeTown;
beforeAll(async () => {
  it = await createIntakeTown();
});
afterAll(() => it.stop());
beforeEach(() => it.nextDay());

describe("a text message", () => {
  test("of a known number opens a case of its household, once, and its number is answered", async () => {
    const id = await it.sms(LI, "家里不热，温度只有十四度");
    expect(await it.outcomeOf(id)).toMatchObject({
      outcome: "opened",
      accountId: it.accountOf("10000001"),
      households: 1,
      template: "case-opened",
      recipient: "tel:+8613812348000",
    });
    const opened = await it.caseOf(id);
    expect(opened).toMatchObject({
      accountId: it.accountOf("10000001"),
      channel: "sms",
      number: "+8613812348000",
      summary: "家里不热，温度只有十四度",
    });
    expect(await it.entriesOf(opened.id)).toContainEqual({
      kind: "message",
      text: "家里不热，温度只有十四度",
      textEn: "",
      ref: `message:${id}`,
    });
    await it.db.owner.sql.run("update outbox_events set settled_at = null where type = 'message.received'");
    await it.work();
    expect((await it.entriesOf(opened.id)).filter((entry) => entry.kind === "message")).toHaveLength(1);
  });

  test("a second one goes to the open case and is not answered", async () => {
    const first = await it.sms(LI, "家里不热");
    const second = await it.sms(LI, "还没人来");
    expect(await it.outcomeOf(second)).toMatchObject({
      outcome: "threaded",
      foundBy: "sender",
      ticketId: (await it.caseOf(first)).id,
      template: null,
      noAnswer: "threaded",
    });
  });

  test("goes to a case that the household opened by telephone", async () => {
    const { ticketId } = await it.openCase("10000001");
    expect(await it.outcomeOf(await it.sms(LI, "现在更冷了，不热"))).toMatchObject({
      outcome: "threaded",
      foundBy: "household",
      ticketId,
    });
  });

  test("that it is still cold puts a case that we held for done back to work; thanks does not", async () => {
    const { ticketId } = await it.openCase("10000001");
    await it.db.commands.run({ name: "test", actor: it.db.actor }, async (context) => {
      await runTicketCommand(context, ticketId, "accept");
      await runTicketCommand(context, ticketId, "resolve", { text: "已排气" });
    });
    const stands = () =>
      it.db.database.sql.one<{ state: string; reopenCount: number }>(
        `select state, reopen_count as "reopenCount" from tickets where id = :ticketId`,
        { ticketId },
      );
    expect(await it.outcomeOf(await it.sms(LI, "好了，谢谢师傅"))).toMatchObject({ ticketId });
    expect(await stands()).toEqual({ state: "resolved", reopenCount: 0 });
    expect(await it.outcomeOf(await it.sms(LI, "谢谢，可是还是不热"))).toMatchObject({ ticketId });
    expect(await stands()).toEqual({ state: "new", reopenCount: 1 });
    expect((await it.entriesOf(ticketId)).at(-1)).toMatchObject({
      kind: "state",
      text: "用户来信表示未解决，恢复处理",
    });
    await it.sms(LI, "还没人来");
    expect((await stands()).reopenCount).toBe(1);
    const told = await it.db.owner.sql.rows(
      "select 1 as one from outbox_events where type = 'ticket.reopened' and subject = :subject",
      { subject: `ticket:${ticketId}` },
    );
    expect(told).toHaveLength(1);
  });

  test("about another matter opens another case", async () => {
    const { ticketId } = await it.openCase("10000001");
    const id = await it.sms(LI, "请帮我开发票");
    expect(await it.outcomeOf(id)).toMatchObject({ outcome: "opened" });
    expect((await it.caseOf(id)).id).not.toBe(ticketId);
  });

  test("of a number with two homes: none is guessed, the building is, and the answer asks which", async () => {
    const id = await it.sms(WANG, "暖气片漏水");
    expect(await it.outcomeOf(id)).toMatchObject({
      outcome: "opened",
      accountId: null,
      households: 2,
      template: "case-opened-which-home",
    });
    expect(await it.caseOf(id)).toMatchObject({ accountId: null, buildingId: it.town.buildingId });
  });

  test("of a stranger opens a case by number alone", async () => {
    const id = await it.sms(STRANGER, "书香苑没暖气");
    expect(await it.outcomeOf(id)).toMatchObject({
      outcome: "opened",
      households: 0,
      template: "case-opened",
    });
    expect(await it.caseOf(id)).toMatchObject({ accountId: null, number: "+8613700001111" });
  });

  test("of a leak from a number that is not on file rings the duty phone, which has the number to call", async () => {
    const { db } = it;
    await db.commands.run({ name: "test", actor: db.actor }, (context) =>
      setDutyPhone(context, {
        areaId: null,
        rank: 1,
        name: "总值班",
        number: "13800000004",
        from: day("2026-01-01"),
      }),
    );
    const id = await it.sms(STRANGER, "我家暖气爆管了，到处是水，快来人");
    const opened = await it.caseOf(id);
    await workEvents(db, fieldSubscribers);
    const rung = `select called.to_number as "to", called.state, o.contact_number as contact
      from work_order_tickets joined join work_orders o on o.id = joined.work_order_id and o.kind = 'emergency'
      join outgoing_calls called on called.about = 'work-order:' || o.id where joined.ticket_id = :ticketId`;
    expect(await db.owner.sql.rows(rung, { ticketId: opened.id })).toEqual([
      { to: "+8613800000004", state: "wanted", contact: "+8613700001111" },
    ]);
    // Nobody presses the key: after three minutes the list is at its end, and the supervisor knows.
    db.clock.advanceMs(ANSWER_WITHIN_MS);
    await stepEmergencies(platformOf(db));
    expect(
      await db.owner.sql.rows(
        "select owner_role as role, state from tasks where kind = 'emergency-unanswered'",
      ),
    ).toEqual([{ role: "supervisor", state: "open" }]);
  });

  test("without a word asks for a call back: a case of who can be called, or a line on the open one", async () => {
    const known = await it.sms(LI, " \u0000 ");
    expect(await it.outcomeOf(known)).toMatchObject({ outcome: "opened", template: "case-opened" });
    const opened = await it.caseOf(known);
    const note = "（空白短信，没有文字也没有附件，请回电询问）";
    const noteEn = "(an empty text message: call back and ask)";
    expect(opened).toMatchObject({ summary: `${note}${noteEn}`, accountId: it.accountOf("10000001") });
    expect(await it.entriesOf(opened.id)).toContainEqual({
      kind: "message",
      text: note,
      textEn: noteEn,
      ref: `message:${known}`,
    });
    expect(await it.outcomeOf(await it.sms(LI, ""))).toMatchObject({
      outcome: "threaded",
      ticketId: opened.id,
    });
    expect(await it.caseOf(await it.sms(STRANGER, "   "))).toMatchObject({ number: "+8613700001111" });
    expect(await it.outcomeOf(await it.sms("95598#", ""))).toMatchObject({
      outcome: "empty",
      ticketId: null,
    });
  });

  test("without a readable number it opens a case and is not answered", async () => {
    expect(await it.outcomeOf(await it.sms("95598#", "停暖了吗"))).toMatchObject({
      outcome: "opened",
      noAnswer: "no-sender",
    });
  });

  test("two at the same moment are one case", async () => {
    const send = (n: number) =>
      receiveSms(platformOf(it.db), {
        provider: "gateway",
        providerMessageId: `both-${n}`,
        from: LI,
        to: "106900",
        text: "不热",
        raw: Buffer.from("x"),
        rawHeaders: {},
      });
    const stored = await Promise.all([send(1), send(2), send(3)]);
    await Promise.all(
      stored.map(({ messageId }) =>
        it.db.commands.run({ name: "test", actor: it.db.actor }, (context) =>
          receiveMessage(context, messageId),
        ),
      ),
    );
    await it.work();
    const outcomes = await Promise.all(stored.map(({ messageId }) => it.outcomeOf(messageId)));
    expect(outcomes.map((one) => one.outcome).sort()).toEqual(["opened", "threaded", "threaded"]);
    expect(new Set(outcomes.map((one) => one.ticketId)).size).toBe(1);
  });

  test("is answered a few times a day and then read by people only", async () => {
    for (let n = 0; n < ANSWERS_A_DAY; n += 1)
      expect(await it.outcomeOf(await it.sms(STRANGER, "帮助"))).toMatchObject({
        template: "keyword-answer",
      });
    expect(await it.outcomeOf(await it.sms(STRANGER, "帮助"))).toMatchObject({
      outcome: "answered",
      template: null,
      noAnswer: "daily-cap",
    });
    it.db.clock.advanceMs(86_400_000);
    expect(await it.outcomeOf(await it.sms(STRANGER, "帮助"))).toMatchObject({ template: "keyword-answer" });
  });
});

describe("keywords", () => {
  const consents = () =>
    it.db.database.sql.rows<{ purpose: string; granted: boolean }>(
      `select distinct on (purpose) purpose, granted from consents where person_id = :id order by purpose, id desc`,
      { id: it.li },
    );
  const allow = (purpose: "service-notice" | "greeting") =>
    it.db.commands.run({ name: "test", actor: it.db.actor }, async (context) =>
      recordConsent(context, {
        account: await accessAccount(context.sql, it.db.actor, "10000001", context.today),
        personId: it.li,
        purpose,
        granted: true,
        source: "test",
      }),
    );

  test("退订 ends greetings and surveys and nothing else; 订阅 brings them back", async () => {
    await allow("service-notice");
    await allow("greeting");
    const id = await it.sms(LI, "退订");
    expect(await it.outcomeOf(id)).toMatchObject({
      outcome: "consent",
      keyword: "stop",
      ticketId: null,
      template: "consent-stopped",
    });
    expect(await consents()).toEqual([
      { purpose: "greeting", granted: false },
      { purpose: "service-notice", granted: true },
      { purpose: "survey", granted: false },
    ]);
    const queue = async (purpose: "greeting" | "appointment", to: { number?: string; personId?: bigint }) =>
      (
        await it.db.commands.run({ name: "test", actor: it.db.actor }, (context) =>
          queueMessage(context, {
            purpose,
            channel: "sms",
            to,
            template: "x",
            variables: {},
            uniqueKey: `after-stop-${it.next()}`,
          }),
        )
      ).result.queued;
    const person = { personId: it.li };
    expect(await queue("greeting", { number: LI })).toBe(false);
    expect(await queue("greeting", person)).toBe(false);
    expect(await queue("appointment", { number: LI })).toBe(true);
    expect(await it.outcomeOf(await it.sms(LI, "订阅"))).toMatchObject({ keyword: "start" });
    expect(await queue("greeting", person)).toBe(true);
  });

  test("退订 of a number that is nobody's is kept for the number", async () => {
    await it.sms(STRANGER, "TD");
    const rows = await it.db.database.sql.rows(
      "select purpose, refused from contact_refusals where recipient = 'tel:+8613700001111' order by purpose",
    );
    expect(rows).toEqual([
      { purpose: "greeting", refused: true },
      { purpose: "survey", refused: true },
    ]);
  });

  test("进度 tells how one's own case stands, and nothing of another's", async () => {
    const { ticketNo, ticketId } = await it.openCase("10000001");
    expect(await it.outcomeOf(await it.sms(LI, "进度"))).toMatchObject({
      outcome: "answered",
      template: "progress",
      ticketId,
    });
    expect(await it.outcomeOf(await it.sms(LI, `进度 ${ticketNo}`))).toMatchObject({ template: "progress" });
    expect(await it.outcomeOf(await it.sms(STRANGER, `进度 ${ticketNo}`))).toMatchObject({
      template: "progress-unknown",
      ticketId: null,
    });
  });
});
