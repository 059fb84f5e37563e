/** The bounce guard, rulings and precedents, with 23 November as it went. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  carryOutReassignment,
  escalateCase,
  previewReassignment,
  returnCase,
  ruleCase,
} from "#src/service/routing/index.ts";
import { runTicketCommand } from "#src/service/tickets/index.ts";
import { findClocks } from "#src/service/clocks/index.ts";
import { chainOf, createRoutingTown, type RoutingTown } from "#tests/support/routing-town.ts";

let town: RoutingTown;
beforeAll(async () => {
  town = await createRoutingTown();
});
afterAll(() => town.drop());

const at = (time: string) => town.db.clock.set(`2026-11-23T${time}:00+08:00`);
const opened = async (input: Parameters<RoutingTown["open"]>[0] = {}) => {
  const ticket = await town.open(input);
  await town.work();
  return ticket.ticketId;
};
const give = async (login: string, ticketId: bigint, reason: string, words = "") => {
  const number = await town.as(town.who(login), (context) =>
    returnCase(context, { ticketId, reason, words }),
  );
  await town.work();
  return number;
};
const last = async (ticketId: bigint) => (await town.routeOf(ticketId)).at(-1);

describe("Monday 23 November: bounced twice, ruled, and the next one goes straight", () => {
  let first: bigint;

  test("09:10 it comes in by 12345, for the branch", async () => {
    at("09:10");
    first = await opened({ channel: "referral", category: "heat.below-standard" });
    expect(await last(first)).toMatchObject({ login: "branch", level: "branch" });
  });

  test("09:50 the branch returns it: station not taken over; the property desk has it", async () => {
    at("09:50");
    expect(await give("branch", first, "station-not-taken-over")).toBe(1);
    expect(await last(first)).toMatchObject({
      cause: "returned",
      rule: "return-reason",
      role: "property-desk",
      login: "property",
    });
  });

  test("11:20 the property desk returns it: inside the flat; the ruling desk has it, with a clock of its own", async () => {
    at("11:20");
    expect(await give("property", first, "inside-the-flat")).toBe(2);
    expect(await last(first)).toMatchObject({ rule: "second-return", role: "ruling-desk", login: "judge" });
    // Why it came there, in the words of the list and not by their code.
    const [line] = await town.db.database.sql.rows<{ text: string; en: string }>(
      "select text, text_en as en from ticket_entries where kind = 'route' and text like '第二次退回%' order by id desc limit 1",
    );
    expect(line?.text).toMatch(/原因：[^a-z]+$/);
    expect(line?.en).toMatch(/reason: [A-Z][^-]+$/);
    const clocks = await findClocks(town.db.database.sql, first, town.db.clock.now());
    expect(clocks.filter((clock) => clock.kind === "ruling")).toMatchObject([{ state: "running" }]);
  });

  test("13:30 ruled: the area manager's; the clock of the ruling is met, and the case is not returned again", async () => {
    at("13:30");
    await town.as(town.who("judge"), (context) =>
      ruleCase(context, {
        ticketId: first,
        role: "area-manager",
        level: "area",
        words: "inside the flat: ours to look at",
        precedent: "community",
      }),
    );
    expect(await last(first)).toMatchObject({
      cause: "ruled",
      rule: "ruling",
      login: "manager1",
      level: "area",
    });
    const clocks = await findClocks(town.db.database.sql, first, town.db.clock.now());
    expect(clocks.filter((clock) => clock.kind === "ruling")).toMatchObject([
      { state: "stopped", met: true },
    ]);
    await expect(give("manager1", first, "beyond-means")).rejects.toMatchObject({ code: "return.ruled" });
    const figures = await town.db.owner.sql.one(
      `select (select count(*)::int from ticket_returns where ticket_id = :first) as bounces,
         (select count(*)::int from ticket_rulings where ticket_id = :first) as rulings`,
      { first },
    );
    expect(figures).toEqual({ bounces: 2, rulings: 1 });
  });

  test("the next identical case goes straight: by the precedent, bounces 0", async () => {
    const next = await opened({ channel: "referral", category: "heat.below-standard" });
    expect(await town.routeOf(next)).toMatchObject([
      { cause: "opened", rule: "precedent", role: "area-manager", level: "area", login: "manager1" },
    ]);
  });

  test("another category, and another boundary in the same community, do not go by it", async () => {
    const other = await opened({ channel: "referral", category: "heat.not-hot" });
    expect(await last(other)).toMatchObject({ rule: "responsibility", level: "branch" });
    const firms = await opened({
      channel: "referral",
      category: "heat.below-standard",
      buildingId: town.firms,
    });
    expect(await last(firms)).toMatchObject({ rule: "responsibility", role: "property-desk" });
  });

  test("a younger ruling takes the place of the older", async () => {
    const again = await opened({ category: "heat.unsteady" });
    const second = await opened({ category: "heat.unsteady" });
    for (const [ticketId, role] of [
      [again, "property-desk"],
      [second, "service-desk"],
    ] as const) {
      await give("manager1", ticketId, "beyond-means");
      await give("branch", ticketId, "beyond-means");
      await town.as(town.who("judge"), (context) =>
        ruleCase(context, { ticketId, role, level: "area", words: "so", precedent: "building" }),
      );
    }
    const third = await opened({ category: "heat.unsteady" });
    expect(await last(third)).toMatchObject({ rule: "precedent", role: "service-desk" });
  });
});

describe("who may give back what", () => {
  test("a reason that is not on the list, or none: refused by name with the list", async () => {
    const ticketId = await opened();
    await expect(give("manager1", ticketId, "do-not-like-it")).rejects.toMatchObject({
      code: "return.reason-unknown",
    });
  });

  test("only whoever has it, or a supervisor", async () => {
    const ticketId = await opened();
    await expect(give("manager2", ticketId, "beyond-means")).rejects.toMatchObject({
      code: "routing.not-yours",
    });
    await give("judge", ticketId, "beyond-means");
    expect(await last(ticketId)).toMatchObject({ rule: "level-up", level: "branch", login: "branch" });
  });

  test("whoever gave it back does not get it back by the same return", async () => {
    await town.db.owner.sql.run(
      `insert into area_duties (area_id, staff_id, duty, valid)
       select :branch, id, 'deputy', daterange('2020-01-01', null) from staff_members where login = 'manager2'`,
      { branch: town.branch },
    );
    await town.db.owner.sql.run(
      "update area_duties set staff_id = (select id from staff_members where login = 'manager1') where area_id = :branch and duty = 'manager'",
      { branch: town.branch },
    );
    const ticketId = await opened();
    await give("manager1", ticketId, "beyond-means");
    expect(chainOf(await last(ticketId))).toBe("manager manager1 excluded, deputy manager2 taken");
    await town.db.owner.sql.run(
      "update area_duties set staff_id = (select id from staff_members where login = 'branch') where area_id = :branch and duty = 'manager'",
      { branch: town.branch },
    );
  });

  test("two returns at once: one is the first, the other is refused or comes second", async () => {
    const ticketId = await opened();
    const answers = await Promise.allSettled(
      [1, 2, 3].map(() =>
        town.as(town.who("manager1"), (context) =>
          returnCase(context, { ticketId, reason: "beyond-means", words: "" }),
        ),
      ),
    );
    expect(answers.filter((answer) => answer.status === "fulfilled")).toHaveLength(1);
    await town.work();
    expect(await town.routeOf(ticketId)).toHaveLength(2);
  });

  test("the ruling desk rules and does not return; nobody rules on a case that lies elsewhere", async () => {
    const ticketId = await opened();
    const ruling = { ticketId, role: "area-manager", level: "area", words: "so", precedent: null } as const;
    await expect(town.as(town.who("judge"), (context) => ruleCase(context, ruling))).rejects.toMatchObject({
      code: "ruling.not-at-desk",
    });
    await give("manager1", ticketId, "beyond-means");
    await give("branch", ticketId, "beyond-means");
    await expect(give("judge", ticketId, "beyond-means")).rejects.toMatchObject({
      code: "return.at-ruling-desk",
    });
    await expect(
      town.as(town.who("judge"), (context) => ruleCase(context, { ...ruling, role: "nobody-knows" })),
    ).rejects.toMatchObject({ code: "ruling.role-unknown" });
    await town.as(town.who("judge"), (context) => ruleCase(context, ruling));
    expect(await last(ticketId)).toMatchObject({ rule: "ruling", login: "manager1" });
  });

  test("what was ruled is not given back by whoever takes it over, nor after it was opened again", async () => {
    const ticketId = await opened();
    await give("manager1", ticketId, "beyond-means");
    await give("branch", ticketId, "beyond-means");
    await town.as(town.who("judge"), (context) =>
      ruleCase(context, { ticketId, role: "area-manager", level: "area", words: "so", precedent: null }),
    );
    const { id } = await town.as(town.db.actor, (context) =>
      previewReassignment(context, { from: "manager1", to: "deputy1", reason: "病假" }),
    );
    await carryOutReassignment(town.platform, town.db.actor, id);
    expect(await last(ticketId)).toMatchObject({ rule: "kept", login: "deputy1" });
    const ruled = { code: "return.ruled" };
    await expect(give("deputy1", ticketId, "beyond-means")).rejects.toMatchObject(ruled);
    await town.as(town.who("deputy1"), async (context) => {
      await runTicketCommand(context, ticketId, "start");
      await runTicketCommand(context, ticketId, "close", { closingClass: "explained", text: "老旧管网" });
      await runTicketCommand(context, ticketId, "reopen");
    });
    await town.work();
    expect(await last(ticketId)).toMatchObject({ cause: "reopened", rule: "kept" });
    await expect(give("judge", ticketId, "beyond-means")).rejects.toMatchObject(ruled);
  });

  test("handed up: area, branch, company; then there is nobody above", async () => {
    const ticketId = await opened();
    const up = (login: string) =>
      town.as(town.who(login), (context) => escalateCase(context, { ticketId, words: "too big" }));
    await up("manager1");
    expect(await last(ticketId)).toMatchObject({ cause: "escalated", level: "branch", login: "branch" });
    await up("branch");
    expect(await last(ticketId)).toMatchObject({ level: "company", role: "head-office", login: "head" });
    await expect(up("head")).rejects.toMatchObject({ code: "routing.at-the-top" });
  });
});
