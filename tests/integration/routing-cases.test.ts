/** Cases get their owner from the worker: by table, boundary, duty, absence and load, each with the chain that was walked. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { endAbsence, enterAbsence } from "#src/office/staff/index.ts";
import { setDutyCapacity, setStaffCapacity } from "#src/town/grid/index.ts";
import { endPrecedent, routeWaiting, sweepUnrouted } from "#src/service/routing/index.ts";
import { runTicketCommand } from "#src/service/tickets/index.ts";
import { chainOf, createRoutingTown, FIRM_PHONE, type RoutingTown } from "#tests/support/routing-town.ts";

let town: RoutingTown;
beforeAll(async () => {
  town = await createRoutingTown();
});
afterAll(() => town.drop());

const routed = async (input: Parameters<RoutingTown["open"]>[0] = {}) => {
  const ticket = await town.open(input);
  await town.work();
  return { ...ticket, route: (await town.routeOf(ticket.ticketId)).at(-1) };
};
const stateOf = (ticketId: bigint) =>
  town.db.owner.sql.one<{
    state: string;
    ownerId: bigint | null;
    ownerRole: string;
    level: string;
    areaId: bigint;
  }>(
    `select state, owner_id as "ownerId", owner_role as "ownerRole", owner_level as level, owner_area_id as "areaId"
     from tickets where id = :ticketId`,
    { ticketId },
  );
const away = (login: string, from = "2026-11-23", until: string | null = null) =>
  town.as(town.db.actor, (context) =>
    enterAbsence(context, {
      login,
      from: day(from),
      until: until === null ? null : day(until),
      kind: "sick",
    }),
  );
const back = (absenceId: bigint) =>
  town.as(town.db.actor, (context) => endAbsence(context, absenceId, day("2026-11-23")));

describe("who gets a new case", () => {
  test("the manager of the area that serves the building; the ticket says owner, role, area and level", async () => {
    const { ticketId, route } = await routed();
    expect(route).toMatchObject({
      cause: "opened",
      rule: "responsibility",
      role: "area-manager",
      login: "manager1",
    });
    expect(chainOf(route)).toBe("manager manager1 taken");
    expect(await stateOf(ticketId)).toEqual({
      state: "assigned",
      ownerId: town.who("manager1").id,
      ownerRole: "area-manager",
      level: "area",
      areaId: town.west1,
    });
  });

  test("the other area's case goes to the other manager", async () => {
    expect((await routed({ buildingId: town.other })).route?.login).toBe("manager2");
  });

  test("an order from outside begins at the branch", async () => {
    const { route } = await routed({ channel: "referral" });
    expect(route).toMatchObject({ level: "branch", login: "branch" });
  });

  test("a station of the property firm: the property desk, with the firm's phone and what is to be explained", async () => {
    const { ticketId, route } = await routed({ buildingId: town.firms });
    expect(route).toMatchObject({ role: "property-desk", login: "property" });
    const row = await town.db.owner.sql.one<{
      explanation: Record<string, unknown>;
      text: string;
      en: string;
    }>(
      `select a.explanation, (select string_agg(e.text_en, '') from ticket_entries e where e.ticket_id = a.ticket_id) as en, (select string_agg(e.text, '') from ticket_entries e where e.ticket_id = a.ticket_id) as text
       from ticket_assignments a where a.ticket_id = :ticketId`,
      { ticketId },
    );
    expect(row.explanation).toMatchObject({
      code: "station-not-taken-over",
      firm: "和美物业",
      firmPhone: FIRM_PHONE,
      takenOverOn: null,
    });
    expect(row.text).toContain("和美物业");
    expect(row.text).toContain("尚未接管");
    expect(row.en).toMatch(
      /by the responsibility table: Property desk \(\w+\).*is run by 和美物业.*we have not taken it over/,
    );
  });

  test("a station is ours from the day on which it was taken over, not before", async () => {
    const set = (takenOverOn: string) =>
      town.db.owner.sql.run(
        `update stations set owner = 'company', taken_over_on = :takenOverOn::date where id = :id`,
        { id: town.firmStation, takenOverOn },
      );
    await set("2026-11-24");
    expect((await routed({ buildingId: town.firms })).route?.role).toBe("property-desk");
    await set("2026-11-23");
    expect((await routed({ buildingId: town.firms })).route?.role).toBe("area-manager");
    await town.db.owner.sql.run(
      "update stations set owner = 'property-firm', taken_over_on = null where id = :id",
      { id: town.firmStation },
    );
  });

  test("only a caller's number: nobody knows the boundary, the service centre has it", async () => {
    const { route } = await routed({ buildingId: undefined, callerNumber: "+8613812345678" });
    expect(route).toMatchObject({ role: "service-desk", login: "service" });
  });

  test("money goes to finance, an invoice to the cashier, a complaint to head office", async () => {
    expect((await routed({ category: "payment.double" })).route?.login).toBe("finance");
    expect((await routed({ category: "invoice.invoice" })).route?.login).toBe("cashier");
    expect((await routed({ category: "complaint.attitude" })).route?.login).toBe("head");
  });
});

describe("who is passed over", () => {
  test("manager away: the deputy; both away: the chief of the branch; all: the station; nobody: head office", async () => {
    const absences: bigint[] = [];
    const expected = [
      ["manager1", "deputy1", "manager manager1 on-leave, deputy deputy1 taken"],
      ["deputy1", "chief", "manager manager1 on-leave, deputy deputy1 on-leave, chief chief taken"],
      [
        "chief",
        "crew",
        "manager manager1 on-leave, deputy deputy1 on-leave, chief chief on-leave, station crew taken",
      ],
      [
        "crew",
        "head",
        "manager manager1 on-leave, deputy deputy1 on-leave, chief chief on-leave, station crew on-leave, head-office head taken",
      ],
    ] as const;
    for (const [gone, gets, chain] of expected) {
      absences.push((await away(gone)).absenceId);
      const { route } = await routed();
      expect(route?.login).toBe(gets);
      expect(chainOf(route)).toBe(chain);
    }
    absences.push((await away("head")).absenceId);
    const { ticketId, route } = await routed();
    expect(route?.login).toBeNull();
    expect(chainOf(route)).toContain("head-office head on-leave");
    expect(await stateOf(ticketId)).toMatchObject({
      ownerId: null,
      ownerRole: "supervisor",
      state: "assigned",
    });
    for (const id of absences) await back(id);
    expect((await routed()).route?.login).toBe("manager1");
  });

  test("an absence that begins tomorrow or ended yesterday passes nobody over", async () => {
    const tomorrow = await away("manager1", "2026-11-24");
    expect((await routed()).route?.login).toBe("manager1");
    await back(tomorrow.absenceId);
    await away("manager1", "2026-11-20", "2026-11-22");
    expect((await routed()).route?.login).toBe("manager1");
  });

  test("a disabled login is passed over", async () => {
    const set = (value: string) =>
      town.db.owner.sql.run(`update staff_members set disabled_at = ${value} where login = 'manager1'`);
    await set("now()");
    expect(chainOf((await routed()).route)).toBe("manager manager1 disabled, deputy deputy1 taken");
    await set("null");
  });

  test("who has as many open as the limit is passed over; the own limit wins over the duty's; solved ones do not count", async () => {
    const managerId = town.who("manager1").id ?? 0n;
    const open = await town.db.owner.sql.one<{ count: number }>(
      "select count(*)::int as count from tickets where owner_id = :managerId and state = 'assigned'",
      { managerId },
    );
    await town.as(town.db.actor, (context) =>
      setDutyCapacity(context, { duty: "manager", openLimit: open.count + 1 }),
    );
    const last = await routed();
    expect(last.route?.login).toBe("manager1");
    const over = await routed();
    expect(over.route?.login).toBe("deputy1");
    expect(chainOf(over.route)).toBe("manager manager1 over-capacity, deputy deputy1 taken");
    await town.as(town.db.actor, async (context) => {
      await runTicketCommand(context, last.ticketId, "accept");
      await runTicketCommand(context, last.ticketId, "resolve", { text: "done" });
    });
    expect((await routed()).route?.login).toBe("manager1");
    await town.as(town.db.actor, (context) =>
      setStaffCapacity(context, { staffId: managerId, from: day("2026-11-23"), openLimit: 500 }),
    );
    expect((await routed()).route?.login).toBe("manager1");
    await town.as(town.db.actor, (context) => setDutyCapacity(context, { duty: "manager", openLimit: 1000 }));
  });

  test("of two at a desk the one with fewer open cases, then the one idle longest; 40 cases at once are shared evenly", async () => {
    await town.db.owner.sql.run(
      `insert into routing_desk_members (role_code, staff_id, valid)
       select 'property-desk', id, daterange('2020-01-01', null) from staff_members where login = 'finance'`,
    );
    const before = await loadOf();
    const tickets = await Promise.all(
      Array.from({ length: 40 }, () => town.open({ buildingId: town.firms })),
    );
    await town.work();
    const after = await loadOf();
    expect(tickets).toHaveLength(40);
    expect((after.get("property") ?? 0) - (after.get("finance") ?? 0)).toBeGreaterThanOrEqual(-1);
    expect((after.get("property") ?? 0) - (after.get("finance") ?? 0)).toBeLessThanOrEqual(1);
    expect([...after.values()].reduce((a, b) => a + b) - [...before.values()].reduce((a, b) => a + b)).toBe(
      40,
    );
    await town.db.owner.sql.run(
      `delete from routing_desk_members where role_code = 'property-desk'
         and staff_id = (select id from staff_members where login = 'finance')`,
    );
  });

  const loadOf = async () =>
    new Map(
      (
        await town.db.owner.sql.rows<{ login: string; count: number }>(
          `select m.login, count(t.id)::int as count from staff_members m
           left join tickets t on t.owner_id = m.id and t.state = 'assigned'
           where m.login in ('property', 'finance') group by m.login`,
        )
      ).map((row) => [row.login, row.count]),
    );
});

describe("once, and never nobody", () => {
  test("the event handled twice and the sweep beside it give one assignment", async () => {
    const { ticketId } = await routed();
    const { id } = await town.db.owner.sql.one<{ id: bigint }>(
      `select id from outbox_events where type = 'ticket.opened' order by id desc limit 1`,
    );
    await town.db.owner.sql.run(
      "delete from event_receipts where event_id = :id and subscriber = 'routing'",
      { id },
    );
    await town.db.owner.sql.run("update outbox_events set settled_at = null where id = :id", { id });
    await town.work();
    town.db.clock.set("2026-11-23T09:05:00+08:00");
    await town.as(town.db.actor, sweepUnrouted);
    expect(await town.routeOf(ticketId)).toHaveLength(1);
  });

  test("a case whose event was lost gets its owner from the sweep, the same way", async () => {
    const { ticketId } = await town.open({});
    await town.db.owner.sql.run("update outbox_events set settled_at = now() where settled_at is null");
    expect(await town.as(town.db.actor, sweepUnrouted)).toBe(0);
    town.db.clock.set("2026-11-23T09:10:00+08:00");
    expect(await town.as(town.db.actor, sweepUnrouted)).toBe(1);
    expect(await town.as(town.db.actor, sweepUnrouted)).toBe(0);
    expect((await town.routeOf(ticketId))[0]).toMatchObject({ cause: "opened", login: "manager1" });
  });

  test("a long line of events keeps nobody waiting: what has waited for most of a second is given out beside it", async () => {
    town.db.clock.set("2026-11-23T10:00:00+08:00");
    const opened = [];
    for (let n = 0; n < 130; n += 1)
      opened.push(await town.open({ buildingId: [town.ours, town.other][n % 2] }));
    expect(await town.as(town.db.actor, routeWaiting)).toBe(0);
    town.db.clock.set("2026-11-23T10:00:01+08:00");
    const given = await Promise.all([1, 2].map(() => town.as(town.db.actor, routeWaiting)));
    const rest = await town.as(town.db.actor, routeWaiting);
    expect(given.reduce((a, b) => a + b) + rest).toBe(130);
    expect(await town.as(town.db.actor, routeWaiting)).toBe(0);
    await town.work();
    const { least, most } = await town.db.owner.sql.one<{ least: number; most: number }>(
      `select min(n)::int as least, max(n)::int as most
       from (select count(a.id) as n from tickets t left join ticket_assignments a on a.ticket_id = t.id
         where t.id = any(:ids::bigint[]) group by t.id) counted`,
      { ids: opened.map((one) => one.ticketId) },
    );
    expect([least, most]).toEqual([1, 1]);
  });

  test("no live table, or a hole in it: head office, with the reason", async () => {
    await town.db.owner.sql.run("alter table responsibilities disable trigger responsibilities_of_drafts");
    await town.db.owner.sql.run(
      "delete from responsibilities where category = '*' and boundary = 'ours' and level = 'area'",
    );
    expect((await routed()).route).toMatchObject({ rule: "hole", role: "head-office", login: "head" });
    await town.db.owner.sql.run(
      `insert into responsibilities (table_id, category, boundary, level, role_code)
       select max(id), '*', 'ours', 'area', 'area-manager' from responsibility_tables`,
    );
    await town.db.owner.sql.run("alter table responsibilities enable trigger responsibilities_of_drafts");
    await town.db.owner.sql.run("update responsibility_tables set state = 'withdrawn', valid = null");
    expect((await routed()).route).toMatchObject({ rule: "no-live-table", login: "head" });
    await town.db.owner.sql.run(
      "update responsibility_tables set state = 'live', valid = tstzrange('2026-11-01', null)",
    );
  });

  test("a closed case is left alone; one that is opened again goes back to whoever had it", async () => {
    const { ticketId } = await routed();
    await town.as(town.db.actor, async (context) => {
      await runTicketCommand(context, ticketId, "accept");
      await runTicketCommand(context, ticketId, "resolve", { text: "done" });
      await runTicketCommand(context, ticketId, "close", { closingClass: "explained", text: "told" });
    });
    await town.work();
    expect(await town.routeOf(ticketId)).toHaveLength(1);
    await town.as(town.db.actor, (context) => runTicketCommand(context, ticketId, "reopen"));
    await town.work();
    expect((await town.routeOf(ticketId)).at(-1)).toMatchObject({
      cause: "reopened",
      rule: "kept",
      login: "manager1",
    });
  });

  test("what was decided is never changed", async () => {
    await expect(town.db.database.sql.run("update ticket_assignments set staff_id = null")).rejects.toThrow(
      /permission denied/,
    );
    await expect(town.db.owner.sql.run("delete from ticket_returns")).rejects.toThrow(/never changed/);
    await expect(town.as(town.db.actor, (context) => endPrecedent(context, 999n))).rejects.toMatchObject({
      code: "precedent.not-found",
    });
  });
});
