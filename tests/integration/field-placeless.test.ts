/** A leak of which nobody knows the place yet rings all the same, and goes to its place once the case has one. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ANSWER_WITHIN_MS, stepEmergencies } from "#src/service/field/index.ts";
import { applyCallResult } from "#src/platform/telephony/outgoing-calls.ts";
import { correctTicket, UNKNOWN_PLACES } from "#src/service/tickets/index.ts";
import { createFieldTown, type FieldTown } from "#tests/support/field.ts";

let town: FieldTown;
beforeAll(async () => {
  town = await createFieldTown(60);
});
afterAll(() => town.db.drop());

const calls = (orderId: bigint) =>
  town.rows<{ state: string; number: string; outgoing: bigint | null }>(
    `select state, number, outgoing_call_id as outgoing from emergency_calls where work_order_id = :orderId order by ordinal`,
    { orderId },
  );
const said = (orderId: bigint) =>
  town.rows<{ words: string[] }>("select words from outgoing_calls where about = :about order by id", {
    about: `work-order:${orderId}`,
  });

describe("a leak that nobody can place", () => {
  const orderOf = async (ticketId: bigint) => {
    const [order] = await town.rows<{
      id: bigint;
      address: string;
      number: string;
      buildingId: bigint | null;
    }>(
      `select o.id, o.address, o.contact_number as number, o.building_id as "buildingId"
       from work_order_tickets joined join work_orders o on o.id = joined.work_order_id
       where joined.ticket_id = :ticketId`,
      { ticketId },
    );
    if (order === undefined) throw new Error("no order was raised");
    return order;
  };

  test.each([
    ["by number alone", {}],
    ["with words in place of an address", { addressText: UNKNOWN_PLACES.none }],
    ["by one who has several homes", { addressText: UNKNOWN_PLACES.several }],
  ])(
    "told %s rings the company's list, then whoever is on duty, until a key is pressed",
    async (_, where) => {
      const ticketId = await town.ticket({ category: "fault.leak", ...where });
      await town.work();
      const order = await orderOf(ticketId);
      expect(order).toMatchObject({ number: "+8613900000000", buildingId: null });
      expect((await calls(order.id)).map(({ number, state }) => [number, state])).toEqual([
        ["+8613800000004", "calling"],
        ["+8613800000003", "waiting"],
        ["+8613800000001", "waiting"],
        ["+8613800000002", "waiting"],
      ]);
      const [first] = await said(order.id);
      expect(first?.words.join("")).toContain("地点尚未核实");
      expect(first?.words.join("")).not.toContain("1390000");
      town.db.clock.advanceMs(ANSWER_WITHIN_MS);
      await stepEmergencies(town.platform);
      const outgoingCallId = (await calls(order.id))[1]?.outgoing ?? 0n;
      await town.run((context) => applyCallResult(context, { outgoingCallId, result: "key", key: "1" }));
      await town.work();
      expect((await calls(order.id)).map(({ state }) => state)).toEqual([
        "no-answer",
        "acknowledged",
        "not-needed",
        "not-needed",
      ]);
    },
  );

  test("goes to its place once the case has one, in the same order", async () => {
    const ticketId = await town.ticket({ category: "fault.leak", addressText: UNKNOWN_PLACES.none });
    await town.work();
    const before = await orderOf(ticketId);
    await town.run((context) => correctTicket(context, ticketId, { accountId: 21n }, undefined));
    await town.work();
    const after = await orderOf(ticketId);
    expect(after.id).toBe(before.id);
    expect(after.buildingId).not.toBeNull();
    expect(after.address).not.toBe(before.address);
    expect(await said(after.id)).toHaveLength(1);
  });
});
