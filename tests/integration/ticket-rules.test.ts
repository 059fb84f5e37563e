/** What a command on one case must not do to others, and what is counted of a case when it is put right afterwards. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mergeTicket, runTicketCommand, ticketOfId, unmergeTicket } from "#src/service/tickets/index.ts";
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
