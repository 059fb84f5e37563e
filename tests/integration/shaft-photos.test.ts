/** One photo of a shaft for all valves behind its door: evidence of the visits of its own day, whenever it arrives. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { createFieldTown, type FieldTown } from "#tests/support/field.ts";
import { type Answer, ask, CASHIER_TOKEN, type Edge, startEdge } from "../http/edge.ts";

let town: FieldTown;
let edge: Edge;
beforeAll(async () => {
  town = await createFieldTown(60);
  await town.shutValves([1, 2, 3, 4, 5, 51]);
  for (const home of [1, 2, 3, 4, 5, 51]) await town.pay(home);
  await town.work();
  edge = await startEdge(town.platform, routes, { authenticate: async () => town.manager });
  town.db.clock.advanceMs(3_600_000);
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

const send = (
  method: string,
  path: string,
  more: { key?: string; raw?: Uint8Array<ArrayBuffer> } = {},
): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, {
    method,
    token: CASHIER_TOKEN,
    ...(more.raw === undefined ? {} : { raw: more.raw }),
    headers: {
      ...(more.key === undefined ? {} : { "idempotency-key": more.key }),
      ...(more.raw === undefined ? {} : { "content-type": "image/png" }),
    },
  });
const unitOf = async (home: number): Promise<bigint> => {
  const [found] = await town.rows<{ unit: bigint }>(
    "select unit_id as unit from work_orders where account_id = :home order by id desc",
    { home },
  );
  if (found === undefined) throw new Error(`home ${home} has no order`);
  return found.unit;
};
const waitingAt = (unit: bigint) =>
  town.rows<{ id: bigint; state: string }>(
    `select id, state from work_orders where kind = 'valve' and unit_id = :unit and state not in ('done', 'cancelled')
     order by id`,
    { unit },
  );
const minutesAgo = (minutes: number) => new Date(town.db.clock.now().getTime() - minutes * 60_000);

/** Done by a visit of then, which was sent just now. */
const doneAt = async (id: bigint, at: Date): Promise<void> => {
  await town.rows(
    `update work_orders set state = 'done', result = 'opened', finished_at = :now where id = :id returning id`,
    { id, now: town.db.clock.now() },
  );
  await town.rows(
    `insert into work_order_visits (work_order_id, ordinal, arrived_at, left_at, outcome)
     values (:id, 99, :at, :at, 'done') returning 1 as one`,
    { id, at },
  );
};
const undo = async (id: bigint, state: string): Promise<void> => {
  await town.rows(
    "delete from work_order_visits where work_order_id = :id and ordinal = 99 returning 1 as one",
    {
      id,
    },
  );
  await town.rows(
    "update work_orders set state = :state, result = null, finished_at = null where id = :id returning id",
    { id, state },
  );
};
const PNG = Uint8Array.from(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=",
    "base64",
  ),
);
describe("one photo of a shaft", () => {
  test("hangs on every valve behind its door, once", async () => {
    const unit = await unitOf(5);
    const path = `/valve-rounds/${unit}/photos?fileName=shaft.png`;
    const sent = await send("POST", path, { raw: PNG, key: "shaft-1" });
    expect(sent.status).toBe(201);
    expect((await send("POST", path, { raw: PNG, key: "shaft-1" })).body).toEqual(sent.body);
    const hung = await town.rows<{ n: number }>("select count(*)::int as n from work_order_photos");
    expect(hung).toEqual([{ n: sent.body["orders"] }]);
    expect(sent.body["orders"]).toBeGreaterThan(1);
    const other = await unitOf(51);
    expect((await send("POST", `/valve-rounds/${other}/photos`, { raw: PNG })).body["code"]).toBe(
      "valve-round.not-found",
    );
  });

  test("that waited over a night hangs on the valves that were done on its own day", async () => {
    const unit = await unitOf(5);
    const yesterday = minutesAgo(24 * 60);
    const waiting = await waitingAt(unit);
    for (const { id } of waiting) await doneAt(id, yesterday);
    const path = `/valve-rounds/${unit}/photos?fileName=shaft.png`;
    expect((await send("POST", path, { raw: PNG, key: "shaft-late-1" })).body["code"]).toBe(
      "valve-round.not-found",
    );
    const late = await send("POST", `${path}&madeAt=${yesterday.toISOString()}`, {
      raw: PNG,
      key: "shaft-late-2",
    });
    expect(late.status).toBe(201);
    expect(late.body["orders"]).toBeGreaterThanOrEqual(waiting.length);
    for (const { id, state } of waiting) await undo(id, state);
  });
});

describe("a photo of a shaft that arrives days later", () => {
  test("is no evidence of a visit of another day, and says when it was taken", async () => {
    const unit = await unitOf(5);
    const [monday, wednesday] = [minutesAgo(3 * 24 * 60), minutesAgo(24 * 60)];
    const orders = await waitingAt(unit);
    const [onMonday = 0n, onWednesday = 0n] = orders.map(({ id }) => id);
    expect(orders.length).toBeGreaterThan(1);
    await doneAt(onMonday, monday);
    await doneAt(onWednesday, wednesday);
    const sent = await send(
      "POST",
      `/valve-rounds/${unit}/photos?fileName=shaft.png&madeAt=${monday.toISOString()}`,
      { raw: PNG, key: "shaft-days-later" },
    );
    expect([sent.status, sent.body["orders"]]).toEqual([201, orders.length - 1]);
    const photosOf = async (id: bigint) => (await send("GET", `/work-orders/${id}`)).body["photos"];
    expect(await photosOf(onMonday)).toContainEqual(
      expect.objectContaining({ fileId: sent.body["fileId"], takenAt: monday.toISOString() }),
    );
    expect(await photosOf(onWednesday)).not.toContainEqual(
      expect.objectContaining({ fileId: sent.body["fileId"] }),
    );
    for (const { id, state } of orders.slice(0, 2)) await undo(id, state);
  });
});
