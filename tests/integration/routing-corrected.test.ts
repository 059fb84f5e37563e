/** A case that says something else of itself than before goes to whoever has such cases, unless somebody's word stands. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  carryOutReassignment,
  escalateCase,
  previewReassignment,
  returnCase,
  ruleCase,
} from "#src/service/routing/index.ts";
import { correctTicket, runTicketCommand, type TicketCorrection } from "#src/service/tickets/index.ts";
import { chainOf, createRoutingTown, type RoutingTown } from "#tests/support/routing-town.ts";

let town: RoutingTown;
beforeAll(async () => {
  town = await createRoutingTown();
});
afterAll(() => town.drop());

const opened = async (input: Parameters<RoutingTown["open"]>[0] = {}): Promise<bigint> => {
  const { ticketId } = await town.open(input);
  await town.work();
  return ticketId;
};
const correct = async (ticketId: bigint, correction: TicketCorrection): Promise<void> => {
  await town.as(town.db.actor, (context) => correctTicket(context, ticketId, correction, undefined));
  await town.work();
};
const last = async (ticketId: bigint) => (await town.routeOf(ticketId)).at(-1);
const moves = async (ticketId: bigint): Promise<number> => (await town.routeOf(ticketId)).length;
const move = async (login: string, to: string | null): Promise<void> => {
  const { id } = await town.as(town.db.actor, (context) =>
    previewReassignment(context, { from: login, to, reason: "病假" }),
  );
  await carryOutReassignment(town.platform, town.db.actor, id);
  await town.work();
};

describe("a corrected category", () => {
  test("of another role: the case moves, with the chain that was walked and a line on its timeline", async () => {
    const ticketId = await opened();
    await correct(ticketId, { category: "payment.double" });
    const route = await last(ticketId);
    expect(route).toMatchObject({
      cause: "corrected",
      rule: "responsibility",
      role: "finance",
      login: "finance",
    });
    expect(chainOf(route)).toMatch(/finance taken$/);
    expect(
      await town.db.owner.sql.one(
        `select t.owner_id = :finance as moved,
           (select e.text from ticket_entries e where e.ticket_id = t.id and e.kind = 'route' order by e.id desc limit 1)
             like '%诉求分类更正%' as told
         from tickets t where t.id = :ticketId`,
        { ticketId, finance: town.who("finance").id },
      ),
    ).toEqual({ moved: true, told: true });
    // The event again moves nothing again, and so does another category of the same role.
    const { id } = await town.db.owner.sql.one<{ id: bigint }>(
      "select max(id) as id from outbox_events where type = 'ticket.corrected'",
    );
    await town.db.owner.sql.run("delete from event_receipts where event_id = :id", { id });
    await town.db.owner.sql.run("update outbox_events set settled_at = null where id = :id", { id });
    await town.work();
    await correct(ticketId, { category: "payment.refund-progress" });
    expect(await moves(ticketId)).toBe(2);
  });

  test("of the same role, or of a summary only, moves nothing", async () => {
    const ticketId = await opened();
    await correct(ticketId, { category: "fault.radiator" });
    await correct(ticketId, { summary: "三间都不热" });
    expect(await moves(ticketId)).toBe(1);
    expect((await last(ticketId))?.login).toBe("manager1");
  });

  test("before anybody has the case: its first owner is that of the right category, once", async () => {
    const { ticketId } = await town.open({});
    await town.as(town.db.actor, (context) =>
      correctTicket(context, ticketId, { category: "payment.double" }, undefined),
    );
    await town.work();
    expect(await town.routeOf(ticketId)).toMatchObject([{ cause: "opened", login: "finance" }]);
  });

  test("of a case that only waits to be closed moves nothing", async () => {
    const ticketId = await opened();
    await town.as(town.db.actor, async (context) => {
      await runTicketCommand(context, ticketId, "accept");
      await runTicketCommand(context, ticketId, "resolve", { text: "done" });
    });
    await correct(ticketId, { category: "payment.double" });
    expect(await moves(ticketId)).toBe(1);
  });
});

test("a corrected place moves the case to the area that serves it, and within the area to nobody", async () => {
  const ticketId = await opened();
  await correct(ticketId, { buildingId: town.other });
  expect(await last(ticketId)).toMatchObject({ cause: "corrected", role: "area-manager", login: "manager2" });
  await correct(ticketId, { buildingId: town.firms });
  expect(await last(ticketId)).toMatchObject({
    cause: "corrected",
    role: "property-desk",
    login: "property",
  });
});

describe("somebody's word stands", () => {
  test("a ruling", async () => {
    const ticketId = await opened();
    for (const login of ["manager1", "branch"]) {
      await town.as(town.who(login), (context) =>
        returnCase(context, { ticketId, reason: "beyond-means", words: "" }),
      );
      await town.work();
    }
    // Not while it lies at the ruling desk, and not after it was ruled.
    await correct(ticketId, { category: "payment.double" });
    expect(await last(ticketId)).toMatchObject({ role: "ruling-desk", login: "judge" });
    await town.as(town.who("judge"), (context) =>
      ruleCase(context, { ticketId, role: "area-manager", level: "area", words: "yours", precedent: null }),
    );
    await correct(ticketId, { category: "complaint.attitude" });
    expect(await last(ticketId)).toMatchObject({ cause: "ruled", login: "manager1" });
  });

  test("a person who gave it to a person by name, but not a sick man's list that only kept its roles", async () => {
    const named = await opened({ buildingId: town.other });
    await move("manager2", "deputy1");
    await correct(named, { category: "payment.double" });
    expect(await last(named)).toMatchObject({ cause: "reassigned", login: "deputy1" });
    const kept = await opened();
    await move("manager1", null);
    expect(await last(kept)).toMatchObject({ cause: "reassigned", rule: "kept" });
    await correct(kept, { category: "payment.double" });
    expect(await last(kept)).toMatchObject({ cause: "corrected", login: "finance" });
  });

  test("a level that somebody took it up to", async () => {
    const ticketId = await opened({ category: "payment.double" });
    await town.as(town.db.actor, (context) => escalateCase(context, { ticketId, words: "angry" }));
    await correct(ticketId, { category: "heat.not-hot" });
    expect(await last(ticketId)).toMatchObject({ cause: "corrected", level: "branch", login: "branch" });
  });
});
