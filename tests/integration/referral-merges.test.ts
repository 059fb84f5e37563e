/** Orders from outside on cases that are merged, taken apart, cancelled and closed: none is ever on nobody's list. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decideApproval } from "#src/office/approvals/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { findClocks } from "#src/service/clocks/index.ts";
import {
  answerReturn,
  askReturn,
  askSignature,
  draftReply,
  findReferral,
  findReferralsOfTicket,
  receiveReferral,
  referralSubscribers,
  reportBack,
} from "#src/service/referrals/index.ts";
import {
  addEntry,
  mergeTicket,
  runTicketCommand,
  ticketOfId,
  unmergeTicket,
} from "#src/service/tickets/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { person } from "#tests/support/people.ts";
import { as, buildTicketTown } from "#tests/support/tickets.ts";

let db: TestDatabase;
let agent: Actor;
let chief: Actor;
beforeEach(async () => {
  db = await createTestDatabase("2026-11-23T09:10:00+08:00");
  await buildTicketTown(db);
  agent = await person(db, "agent", ["agent"]);
  chief = await person(db, "chief", ["supervisor"]);
}, 60_000);
afterEach(() => db.drop());

const work = () => handleEvents(db, referralSubscribers);
const receive = (outsideNo: string, dueDay: number, authority = "12345") =>
  as(db, agent, (context) =>
    receiveReferral(context, {
      authority,
      outsideNo,
      demand: "暖气不热",
      addressText: "金水区书香苑A1号楼1单元301",
      dueAt: new Date(`2026-11-${dueDay}T18:00:00+08:00`),
    }),
  );
const merge = async (ticketId: bigint, intoTicketId: bigint): Promise<void> => {
  await as(db, agent, (context) => mergeTicket(context, { ticketId, intoTicketId, reason: "同一诉求" }));
  await work();
};
const unmerge = async (ticketId: bigint): Promise<void> => {
  await as(db, agent, (context) => unmergeTicket(context, { ticketId, reason: "不是一回事" }));
  await work();
};
const ordersOf = async (ticketId: bigint) =>
  (await findReferralsOfTicket(db.database.sql, ticketId)).map((order) => order.outsideNo);
const clocksOf = async (ticketId: bigint) =>
  (await findClocks(db.database.sql, ticketId, db.clock.now()))
    .filter((clock) => clock.kind === "referral")
    .map((clock) => [clock.subject, clock.state, clock.dueAt.toISOString()]);
const version = async (id: bigint) => (await findReferral(db.database.sql, id))?.version ?? 0;
const report = async (id: bigint): Promise<void> => {
  await as(db, agent, (context) => draftReply(context, id, { locale: "zh-CN" }));
  const approvalId = await as(db, agent, (context) => askSignature(context, id));
  await as(db, chief, (context) => decideApproval(context, approvalId, "approved", ""));
  const seen = await version(id);
  await as(db, agent, (context) =>
    reportBack(context, id, seen, { receiptNo: "HZ-1", reportedAt: context.now, fileId: null }),
  );
};

describe("a citizen's two orders, merged", () => {
  test("stand on one case with both numbers and deadlines, and come back when it is taken apart", async () => {
    const one = await receive("ZZ-1", 25);
    const two = await receive("ZZ-2", 26);
    await merge(two.ticketId, one.ticketId);
    expect(await ordersOf(one.ticketId)).toEqual(["ZZ-1", "ZZ-2"]);
    expect(await ordersOf(two.ticketId)).toEqual([]);
    const clocks = await clocksOf(one.ticketId);
    expect(clocks).toEqual([
      [`referral:${one.referralId}`, "running", "2026-11-25T10:00:00.000Z"],
      [`referral:${two.referralId}`, "running", "2026-11-26T10:00:00.000Z"],
    ]);
    await unmerge(two.ticketId);
    expect(await ordersOf(one.ticketId)).toEqual(["ZZ-1"]);
    expect(await clocksOf(two.ticketId)).toEqual([clocks[1]]);
  });

  test("are answered with what was done on the case that stands, and not with what others were told", async () => {
    const one = await receive("ZZ-1", 25);
    const two = await receive("ZZ-2", 26);
    await as(db, agent, (context) =>
      addEntry(context, two.ticketId, { kind: "call", text: "电话告知已安排上门" }),
    );
    await merge(two.ticketId, one.ticketId);
    await as(db, agent, async (context) => {
      await addEntry(context, one.ticketId, { kind: "visit", text: "上门排气，室温 19.2℃" });
      await addEntry(context, one.ticketId, { kind: "call", text: "李先生说很满意" });
    });
    const { text } = await as(db, agent, (context) =>
      draftReply(context, two.referralId, { locale: "zh-CN" }),
    );
    expect(text).toContain("电话告知已安排上门");
    expect(text).toContain("上门排气，室温 19.2℃");
    expect(text).not.toContain("李先生");
  });

  test("go on to a third case, and each way back leads to where it came from", async () => {
    const [a, b, c] = [await receive("A", 25), await receive("B", 26), await receive("C", 27)];
    await merge(a.ticketId, b.ticketId);
    await merge(b.ticketId, c.ticketId);
    expect(await ordersOf(c.ticketId)).toEqual(["A", "B", "C"]);
    await unmerge(b.ticketId);
    expect(await ordersOf(b.ticketId)).toEqual(["A", "B"]);
    await unmerge(a.ticketId);
    expect([await ordersOf(a.ticketId), await ordersOf(b.ticketId)]).toEqual([["A"], ["B"]]);
    // Both merges at once, whatever comes first of their events.
    await as(db, agent, async (context) => {
      await mergeTicket(context, { ticketId: a.ticketId, intoTicketId: b.ticketId, reason: "x" });
      await mergeTicket(context, { ticketId: b.ticketId, intoTicketId: c.ticketId, reason: "x" });
    });
    await work();
    expect(await ordersOf(c.ticketId)).toEqual(["A", "B", "C"]);
    await unmerge(a.ticketId);
    expect([await ordersOf(a.ticketId), await ordersOf(c.ticketId)]).toEqual([["A"], ["B", "C"]]);
    expect(await clocksOf(a.ticketId)).toHaveLength(1);
  });
});

describe("a case with an order that waits", () => {
  const refused = { code: "ticket.order-stands" };

  test("is neither closed nor cancelled before the order is answered", async () => {
    const { ticketId, referralId } = await receive("ZZ-1", 25);
    const end = (command: "close" | "cancel") =>
      as(db, chief, (context) =>
        runTicketCommand(context, ticketId, command, { text: "老旧管网", closingClass: "explained" }),
      );
    await as(db, chief, (context) => runTicketCommand(context, ticketId, "start"));
    await expect(end("cancel")).rejects.toMatchObject(refused);
    await expect(end("close")).rejects.toMatchObject(refused);
    await as(db, chief, (context) => runTicketCommand(context, ticketId, "resolve", { text: "已处理" }));
    await report(referralId);
    await end("close");
    expect((await ticketOfId(db.database.sql, ticketId))?.state).toBe("closed");
  });

  test("also not over an order that came with a case merged into it a moment ago", async () => {
    const one = await receive("ZZ-1", 25);
    const two = await receive("ZZ-2", 26);
    await report(one.referralId);
    await as(db, chief, async (context) => {
      await mergeTicket(context, { ticketId: two.ticketId, intoTicketId: one.ticketId, reason: "x" });
      await runTicketCommand(context, one.ticketId, "start");
    });
    await expect(
      as(db, chief, (context) =>
        runTicketCommand(context, one.ticketId, "close", { text: "x", closingClass: "explained" }),
      ),
    ).rejects.toMatchObject(refused);
  });

  test("that was opened for it stays, when it is taken back, for the cases that were merged into it", async () => {
    const { ticketId, referralId } = await receive("ZZ-1", 25);
    const other = await receive("ZZ-2", 26, "petition");
    await report(other.referralId);
    await merge(other.ticketId, ticketId);
    const asked = await as(db, agent, (context) => askReturn(context, referralId, 1, "不属于本公司"));
    await as(db, agent, (context) =>
      answerReturn(context, referralId, asked.version, { takenBack: true, text: "" }),
    );
    expect((await ticketOfId(db.database.sql, ticketId))?.state).toBe("new");
  });
});
