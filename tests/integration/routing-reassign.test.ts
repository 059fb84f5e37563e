/** 300 cases of a sick man move with one reason in one command: looked at first, in chunks, resumable, each with its chain. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { enterAbsence } from "#src/office/staff/index.ts";
import { carryOutReassignment, previewReassignment } from "#src/service/routing/index.ts";
import { setDutyCapacity } from "#src/town/grid/index.ts";
import { person } from "#tests/support/people.ts";
import { chainOf, createRoutingTown, type RoutingTown } from "#tests/support/routing-town.ts";

let town: RoutingTown;
beforeAll(async () => {
  town = await createRoutingTown();
  await town.as(town.db.actor, async (context) => {
    await setDutyCapacity(context, { duty: "manager", openLimit: 1000 });
    await setDutyCapacity(context, { duty: "deputy", openLimit: 120 });
    await setDutyCapacity(context, { duty: "chief", openLimit: 100 });
  });
  for (let n = 0; n < 300; n += 1) await town.open({});
  await town.work();
});
afterAll(() => town.drop());

const loads = () =>
  town.db.owner.sql.rows<{ login: string; count: number }>(
    `select m.login, count(*)::int as count from tickets t join staff_members m on m.id = t.owner_id
     where t.state = 'assigned' group by m.login order by m.login`,
  );
const preview = (to: string | null = null) =>
  town.as(town.db.actor, (context) => previewReassignment(context, { from: "manager1", to, reason: "病假" }));

describe("a sick man's cases", () => {
  test("he had all 300; that he is away moves nothing by itself, but the supervisor is told", async () => {
    expect(await loads()).toEqual([{ login: "manager1", count: 300 }]);
    await town.as(town.db.actor, (context) =>
      enterAbsence(context, { login: "manager1", from: day("2026-11-23"), until: null, kind: "sick" }),
    );
    await town.work();
    expect(await loads()).toEqual([{ login: "manager1", count: 300 }]);
    expect(
      await town.db.owner.sql.rows(
        "select owner_role, details ->> 'open' as open from tasks where kind = 'cases-of-absent'",
      ),
    ).toEqual([{ owner_role: "supervisor", open: "300" }]);
  });

  test("the preview says who would get how many, by limit, and moves nothing", async () => {
    const seen = await preview();
    expect(seen.preview.cases).toBe(300);
    expect(seen.preview.to.map(({ name, cases }) => [name, cases])).toEqual([
      ["deputy1", 120],
      ["chief", 100],
      ["head", 50],
      ["crew", 30],
    ]);
    expect(await loads()).toEqual([{ login: "manager1", count: 300 }]);
  });

  test("moved in three chunks, an audit row each; repeated it moves nothing; two at once move each case once", async () => {
    const { id } = await preview();
    const [one, two] = await Promise.all(
      [1, 2].map(() => carryOutReassignment(town.platform, town.db.actor, id)),
    );
    expect(one).toMatchObject({ state: "moved", moved: 300 });
    expect(two?.state).toBe("moved");
    expect(await loads()).toEqual([
      { login: "chief", count: 100 },
      { login: "crew", count: 30 },
      { login: "deputy1", count: 120 },
      { login: "head", count: 50 },
    ]);
    const audits = await town.db.owner.sql.rows<{ moved: string }>(
      `select details ->> 'moved' as moved from audit_events
       where subject = :subject and details ? 'moved' order by id`,
      { subject: `reassignment:${id}` },
    );
    expect(audits).toEqual([{ moved: "100" }, { moved: "100" }, { moved: "100" }]);
    expect(
      await town.db.owner.sql.rows(
        `select count(*)::int as audits from audit_events where command = 'routing.reassign' and subject like 'ticket:%'`,
      ),
    ).toEqual([{ audits: 0 }]);
  });

  test("each case has its chain and the reason", async () => {
    const { count } = await town.db.owner.sql.one<{ count: number }>(
      `select count(*)::int as count from ticket_assignments
       where cause = 'reassigned' and reason = '病假' and jsonb_array_length(chain) >= 2`,
    );
    expect(count).toBe(300);
    const { ticketId } = await town.db.owner.sql.one<{ ticketId: bigint }>(
      `select min(ticket_id) as "ticketId" from ticket_assignments where cause = 'reassigned'`,
    );
    const route = (await town.routeOf(ticketId)).at(-1);
    expect(route).toMatchObject({ rule: "kept", role: "area-manager", level: "area" });
    expect(chainOf(route)).toBe("manager manager1 on-leave, deputy deputy1 taken");
  });

  test("a chunk that was killed: the next run goes on behind the cursor", async () => {
    const back = await town.as(town.db.actor, (context) =>
      previewReassignment(context, { from: "deputy1", to: "manager2", reason: "调岗" }),
    );
    await town.db.owner.sql.run(
      `update reassignments set state = 'moving', moved = 0,
         cursor_ticket_id = (select id from tickets where owner_id = from_staff_id order by id offset 9 limit 1)
       where id = :id`,
      { id: back.id },
    );
    const done = await carryOutReassignment(town.platform, town.db.actor, back.id);
    expect(done).toMatchObject({ state: "moved", moved: 110 });
    const named = await town.db.owner.sql.one<{ count: number }>(
      `select count(*)::int as count from ticket_assignments where reassignment_id = :id
         and chain @> '[{"step": "named", "outcome": "taken"}]'`,
      { id: back.id },
    );
    expect(named.count).toBe(110);
  });

  test("refused, also at the move: to somebody whose roles work on no case, or who is disabled; names who", async () => {
    const { db } = town;
    await person(db, "auditor9", ["auditor"]);
    await person(db, "admin9", ["admin"]);
    const taker = await person(db, "agent9", ["agent"]);
    const order = (to: string) =>
      town.as(db.actor, (context) => previewReassignment(context, { from: "chief", to, reason: "x" }));
    for (const login of ["auditor9", "admin9"]) {
      await expect(order(login)).rejects.toMatchObject({
        code: "reassign.no-cases",
        message: expect.stringContaining(login),
      });
    }
    const { id } = await order("agent9");
    await db.owner.sql.run("update staff_members set disabled_at = :now where id = :id", {
      now: db.clock.now(),
      id: taker.id,
    });
    await expect(order("agent9")).rejects.toMatchObject({ code: "reassign.not-available" });
    await expect(carryOutReassignment(town.platform, db.actor, id)).rejects.toMatchObject({
      code: "reassign.not-available",
      message: expect.stringContaining("agent9"),
    });
  });

  test("refused: to a cashier, who cannot finish a case of heat; her own role's cases she takes", async () => {
    const { db } = town;
    const order = (from: string, to: string) =>
      town.as(db.actor, (context) => previewReassignment(context, { from, to, reason: "换岗" }));
    await expect(order("chief", "cashier")).rejects.toMatchObject({
      code: "reassign.other-role",
      message: expect.stringMatching(/\(cashier\) works as cashier .*cannot finish 100 .*area-manager/),
      detail: {
        field: "to",
        remedy: expect.stringContaining("agent, area-manager, supervisor") as string,
        facts: { cases: 100 },
      },
    });
    // What a preview allowed is asked again at the move: the role was taken away in between.
    const moves = await order("chief", "manager2");
    await db.owner.sql.run(
      "update staff_roles set role = 'cashier' where staff_id = (select id from staff_members where login = 'manager2')",
    );
    await expect(carryOutReassignment(town.platform, db.actor, moves.id)).rejects.toMatchObject({
      code: "reassign.other-role",
    });
    await db.owner.sql.run(
      "update staff_roles set role = 'area-manager' where staff_id = (select id from staff_members where login = 'manager2')",
    );
    const colleague = await person(db, "cashier9", ["cashier"]);
    const { ticketId } = await town.open({ category: "invoice.invoice" });
    await town.work();
    const owner = `select m.login from tickets t join staff_members m on m.id = t.owner_id where t.id = :ticketId`;
    const { login } = await db.owner.sql.one<{ login: string }>(owner, { ticketId });
    const other = login === "cashier" ? "cashier9" : "cashier";
    const { id } = await order(login, other);
    expect(await carryOutReassignment(town.platform, db.actor, id)).toMatchObject({ moved: 1 });
    expect(await db.owner.sql.one(owner, { ticketId })).toEqual({ login: other });
    expect(colleague.roles).toEqual(["cashier"]);
  });

  test("refused: to somebody who is away, to the same person, from somebody who has none", async () => {
    const order = (from: string, to: string | null) =>
      town.as(town.db.actor, (context) => previewReassignment(context, { from, to, reason: "x" }));
    await expect(order("chief", "manager1")).rejects.toMatchObject({ code: "reassign.not-available" });
    await expect(order("chief", "chief")).rejects.toMatchObject({ code: "reassign.same-person" });
    await expect(order("cashier", null)).rejects.toMatchObject({ code: "reassign.nothing" });
    await expect(order("nobody", null)).rejects.toMatchObject({ code: "staff.not-found" });
  });
});
