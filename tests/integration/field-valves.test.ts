/** Valve orders: one for each task of a payment, joined by callers, tapped at the door, recalled with the payment. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessPayment, reverseByMessage } from "#src/money/collection/index.ts";
import {
  cancelOrder,
  finishOrder,
  requestValveOpening,
  startOrder,
  tapValves,
  type ValveTap,
} from "#src/service/field/index.ts";
import { createFieldTown, type FieldTown } from "#tests/support/field.ts";

let town: FieldTown;
let serial = 0;
beforeAll(async () => {
  town = await createFieldTown(60);
  await town.shutValves([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 51]);
  await town.shutValves([2], "sealed");
  await town.shutValves([3], "unknown");
});
afterAll(() => town.db.drop());

type Order = { id: bigint; state: string; version: number; task: string; building: bigint };
const orders = (home: number) =>
  town.rows<Order>(
    `select o.id, o.state, o.version, task.state as task, o.building_id as building
     from work_orders o join tasks task on task.id = o.task_id where o.account_id = :home order by o.id`,
    { home },
  );
const order = async (home: number): Promise<Order> => {
  const [found] = (await orders(home)).slice(-1);
  if (found === undefined) throw new Error(`home ${home} has no order`);
  return found;
};
const valve = async (home: number) =>
  (
    await town.rows<{ state: string }>(
      "select state from valve_states where charge_point_id = :home and upper_inf(valid)",
      { home },
    )
  )[0]?.state;
const ask = (home: number, ticketId?: bigint) =>
  town.run((context) => requestValveOpening(context, { accountId: BigInt(home), ticketId }));
const tap = (doors: readonly ValveTap[], key?: string) =>
  tapValves(town.platform, town.manager, doors, {
    requestId: "r",
    idempotency: key === undefined ? undefined : { scope: "test", key, requestHash: Buffer.from("x") },
  });
const reverse = async (paymentId: bigint): Promise<void> => {
  serial += 1;
  const message = { serial: `R${serial}`, reason: "bank reversed" };
  await town.run(async (context) => {
    const payment = await accessPayment(context.sql, town.bankA, paymentId, context.today);
    return reverseByMessage(context, payment, message);
  }, town.bankA);
};
const silently = (home: number) =>
  town.db.owner.sql.run("update bills set paid_fen = amount_fen where account_id = :home", { home });

describe("one order a task", () => {
  test("a payment in full behind a closed, sealed or unknown valve raises task and order; an open valve none", async () => {
    for (const home of [1, 2, 3, 20]) await town.pay(home);
    await town.work();
    for (const home of [1, 2, 3]) {
      expect(await orders(home)).toEqual([
        expect.objectContaining({ state: "open", task: "open", building: 0n }),
      ]);
    }
    expect(await orders(20)).toEqual([]);
  });

  test("callers join the order of the payment, however many and however often", async () => {
    const before = await order(1);
    const first = await town.ticket({ category: "valve.open", accountId: 1n });
    const second = await town.ticket({ category: "valve.paid-not-open", accountId: 1n });
    await town.work();
    expect(await ask(1, first)).toMatchObject({ outcome: "joined", workOrderId: before.id });
    expect(await orders(1)).toHaveLength(1);
    expect(
      await town.rows("select ticket_id as id from work_order_tickets where work_order_id = :id order by 1", {
        id: before.id,
      }),
    ).toEqual([{ id: first }, { id: second }]);
    expect(
      await town.rows(
        `select count(*)::int as told from ticket_entries where ticket_id = any(:ids::bigint[]) and kind = 'order'`,
        { ids: [first, second] },
      ),
    ).toEqual([{ told: 2 }]);
  });

  test("paid in silence (moving in), shut, and asked for: this request raises task and order, the next joins", async () => {
    await silently(4);
    expect(await ask(4)).toMatchObject({ outcome: "raised" });
    expect(await ask(4)).toMatchObject({ outcome: "joined" });
    await town.work();
    expect(await orders(4)).toHaveLength(1);
  });

  test("forty callers at the same moment for a home that nobody has raised: one task, one order", async () => {
    await silently(5);
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(5)));
    expect(new Set(answers.map((answer) => answer.outcome !== "refused" && answer.workOrderId)).size).toBe(1);
    expect(await orders(5)).toHaveLength(1);
    expect(await town.rows("select 1 as one from tasks where account_id = 5")).toHaveLength(1);
  });

  test.each([
    ["not paid in full", 6, "not-paid"],
    ["an open valve", 20, "valve-open"],
  ])("%s is an answer and no order", async (_why, home, reason) => {
    expect(await ask(home)).toEqual({ outcome: "refused", reason });
    const ticketId = await town.ticket({ category: "valve.open", accountId: BigInt(home) });
    await town.work();
    expect(await orders(home)).toEqual([]);
    expect(
      await town.rows(
        `select details ->> 'valve' as why from ticket_entries where ticket_id = :ticketId and kind = 'note'`,
        { ticketId },
      ),
    ).toEqual([{ why: reason }]);
  });

  test("nobody cancels a valve order while its payment stands", async () => {
    const { id } = await order(3);
    await expect(
      town.run((context) => cancelOrder(context, { id, command: "cancel", reason: "不想去" })),
    ).rejects.toMatchObject({ code: "work-order.valve-stays" });
  });
});

describe("one tap a door", () => {
  test("opens the valve, a seal first comes off; task and order are done, the case has its visit", async () => {
    const doors = await Promise.all([1, 2, 3].map(order));
    const results = await tap(doors.map(({ id, version }) => ({ id, version, outcome: "opened" })));
    expect(results.map((one) => one.result)).toEqual(["done", "done", "done"]);
    await town.work();
    for (const home of [1, 2, 3]) {
      expect(await valve(home)).toBe("open");
      expect(await orders(home)).toEqual([expect.objectContaining({ state: "done", task: "done" })]);
    }
    expect(
      await town.rows(
        `select to_state as to from state_changes where charge_point_id = 2 and machine = 'valve' order by id`,
      ),
    ).toEqual([{ to: "closed" }, { to: "open" }]);
    expect(
      await town.rows(
        `select count(*)::int as visits from ticket_entries where kind = 'visit' and evidence = 'order'`,
      ),
    ).toEqual([{ visits: 2 }]);
  });

  test("a conflict is one of its door: the others are done; the same request again finds them done", async () => {
    await town.pay(7);
    await town.pay(8);
    await town.work();
    const [seven, eight] = [await order(7), await order(8)];
    await town.run((context) => startOrder(context, { id: seven.id }));
    const doors: ValveTap[] = [
      { id: seven.id, version: seven.version, outcome: "opened" },
      { id: eight.id, version: eight.version, outcome: "opened" },
    ];
    const expected = [
      { id: seven.id, result: "conflict", state: "on-site", version: 2, code: "version.stale" },
      { id: eight.id, result: "done", state: "done", version: 2, code: null },
    ];
    expect(await tap(doors, "k1")).toMatchObject(expected);
    expect(await tap(doors, "k1")).toMatchObject(expected);
    expect([await valve(7), await valve(8)]).toEqual(["closed", "open"]);
  });

  test("what lies outside the area does not exist, and is refused for its door alone", async () => {
    await town.pay(51);
    await town.work();
    const far = await order(51);
    const [near] = [await order(7)];
    expect(
      await tap([
        { id: far.id, version: far.version, outcome: "opened" },
        { id: near.id, version: near.version, outcome: "opened" },
      ]),
    ).toMatchObject([{ result: "refused", code: "work-order.not-found", state: null }, { result: "done" }]);
  });

  test("nobody at home stays on the list with a visit", async () => {
    await town.pay(9);
    await town.work();
    const { id, version } = await order(9);
    expect(await tap([{ id, version, outcome: "not-home" }])).toMatchObject([
      { result: "done", state: "not-home" },
    ]);
    expect(await order(9)).toMatchObject({ task: "open" });
  });

  test("two taps at one moment: one opens, the other is told", async () => {
    await town.pay(10);
    await town.work();
    const { id, version } = await order(10);
    const both = await Promise.all([1, 2].map(() => tap([{ id, version, outcome: "opened" }])));
    expect(
      both
        .flat()
        .map((one) => one.result)
        .sort(),
    ).toEqual(["conflict", "done"]);
  });
});

describe("a payment that is taken back", () => {
  test("recalls the order that nobody has begun; paid again it is a new one", async () => {
    const paymentId = await town.pay(11);
    await town.work();
    await reverse(paymentId);
    await town.work();
    expect(await orders(11)).toEqual([expect.objectContaining({ state: "cancelled", task: "recalled" })]);
    await town.pay(11);
    await town.work();
    expect((await orders(11)).map(({ state }) => state)).toEqual(["cancelled", "open"]);
  });

  test("does not open the valve for whoever stands at the door already", async () => {
    const paymentId = await town.pay(12);
    await town.work();
    const { id } = await order(12);
    await town.run((context) => startOrder(context, { id }));
    await reverse(paymentId);
    const finish = () => town.run((context) => finishOrder(context, { id, result: "opened" }));
    await expect(finish()).rejects.toMatchObject({ code: "work-order.not-paid" });
    await town.work();
    await expect(finish()).rejects.toMatchObject({ code: "work-order.not-paid" });
    expect([await valve(12), (await order(12)).state]).toEqual(["closed", "on-site"]);
  });
});
