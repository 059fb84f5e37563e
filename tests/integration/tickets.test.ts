import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProofs } from "#src/money/ledger/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import {
  addEntry,
  attachFile,
  correctTicket,
  findOpenTickets,
  formatTicketNo,
  guessCategory,
  linkTickets,
  mergeTicket,
  rateTicket,
  runTicketCommand,
  setOwner,
  ticketOfId,
  ticketProofs,
  unmergeTicket,
} from "#src/service/tickets/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person } from "#tests/support/people.ts";
import { as, buildTicketTown, openCase, type TicketTown } from "#tests/support/tickets.ts";

let db: TestDatabase;
let town: TicketTown;
let agent: Actor;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-16T10:00:00+08:00");
  town = await buildTicketTown(db);
  agent = await person(db, "agent.wang", ["agent"]);
});
afterAll(() => db.drop());

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

const ticket = async (id: bigint) => {
  const found = await ticketOfId(db.database.sql, id);
  if (found === null) throw new Error("the case is there");
  return found;
};
const clocksOf = (id: bigint) =>
  db.database.sql.rows<{ kind: string; subject: string; state: string }>(
    `select kind, subject, state from ticket_clocks where ticket_id = :id order by id`,
    { id },
  );
const work = async (id: bigint): Promise<void> => {
  await as(db, agent, async (context) => {
    await runTicketCommand(context, id, "accept");
    await runTicketCommand(context, id, "start");
  });
};
const close = (id: bigint, closingClass: "solved" | "explained" = "solved") =>
  as(db, agent, (context) => runTicketCommand(context, id, "close", { closingClass, text: "done" }));
const callBack = (id: bigint) =>
  as(db, agent, (context) => addEntry(context, id, { kind: "call", text: "热了", evidence: "call-back" }));
const closed = async (input: Parameters<typeof openCase>[1]): Promise<bigint> => {
  const { ticketId } = await openCase(db, input);
  await work(ticketId);
  await callBack(ticketId);
  await close(ticketId);
  return ticketId;
};

describe("opening", () => {
  test("a source opens its case once, also at the same time", async () => {
    const all = await Promise.all(
      Array.from({ length: 10 }, () =>
        openCase(db, { callerNumber: "+8613800000001", sourceKey: "call:17" }),
      ),
    );
    expect(new Set(all.map((one) => one.ticketId)).size).toBe(1);
    expect(all.filter((one) => one.opened)).toHaveLength(1);
    const [first] = all;
    expect(first?.ticketNo).toBe(formatTicketNo(first?.ticketId ?? 0n));
    const stored = await ticket(first?.ticketId ?? 0n);
    expect(stored.ticketNo).toBe(first?.ticketNo);
  });

  test("a household's case is where the household is, has its clocks, and is announced", async () => {
    const { ticketId } = await openCase(db, { accountId: town.accountId });
    const stored = await ticket(ticketId);
    expect(stored).toMatchObject({
      buildingId: town.buildingId,
      source: "reported",
      severity: "urgent",
      state: "new",
    });
    expect((await clocksOf(ticketId)).map((clock) => clock.kind)).toEqual(
      expect.arrayContaining(["first-response", "on-site", "solution"]),
    );
    const events = await db.database.sql.rows<{ type: string; payload: unknown }>(
      "select type, payload from outbox_events where subject = 'ticket:' || :id::bigint",
      { id: ticketId },
    );
    expect(events).toEqual([{ type: "ticket.opened", payload: { ticketId: String(ticketId) } }]);
    expect(
      (await findOpenTickets(db.database.sql, { accountId: town.accountId, category: "heat" })).length,
    ).toBe(1);
  });

  test("what we find ourselves stands in the other ledger", async () => {
    const { ticketId } = await openCase(db, { buildingId: town.buildingId, channel: "patrol" });
    expect((await ticket(ticketId)).source).toBe("found");
  });

  test.each([
    ["ticket.nowhere", {}],
    ["category.not-found", { category: "heat", addressText: "x" }],
    ["category.not-found", { category: "heat.cold", addressText: "x" }],
    ["account.not-found", { accountId: 999_999n }],
    ["building.not-found", { buildingId: 999_999n }],
    ["ticket.field-unknown", { addressText: "x", fields: { colour: "red" } }],
    ["ticket.field-invalid", { addressText: "x", fields: { celsius: "16" } }],
    ["ticket.field-invalid", { addressText: "x", fields: { celsius: 16.55 } }],
    [
      "ticket.field-invalid",
      { addressText: "x", category: "fault.leak", fields: { place: "sky", running: true } },
    ],
    ["ticket.fields-missing", { addressText: "x", category: "fault.leak", fields: { place: "room" } }],
    ["ticket.fields-missing", { addressText: "x", category: "damage.claim", fields: { items: "floor" } }],
  ] as const)("%s", async (code, input) => {
    await expect(openCase(db, input)).rejects.toMatchObject({ code });
  });

  test("words guess a category, the heaviest first; a text that says nothing gets the policy's", async () => {
    const { sql } = db.database;
    expect((await guessCategory(sql, "卧室暖气片漏水，楼下都湿了"))[0]?.code).toBe("fault.leak");
    for (const [text, code] of [
      ["家里没漏水，就是不热", "heat.not-hot"],
      ["没有漏水，想退费", "payment.refund-progress"],
      ["昨天还没漏水，今天漏水了", "fault.leak"],
      ["楼上有没有漏水我不知道，我家漏水", "fault.leak"],
      ["漏水没有人管", "fault.leak"],
    ] as const) {
      expect([text, (await guessCategory(sql, text))[0]?.code]).toEqual([text, code]);
    }
    expect((await guessCategory(sql, "交了费没开阀"))[0]?.code).toBe("valve.paid-not-open");
    expect(await guessCategory(sql, "您好")).toEqual([{ code: "enquiry.policy", score: 0, words: [] }]);
  });
});

describe("closing", () => {
  test("as solved needs evidence of this round and the fields of the category", async () => {
    const { ticketId } = await openCase(db, { category: "fault.leak", accountId: town.accountId });
    await work(ticketId);
    await expect(close(ticketId)).rejects.toMatchObject({
      code: "ticket.fields-missing",
      detail: { facts: { missing: ["place", "running"] } },
    });
    await as(db, agent, (context) =>
      correctTicket(context, ticketId, { fields: { place: "riser", running: false } }, undefined),
    );
    await expect(close(ticketId)).rejects.toMatchObject({ code: "ticket.evidence-needed" });
    await as(db, agent, (context) =>
      attachFile(context, ticketId, { bytes: Buffer.from("换了阀门"), fileName: "派工单.txt" }),
    );
    await close(ticketId);
    expect(await ticket(ticketId)).toMatchObject({
      state: "closed",
      closingClass: "solved",
      firstVisitCompleted: null,
    });
    const states = new Map((await clocksOf(ticketId)).map((clock) => [clock.kind, clock.state]));
    expect([states.get("first-response"), states.get("solution"), states.get("on-site")]).toEqual([
      "stopped",
      "stopped",
      "cancelled",
    ]);
  });

  test("as explained needs words, and nothing else", async () => {
    const { ticketId } = await openCase(db, { category: "heat.partly", addressText: "x" });
    await work(ticketId);
    const explain = (text: string | undefined) =>
      as(db, agent, (context) =>
        runTicketCommand(context, ticketId, "close", { closingClass: "explained", text }),
      );
    await expect(explain(undefined)).rejects.toMatchObject({ code: "ticket.reason-needed" });
    await explain("未装暖气片");
    expect((await ticket(ticketId)).closingClass).toBe("explained");
  });

  test("one visit is a first-visit completion, a second one is not", async () => {
    const visit = (id: bigint) =>
      as(db, agent, (context) => addEntry(context, id, { kind: "visit", text: "放气", evidence: "visit" }));
    const once = await openCase(db, { accountId: town.accountId });
    await work(once.ticketId);
    await visit(once.ticketId);
    await close(once.ticketId);
    const twice = await openCase(db, { accountId: town.neighbourId });
    await work(twice.ticketId);
    await visit(twice.ticketId);
    await visit(twice.ticketId);
    await close(twice.ticketId);
    expect((await ticket(once.ticketId)).firstVisitCompleted).toBe(true);
    expect((await ticket(twice.ticketId)).firstVisitCompleted).toBe(false);
    expect((await clocksOf(once.ticketId)).find((clock) => clock.kind === "on-site")?.state).toBe("stopped");
  });

  test("reopening counts, starts new clocks, and asks for new evidence", async () => {
    const id = await closed({ category: "business.transfer", accountId: town.accountId });
    db.clock.advanceMs(5 * MINUTE);
    await as(db, agent, (context) => runTicketCommand(context, id, "reopen"));
    expect(await ticket(id)).toMatchObject({
      state: "new",
      reopenCount: 1,
      closedAt: null,
      closingClass: null,
    });
    expect(
      (await clocksOf(id)).filter((clock) => clock.subject === "reopen:1" && clock.state === "running"),
    ).not.toEqual([]);
    await work(id);
    await expect(close(id)).rejects.toMatchObject({ code: "ticket.evidence-needed" });
  });

  test("after the window it is opened anew, not reopened", async () => {
    const id = await closed({ category: "business.connect", accountId: town.accountId });
    db.clock.advanceMs(15 * DAY);
    await expect(as(db, agent, (context) => runTicketCommand(context, id, "reopen"))).rejects.toMatchObject({
      code: "ticket.reopen-too-late",
    });
  });

  test("the same trouble within 7 days counts against the closing, on the closed one; on the eighth day it does not", async () => {
    const id = await closed({ category: "heat.unsteady", accountId: town.accountId });
    await openCase(db, { category: "heat.unsteady", accountId: town.neighbourId });
    expect((await ticket(id)).repeatedAt).toBeNull();
    db.clock.advanceMs(6 * DAY);
    const again = await openCase(db, { category: "heat.unsteady", accountId: town.accountId });
    expect(await ticket(id)).toMatchObject({ repeatedById: again.ticketId });
    const late = await closed({ category: "heat.unsteady", accountId: town.neighbourId });
    db.clock.advanceMs(7 * DAY + MINUTE);
    await openCase(db, { category: "heat.unsteady", accountId: town.neighbourId });
    expect((await ticket(late)).repeatedAt).toBeNull();
  });
});

describe("return visits", () => {
  const visitOf = (id: bigint) =>
    db.database.sql.rows<{ state: string; closingNo: number; satisfaction: number | null }>(
      `select state, closing_no as "closingNo", satisfaction from return_visits where ticket_id = :id order by id`,
      { id },
    );

  test("every complaint is asked about, no enquiry; the answer of one who is not content reopens", async () => {
    const quiet = await closed({ category: "enquiry.policy", accountId: town.accountId });
    expect(await visitOf(quiet)).toEqual([]);
    const id = await closed({ category: "complaint.charging", accountId: town.accountId });
    expect(await visitOf(id)).toMatchObject([{ state: "open", closingNo: 1 }]);
    // Also after the window: we asked.
    db.clock.advanceMs(20 * DAY);
    const rated = await as(db, agent, (context) =>
      rateTicket(context, id, { solved: false, satisfaction: 1 }),
    );
    expect(rated).toEqual({ reopened: true });
    expect(await ticket(id)).toMatchObject({ state: "new", reopenCount: 1 });
    expect(await visitOf(id)).toMatchObject([{ state: "answered", satisfaction: 1 }]);
  });

  test("a household answers once a closing, also one that was not to be asked", async () => {
    const id = await closed({ category: "enquiry.time", accountId: town.accountId });
    const rate = () => as(db, agent, (context) => rateTicket(context, id, { solved: true, satisfaction: 5 }));
    await rate();
    await expect(rate()).rejects.toMatchObject({ code: "return-visit.answered" });
  });
});

describe("merging", () => {
  test("a merged case is shown with the other's timeline, and stands where it stood when it is taken out", async () => {
    const one = await openCase(db, { category: "heat.partly", accountId: town.accountId });
    const other = await openCase(db, { category: "heat.partly", accountId: town.neighbourId });
    await work(one.ticketId);
    const merge = { ticketId: one.ticketId, intoTicketId: other.ticketId, reason: "同楼同症" };
    await as(db, agent, (context) => mergeTicket(context, merge));
    expect(await ticket(one.ticketId)).toMatchObject({ state: "merged", mergedIntoId: other.ticketId });
    await expect(
      as(db, agent, (context) =>
        mergeTicket(context, { ticketId: other.ticketId, intoTicketId: one.ticketId, reason: "x" }),
      ),
    ).rejects.toMatchObject({ code: "ticket.merge-target" });
    await as(db, agent, (context) => unmergeTicket(context, { ticketId: one.ticketId, reason: "不同楼层" }));
    expect(await ticket(one.ticketId)).toMatchObject({ state: "working", mergedIntoId: null });
    await as(db, agent, (context) => mergeTicket(context, merge));
    expect((await ticket(one.ticketId)).state).toBe("merged");
  });

  test("a merge taken back lets run again what it cut short, and asks nothing twice that was answered", async () => {
    const one = await openCase(db, { category: "heat.not-hot", accountId: town.accountId });
    const other = await openCase(db, { category: "heat.not-hot", accountId: town.neighbourId });
    await work(one.ticketId);
    const before = await clocksOf(one.ticketId);
    expect(before).toContainEqual({ kind: "first-response", subject: "", state: "stopped" });
    const merge = { ticketId: one.ticketId, intoTicketId: other.ticketId, reason: "同楼同症" };
    await as(db, agent, (context) => mergeTicket(context, merge));
    expect((await clocksOf(one.ticketId)).filter(({ state }) => state === "running")).toEqual([]);
    await as(db, agent, (context) => unmergeTicket(context, { ticketId: one.ticketId, reason: "不同楼层" }));
    expect(await clocksOf(one.ticketId)).toEqual(before);
    await as(db, agent, (context) =>
      correctTicket(context, one.ticketId, { category: "heat.below-standard" }, undefined),
    );
    const kinds = (await clocksOf(one.ticketId))
      .filter(({ state }) => state === "running")
      .map(({ kind }) => kind);
    expect(kinds).toEqual([...new Set(kinds)]);
  });

  test("two merges of the same two into each other end in one", async () => {
    const a = await openCase(db, { category: "heat.partly", accountId: town.accountId });
    const b = await openCase(db, { category: "heat.partly", accountId: town.neighbourId });
    const outcomes = await Promise.allSettled([
      as(db, agent, (context) =>
        mergeTicket(context, { ticketId: a.ticketId, intoTicketId: b.ticketId, reason: "x" }),
      ),
      as(db, agent, (context) =>
        mergeTicket(context, { ticketId: b.ticketId, intoTicketId: a.ticketId, reason: "x" }),
      ),
    ]);
    expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test("a link is stored once and seen from both", async () => {
    const a = await openCase(db, { addressText: "x" });
    const b = await openCase(db, { addressText: "y" });
    const link = { ticketId: a.ticketId, otherTicketId: b.ticketId, kind: "done-again" } as const;
    await as(db, agent, (context) => linkTickets(context, link));
    await as(db, agent, (context) => linkTickets(context, link));
    const { n } = await db.database.sql.one<{ n: number }>(
      "select count(*)::int as n from ticket_entries where kind = 'link' and ticket_id in (:a, :b)",
      { a: a.ticketId, b: b.ticketId },
    );
    expect(n).toBe(2);
  });
});

describe("what is written", () => {
  test("the timeline is never changed, not even by the owner of the database", async () => {
    const { ticketId } = await openCase(db, { addressText: "x" });
    await expect(
      db.owner.sql.run("update ticket_entries set text = 'other' where ticket_id = :ticketId", { ticketId }),
    ).rejects.toMatchObject({ code: "NY001" });
    await expect(
      db.database.sql.run("delete from ticket_entries where ticket_id = :ticketId", { ticketId }),
    ).rejects.toMatchObject({ code: "42501" });
  });

  test("another category takes the fields that it knows, and its clocks are counted anew", async () => {
    const { ticketId } = await openCase(db, {
      accountId: town.accountId,
      categoryGuessed: true,
      fields: { celsius: 15.5, radiatorWarm: true },
    });
    const corrected = await as(db, agent, (context) =>
      correctTicket(context, ticketId, { category: "heat.below-standard" }, 1),
    );
    expect(corrected).toBe(2);
    expect(await ticket(ticketId)).toMatchObject({
      categoryCode: "heat.below-standard",
      categoryGuessed: false,
      fields: { celsius: 15.5 },
    });
    const entries = await db.database.sql.rows<{ details: unknown }>(
      "select details from ticket_entries where ticket_id = :ticketId and kind = 'correction'",
      { ticketId },
    );
    expect(entries[0]?.details).toMatchObject({
      changed: { categoryCode: { before: "heat.not-hot", after: "heat.below-standard" } },
    });
  });

  test("an owner keeps a case that waits waiting, and none is given to a closed one", async () => {
    const { ticketId } = await openCase(db, { accountId: town.accountId });
    const own = () =>
      as(db, db.actor, (context) =>
        setOwner(context, ticketId, { staffId: agent.id, role: "agent", areaId: null, level: "company" }),
      );
    await own();
    await as(db, agent, (context) =>
      runTicketCommand(context, ticketId, "wait", { text: "等用户", pauseReason: "awaiting-customer" }),
    );
    expect((await clocksOf(ticketId)).find((clock) => clock.kind === "solution")?.state).toBe("paused");
    await own();
    expect((await ticket(ticketId)).state).toBe("waiting");
    await as(db, agent, (context) => runTicketCommand(context, ticketId, "cancel", { text: "误开" }));
    await expect(own()).rejects.toMatchObject({ code: "ticket.refused" });
    await expect(
      as(db, agent, (context) =>
        runTicketCommand(context, ticketId, "wait", { text: "x", pauseReason: "tea" }),
      ),
    ).rejects.toMatchObject({ code: "ticket.refused" });
  });
});

test("after all this the rules of cases hold", async () => {
  expect(await runProofs(db.database, ticketProofs)).toEqual([]);
});
