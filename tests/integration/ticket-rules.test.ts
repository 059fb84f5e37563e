/** What a command on one case must not do to others, and what is counted of a case when it is put right afterwards. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  addEntry,
  correctTicket,
  guessCategory,
  mergeTicket,
  runTicketCommand,
  type TicketCorrection,
  ticketOfId,
  unmergeTicket,
} from "#src/service/tickets/index.ts";
import { ticketPolicy } from "#src/service/tickets/policy.ts";
import { setCategory } from "#src/service/tickets/set-category.ts";
import { setSetting } from "#src/platform/settings.ts";
import type { Actor } from "#src/platform/actor.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person } from "#tests/support/people.ts";
import { as, buildTicketTown, openCase, type TicketTown } from "#tests/support/tickets.ts";

let db: TestDatabase;
let town: TicketTown;
let agent: Actor;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-16T10:00:00+08:00");
  town = await buildTicketTown(db);
  agent = await person(db, "agent.wang", ["agent"]);
});
afterAll(() => db.drop());

const ticket = async (id: bigint) => {
  const found = await ticketOfId(db.database.sql, id);
  if (found === null) throw new Error("the case is there");
  return found;
};

describe("cancelling", () => {
  test("a case with others in it is not cancelled from under them; once they are out, it is", async () => {
    const one = (await openCase(db, { accountId: town.accountId })).ticketId;
    const two = (await openCase(db, { accountId: town.neighbourId })).ticketId;
    const into = (await openCase(db, { addressText: "书香苑" })).ticketId;
    await as(db, agent, async (context) => {
      await mergeTicket(context, { ticketId: one, intoTicketId: two, reason: "同症" });
      await mergeTicket(context, { ticketId: two, intoTicketId: into, reason: "同症" });
    });
    const cancel = () =>
      as(db, agent, (context) => runTicketCommand(context, into, "cancel", { text: "误开" }));
    await expect(cancel()).rejects.toMatchObject({
      code: "ticket.others-merged",
      detail: { facts: { others: 2 } },
    });
    await as(db, agent, (context) => unmergeTicket(context, { ticketId: two, reason: "误开" }));
    await cancel();
    expect((await ticket(two)).state).toBe("new");
  });
});

const closed = async (input: Parameters<typeof openCase>[1]): Promise<bigint> => {
  const { ticketId } = await openCase(db, input);
  await as(db, agent, async (context) => {
    await runTicketCommand(context, ticketId, "start");
    await addEntry(context, ticketId, { kind: "call", text: "热了", evidence: "call-back" });
    await runTicketCommand(context, ticketId, "close", { closingClass: "solved" });
  });
  return ticketId;
};
const correct = (id: bigint, correction: TicketCorrection) =>
  as(db, agent, (context) => correctTicket(context, id, correction, undefined));
const HOUR = 3_600_000;

describe("the same trouble within seven days", () => {
  test("counts also when its guessed category is put right later, and no longer when it was another trouble", async () => {
    const closing = await closed({ category: "heat.unsteady", accountId: town.accountId });
    db.clock.advanceMs(2 * HOUR);
    const openedAt = db.clock.now();
    const { ticketId } = await openCase(db, {
      category: "enquiry.policy",
      categoryGuessed: true,
      accountId: town.accountId,
    });
    expect((await ticket(closing)).repeatedById).toBeNull();
    // Eight days later: what counts is when it came in.
    db.clock.advanceMs(8 * 24 * HOUR);
    await correct(ticketId, { category: "heat.unsteady" });
    expect(await ticket(closing)).toMatchObject({ repeatedById: ticketId, repeatedAt: openedAt });
    await correct(ticketId, { category: "heat.partly" });
    expect(await ticket(closing)).toMatchObject({ repeatedById: null, repeatedAt: null });
  });

  test("of a case without a household counts against no household's closing, new or put right", async () => {
    const household = await closed({ category: "heat.not-hot", accountId: town.neighbourId });
    const { ticketId } = await openCase(db, { category: "heat.not-hot", callerNumber: "+8613800000009" });
    await correct(ticketId, { buildingId: town.buildingId });
    await openCase(db, { category: "heat.not-hot", buildingId: town.buildingId });
    expect((await ticket(household)).repeatedById).toBeNull();
    const nobodys = await closed({ category: "heat.not-hot", buildingId: town.buildingId });
    const told = await openCase(db, { category: "heat.not-hot", buildingId: town.buildingId });
    expect((await ticket(nobodys)).repeatedById).toBe(told.ticketId);
    await correct(told.ticketId, { category: "heat.unsteady" });
    const again = await openCase(db, { category: "heat.not-hot", callerNumber: "+8613800000009" });
    await correct(again.ticketId, { buildingId: town.buildingId });
    expect((await ticket(nobodys)).repeatedById).toBe(again.ticketId);
    await correct(again.ticketId, { accountId: town.accountId });
    expect((await ticket(nobodys)).repeatedById).toBeNull();
  });
});

describe("the category that stands in where words say nothing", () => {
  const TEXT = "您好，请联系我";
  const guessed = async () => (await guessCategory(db.database.sql, TEXT))[0]?.code;
  const switchOff = (code: string) =>
    as(db, db.actor, (context) => setCategory(context, code, { active: false }));
  const standIn = (unguessedCategory: string) =>
    as(db, db.actor, (context) =>
      setSetting(context, {
        key: ticketPolicy.key,
        value: { ...ticketPolicy.standard, unguessedCategory },
      }),
    );

  test("is neither switched off nor named where there is none", async () => {
    await expect(switchOff("enquiry.policy")).rejects.toMatchObject({ code: "category.stands-in" });
    for (const none of ["enquiry.nothing", "no.such"]) {
      await expect(standIn(none)).rejects.toMatchObject({ code: "setting.invalid" });
    }
    await switchOff("enquiry.time");
    await expect(standIn("enquiry.time")).rejects.toMatchObject({ code: "setting.invalid" });
    await standIn("suggestion.suggestion");
    await switchOff("enquiry.policy");
    expect(await guessed()).toBe("suggestion.suggestion");
  });

  test("that was switched off before anybody looked stops no text: another one stands in", async () => {
    await db.owner.sql.run(
      "update ticket_categories set active = false where code = 'suggestion.suggestion'",
    );
    const code = (await guessed()) ?? "";
    expect(code).toBe("enquiry.pressure-test");
    await openCase(db, { category: code, callerNumber: "+8613800000009" });
  });
});
