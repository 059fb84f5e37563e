/** The commands of a work order keep the table of its states: every pair of state and verb, on the database. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  cancelOrder,
  finishOrder,
  leaveOrder,
  openWorkOrder,
  ORDER_STATES,
  ORDER_TRANSITIONS,
  type OrderState,
  scheduleOrder,
  startOrder,
} from "#src/service/field/index.ts";
import { createFieldTown, type FieldTown } from "#tests/support/field.ts";

let town: FieldTown;
let n = 0;
let id: bigint;
beforeAll(async () => {
  town = await createFieldTown(60);
});
afterAll(() => town.db.drop());
beforeEach(async () => {
  n += 1;
  id = (
    await town.run((context) =>
      openWorkOrder(context, { kind: "repair", sourceKey: `table:${n}`, accountId: 1n }),
    )
  ).workOrderId;
});

const slot = () => {
  const start = town.db.clock.now().getTime();
  return { from: new Date(start + 3_600_000), until: new Date(start + 7_200_000) };
};
const order = async () =>
  (
    await town.rows<{ state: string; version: number; visits: number }>(
      "select state, version, visit_count as visits from work_orders where id = :id",
      { id },
    )
  )[0];
const witness = { kind: "witness", name: "邻居王某" } as const;

const run = {
  schedule: () => town.run((context) => scheduleOrder(context, { id, slot: slot() })),
  start: () => town.run((context) => startOrder(context, { id })),
  // One verb for both: it is `finish` on site and `report` elsewhere.
  finish: () => town.run((context) => finishOrder(context, { id, result: "repaired", signature: witness })),
  miss: () => town.run((context) => leaveOrder(context, { id, command: "miss" })),
  defer: () => town.run((context) => leaveOrder(context, { id, command: "defer" })),
  cancel: () => town.run((context) => cancelOrder(context, { id, command: "cancel", reason: "不再需要" })),
  recall: () => town.run((context) => cancelOrder(context, { id, command: "recall", reason: "原因消失" })),
} as const;
const bring: Readonly<Record<OrderState, readonly (keyof typeof run)[]>> = {
  open: [],
  scheduled: ["schedule"],
  "on-site": ["start"],
  done: ["finish"],
  "not-home": ["miss"],
  cancelled: ["cancel"],
  "follow-up": ["start", "defer"],
};
const expected = (state: OrderState, verb: keyof typeof run): OrderState | undefined => {
  const command = verb === "finish" && state !== "on-site" ? "report" : verb;
  return ORDER_TRANSITIONS.find((row) => row.from === state && row.command === command)?.to;
};
const pairs = ORDER_STATES.flatMap((state) =>
  (Object.keys(run) as (keyof typeof run)[]).map((verb) => [state, verb] as const),
);

/** The state after it, or the code of the refusal. */
const outcome = (verb: keyof typeof run): Promise<string> =>
  run[verb]().then(
    (changed) => changed.state,
    (error: unknown) => (error as { code: string }).code,
  );

test.each(pairs)("%s, %s", async (state, verb) => {
  for (const step of bring[state]) await run[step]();
  const before = await order();
  expect(before).toMatchObject({ state });
  const to = expected(state, verb);
  expect(await outcome(verb)).toBe(to ?? "work-order.state-refused");
  expect(await order()).toMatchObject(to === undefined ? { ...before } : { state: to });
});
