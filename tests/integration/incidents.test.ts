/** Incidents: opened by a person, a rule or a report; who hangs under them; what is said, and whom it reaches. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "#src/platform/actor.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import {
  accessIncident,
  closeIncident,
  findIncident,
  followCase,
  incidentForBuilding,
  incidentSubscribers,
  joinIncident,
  leaveIncident,
  reopenIncident,
  updateIncident,
} from "#src/service/incidents/index.ts";
import { incidentCaseSubscriber } from "#src/service/incidents/carry-to-cases.ts";
import {
  correctTicket,
  type NewTicket,
  type TicketCorrection,
  ticketOfId,
} from "#src/service/tickets/index.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { buildingIdOf, plantHeatTown } from "#tests/support/heat-town.ts";
import { inArea, incidentDesk } from "#tests/support/incident-desk.ts";
import { as, openCase } from "#tests/support/tickets.ts";

let db: TestDatabase;
let startAgain: () => Promise<void>;
const subscribers: readonly Subscriber[] = incidentSubscribers;
beforeAll(async () => {
  db = await createTestDatabase("2027-01-20T10:00:00+08:00");
  await plantHeatTown(db, [
    { homes: 60, supplied: 54 },
    { homes: 60, supplied: 60 },
  ]);
  startAgain = await rememberBeginning(db);
});
afterAll(() => db.drop());
beforeEach(() => startAgain());
const { open, cold, incidentOf, version, entriesOf, messages, count, release, close } = incidentDesk(
  () => db,
);

describe("an incident", () => {
  test("holds what hangs on it, and its text is there at once", async () => {
    const { incidentId, opened } = await open({ expectedBackAt: new Date("2027-01-20T12:30:00+08:00") });
    expect(opened).toBe(true);
    expect(await count(incidentId)).toEqual({
      tickets: 0,
      ticketsOpen: 0,
      calls: 0,
      buildings: 6,
      buildingsEver: 6,
      homes: 60,
      homesSupplied: 54,
    });
    const said = await incidentForBuilding(db.database.sql, buildingIdOf(1, 2), db.clock.now());
    expect(said).toMatchObject({ incidentId, kind: "heat-outage" });
    expect(said?.script).toBe(
      "您好，春晖苑12号楼因设备故障自10:00起暂停供热，正在抢修，预计12:30恢复。给您带来不便，敬请谅解。",
    );
    expect(said?.scriptEn).toContain("expected back at 12:30");
    // An hour that has passed is no promise; the next day an hour names its day.
    const later = await incidentForBuilding(
      db.database.sql,
      buildingIdOf(1, 2),
      new Date("2027-01-21T08:00:00+08:00"),
    );
    expect(later?.script).toContain("自1月20日10:00起暂停供热，正在抢修，恢复时间确定后会及时告知。");
    expect(await incidentForBuilding(db.database.sql, buildingIdOf(2, 1), db.clock.now())).toBeNull();
  });

  test("of a kind, an asset or a text that is none is refused", async () => {
    await expect(open({ kind: "earthquake" })).rejects.toMatchObject({ code: "incident.kind-unknown" });
    await expect(open({ affected: { stationId: 4711n } })).rejects.toMatchObject({
      code: "incident.nobody-affected",
    });
    await expect(open({ affected: {} })).rejects.toMatchObject({ code: "supply.nothing-named" });
    await expect(open({ script: "{{#if back}}" })).rejects.toMatchObject({
      code: "incident.script-unreadable",
    });
  });

  test("within one's areas only: seen when it touches them, changed when all of it lies there", async () => {
    const east = inArea(1n);
    const west = inArea(2n);
    const { incidentId } = await open();
    const reader = (actor: Actor) => ({ sql: db.database.sql, actor, today: "2027-01-20" as never });
    expect((await accessIncident(reader(east), incidentId)).id).toBe(incidentId);
    await expect(accessIncident(reader(west), incidentId)).rejects.toMatchObject({
      code: "incident.not-found",
    });
    const { incidentId: both } = await open({ affected: { buildingIds: [11n, 9991n] } });
    for (const actor of [east, west]) {
      expect((await accessIncident(reader(actor), both)).id).toBe(both);
      await expect(
        as(db, actor, (context) => updateIncident(context, both, 1, { text: "x" })),
      ).rejects.toMatchObject({ code: "incident.beyond-scope" });
    }
    await expect(open({ affected: { stationId: 1n } }, west)).rejects.toMatchObject({
      code: "incident.beyond-scope",
    });
    expect(await as(db, east, (context) => updateIncident(context, incidentId, 1, { text: "x" }))).toBe(2);
  });

  test("changed by two at once shows the second that it was", async () => {
    const { incidentId } = await open();
    const change = () => as(db, db.actor, (context) => updateIncident(context, incidentId, 1, { text: "x" }));
    const outcomes = await Promise.allSettled([change(), change(), change()]);
    expect(outcomes.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    const refused = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
    expect(refused).toMatchObject([{ code: "version.stale" }, { code: "version.stale" }]);
  });
});

describe("a case", () => {
  test("of the incident's categories in its buildings hangs under it by itself; a leak does not", async () => {
    const { incidentId } = await open();
    const inside = await cold(1, 1);
    const outside = await cold(2, 1);
    const leak = await cold(1, 1, { category: "fault.leak" });
    const bill = await cold(1, 1, { category: "payment.amount" });
    await handleEvents(db, subscribers);
    expect(await incidentOf(inside.ticketId)).toBe(incidentId);
    for (const other of [outside, leak, bill]) expect(await incidentOf(other.ticketId)).toBeNull();
    await expect(
      as(db, db.actor, (context) => joinIncident(context, incidentId, { ticketId: leak.ticketId })),
    ).rejects.toMatchObject({ code: "incident.own-case" });
    expect((await entriesOf(inside.ticketId)).map((entry) => entry.text)).toEqual([
      "归入事件：1号热力站 停热",
    ]);
  });

  test("that is put right to a leak, or to another place, leaves it and is not resolved with it", async () => {
    const { incidentId } = await open();
    const put = {
      leak: (await cold(1, 1)).ticketId,
      claim: (await cold(1, 1)).ticketId,
      moved: (await cold(1, 2)).ticketId,
      alike: (await cold(1, 2)).ticketId,
      byHand: (await cold(1, 1, { category: "payment.amount" })).ticketId,
    };
    await as(db, db.actor, (context) => joinIncident(context, incidentId, { ticketId: put.byHand }));
    await handleEvents(db, subscribers);
    const correct = (id: bigint, correction: TicketCorrection) =>
      as(db, db.actor, (context) => correctTicket(context, id, correction, undefined));
    await correct(put.leak, { category: "fault.leak" });
    await correct(put.moved, { buildingId: buildingIdOf(2, 1) });
    await correct(put.alike, { category: "heat.partly" });
    await correct(put.byHand, { category: "payment.double" });
    await handleEvents(db, subscribers);
    // Not looked at yet when the incident is closed.
    await correct(put.claim, { category: "damage.claim" });
    await release(incidentId);
    await close(incidentId, { evidenceKind: "visit" });
    await handleEvents(db, [incidentCaseSubscriber]);
    const state = async (id: bigint) => [
      await incidentOf(id),
      (await ticketOfId(db.database.sql, id))?.state,
    ];
    for (const id of [put.leak, put.claim, put.moved]) expect(await state(id)).toEqual([null, "new"]);
    for (const id of [put.alike, put.byHand]) expect(await state(id)).toEqual([incidentId, "resolved"]);
    expect((await entriesOf(put.leak)).map(({ text }) => text)).toContain(
      "移出事件：诉求分类更正 The category was put right",
    );
    expect((await entriesOf(put.moved)).map(({ text }) => text)).toContain(
      "移出事件：诉求地点更正 The place was put right",
    );
  });

  test("whose guessed category is put right hangs under it then", async () => {
    const { incidentId } = await open();
    const { ticketId } = await cold(1, 1, { category: "payment.amount", categoryGuessed: true });
    await handleEvents(db, subscribers);
    expect(await incidentOf(ticketId)).toBeNull();
    await as(db, db.actor, (context) => correctTicket(context, ticketId, { summary: "很冷" }, undefined));
    await handleEvents(db, subscribers);
    expect(await incidentOf(ticketId)).toBeNull();
    await as(db, db.actor, (context) =>
      correctTicket(context, ticketId, { category: "heat.not-hot" }, undefined),
    );
    await handleEvents(db, subscribers);
    expect(await incidentOf(ticketId)).toBe(incidentId);
  });

  test("joins once, hangs under one incident, and can be taken out", async () => {
    const { incidentId } = await open();
    const { incidentId: other } = await open({ affected: { stationId: 2n } });
    const { ticketId } = await cold(1, 1);
    const join = (id: bigint) => as(db, db.actor, (context) => joinIncident(context, id, { ticketId }));
    expect(await join(incidentId)).toBe(true);
    expect(await join(incidentId)).toBe(false);
    await expect(join(other)).rejects.toMatchObject({ code: "incident.joined-elsewhere" });
    await as(db, db.actor, (context) => leaveIncident(context, incidentId, ticketId, "自家阀门没开"));
    expect(await join(other)).toBe(true);
    expect(await as(db, db.actor, (context) => joinIncident(context, incidentId, { callId: 9n }))).toBe(true);
    expect(await as(db, db.actor, (context) => joinIncident(context, incidentId, { callId: 9n }))).toBe(
      false,
    );
    expect(await count(incidentId)).toMatchObject({ tickets: 0, calls: 1 });
  });
});

describe("a threshold rule", () => {
  const openMany = async (building: (n: number) => readonly [number, number], n: number) => {
    const cases: bigint[] = [];
    for (let index = 0; index < n; index += 1) {
      const [station, number] = building(index);
      cases.push((await cold(station, number)).ticketId);
    }
    return cases;
  };
  const incidents = () =>
    db.database.sql.rows<{ id: bigint; title: string; kind: string; place: string }>(
      `select id, title, kind_code as kind, rule_place as place from incidents order by id`,
    );

  test("fires once, over all the cases that it counts, however many workers see them at once", async () => {
    const cases = await openMany(() => [1, 3], 6);
    await Promise.all(cases.map((ticketId) => as(db, db.actor, (context) => followCase(context, ticketId))));
    const [incident, ...more] = await incidents();
    expect(more).toEqual([]);
    expect(incident).toMatchObject({ kind: "cold-area", place: `building:${buildingIdOf(1, 3)}` });
    for (const ticketId of cases) expect(await incidentOf(ticketId)).toBe(incident?.id);
    // The seventh joins what stands.
    const seventh = await cold(1, 3);
    await handleEvents(db, subscribers);
    expect(await incidentOf(seventh.ticketId)).toBe(incident?.id);
    expect(await incidents()).toHaveLength(1);
  });

  test.each([
    ["five in a building are five", 5, () => [1, 3] as const, 0, null],
    ["six in a building are one fault of the building", 6, () => [1, 3] as const, 0, "building:13"],
    [
      "fifteen over a station are a fault of the station",
      15,
      (n: number) => [1, (n % 6) + 1] as const,
      0,
      "station:1",
    ],
    ["six in an hour and a minute are six", 6, () => [1, 3] as const, 61, null],
  ] as const)("%s", async (_, n, building, minutes, place) => {
    const cases = await openMany(building, n - 1);
    db.clock.advanceMs(minutes * 60_000);
    cases.push(...(await openMany(() => building(n - 1), 1)));
    await handleEvents(db, subscribers);
    expect((await incidents()).map((one) => one.place)).toEqual(place === null ? [] : [place]);
  });

  test("counts homes: one that calls six times, or six calls of one number at no home, are one", async () => {
    const again = async (input: Partial<NewTicket>, times: number) => {
      for (let n = 0; n < times; n += 1)
        await openCase(db, { category: "heat.not-hot", buildingId: buildingIdOf(1, 3), ...input });
      await handleEvents(db, subscribers);
    };
    const [home] = await db.database.sql.rows<{ id: bigint }>(
      `select account.id from heat_accounts account join premises on premises.id = account.premises_id
       where premises.building_id = :building order by account.id limit 1`,
      { building: buildingIdOf(1, 3) },
    );
    await again({ accountId: home?.id ?? 0n, callerNumber: "+8613911110000" }, 6);
    await again({ callerNumber: "+8613922220000" }, 6);
    expect(await incidents()).toEqual([]);
    for (let n = 1; n <= 4; n += 1) await again({ callerNumber: `+861393333000${n}` }, 1);
    expect(await incidents()).toHaveLength(1);
  });

  test("fires again when its incident is over, and counts no case that an incident explained", async () => {
    const first = await openMany(() => [1, 3], 6);
    await handleEvents(db, subscribers);
    const [incident] = await incidents();
    const id = incident?.id ?? 0n;
    await as(db, db.actor, async (context) =>
      closeIncident(context, id, await version(id), {
        evidence: "已排气",
        evidenceKind: "visit",
        evidenceRef: null,
        force: "现场已排气",
      }),
    );
    await openMany(() => [1, 3], 5);
    await handleEvents(db, subscribers);
    expect(await incidents()).toHaveLength(1);
    await openMany(() => [1, 3], 1);
    await handleEvents(db, subscribers);
    expect(await incidents()).toHaveLength(2);
    expect(first).toHaveLength(6);
  });
});
describe("a closing", () => {
  test("that is being written lets nobody join meanwhile", async () => {
    const { incidentId } = await open();
    const { ticketId } = await cold(1, 1);
    await release(incidentId);
    const seen = await version(incidentId);
    const closed = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const closing = as(db, db.actor, async (context) => {
      await closeIncident(context, incidentId, seen, {
        evidence: "已恢复",
        evidenceKind: "visit",
        evidenceRef: null,
      });
      closed.resolve();
      await gate.promise;
    });
    await closed.promise;
    const outcomes: string[] = [];
    const joining = as(db, db.actor, (context) => joinIncident(context, incidentId, { ticketId })).then(
      () => outcomes.push("joined"),
      (error: { code: string }) => outcomes.push(error.code),
    );
    const waiting = () =>
      db.owner.sql.one<{ count: number }>(
        "select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
    while (outcomes.length === 0 && (await waiting()).count === 0);
    gate.resolve();
    await Promise.all([closing, joining]);
    expect(outcomes).toEqual(["incident.over"]);
  });

  test("is refused while buildings are without heat; a supervisor may force it, and nobody hears that heat is back", async () => {
    const { incidentId } = await open();
    const { ticketId } = await cold(1, 1, { callerNumber: "+8613800000001" });
    await handleEvents(db, subscribers);
    const words = { evidenceKind: "call-back" } as const;
    await expect(close(incidentId, words)).rejects.toMatchObject({
      code: "incident.still-out",
      message: "6 buildings of this incident are still without heat",
    });
    await expect(close(incidentId, { ...words, force: "热了" }, inArea(1n))).rejects.toMatchObject({
      code: "incident.force-refused",
    });
    await close(incidentId, { ...words, force: "已逐户回访" });
    await handleEvents(db, subscribers);
    expect((await ticketOfId(db.database.sql, ticketId))?.state).toBe("resolved");
    expect((await entriesOf(ticketId)).at(-1)?.text).toContain("仍有 6 栋未恢复，主管办结：已逐户回访");
    expect(await messages()).toEqual([]);
  });

  test.each([
    ["incident.evidence-needed", { evidenceKind: "attachment" }],
    ["incident.evidence-unknown", { evidenceKind: "attachment", evidenceRef: "file:99999" }],
    ["incident.evidence-unknown", { evidenceKind: "order", evidenceRef: "work-order:99999" }],
    ["incident.evidence-unknown", { evidenceKind: "visit", evidenceRef: "dream:1" }],
  ] as const)("%s for %o", async (code, more) => {
    const { incidentId } = await open();
    await release(incidentId);
    await expect(close(incidentId, more)).rejects.toMatchObject({ code });
  });

  test("that did not hold is taken back: banner, cases and messages follow; not after the window", async () => {
    const { incidentId } = await open();
    const { ticketId } = await cold(1, 1, { callerNumber: "+8613800000001" });
    await handleEvents(db, subscribers);
    const reopen = async (buildingIds: readonly bigint[] | null = null) =>
      as(db, db.actor, async (context) =>
        reopenIncident(context, incidentId, await version(incidentId), { reason: "仍然不热", buildingIds }),
      );
    await expect(reopen()).rejects.toMatchObject({ code: "incident.not-closed" });
    await release(incidentId);
    await close(incidentId, { evidenceKind: "visit" });
    await handleEvents(db, subscribers);
    await expect(reopen([buildingIdOf(2, 1)])).rejects.toMatchObject({ code: "incident.building-not-in-it" });
    db.clock.advanceMs(60_000);
    await reopen();
    await handleEvents(db, subscribers);
    expect(await findIncident(db.database.sql, incidentId)).toMatchObject({ state: "open", closedAt: null });
    expect(await incidentForBuilding(db.database.sql, buildingIdOf(1, 1), db.clock.now())).not.toBeNull();
    expect(await ticketOfId(db.database.sql, ticketId)).toMatchObject({ state: "new", reopenCount: 1 });
    expect((await messages()).map(({ template }) => template)).toEqual([
      "incident-restored",
      "incident-update",
    ]);
    await release(incidentId);
    await close(incidentId, { evidenceKind: "visit" });
    db.clock.advanceMs(15 * 86_400_000);
    await expect(reopen()).rejects.toMatchObject({ code: "ticket.reopen-too-late" });
  });
});
