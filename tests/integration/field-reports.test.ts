/** What is written down at a door without signal: carried out when it fits, kept with a task when it does not, once in any case. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { openWorkOrder, tapValves, type ValveTap } from "#src/service/field/index.ts";
import { openTask } from "#src/office/tasks/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { day } from "#src/kernel/day.ts";
import { assignDuty } from "#src/town/grid/index.ts";
import { AREA, createFieldTown, type FieldTown } from "#tests/support/field.ts";
import { type Answer, ask, CASHIER_TOKEN, type Edge, startEdge } from "../http/edge.ts";

let town: FieldTown;
let edge: Edge;
let actor: Actor;
beforeAll(async () => {
  town = await createFieldTown(60);
  await town.run((context) =>
    assignDuty(context, {
      areaId: AREA,
      staffId: town.manager.id ?? 0n,
      duty: "manager",
      from: day("2026-01-01"),
    }),
  );
  await town.shutValves([1, 2, 3, 4, 5, 6, 7, 8, 51]);
  for (const home of [1, 2, 3, 4, 5, 6, 8, 51]) await town.pay(home);
  await town.work();
  actor = town.manager;
  edge = await startEdge(town.platform, routes, { authenticate: async () => actor });
  town.db.clock.advanceMs(3_600_000);
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

const send = (
  method: string,
  path: string,
  more: { json?: unknown; key?: string; raw?: Uint8Array<ArrayBuffer> } = {},
): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, {
    method,
    token: CASHIER_TOKEN,
    ...(more.json === undefined ? {} : { json: more.json }),
    ...(more.raw === undefined ? {} : { raw: more.raw }),
    headers: {
      ...(more.key === undefined ? {} : { "idempotency-key": more.key }),
      ...(more.raw === undefined ? {} : { "content-type": "image/png" }),
    },
  });

type Order = { id: bigint; state: string; version: number; visits: number; unit: bigint };
const order = async (home: number): Promise<Order> => {
  const [found] = await town.rows<Order>(
    `select id, state, version, visit_count as visits, unit_id as unit from work_orders where account_id = :home order by id desc`,
    { home },
  );
  if (found === undefined) throw new Error(`home ${home} has no order`);
  return found;
};
const tasks = () =>
  town.rows<{ id: bigint; title: string; owner: bigint | null; area: bigint | null }>(
    `select id, title, owner_id as owner, area_id as area from tasks where kind in ('field-report', 'ticket-compare') and state = 'open' order by id`,
  );
const reports = (orderId: bigint) =>
  town.rows(
    `select outcome, note, refusal, found_state as "foundState", seen_version as "seenVersion" from field_reports where work_order_id = :orderId`,
    { orderId },
  );
const minutesAgo = (minutes: number) => new Date(town.db.clock.now().getTime() - minutes * 60_000);
const tap = (doors: readonly ValveTap[], key: string) =>
  tapValves(town.platform, town.manager, doors, {
    requestId: "r",
    idempotency: { scope: "test", key, requestHash: Buffer.from("x") },
  });

describe("taps that waited for signal", () => {
  test("are visits of the time at which the door was tapped, and are counted once however often they are sent", async () => {
    const { id, version } = await order(1);
    const madeAt = minutesAgo(40);
    for (let time = 0; time < 3; time += 1) {
      const [done] = await tap([{ id, version, outcome: "opened", madeAt }], "tap-1");
      expect(done).toMatchObject({ result: "done", state: "done", version: version + 1, taskId: null });
    }
    expect(
      await town.rows(
        `select ordinal, arrived_at as "arrivedAt" from work_order_visits where work_order_id = :id`,
        { id },
      ),
    ).toEqual([{ ordinal: 1, arrivedAt: madeAt }]);
  });

  test("are kept with one task for the manager when somebody wrote something else down meanwhile", async () => {
    const { id, version } = await order(2);
    await tap([{ id, version, outcome: "not-home" }], "colleague-2");
    const late = [{ id, version, outcome: "opened", note: "邻居说在家", madeAt: minutesAgo(30) }] as const;
    const [kept] = await tap(late, "tap-2");
    expect(kept).toMatchObject({ result: "kept", state: "not-home", code: "version.stale" });
    expect(await tap(late, "tap-2")).toEqual([kept]);
    expect(await order(2)).toMatchObject({ state: "not-home", visits: 2 });
    expect(await reports(id)).toEqual([
      {
        outcome: "opened",
        note: "邻居说在家",
        refusal: "version.stale",
        foundState: "not-home",
        seenVersion: version,
      },
    ]);
    expect(await tasks()).toEqual([
      {
        id: BigInt(kept?.taskId ?? ""),
        title: expect.stringContaining("不一致"),
        owner: town.manager.id,
        area: AREA,
      },
    ]);
  });

  test("by a phone whose clock is a day behind are visits none the less, at the order's own beginning", async () => {
    const { id, version } = await order(8);
    const [done] = await tap([{ id, version, outcome: "opened", madeAt: minutesAgo(24 * 60) }], "tap-behind");
    expect(done).toMatchObject({ result: "done", state: "done", taskId: null });
    const [row] = await town.rows<{ same: boolean }>(
      `select visit.arrived_at = o.opened_at as same from work_order_visits visit
       join work_orders o on o.id = visit.work_order_id where o.id = :id`,
      { id },
    );
    expect(row).toEqual({ same: true });
  });

  test("raise no task when both found the valve open", async () => {
    const { id, version } = await order(3);
    await tap([{ id, version, outcome: "opened" }], "colleague-3");
    const [kept] = await tap([{ id, version, outcome: "already-open", madeAt: minutesAgo(5) }], "tap-3");
    expect(kept).toMatchObject({ result: "kept", state: "done", taskId: null });
    expect(await tasks()).toHaveLength(1);
    expect(await reports(id)).toHaveLength(1);
  });

  test("of a valve that is not paid for any more are kept: it stands open", async () => {
    const { id, version } = await order(4);
    await town.db.owner.sql.run("update bills set paid_fen = 0 where account_id = 4");
    const [kept] = await tap([{ id, version, outcome: "opened", madeAt: minutesAgo(5) }], "tap-4");
    expect(kept).toMatchObject({ result: "kept", code: "work-order.not-paid" });
    expect(await tasks()).toHaveLength(2);
  });

  test("are refused for a door of another area, which does not exist", async () => {
    const { id, version } = await order(51);
    const [refused] = await tap([{ id, version, outcome: "opened", madeAt: minutesAgo(5) }], "tap-51");
    expect(refused).toMatchObject({ result: "refused", code: "work-order.not-found" });
  });

  test("what is kept is changed by nobody", async () => {
    await expect(town.db.database.sql.run("update field_reports set note = 'x'")).rejects.toThrow(
      /denied|may not/,
    );
  });
});

describe("a visit to a home", () => {
  const repair = async (): Promise<{ id: string; version: number }> => {
    const ticketId = await town.ticket({ category: "fault.radiator", accountId: 7n });
    const { workOrderId } = await town.run((context) =>
      openWorkOrder(context, {
        kind: "repair",
        sourceKey: `t:${ticketId}`,
        ticketId,
        accountId: 7n,
        summary: "漏",
      }),
    );
    town.db.clock.advanceMs(600_000);
    return { id: String(workOrderId), version: 1 };
  };

  test("is finished with a witness, or to be continued", async () => {
    const done = await repair();
    const body = {
      version: 1,
      outcome: "repaired",
      note: "换密封圈",
      madeAt: minutesAgo(3),
      witness: "王某",
    };
    const first = await send("POST", `/work-orders/${done.id}/visits`, { json: body, key: "visit-1" });
    expect([first.status, first.body["result"], first.body["state"]]).toEqual([200, "done", "done"]);
    const again = await send("POST", `/work-orders/${done.id}/visits`, { json: body, key: "visit-1" });
    expect(again.body).toEqual(first.body);
    const later = await repair();
    const second = await send("POST", `/work-orders/${later.id}/visits`, {
      json: { version: 1, outcome: "follow-up", madeAt: minutesAgo(1) },
      key: "visit-2",
    });
    expect([second.body["result"], second.body["state"]]).toEqual(["done", "follow-up"]);
  });

  test("that the order does not take is kept, not lost", async () => {
    const { id } = await repair();
    const answer = await send("POST", `/work-orders/${id}/visits`, {
      json: { version: 1, outcome: "repaired", note: "没有人签字", madeAt: minutesAgo(1) },
      key: "visit-3",
    });
    expect(answer.body).toMatchObject({ result: "kept", code: "work-order.signature-missing" });
    expect(await reports(BigInt(id))).toHaveLength(1);
    expect((await send("POST", `/work-orders/${id}/visits`, { json: {}, key: "x" })).status).toBe(400);
  });
});

describe("fields of a case, one by one", () => {
  const view = async (ticketNo: string) => (await send("GET", `/tickets/${ticketNo}`)).body;
  const open = async (): Promise<string> => {
    const ticketId = await town.ticket({ category: "heat.not-hot", accountId: 7n, summary: "客厅不热" });
    const [{ no } = { no: "" }] = await town.rows<{ no: string }>(
      "select ticket_no as no from tickets where id = :ticketId",
      { ticketId },
    );
    return no;
  };
  const change = (ticketNo: string, changes: unknown, key: string) =>
    send("POST", `/tickets/${ticketNo}/field-changes`, { json: { madeAt: minutesAgo(20), changes }, key });

  test("what still is as it was read is set, the other is kept beside it with a task", async () => {
    const ticketNo = await open();
    const before = (await tasks()).length;
    const wanted = [
      { field: "summary", was: "客厅不热", now: "客厅和北卧都不热" },
      { field: "severity", was: "emergency", now: "ordinary" },
    ];
    const answer = await change(ticketNo, wanted, "change-1");
    expect(answer.body["fields"]).toEqual([
      { field: "summary", result: "set" },
      { field: "severity", result: "conflict" },
    ]);
    expect((await change(ticketNo, wanted, "change-1")).body).toEqual(answer.body);
    const shown = await view(ticketNo);
    expect([shown["summary"], shown["severity"]]).toEqual(["客厅和北卧都不热", "urgent"]);
    expect(JSON.stringify(shown["timeline"])).toContain("紧急程度 → ordinary");
    expect(await tasks()).toHaveLength(before + 1);
    expect((await change(ticketNo, [wanted[0]], "change-2")).body["fields"]).toEqual([
      { field: "summary", result: "same" },
    ]);
  });

  test("a note is written once under its key", async () => {
    const ticketNo = await open();
    const note = { kind: "visit", text: "已上门，测温 17.5", madeAt: minutesAgo(9) };
    const first = await send("POST", `/tickets/${ticketNo}/entries`, { json: note, key: "entry-1" });
    const second = await send("POST", `/tickets/${ticketNo}/entries`, { json: note, key: "entry-1" });
    expect([first.status, second.body]).toEqual([201, first.body]);
  });

  test("moves its case on: begun, and resolved where it is done; once, and never against what holds", async () => {
    const ticketNo = await open();
    const visit = (key: string, more: object) =>
      send("POST", `/tickets/${ticketNo}/entries`, {
        json: { kind: "visit", text: "排气", madeAt: minutesAgo(5), follow: true, ...more },
        key,
      });
    const again = await visit("follow-1", { finished: false, deciCelsius: 195 });
    expect(again.body).toMatchObject({ state: "working", stays: null });
    const done = await visit("follow-2", { finished: true });
    expect(done.body).toMatchObject({ state: "resolved", stays: null });
    expect((await visit("follow-2", { finished: true })).body).toEqual(done.body);
    const shown = (await send("GET", `/tickets/${ticketNo}`)).body;
    expect(shown).toMatchObject({ state: "resolved" });
    const visits = (shown["timeline"] as { kind: string; details: object }[]).filter(
      ({ kind }) => kind === "visit",
    );
    expect(visits.map(({ details }) => details)).toMatchObject([
      { finished: true },
      { finished: false, deciCelsius: 195 },
    ]);
    // Nothing is undone by a visit that comes late; it stands on the timeline, and the answer says that the case stays.
    expect((await visit("follow-3", { finished: false })).body).toMatchObject({
      state: "resolved",
      stays: "state",
    });
  });
});

describe("a task that was finished on a phone", () => {
  const open = async (source: string, results: readonly string[] = []): Promise<string> => {
    const { id } = await town.run((context) =>
      openTask(context, {
        kind: "call-back",
        source,
        title: "回电",
        results,
        areaId: AREA,
        ownerRole: "area-manager",
      }),
    );
    return String(id);
  };
  const report = (id: string, body: object, key: string) =>
    send("POST", `/tasks/${id}/reports`, { json: { version: 1, madeAt: minutesAgo(8), ...body }, key });
  const compared = () =>
    town.rows<{ details: Record<string, unknown>; owner: bigint | null }>(
      `select details, owner_id as owner from tasks where kind = 'task-compare' order by id`,
    );

  test("is done once, however often it is sent", async () => {
    const id = await open("phone-1", ["told", "not-reached"]);
    const first = await report(id, { outcome: "已告知", result: "told" }, "task-1");
    expect(first.body).toMatchObject({ result: "done", state: "done", taskId: null });
    expect((await report(id, { outcome: "已告知", result: "told" }, "task-1")).body).toEqual(first.body);
    expect(await town.rows(`select outcome, result from tasks where id = :id`, { id: BigInt(id) })).toEqual([
      { outcome: "已告知", result: "told" },
    ]);
  });

  test("that somebody else finished meanwhile keeps both, with one task to compare", async () => {
    const id = await open("phone-2");
    await report(id, { outcome: "同事已办" }, "colleague-task");
    const kept = await report(id, { outcome: "我也去了，没有人" }, "task-2");
    expect(kept.body).toMatchObject({ result: "kept", state: "done", code: "task.closed" });
    expect((await report(id, { outcome: "我也去了，没有人" }, "task-2")).body).toEqual(kept.body);
    expect(await compared()).toEqual([
      {
        owner: town.manager.id,
        details: expect.objectContaining({
          taskId: id,
          reported: "我也去了，没有人",
          refusal: "task.closed",
          recorded: { state: "done", outcome: "同事已办", result: null },
        }),
      },
    ]);
    const same = await report(id, { outcome: "同事已办" }, "task-3");
    expect(same.body).toMatchObject({ result: "kept", taskId: null });
    expect(await compared()).toHaveLength(1);
    expect((await report("999999", { outcome: "x" }, "task-4")).body["code"]).toBe("task.not-found");
  });
});

test("what no command takes becomes a task of whoever wrote it, once", async () => {
  const record = {
    key: "0b0ae9a2-7a0c-4c1e-9a55-1c2d3e4f5a6b",
    kind: "photo",
    about: "posting:9:地下1层",
    said: "星河公馆 1号楼 张贴照片",
    code: "pressure-test.not-announced",
    madeAt: minutesAgo(3),
  };
  const first = await send("POST", "/field-refusals", { json: record });
  expect(first.status).toBe(200);
  expect((await send("POST", "/field-refusals", { json: record })).body).toEqual(first.body);
  expect(
    await town.rows(
      `select owner_id as owner, details ->> 'said' as said from tasks where kind = 'field-refused'`,
    ),
  ).toEqual([{ owner: town.manager.id, said: record.said }]);
});

test("my day holds what lies in my areas, and nothing else", async () => {
  const mine = (await send("GET", "/my-day")).body as Record<string, readonly Record<string, unknown>[]>;
  expect(mine["cases"]?.length).toBeGreaterThan(2);
  expect(mine["visits"]?.every(({ kind }) => kind === "repair")).toBe(true);
  expect(mine["valves"]).toEqual([expect.objectContaining({ buildingId: "0" })]);
  expect(mine["buildings"]).toEqual([expect.objectContaining({ id: "0" })]);
  const dues = mine["cases"]?.flatMap(({ dueAt }) => (typeof dueAt === "string" ? [dueAt] : [])) ?? [];
  expect(dues).toEqual(dues.toSorted());
  expect(JSON.stringify(mine)).not.toMatch(/1390000/);
});
