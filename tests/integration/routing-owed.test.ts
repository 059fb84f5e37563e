/** What is owed when nobody works on a case any more: the reply to an order, the ruling, the call after a closing. Their steps fire. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { receiveReferral } from "#src/service/referrals/index.ts";
import { fireLadders, returnCase } from "#src/service/routing/index.ts";
import { addEntry, rateTicket, runTicketCommand, ticketOfId } from "#src/service/tickets/index.ts";
import { createRoutingTown, type RoutingTown } from "#tests/support/routing-town.ts";

let town: RoutingTown;
beforeAll(async () => {
  town = await createRoutingTown();
  await town.db.owner.sql.run(
    "update ladders set active = code in ('referral-replies', 'rulings', 'return-visits')",
  );
}, 60_000);
afterAll(() => town.drop());

const clockTo = (time: string): void => town.db.clock.set(`2026-${time}:00+08:00`);
const fire = () => town.as(town.db.actor, fireLadders);
const told = (ticketId: bigint) =>
  town.db.owner.sql.rows<{ step: string; login: string | null }>(
    `select f.ladder_code || ' ' || f.position as step, m.login from ladder_firings f
     left join ladder_notices n on n.firing_id = f.id left join staff_members m on m.id = n.staff_id
     where f.ticket_id = :ticketId order by f.id, n.id`,
    { ticketId },
  );

describe("the reply to an order from outside", () => {
  test("is told of until it is given, also when its case is resolved", async () => {
    clockTo("11-23T09:00");
    const { ticketId } = await town.as(town.who("service"), (context) =>
      receiveReferral(context, {
        authority: "12345",
        outsideNo: "ZZ-1",
        demand: "家里不热",
        addressText: "书香苑T1号楼502",
        dueAt: new Date("2026-11-25T18:00:00+08:00"),
      }),
    );
    await town.work();
    clockTo("11-23T15:00");
    await town.as(town.who("branch"), async (context) => {
      await runTicketCommand(context, ticketId, "start");
      await runTicketCommand(context, ticketId, "resolve", { text: "排气后达标" });
    });
    // 57 hours on the wall: half of them at 13:30 of the next day.
    clockTo("11-24T13:29");
    expect(await fire()).toBe(0);
    clockTo("11-24T13:30");
    expect(await fire()).toBe(1);
    clockTo("11-25T18:00");
    expect(await fire()).toBe(3);
    clockTo("11-25T20:00");
    expect(await fire()).toBe(1);
    expect(await fire()).toBe(0);
    expect((await ticketOfId(town.db.database.sql, ticketId))?.state).toBe("resolved");
    expect(await told(ticketId)).toEqual([
      { step: "referral-replies 1", login: "branch" },
      { step: "referral-replies 2", login: "branch" },
      { step: "referral-replies 3", login: "service" },
      { step: "referral-replies 4", login: "branch" },
      { step: "referral-replies 5", login: "head" },
    ]);
  });
});

describe("a ruling", () => {
  test("that is late is told to the desk, then to head office", async () => {
    clockTo("11-26T09:00");
    const { ticketId } = await town.open({ channel: "referral", category: "heat.below-standard" });
    await town.work();
    for (const [login, reason] of [
      ["branch", "station-not-taken-over"],
      ["property", "inside-the-flat"],
    ] as const) {
      await town.as(town.who(login), (context) => returnCase(context, { ticketId, reason, words: "" }));
      await town.work();
    }
    clockTo("11-27T18:00");
    expect(await fire()).toBe(2);
    expect(await told(ticketId)).toEqual([
      { step: "rulings 1", login: "judge" },
      { step: "rulings 2", login: "head" },
    ]);
  });
});

describe("the call after a closing", () => {
  const closedComplaint = async (): Promise<bigint> => {
    const { ticketId } = await town.open({ category: "complaint.charging" });
    await town.work();
    await town.as(town.db.actor, async (context) => {
      await runTicketCommand(context, ticketId, "start");
      await addEntry(context, ticketId, { kind: "call", text: "已道歉", evidence: "call-back" });
      await runTicketCommand(context, ticketId, "close", { closingClass: "solved" });
    });
    return ticketId;
  };

  test("that nobody makes is told of; one that was answered is not", async () => {
    clockTo("12-01T09:00");
    const silent = await closedComplaint();
    const asked = await closedComplaint();
    await town.as(town.db.actor, (context) => rateTicket(context, asked, { solved: true, satisfaction: 5 }));
    clockTo("12-31T09:00");
    await fire();
    expect(await told(silent)).toEqual([
      { step: "return-visits 1", login: "service" },
      { step: "return-visits 2", login: "head" },
    ]);
    expect(await told(asked)).toEqual([]);
  });
});
