/** An emergency calls the duty phones one after the other: once per step, whoever asks and whatever dies. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { applyCallResult } from "#src/platform/telephony/outgoing-calls.ts";
import {
  acknowledgeEmergency,
  ANSWER_WITHIN_MS,
  finishOrder,
  openWorkOrder,
  setDutyPhone,
  startOrder,
  stepEmergencies,
} from "#src/service/field/index.ts";
import { addEntry, rateTicket, runTicketCommand } from "#src/service/tickets/index.ts";
import { day } from "#src/kernel/day.ts";
import { createFieldTown, type FieldTown } from "#tests/support/field.ts";

let town: FieldTown;
let n = 0;
beforeAll(async () => {
  town = await createFieldTown(60);
});
afterAll(() => town.db.drop());
beforeEach(() => {
  n += 1;
});

const raise = async (home = 1n): Promise<bigint> =>
  (
    await town.run((context) =>
      openWorkOrder(context, { kind: "emergency", sourceKey: `leak:${n}`, accountId: home, summary: "漏水" }),
    )
  ).workOrderId;
const calls = (orderId: bigint) =>
  town.rows<{ ordinal: number; state: string; number: string; outgoing: bigint | null }>(
    `select ordinal, state, number, outgoing_call_id as outgoing from emergency_calls
     where work_order_id = :orderId order by ordinal`,
    { orderId },
  );
const states = async (orderId: bigint): Promise<string[]> => (await calls(orderId)).map((call) => call.state);
const chain = async (orderId: bigint): Promise<string | undefined> =>
  (
    await town.rows<{ state: string }>("select state from emergency_chains where work_order_id = :orderId", {
      orderId,
    })
  )[0]?.state;
/** Asked for at the telephone, in their order. */
const wanted = (orderId: bigint) =>
  town.rows<{ to: string; key: string }>(
    `select to_number as "to", unique_key as key from outgoing_calls where about = :about order by id`,
    { about: `work-order:${orderId}` },
  );
const report = async (orderId: bigint, ordinal: number, result: "key" | "failed" | "unanswered") => {
  const outgoing = (await calls(orderId))[ordinal - 1]?.outgoing ?? 0n;
  await town.run((context) =>
    applyCallResult(context, { outgoingCallId: outgoing, result, ...(result === "key" && { key: "1" }) }),
  );
  await town.work();
};
const task = (orderId: bigint) =>
  town.rows<{ state: string; ownerRole: string }>(
    `select state, owner_role as "ownerRole" from tasks where kind = 'emergency-unanswered' and source = :source`,
    { source: `work-order:${orderId}` },
  );
const pass = (ms: number) => town.db.clock.advanceMs(ms);

describe("the chain of calls", () => {
  test("is written whole: the area's list, then the branch's, then the company's; the first is called at once", async () => {
    const orderId = await raise();
    expect((await calls(orderId)).map(({ number, state }) => [number, state])).toEqual([
      ["+8613800000001", "calling"],
      ["+8613800000002", "waiting"],
      ["+8613800000003", "waiting"],
      ["+8613800000004", "waiting"],
    ]);
    expect(await wanted(orderId)).toEqual([{ to: "+8613800000001", key: `emergency:${orderId}:1` }]);
  });

  test("the area next door has no list of its own and begins with the branch's", async () => {
    const orderId = await raise(55n);
    expect((await calls(orderId)).map(({ number }) => number)).toEqual(["+8613800000003", "+8613800000004"]);
  });

  test("a leak that is reopened because it is not solved calls again; while the crew is there nobody is woken", async () => {
    const ticketId = await town.ticket({ category: "fault.leak", accountId: 3n });
    await town.work();
    const orders = () =>
      town.rows<{ id: bigint }>(
        "select work_order_id as id from work_order_tickets where ticket_id = :ticketId order by 1",
        { ticketId },
      );
    const [first] = (await orders()).map(({ id }) => id);
    await report(first ?? 0n, 1, "key");
    const round = async (): Promise<void> => {
      await town.run(async (context) => {
        await runTicketCommand(context, ticketId, "start");
        await runTicketCommand(context, ticketId, "close", { closingClass: "explained", text: "已关阀" });
        await rateTicket(context, ticketId, { solved: false, satisfaction: 1 });
      });
      await town.work();
    };
    await round();
    const [, second] = (await orders()).map(({ id }) => id);
    expect(await states(second ?? 0n)).toEqual(["calling", "waiting", "waiting", "waiting"]);
    expect(await wanted(second ?? 0n)).toHaveLength(1);
    await town.run((context) => startOrder(context, { id: second ?? 0n }));
    await town.run((context) => runTicketCommand(context, ticketId, "start"));
    await expect(
      town.run((context) =>
        runTicketCommand(context, ticketId, "close", { closingClass: "explained", text: "误报" }),
      ),
    ).rejects.toMatchObject({ code: "ticket.work-order-stands", detail: { facts: { state: "on-site" } } });
    await town.run(async (context) => {
      await runTicketCommand(context, ticketId, "resolve", { text: "已关阀" });
      await runTicketCommand(context, ticketId, "reopen");
    });
    await town.work();
    expect(await orders()).toHaveLength(2);
  });

  test("two do not answer, the third presses the key: nobody else is called, the clocks of the case stop", async () => {
    const ticketId = await town.ticket({ category: "fault.leak", accountId: 2n });
    await town.work();
    const [order] = await town.rows<{ id: bigint }>(
      "select work_order_id as id from work_order_tickets where ticket_id = :ticketId",
      { ticketId },
    );
    const orderId = order?.id ?? 0n;
    await report(orderId, 1, "unanswered");
    pass(ANSWER_WITHIN_MS - 1);
    await stepEmergencies(town.platform);
    expect(await states(orderId)).toEqual(["calling", "waiting", "waiting", "waiting"]);
    pass(1);
    await stepEmergencies(town.platform);
    pass(ANSWER_WITHIN_MS);
    await stepEmergencies(town.platform);
    expect(await states(orderId)).toEqual(["no-answer", "no-answer", "calling", "waiting"]);
    await report(orderId, 3, "key");
    expect(await states(orderId)).toEqual(["no-answer", "no-answer", "acknowledged", "not-needed"]);
    expect(await chain(orderId)).toBe("acknowledged");
    pass(ANSWER_WITHIN_MS * 5);
    await stepEmergencies(town.platform);
    expect(await wanted(orderId)).toHaveLength(3);
    expect(
      await town.rows(
        `select kind from ticket_clocks where ticket_id = :ticketId and kind = 'first-response' and state = 'stopped'`,
        { ticketId },
      ),
    ).toEqual([{ kind: "first-response" }]);
    expect(
      await town.rows(
        `select text from ticket_entries where ticket_id = :ticketId and ref = :ref order by id`,
        { ticketId, ref: `work-order:${orderId}` },
      ),
    ).toHaveLength(2);
  });

  test("nobody answers: the supervisor gets one task, and a late key still takes it and the task back", async () => {
    const orderId = await raise();
    for (let step = 0; step < 6; step += 1) {
      pass(ANSWER_WITHIN_MS);
      await stepEmergencies(town.platform);
    }
    expect(await states(orderId)).toEqual(Array(4).fill("no-answer"));
    expect(await chain(orderId)).toBe("exhausted");
    expect(await task(orderId)).toEqual([{ state: "open", ownerRole: "supervisor" }]);
    await report(orderId, 2, "key");
    expect(await chain(orderId)).toBe("acknowledged");
    expect(await task(orderId)).toEqual([{ state: "recalled", ownerRole: "supervisor" }]);
  });

  test("what surely was not dialled goes to the next person at once", async () => {
    const orderId = await raise();
    await report(orderId, 1, "failed");
    expect(await states(orderId)).toEqual(["failed", "waiting", "waiting", "waiting"]);
    await stepEmergencies(town.platform);
    expect(await states(orderId)).toEqual(["failed", "calling", "waiting", "waiting"]);
  });

  test("twelve workers at once take one step, and one call is asked for", async () => {
    const orderId = await raise();
    pass(ANSWER_WITHIN_MS);
    const taken = await Promise.all(Array.from({ length: 12 }, () => stepEmergencies(town.platform)));
    expect(taken.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    expect(await states(orderId)).toEqual(["no-answer", "calling", "waiting", "waiting"]);
    expect(await wanted(orderId)).toHaveLength(2);
  });

  test("somebody who goes there, or says so to the desk, ends the calling; the second to say so is told", async () => {
    const going = await raise();
    await town.run((context) => startOrder(context, { id: going }));
    n += 1;
    const told = await raise();
    expect(await town.run((context) => acknowledgeEmergency(context, told, null))).toBe(true);
    expect(await town.run((context) => acknowledgeEmergency(context, told, null))).toBe(false);
    pass(ANSWER_WITHIN_MS * 5);
    await stepEmergencies(town.platform);
    expect([await chain(going), await chain(told)]).toEqual(["ended", "acknowledged"]);
    expect([(await wanted(going)).length, (await wanted(told)).length]).toEqual([1, 1]);
  });

  const leak = async (home: bigint) => {
    const ticketId = await town.ticket({ category: "fault.leak", accountId: home });
    await town.work();
    const [order] = await town.rows<{ id: bigint }>(
      "select work_order_id as id from work_order_tickets where ticket_id = :ticketId",
      { ticketId },
    );
    return { ticketId, orderId: order?.id ?? 0n };
  };

  test("who is in charge and accepts the case ends the calling; an agent who takes it at the desk does not", async () => {
    const { ticketId, orderId } = await leak(13n);
    await town.run((context) => runTicketCommand(context, ticketId, "accept"), town.agent);
    await town.work();
    pass(ANSWER_WITHIN_MS);
    await stepEmergencies(town.platform);
    expect(await states(orderId)).toEqual(["no-answer", "calling", "waiting", "waiting"]);
    await town.run(
      (context) => runTicketCommand(context, ticketId, "start", { text: "我到现场" }),
      town.manager,
    );
    await town.work();
    expect(await chain(orderId)).toBe("acknowledged");
    expect(await states(orderId)).toEqual(["no-answer", "no-answer", "not-needed", "not-needed"]);
    pass(ANSWER_WITHIN_MS * 5);
    await stepEmergencies(town.platform);
    expect(await wanted(orderId)).toHaveLength(2);
  });

  test("a false alarm, closed as explained, calls nobody any more; as solved it is refused while the order is open", async () => {
    const { ticketId, orderId } = await leak(5n);
    await town.run((context) => runTicketCommand(context, ticketId, "start"), town.agent);
    const close = (closingClass: "solved" | "explained") =>
      town.run(async (context) => {
        await addEntry(context, ticketId, { kind: "call", text: "误报", evidence: "call-back" });
        await runTicketCommand(context, ticketId, "close", { closingClass, text: "误报" });
      });
    await expect(close("solved")).rejects.toMatchObject({
      code: "ticket.work-order-stands",
      detail: { facts: { workOrderId: String(orderId), kind: "emergency" } },
    });
    await close("explained");
    await town.work();
    expect([await chain(orderId), await states(orderId)]).toEqual([
      "ended",
      ["no-answer", "not-needed", "not-needed", "not-needed"],
    ]);
    pass(ANSWER_WITHIN_MS * 5);
    await stepEmergencies(town.platform);
    expect(await wanted(orderId)).toHaveLength(1);
    expect(await town.rows("select state from work_orders where id = :orderId", { orderId })).toEqual([
      { state: "cancelled" },
    ]);
  });

  test("an order that another open case waits for goes on; a case that is over before anybody looked sends nobody", async () => {
    const { ticketId, orderId } = await leak(6n);
    const other = await town.ticket({ category: "fault.leak", buildingId: 0n });
    const explain = (id: bigint) =>
      town.run(async (context) => {
        await runTicketCommand(context, id, "start");
        await runTicketCommand(context, id, "close", { closingClass: "explained", text: "误报" });
      }, town.agent);
    await explain(other);
    await town.work();
    expect(
      await town.rows("select work_order_id from work_order_tickets where ticket_id = :other", { other }),
    ).toEqual([]);
    const neighbour = await town.ticket({ category: "fault.radiator", accountId: 6n, severity: "ordinary" });
    await town.db.owner.sql.run(
      `insert into work_order_tickets (work_order_id, ticket_id, joined_at) values (:orderId, :neighbour, now())`,
      { orderId, neighbour },
    );
    await explain(ticketId);
    await town.work();
    expect(await chain(orderId)).toBe("calling");
  });

  test("a second call about the same home joins the order that runs, and rings nobody; after an unanswered list it rings anew", async () => {
    const first = await leak(14n);
    const again = await leak(14n);
    expect(again.orderId).toBe(first.orderId);
    expect(await wanted(first.orderId)).toHaveLength(1);
    for (let step = 0; step < 5; step += 1) {
      pass(ANSWER_WITHIN_MS);
      await stepEmergencies(town.platform);
    }
    expect((await leak(14n)).orderId).not.toBe(first.orderId);
  });

  test("a visit that is done for the case ends the calling, whatever order it was", async () => {
    const { ticketId, orderId } = await leak(4n);
    const repair = await town.run((context) =>
      openWorkOrder(context, {
        kind: "repair",
        sourceKey: `repair:${n}`,
        ticketId,
        accountId: 4n,
        summary: "漏水",
      }),
    );
    await town.run((context) =>
      finishOrder(context, {
        id: repair.workOrderId,
        result: "repaired",
        signature: { kind: "witness", name: "邻居" },
      }),
    );
    await town.work();
    expect(await chain(orderId)).toBe("ended");
    pass(ANSWER_WITHIN_MS * 5);
    await stepEmergencies(town.platform);
    expect(await wanted(orderId)).toHaveLength(1);
    expect(await task(orderId)).toEqual([]);
  });

  test("a restored copy of a live database calls nobody until it is released", async () => {
    await town.db.owner.sql.run("update database_facts set sending_held = true");
    const orderId = await raise();
    pass(ANSWER_WITHIN_MS);
    await stepEmergencies(town.platform);
    expect(await wanted(orderId)).toEqual([]);
    await town.db.owner.sql.run("update database_facts set sending_held = false");
    await stepEmergencies(town.platform);
    expect(await wanted(orderId)).toHaveLength(1);
  });

  test("a list that changes on a day is for what begins that day; a chain that runs keeps its people", async () => {
    const before = await raise();
    await town.run((context) =>
      setDutyPhone(context, {
        areaId: 7n,
        rank: 1,
        name: "新值班",
        number: "13800000009",
        from: day("2026-11-10"),
      }),
    );
    n += 1;
    const after = await raise();
    expect((await calls(before))[0]?.number).toBe("+8613800000001");
    expect((await calls(after))[0]?.number).toBe("+8613800000009");
  });

  test("who is replaced on the day of his first call leaves that call as it was", async () => {
    const set = (number: string) =>
      town.run((context) =>
        setDutyPhone(context, { areaId: 7n, rank: 1, name: "换班", number, from: day("2026-11-10") }),
      );
    await set("13800000021");
    const before = await raise();
    await set("13800000022");
    n += 1;
    const after = await raise();
    expect((await calls(before))[0]?.number).toBe("+8613800000021");
    expect((await calls(after))[0]?.number).toBe("+8613800000022");
    await expect(
      town.run((context) =>
        setDutyPhone(context, {
          areaId: 7n,
          rank: 1,
          name: "更早",
          number: "13800000023",
          from: day("2026-10-01"),
        }),
      ),
    ).rejects.toMatchObject({ code: "duty-phone.called" });
  });

  test("without anybody on duty the supervisor is told at once", async () => {
    await town.db.owner.sql.run("delete from emergency_calls");
    await town.db.owner.sql.run("delete from field_duty_phones");
    const orderId = await raise();
    expect([await chain(orderId), await task(orderId)]).toEqual([
      "exhausted",
      [{ state: "open", ownerRole: "supervisor" }],
    ]);
  });
});
