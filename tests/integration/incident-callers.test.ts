/** Who called about an incident and got no case is told when heat is back: once, not at night, and never beside a case. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CommandContext } from "#src/platform/command.ts";
import { incidentCallerSubscriber } from "#src/service/hotline/index.ts";
import {
  closeIncident,
  findIncident,
  incidentSubscribers,
  joinIncident,
  openIncident,
  releaseBuildings,
  updateIncident,
} from "#src/service/incidents/index.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { buildingIdOf, plantHeatTown } from "#tests/support/heat-town.ts";
import { as, openCase } from "#tests/support/tickets.ts";

let db: TestDatabase;
let startAgain: () => Promise<void>;
let incidentId: bigint;
let calls = 0;
const HERE = buildingIdOf(1, 1);
const THERE = buildingIdOf(1, 2);
const run = <T>(work: (context: CommandContext) => Promise<T>) => as(db, db.actor, work);

beforeAll(async () => {
  db = await createTestDatabase("2027-01-20T10:00:00+08:00");
  await plantHeatTown(db, [{ homes: 60, supplied: 54 }]);
  startAgain = await rememberBeginning(db);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await startAgain();
  incidentId = (
    await run((context) =>
      openIncident(context, {
        kind: "heat-outage",
        affected: { buildingIds: [HERE, THERE] },
        startsAt: context.now,
      }),
    )
  ).incidentId;
});

/** A call that was answered by the incident alone. */
const call = async (number: string | null, buildingId: bigint | null = HERE): Promise<void> => {
  calls += 1;
  const { id } = await db.owner.sql.one<{ id: bigint }>(
    `insert into calls (provider, provider_call_id, number, state, outcome, began_at, finished_at, building_id)
     values ('cti', :callId, :number, 'ended', 'answered', :now, :now, :buildingId) returning id`,
    { callId: `c-${calls}`, number, buildingId, now: db.clock.now() },
  );
  await run((context) =>
    joinIncident(context, incidentId, { callId: id, buildingId: buildingId ?? undefined }),
  );
};
const number = (n: number): string => `+86138000${String(10_000 + n)}`;
const work = () => handleEvents(db, [...incidentSubscribers, incidentCallerSubscriber]);
const version = async () => (await findIncident(db.database.sql, incidentId))?.version ?? 0;
const release = async (buildingIds: readonly bigint[] | null) => {
  const at = await version();
  await run((context) => releaseBuildings(context, incidentId, at, { buildingIds, text: "已恢复" }));
  await work();
};
const close = async (force: string | null = null) => {
  const at = await version();
  const closing = { evidence: "测温正常", evidenceKind: "visit", evidenceRef: null, force } as const;
  await run((context) => closeIncident(context, incidentId, at, closing));
  await work();
};
const announce = async (updateId: bigint): Promise<void> => {
  await run(async (context) => {
    const payload = { incidentId: String(incidentId), updateId: String(updateId) };
    context.emit({ type: "incident.updated", subject: `incident:${incidentId}`, payload });
  });
  await work();
};
const messages = () =>
  db.database.sql.rows<{ to: string; template: string; state: string; at: Date }>(
    `select recipient as "to", template, state, not_before as "at" from messages order by recipient, id`,
  );
const told = async () => (await messages()).map(({ to, template }) => `${to.slice(-2)} ${template}`);

describe("callers without a case", () => {
  test("are told once each when heat is back, whatever number of times they called", async () => {
    for (const n of [1, 1, 2]) await call(number(n));
    await call(null);
    await call("+8637166667777");
    await release(null);
    expect(await told()).toEqual(["01 incident-restored-caller", "02 incident-restored-caller"]);
    // The closing says nothing new, and an event that comes twice does not either.
    await close();
    const { restored } = await db.owner.sql.one<{ restored: bigint }>(
      "select max(id) as restored from incident_updates where kind = 'restored'",
    );
    await announce(restored);
    expect(await messages()).toHaveLength(2);
  });

  test("are not told that heat is back by a closing that a supervisor forced", async () => {
    await call(number(1));
    await call(number(2), null);
    await close("已现场确认");
    expect(await told()).toEqual([]);
  });

  test("hear nothing of what is only said meanwhile, and only of their own building", async () => {
    await call(number(1), HERE);
    await call(number(2), THERE);
    await call(number(3), null);
    const at = await version();
    await run((context) => updateIncident(context, incidentId, at, { text: "正在抢修" }));
    await work();
    expect(await told()).toEqual([]);
    await release([HERE]);
    expect(await told()).toEqual(["01 incident-restored-caller"]);
    await release(null);
    expect(await told()).toEqual([
      "01 incident-restored-caller",
      "02 incident-restored-caller",
      "03 incident-restored-caller",
    ]);
  });

  test("a number with a case under the incident gets the case's message and no other", async () => {
    await call(number(1));
    await call(number(2));
    const { ticketId } = await openCase(db, { buildingId: HERE, callerNumber: number(1) });
    await run((context) => joinIncident(context, incidentId, { ticketId }));
    await release(null);
    expect(await told()).toEqual(["01 incident-restored", "02 incident-restored-caller"]);
  });

  test("are not woken: what is back at night is told in the morning, and not at all when heat went again", async () => {
    await call(number(1));
    db.clock.set("2027-01-20T22:30:00+08:00");
    await release(null);
    expect(await messages()).toEqual([
      expect.objectContaining({ state: "queued", at: new Date("2027-01-21T08:00:00+08:00") }),
    ]);
    const again = await db.owner.sql.one<{ id: bigint }>(
      `insert into incident_updates (incident_id, kind, text, building_ids, at, by_name)
       values (:incidentId, 'back-again', '', '{}', :now, 'dispatch') returning id`,
      { incidentId, now: db.clock.now() },
    );
    await announce(again.id);
    expect((await messages()).map(({ state }) => state)).toEqual(["cancelled"]);
  });

  test("who refused notices is written down as skipped; who had three of a day gets no fourth", async () => {
    await call(number(1));
    await call(number(2));
    await db.owner.sql.run(
      `with person as (insert into people (name, folded_name) values ('甲', '甲'), ('乙', '乙') returning id),
       phones as (
         insert into person_phones (person_id, number, kind, as_written) select id, :number, 'mobile', '' from person
       )
       insert into consents (person_id, purpose, granted, source, recorded_at)
       select max(id), 'service-notice', false, 'counter', :now from person`,
      { number: number(1), now: db.clock.now() },
    );
    await db.owner.sql.run(
      `insert into messages (purpose, channel, recipient, step, consent, template, not_before, queued_at, changed_at)
       select 'incident-update', 'sms', :to, 'earlier:' || n, 'service-notice', 'incident-update', :now, :now, :now
       from generate_series(1, 3) n`,
      { to: `tel:${number(2)}`, now: db.clock.now() },
    );
    await release(null);
    expect((await messages()).filter(({ template }) => template === "incident-restored-caller")).toEqual([
      expect.objectContaining({ to: `tel:${number(1)}`, state: "skipped" }),
    ]);
  });

  test("are told a hundred at a time, until all are", async () => {
    await db.owner.sql.run(
      `with made as (
         insert into calls (provider, provider_call_id, number, state, outcome, began_at, finished_at, building_id)
         select 'cti', 'many-' || n, '+86139000' || (10000 + n), 'ended', 'answered', :now, :now, :here
         from generate_series(1, 230) n returning id
       )
       insert into incident_calls (call_id, incident_id, building_id, joined_at)
       select id, :incidentId, :here, :now from made`,
      { now: db.clock.now(), here: HERE, incidentId },
    );
    await release(null);
    const sent = await messages();
    expect(sent).toHaveLength(230);
    expect(new Set(sent.map(({ to }) => to)).size).toBe(230);
  });
});
