/** A word of an appointment that does not arrive is a call of the area, while the order is alive. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { cancelOrder, openWorkOrder, scheduleOrder } from "#src/service/field/index.ts";
import { AREA, createFieldTown, type FieldTown } from "#tests/support/field.ts";

let town: FieldTown;
beforeAll(async () => {
  town = await createFieldTown(60);
});
afterAll(() => town.db.drop());

const HOUR_MS = 3_600_000;
const scheduled = async (key: string) => {
  const { workOrderId } = await town.run((context) =>
    openWorkOrder(context, { kind: "repair", sourceKey: key, accountId: 1n, contactNumber: "13712345678" }),
  );
  const now = town.db.clock.now().getTime();
  const slot = { from: new Date(now + 2 * HOUR_MS), until: new Date(now + 4 * HOUR_MS) };
  await town.run((context) => scheduleOrder(context, { id: workOrderId, slot }));
  return { workOrderId, slot };
};
const fail = async (workOrderId: bigint, state = "undelivered"): Promise<void> => {
  const step = `work-order:${workOrderId}:slot-1`;
  const [word] = await town.rows<{ id: bigint }>("select id from messages where step = :step", { step });
  const messageId = word?.id ?? 0n;
  await town.db.owner.sql.run("update messages set state = :state where id = :messageId", {
    messageId,
    state,
  });
  const event = { type: "messages.failed", subject: `outgoing:${messageId}` } as const;
  await town.run(async (context) => context.emit({ ...event, payload: { messageIds: [String(messageId)] } }));
};
const calls = () =>
  town.rows(
    `select state, area_id as area, due_at as due, owner_role as role from tasks where kind = 'appointment-call'`,
  );

test("the manager rings before somebody comes; of an order that was called off nobody is rung", async () => {
  const alive = await scheduled("one");
  const off = await scheduled("two");
  await fail(alive.workOrderId);
  await fail(off.workOrderId);
  await town.run((context) =>
    cancelOrder(context, { id: off.workOrderId, command: "cancel", reason: "用户取消" }),
  );
  await town.work();
  expect(await calls()).toEqual([{ state: "open", area: AREA, due: alive.slot.from, role: "area-manager" }]);
  await fail(alive.workOrderId);
  await town.work();
  expect(await calls()).toHaveLength(1);
});

test("nor is a word that went to nobody, because nothing could reach the household, left without a call", async () => {
  const before = (await calls()).length;
  const { workOrderId } = await scheduled("three");
  await fail(workOrderId, "skipped");
  await town.work();
  expect(await calls()).toHaveLength(before + 1);
});
