/** A work order from the case to the signature: windows, visits, slips, and what the household and the case are told. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import {
  addPhoto,
  cancelOrder,
  finishOrder,
  leaveOrder,
  openWorkOrder,
  recordSlip,
  scheduleOrder,
  startOrder,
} from "#src/service/field/index.ts";
import { addEntry, mergeTicket, runTicketCommand } from "#src/service/tickets/index.ts";
import { createFieldTown, type FieldTown } from "#tests/support/field.ts";

let town: FieldTown;
let n = 0;
let ticketId: bigint;
let id: bigint;
beforeAll(async () => {
  town = await createFieldTown(60);
  await town.db.owner.sql.run(
    `insert into people (id, name, folded_name) values (90001, '欧阳喆堃', '欧阳喆堃');`,
  );
  await town.db.owner.sql.run(
    `insert into person_phones (person_id, number, kind, as_written) values (90001, '+8613712345678', 'mobile', '13712345678')`,
  );
  await town.db.owner.sql.run("delete from account_roles where account_id = 1");
  await town.db.owner.sql.run(
    `insert into account_roles (account_id, person_id, role, valid) values (1, 90001, 'owner', daterange('2020-01-01', null))`,
  );
});
afterAll(() => town.db.drop());

const open = async (kind: "repair" | "temperature", contactNumber?: string) =>
  (
    await town.run((context) =>
      openWorkOrder(context, {
        kind,
        sourceKey: `ticket:${ticketId}:${kind}`,
        ticketId,
        accountId: 1n,
        contactNumber,
      }),
    )
  ).workOrderId;

beforeEach(async () => {
  n += 1;
  town.db.clock.set(`2026-11-1${n % 9}T09:00:00+08:00`);
  ticketId = await town.ticket({ category: "fault.radiator", accountId: 1n, summary: "暖气片不热" });
  id = await open("repair");
  town.db.clock.advanceMs(60_000);
});

const slot = (from: number, until: number) => {
  const start = town.db.clock.now().getTime();
  return { from: new Date(start + from * 3_600_000), until: new Date(start + until * 3_600_000) };
};
const order = async () =>
  (
    await town.rows<{ state: string; visits: number; firstVisit: boolean | null; version: number }>(
      `select state, visit_count as visits, first_visit as "firstVisit", version from work_orders where id = :id`,
      { id },
    )
  )[0];
const messages = () =>
  town.rows<{ template: string; state: string }>(
    "select template, state from messages where step like :steps order by id",
    { steps: `work-order:${id}:%` },
  );
const entries = () =>
  town.rows<{ kind: string; evidence: string | null }>(
    "select kind, evidence from ticket_entries where ticket_id = :ticketId and ref = :ref order by id",
    { ticketId, ref: `work-order:${id}` },
  );
const witness = { kind: "witness", name: "邻居王某" } as const;

describe("raising", () => {
  test("the same source is the same order; the case hangs under it once", async () => {
    const again = await town.run((context) =>
      openWorkOrder(context, {
        kind: "repair",
        sourceKey: `ticket:${ticketId}:repair`,
        ticketId,
        accountId: 1n,
      }),
    );
    expect(again).toMatchObject({ workOrderId: id, opened: false });
    expect(await entries()).toEqual([{ kind: "order", evidence: null }]);
  });

  test("an order knows where to go and whom to find: the caller's number before the owner's", async () => {
    const found = (which: bigint) =>
      town.rows(
        `select building_id as building, contact_name as name, contact_number as number from work_orders where id = :which`,
        { which },
      );
    expect(await found(id)).toEqual([{ building: 0n, name: "欧阳喆堃", number: "+8613712345678" }]);
    const other = await open("temperature", "139 0000 1111");
    expect(await found(other)).toEqual([{ building: 0n, name: "", number: "+8613900001111" }]);
  });

  test("nowhere is refused", async () => {
    await expect(
      town.run((context) => openWorkOrder(context, { kind: "repair", sourceKey: "nowhere" })),
    ).rejects.toMatchObject({ code: "work-order.no-place" });
  });
});

describe("windows", () => {
  test("each is told once; a new one takes the old message back; the same again says nothing", async () => {
    const first = slot(2, 4);
    await town.run((context) => scheduleOrder(context, { id, slot: first, crewId: town.crewId }));
    await town.run((context) => scheduleOrder(context, { id, slot: first }));
    expect(await messages()).toEqual([{ template: "appointment-made", state: "queued" }]);
    await town.run((context) => scheduleOrder(context, { id, slot: slot(5, 7) }));
    expect(await messages()).toEqual([
      { template: "appointment-made", state: "cancelled" },
      { template: "appointment-moved", state: "queued" },
    ]);
    await town.run((context) => cancelOrder(context, { id, command: "cancel", reason: "用户取消" }));
    expect((await messages()).slice(1)).toEqual([
      { template: "appointment-moved", state: "cancelled" },
      { template: "appointment-cancelled", state: "queued" },
    ]);
  });

  test.each([
    ["ends before it begins", 4, 2],
    ["is over", -4, -2],
    ["is longer than anybody waits", 1, 20],
  ])("one that %s is refused", async (_why, from, until) => {
    await expect(
      town.run((context) => scheduleOrder(context, { id, slot: slot(from, until) })),
    ).rejects.toMatchObject({ code: "work-order.slot-refused" });
  });

  test("a crew that is not there is refused", async () => {
    await expect(
      town.run((context) => scheduleOrder(context, { id, slot: slot(1, 2), crewId: 999n })),
    ).rejects.toMatchObject({ code: "work-order.crew-refused" });
  });
});

describe("visits", () => {
  test("arriving stops the on-site clock; done at the first visit; the case has one visit to close on", async () => {
    await town.run((context) => startOrder(context, { id }));
    const clocks = await town.rows(
      "select state from ticket_clocks where ticket_id = :ticketId and kind = 'on-site'",
      { ticketId },
    );
    expect(clocks).toEqual([{ state: "stopped" }]);
    await town.run((context) =>
      finishOrder(context, {
        id,
        result: "repaired",
        note: "更换阀芯",
        parts: [{ code: "F-20", name: "阀芯", unit: "个", quantity: 1 }],
        signature: witness,
      }),
    );
    expect(await order()).toMatchObject({ state: "done", visits: 1, firstVisit: true });
    expect(await entries()).toEqual([
      { kind: "order", evidence: null },
      { kind: "order", evidence: null },
      { kind: "visit", evidence: "order" },
    ]);
    expect(
      await town.rows("select name, quantity from work_order_parts where work_order_id = :id", { id }),
    ).toEqual([{ name: "阀芯", quantity: 1 }]);
    expect(
      await town.rows(
        `select 1 as one from outbox_events where type = 'work-order.finished' and subject = :subject`,
        {
          subject: `work-order:${id}`,
        },
      ),
    ).toHaveLength(1);
  });

  test("not at home is a visit: told, scheduled again, and what follows was not done at the first", async () => {
    await town.run((context) => leaveOrder(context, { id, command: "miss" }));
    expect(await messages()).toEqual([{ template: "appointment-missed", state: "queued" }]);
    await town.run((context) => scheduleOrder(context, { id, slot: slot(1, 2) }));
    await town.run((context) => startOrder(context, { id }));
    await town.run((context) => leaveOrder(context, { id, command: "defer", note: "缺配件" }));
    expect(await order()).toMatchObject({ state: "follow-up", visits: 2 });
    await town.run((context) => finishOrder(context, { id, result: "repaired", signature: witness }));
    expect(await order()).toMatchObject({ state: "done", visits: 3, firstVisit: false });
    expect((await entries()).filter(({ kind }) => kind === "visit")).toHaveLength(3);
  });

  test("a visit from paper has the time that the paper says, not one before the order or ahead", async () => {
    const finish = (arrivedAt: Date) =>
      town.run((context) => finishOrder(context, { id, result: "no-fault", arrivedAt, signature: witness }));
    const now = town.db.clock.now();
    for (const wrong of [new Date(now.getTime() + 1000), new Date(now.getTime() - 3_600_000)]) {
      await expect(finish(wrong)).rejects.toMatchObject({ code: "work-order.arrival-refused" });
    }
    const arrivedAt = new Date(now.getTime() - 30_000);
    await finish(arrivedAt);
    expect(
      await town.rows(`select arrived_at as "arrivedAt" from work_order_visits where work_order_id = :id`, {
        id,
      }),
    ).toEqual([{ arrivedAt }]);
  });

  test("a home is not left without a signature, and a result belongs to its kind", async () => {
    const finish = (more: object) =>
      town.run((context) => finishOrder(context, { id, result: "repaired", ...more }));
    await expect(finish({})).rejects.toMatchObject({ code: "work-order.signature-missing" });
    await expect(finish({ result: "opened", signature: witness })).rejects.toMatchObject({
      code: "work-order.result-refused",
    });
    await expect(
      finish({ signature: { kind: "image", name: "欧阳喆堃", fileId: 999n } }),
    ).rejects.toMatchObject({ code: "work-order.signature-refused" });
    const fileId = await town.run((context) =>
      addPhoto(context, { id, bytes: Buffer.from("signed"), fileName: "s.txt", caption: "签字" }),
    );
    await finish({ signature: { kind: "image", name: "欧阳喆堃", fileId } });
    expect(await order()).toMatchObject({ state: "done" });
  });

  test("two at one order: the second is told what it has become", async () => {
    await town.run((context) => startOrder(context, { id, version: 1 }));
    await expect(
      town.run((context) => leaveOrder(context, { id, version: 1, command: "miss" })),
    ).rejects.toMatchObject({
      code: "version.stale",
      detail: expect.objectContaining({ facts: { expected: 1, version: 2, state: "on-site" } }),
    });
  });
});

describe("what becomes of the case", () => {
  const state = async () => (await order())?.state;
  const command = (which: bigint) =>
    town.run((context) => runTicketCommand(context, which, "cancel", { text: "误开" }));

  test("cancelled by mistake: the order is recalled, unless another case waits or somebody is there", async () => {
    const other = await town.ticket({ category: "fault.radiator", accountId: 2n });
    await town.run((context) =>
      openWorkOrder(context, {
        kind: "repair",
        sourceKey: `ticket:${ticketId}:repair`,
        ticketId: other,
        accountId: 1n,
      }),
    );
    await command(ticketId);
    await town.work();
    expect(await state()).toBe("open");
    await command(other);
    await town.work();
    expect(await state()).toBe("cancelled");
  });

  test("merged: the other case waits for the order and closes on its visit", async () => {
    const into = await town.ticket({ category: "fault.radiator", accountId: 2n });
    await town.run((context) => mergeTicket(context, { ticketId, intoTicketId: into, reason: "同一问题" }));
    await town.work();
    await town.run((context) => finishOrder(context, { id, result: "repaired", signature: witness }));
    expect(
      await town.rows(
        `select evidence from ticket_entries where ticket_id = :into and ref = :ref and evidence is not null`,
        { into, ref: `work-order:${id}` },
      ),
    ).toEqual([{ evidence: "order" }]);
  });

  test("it closes as solved on the finished visit, and knows that one was enough", async () => {
    const close = (closingClass: "solved") =>
      town.run((context) => runTicketCommand(context, ticketId, "close", { closingClass }));
    await town.run((context) => runTicketCommand(context, ticketId, "accept", {}));
    await town.run((context) => startOrder(context, { id }));
    await expect(close("solved")).rejects.toMatchObject({
      code: "ticket.work-order-stands",
      detail: { facts: { workOrderId: String(id), state: "on-site" } },
    });
    await town.run((context) => finishOrder(context, { id, result: "repaired", signature: witness }));
    await close("solved");
    expect(
      await town.rows("select state, first_visit_completed as first from tickets where id = :ticketId", {
        ticketId,
      }),
    ).toEqual([{ state: "closed", first: true }]);
  });

  test("no closing goes past somebody who is still to come, whatever else proves it; of a merged case neither", async () => {
    const into = await town.ticket({ category: "fault.radiator", accountId: 2n });
    const close = (closingClass: "solved" | "explained") =>
      town.run((context) => runTicketCommand(context, into, "close", { closingClass, text: "已电话确认" }));
    await town.run(async (context) => {
      await runTicketCommand(context, into, "accept");
      await addEntry(context, into, { kind: "call", text: "住户说好了", evidence: "call-back" });
      // Before the field has hung the order under this case as well.
      await mergeTicket(context, { ticketId, intoTicketId: into, reason: "同一问题" });
    });
    for (const closingClass of ["solved", "explained"] as const) {
      await expect(close(closingClass)).rejects.toMatchObject({
        code: "ticket.work-order-stands",
        message: expect.stringContaining(`W${String(id).padStart(6, "0")}`),
      });
    }
    await town.run((context) => cancelOrder(context, { id, command: "cancel", reason: "住户自行修好" }));
    await close("solved");
  });

  test("an answer to a message about the visit comes back to the case", async () => {
    await town.run((context) => scheduleOrder(context, { id, slot: slot(1, 2) }));
    expect(
      await town.rows("select regarding from messages where step like :steps", {
        steps: `work-order:${id}:%`,
      }),
    ).toEqual([{ regarding: `ticket:${ticketId}` }]);
  });
});

describe("the temperature slip", () => {
  const slip = (readingTenths: number) => ({
    instrumentNo: "CW-0193",
    calibratedOn: day("2026-09-20"),
    measuredAt: town.db.clock.now(),
    outdoorTenths: -35,
    windows: "closed-30-min" as const,
    opinion: "同意",
    measurerName: "测温员",
    readings: [{ room: "客厅", heightCm: 120, readingTenths }],
    signature: witness,
  });

  test("a measurement needs one; each is kept, none is changed", async () => {
    id = await open("temperature");
    town.db.clock.advanceMs(60_000);
    const finish = () =>
      town.run((context) => finishOrder(context, { id, result: "measured", signature: witness }));
    await expect(finish()).rejects.toMatchObject({ code: "work-order.slip-missing" });
    await town.run((context) => startOrder(context, { id }));
    await town.run((context) => recordSlip(context, { id, ...slip(168) }));
    await town.run((context) => recordSlip(context, { id, ...slip(192) }));
    await finish();
    expect(
      await town.rows(
        `select slip.ordinal, reading.reading_tenths as tenths from temperature_slips slip
         join temperature_readings reading on reading.slip_id = slip.id where work_order_id = :id order by 1`,
        { id },
      ),
    ).toEqual([
      { ordinal: 1, tenths: 168 },
      { ordinal: 2, tenths: 192 },
    ]);
    await expect(
      town.db.owner.sql.run("update temperature_readings set reading_tenths = 200"),
    ).rejects.toMatchObject({ code: "NY001" });
    expect((await entries()).map(({ evidence }) => evidence).filter((one) => one !== null)).toEqual([
      "slip",
      "slip",
      "slip",
    ]);
  });

  test("is refused for a repair, before the order, and from an instrument of tomorrow", async () => {
    await expect(town.run((context) => recordSlip(context, { id, ...slip(168) }))).rejects.toMatchObject({
      code: "work-order.not-a-measurement",
    });
    id = await open("temperature");
    for (const wrong of [
      { measuredAt: new Date(town.db.clock.now().getTime() - 86_400_000) },
      { calibratedOn: day("2027-01-01") },
    ]) {
      await expect(
        town.run((context) => recordSlip(context, { id, ...slip(168), ...wrong })),
      ).rejects.toMatchObject({ code: "work-order.slip-refused" });
    }
  });
});
