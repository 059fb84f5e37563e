/** A busy moment is no verdict on what was done at a door: nothing is kept or refused, and the same key does it once. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import type { Platform } from "#src/platform/route.ts";
import { reportVisit, tapValves, type ValveTap } from "#src/service/field/index.ts";
import { createFieldTown, type FieldTown } from "#tests/support/field.ts";
import { hold, narrowed, SHORT_WAIT_MS } from "#tests/support/narrow.ts";
import { ask, CASHIER_TOKEN, type Edge, startEdge } from "../http/edge.ts";

let town: FieldTown;
let narrow: Platform;
let edge: Edge;
beforeAll(async () => {
  town = await createFieldTown(60);
  await town.shutValves([1, 2, 3, 4, 5]);
  for (const home of [1, 2, 3, 4, 5]) await town.pay(home);
  await town.work();
  narrow = narrowed(town.platform, town.db);
  edge = await startEdge(narrow, routes, { authenticate: async () => town.manager });
  town.db.clock.advanceMs(3_600_000);
});
afterAll(async () => {
  await edge.stop();
  await narrow.database.close();
  await town.db.drop();
});

const order = async (home: number) => {
  const [found] = await town.rows<{ id: bigint; state: string; version: number; visits: number }>(
    `select id, state, version, visit_count as visits from work_orders where account_id = :home`,
    { home },
  );
  if (found === undefined) throw new Error(`home ${home} has no order`);
  return found;
};
const kept = () =>
  town.rows("select 1 from field_reports union all select 1 from tasks where kind = 'field-report'");
const keyed = (key: string) => ({
  requestId: "r",
  idempotency: { scope: "test", key, requestHash: Buffer.from("x") },
});
const opened = ({ id, version }: { id: bigint; version: number }): ValveTap => ({
  id,
  version,
  outcome: "opened",
  madeAt: town.db.clock.now(),
});

test("no connection for a moment: the visit is not kept beside the record, and is carried out when it comes again", async () => {
  const { id, version } = await order(1);
  const report = { id, version, outcome: "opened", madeAt: town.db.clock.now() } as const;
  const release = await hold(narrow.database.transaction);
  const reported = reportVisit(narrow, town.manager, report, keyed("visit-1")).catch(
    (error: unknown) => error,
  );
  // Long enough for the visit to be turned away, and free again for whoever would write that down.
  await Promise.race([reported, delay(SHORT_WAIT_MS * 1.5)]);
  await release();
  expect(await reported).toMatchObject({ code: "database.busy" });
  expect(await kept()).toEqual([]);
  expect(await reportVisit(narrow, town.manager, report, keyed("visit-1"))).toMatchObject({ result: "done" });
  expect(await order(1)).toMatchObject({ state: "done", visits: 1 });
});

test("no connection at all: a tap is not refused", async () => {
  const tap = opened(await order(2));
  const release = await hold(narrow.database.transaction);
  const tapped = await tapValves(narrow, town.manager, [tap], keyed("tap-2")).catch(
    (error: unknown) => error,
  );
  await release();
  expect(tapped).toMatchObject({ code: "database.busy" });
  expect(await tapValves(narrow, town.manager, [tap], keyed("tap-2"))).toMatchObject([{ result: "done" }]);
  expect(await kept()).toEqual([]);
});

test("the order is locked by somebody else: the phone gets 409, and the same request again finds the doors done that were done", async () => {
  const doors = [opened(await order(3)), opened(await order(4))];
  const send = () =>
    ask(edge, "/api/v1/valve-taps", {
      method: "post",
      token: CASHIER_TOKEN,
      json: { doors: doors.map((door) => ({ ...door, id: String(door.id) })) },
      headers: { "idempotency-key": "taps-3-4" },
    });
  const release = await hold(
    town.db.database.transaction,
    `select 1 from work_orders where id = ${doors[1]?.id} for update`,
  );
  const busy = await send();
  await release();
  expect([busy.status, busy.body]).toMatchObject([409, { code: "request.in-flight" }]);
  expect([(await order(3)).state, (await order(4)).state]).toEqual(["done", "open"]);
  expect((await send()).body).toMatchObject({ doors: [{ result: "done" }, { result: "done" }] });
  expect(await kept()).toEqual([]);
});

test("without a key the door that nobody could look at says `again`", async () => {
  const { id, version } = await order(5);
  const release = await hold(
    town.db.database.transaction,
    `select 1 from work_orders where id = ${id} for update`,
  );
  const more = { requestId: "r", idempotency: undefined };
  const tapped = await tapValves(narrow, town.manager, [{ id, version, outcome: "opened" }], more);
  await release();
  expect(tapped).toMatchObject([{ result: "again", code: "database.busy", state: null }]);
});
