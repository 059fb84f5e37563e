/**
 * Sunday 15 November, the valves: of 560 valve cases 500 join an opening task that the payment had already raised, 60 raise
 * an order. Then the area managers walk: about 130 valves a day, stairwell by stairwell.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { SUBSCRIBERS } from "#workers/subscribers.ts";
import type { Actor } from "#src/platform/actor.ts";
import { createFieldTown, type FieldTown } from "#tests/support/field.ts";
import { ask, CASHIER_TOKEN, type Edge, startEdge } from "../http/edge.ts";

const CASES = 560;
const PAID_LOUDLY = 500;
const homes = Array.from({ length: CASES }, (_, index) => index + 1);

let town: FieldTown;
let edge: Edge;
let actor: Actor;
beforeAll(async () => {
  town = await createFieldTown(600);
  actor = town.manager;
  edge = await startEdge(town.platform, routes, { authenticate: async () => actor });
  await town.shutValves(homes);
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

const count = async (sql: string): Promise<number> =>
  (await town.rows<{ n: number }>(`select count(*)::int as n ${sql}`))[0]?.n ?? -1;
const send = async (path: string, json?: unknown, key?: string) => {
  const answer = await ask(edge, `/api/v1${path}`, {
    token: CASHIER_TOKEN,
    ...(json === undefined ? {} : { json }),
    ...(key === undefined ? {} : { headers: { "idempotency-key": key } }),
  });
  expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.anything()]);
  return answer.body;
};
type Stairwell = {
  unitId: string;
  building: string;
  doors: { id: string; version: number; cases: number }[];
};
const round = async (query = ""): Promise<Stairwell[]> => {
  const found: Stairwell[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const page = await send(`/valve-rounds?limit=4${query}${cursor === "" ? "" : `&cursor=${cursor}`}`);
    found.push(...(page["items"] as Stairwell[]));
    cursor = page["nextCursor"] as string | null;
  }
  return found;
};

test("500 cases join the task of their payment, 60 raise an order, and no valve has two", async () => {
  for (const home of homes.slice(0, PAID_LOUDLY)) await town.pay(home);
  // 60 came with the old system's balances: moving in is silent and raises nothing.
  await town.db.owner.sql.run("update bills set paid_fen = amount_fen where account_id between 501 and 560");
  await town.work();
  expect(await count("from tasks where kind = 'valve-opening' and state = 'open'")).toBe(PAID_LOUDLY);

  town.db.clock.set("2026-11-15T08:00:00+08:00");
  for (const home of homes) {
    await town.ticket({
      category: home % 3 === 0 ? "valve.open" : "valve.paid-not-open",
      accountId: BigInt(home),
      sourceKey: `call:${home}`,
    });
  }
  await town.work(SUBSCRIBERS);
  expect(await count("from tickets where category_code like 'valve.%'")).toBe(CASES);
  const told = (raised: boolean) =>
    count(`from ticket_entries where kind = 'order' and details ->> 'raised' = '${raised}'`);
  expect([await told(false), await told(true)]).toEqual([500, 60]);
  expect(await count("from tasks where kind = 'valve-opening'")).toBe(CASES);
  expect(await count("from work_orders where kind = 'valve' and state = 'open'")).toBe(CASES);
  expect(await count("from work_order_tickets")).toBe(CASES);
  expect(await count("from work_orders group by charge_point_id having count(*) > 1 limit 1")).toBe(-1);
}, 240_000);

test("a manager sees the stairwells of the own area, and who sees everything sees all", async () => {
  const own = await round();
  expect(own.flatMap(({ doors }) => doors)).toHaveLength(50);
  actor = town.agent;
  const all = await round();
  expect(all).toHaveLength(12);
  expect(all.flatMap(({ doors }) => doors)).toHaveLength(CASES);
  expect(all.every(({ doors }) => doors.every((door) => door.cases === 1))).toBe(true);
});

test("130 valves of a day in three requests; a second phone with an old list changes nothing", async () => {
  const doors = (await round()).flatMap((stairwell) => stairwell.doors).slice(0, 130);
  const tap = (list: typeof doors, key: string) =>
    send("/valve-taps", { doors: list.map(({ id, version }) => ({ id, version, outcome: "opened" })) }, key);
  for (const from of [0, 50, 100]) await tap(doors.slice(from, from + 50), `day-${from}`);
  expect(
    await count("from valve_states where state = 'open' and upper_inf(valid) and charge_point_id <= 560"),
  ).toBe(130);
  const again = (await tap(doors.slice(0, 50), "second-phone"))["doors"] as { result: string }[];
  expect(again.map(({ result }) => result)).toEqual(Array(50).fill("conflict"));
  await town.work();
  expect(await count("from work_orders where state = 'done' and first_visit")).toBe(130);
  expect(await count("from tasks where kind = 'valve-opening' and state = 'done'")).toBe(130);
  expect(await count("from tasks where kind = 'valve-opening' and state = 'open'")).toBe(CASES - 130);
  expect((await round()).flatMap((stairwell) => stairwell.doors)).toHaveLength(CASES - 130);
});
