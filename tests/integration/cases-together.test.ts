/** New cases whose events are handled together leave the same rows as those handled one by one. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fail } from "#src/kernel/errors.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { followCase, incidentSubscribers } from "#src/service/incidents/index.ts";
import { routingSubscriber, routeWaiting } from "#src/service/routing/index.ts";
import { runTicketCommand } from "#src/service/tickets/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { buildingIdOf, plantHeatTown } from "#tests/support/heat-town.ts";
import { createRoutingTown, type RoutingTown } from "#tests/support/routing-town.ts";
import { as, openCase } from "#tests/support/tickets.ts";

/** Everything that the handling of a new case may write, without the ids that a sequence gave in another order. */
const LEFT = {
  cases: `select id, state, owner_id, owner_role, owner_area_id, owner_level, assigned_at, version from tickets order by id`,
  assignments: `select ticket_id, cause, cause_key, decided_at, rule, boundary, station_id, level, role_code, area_id, staff_id,
      explanation, jsonb_array_length(chain) as chain from ticket_assignments order by ticket_id`,
  timeline: `select ticket_id, kind, text, details - 'assignmentId' as details, version, entered_by_name,
      regexp_replace(coalesce(ref, ''), '^assignment:.*', 'assignment') as ref
    from ticket_entries order by ticket_id, version, kind, text`,
  members: `select incident_id, ticket_id, how from incident_tickets order by ticket_id`,
  incidents: `select kind_code, title, rule_place, state from incidents order by id`,
  live: `select topic, subject, audience, area_id, staff_id, permission, payload from live_events order by subject, topic`,
  audit: `select actor_name, command, subject, details - 'entry' - 'ref' as details from audit_events
    where command like 'event:%' order by subject, command, details::text`,
  announced: `select type, subject, payload, settled_at is null as open from outbox_events order by subject, type, payload::text`,
  receipts: `select e.subject, r.subscriber from event_receipts r join outbox_events e on e.id = r.event_id
    order by e.subject, r.subscriber`,
  tries: `select event_id from event_tries`,
} as const;

const leftBy = async (db: TestDatabase): Promise<Record<string, unknown>> => {
  const left: Record<string, unknown> = {};
  for (const [what, statement] of Object.entries(LEFT)) left[what] = await db.owner.sql.rows(statement);
  return left;
};

describe("routing", () => {
  const KINDS = [
    {},
    { category: "fault.radiator" },
    { category: "payment.amount" },
    { category: "invoice.invoice" },
    { category: "complaint.attitude" },
    { channel: "referral" },
    { category: "fault.leak" },
  ] as const;

  const openMorning = async (town: RoutingTown): Promise<void> => {
    const places = [
      { buildingId: town.ours },
      { buildingId: town.firms },
      { buildingId: town.other },
      { buildingId: undefined, callerNumber: "+8613800138000" },
    ];
    for (const place of places) for (const kind of KINDS) await town.open({ ...place, ...kind });
    // Cancelled and given out before their event is looked at.
    const { ticketId } = await town.open({});
    await town.as(town.db.actor, (context) =>
      runTicketCommand(context, ticketId, "cancel", { text: "打错了" }),
    );
  };

  test("the same owner, chain, lines and announcements", async () => {
    const towns = await Promise.all([createRoutingTown(), createRoutingTown()]);
    const left: Record<string, unknown>[] = [];
    for (const [n, town] of towns.entries()) {
      await openMorning(town);
      await handleEvents(town.db, [routingSubscriber], n === 1);
      left.push(await leftBy(town.db));
      await town.drop();
    }
    expect(left[0]?.["assignments"]).toHaveLength(28);
    expect(left[1]).toEqual(left[0]);
  });

  test("what the half-second's look gave out before is given out once", async () => {
    const town = await createRoutingTown();
    for (let n = 0; n < 5; n += 1) await town.open({});
    town.db.clock.advanceMs(800);
    expect(await town.as(town.db.actor, routeWaiting)).toBe(5);
    for (let n = 0; n < 3; n += 1) await town.open({ buildingId: town.other });
    await handleEvents(town.db, [routingSubscriber], true);
    const { assignments, distinct } = await town.db.owner.sql.one<{ assignments: bigint; distinct: bigint }>(
      `select count(*) as assignments, count(distinct ticket_id) as "distinct" from ticket_assignments`,
    );
    expect({ assignments, distinct }).toEqual({ assignments: 8n, distinct: 8n });
    await town.drop();
  });
});

describe("incidents", () => {
  let databases: TestDatabase[];
  beforeAll(async () => {
    databases = await Promise.all([
      createTestDatabase("2027-01-20T10:00:00+08:00"),
      createTestDatabase("2027-01-20T10:00:00+08:00"),
    ]);
    for (const db of databases) {
      await plantHeatTown(db, [
        { homes: 60, supplied: 54 },
        { homes: 60, supplied: 60 },
      ]);
    }
  });
  afterAll(async () => {
    await Promise.all(databases.map((db) => db.drop()));
  });

  const openCold = async (db: TestDatabase, station: number, buildings: readonly number[], more = {}) => {
    for (const building of buildings) {
      await openCase(db, { buildingId: buildingIdOf(station, building), ...more });
    }
  };

  test("a rule fires once over all it counts, a standing incident takes what belongs to it, a leak stays alone", async () => {
    const left: Record<string, unknown>[] = [];
    for (const [n, db] of databases.entries()) {
      await openCold(db, 1, [3, 3, 3]);
      await openCold(db, 1, [3], { category: "fault.leak" });
      await openCold(db, 2, [1, 2, 3]);
      await openCold(db, 1, [3, 3, 3, 3, 4]);
      await openCold(db, 2, [1], { category: "payment.amount" });
      await handleEvents(db, incidentSubscribers, n === 1);
      await openCold(db, 1, [3, 5]);
      await handleEvents(db, incidentSubscribers, n === 1);
      left.push(await leftBy(db));
    }
    expect(left[0]?.["incidents"]).toHaveLength(1);
    expect(left[0]?.["members"]).toHaveLength(8);
    expect(left[1]).toEqual(left[0]);
  });

  test("one case that cannot be followed keeps the others of its batch no longer than itself", async () => {
    const [, db] = databases;
    if (db === undefined) throw new Error("no database");
    await openCold(db, 2, [4, 5, 6]);
    const { id: bad } = await db.owner.sql.one<{ id: bigint }>("select max(id) - 1 as id from tickets");
    const [, joining] = incidentSubscribers;
    const refusing: Subscriber = {
      name: joining?.name ?? "",
      handlers: {
        "ticket.opened": async (context, event) => {
          await followCase(context, event.payload.ticketId);
          if (event.payload.ticketId === bad) fail("test.poison", "not this one");
        },
      },
      batches: { "ticket.opened": () => fail("test.poison", "one of them") },
    };
    await expect(handleEvents(db, [refusing], true)).rejects.toThrow("not this one");
    const open = await as(db, db.actor, ({ sql }) =>
      sql.rows<{ subject: string }>(
        "select subject from outbox_events where type = 'ticket.opened' and settled_at is null",
      ),
    );
    expect(open.map((row) => row.subject)).toEqual([`ticket:${bad}`]);
  });
});
