/**
 * Monday 23 November: an order of 12345 is bounced twice, ruled on, answered in time with two signatures and a receipt number, and
 * ordered again three days later.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import { findClocks } from "#src/service/clocks/index.ts";
import {
  askSignature,
  countReferrals,
  doAgain,
  draftReply,
  findReferral,
  findReferralsOfTicket,
  nameReferrals,
  receiveReferral,
  recordVerdict,
  reportBack,
  signForReferral,
  spanOfDay,
} from "#src/service/referrals/index.ts";
import { returnCase, ruleCase } from "#src/service/routing/index.ts";
import { addEntry, reachOf, runTicketCommand, ticketOfId } from "#src/service/tickets/index.ts";
import { createRoutingTown, type RoutingTown } from "#tests/support/routing-town.ts";

let town: RoutingTown;
beforeAll(async () => {
  town = await createRoutingTown({ at: "2026-11-23T09:10:00+08:00" });
});
afterAll(() => town.drop());

const clockTo = (instant: string): void => town.db.clock.set(`2026-11-${instant}:00+08:00`);
const sql = () => town.db.database.sql;
const lastRoute = async (ticketId: bigint) => {
  const route = (await town.routeOf(ticketId)).at(-1);
  return [route?.role, route?.login, route?.rule];
};
const figuresOf = async (on: string) => {
  const from = day(on);
  const span = spanOfDay(from, town.db.clock.now());
  const reach = reachOf(town.db.actor, from);
  return {
    counts: (await countReferrals(sql(), { ...reach, ...span }))[0],
    named: await nameReferrals(sql(), { ...reach, ...span }),
  };
};

test("bounced twice, ruled, reported back in time, and done again", async () => {
  const { as, who } = town;
  const agent = who("service");

  // 09:10: in, with a deadline of its own.
  const { referralId, ticketId, ticketNo } = await as(agent, (context) =>
    receiveReferral(context, {
      authority: "12345",
      outsideNo: "ZZ20261123017",
      demand: "家里暖气不热，只有十几度，多次反映没人管",
      callerName: "王女士",
      callerNumber: "13812345678",
      addressText: "金水区书香苑T1号楼301",
      dueAt: new Date("2026-11-25T18:00:00+08:00"),
      returnBefore: new Date("2026-11-23T17:00:00+08:00"),
    }),
  );
  await as(agent, (context) => signForReferral(context, referralId, 1));
  await town.work();
  expect(await ticketOfId(sql(), ticketId)).toMatchObject({
    categoryCode: "heat.not-hot",
    channel: "referral",
    buildingId: town.ours,
    ticketNo,
  });
  expect((await lastRoute(ticketId)).slice(0, 2)).toEqual(["area-manager", "branch"]);

  // 09:50 and 11:20: given back twice; the second time it lies at the ruling desk.
  clockTo("23T09:50");
  await as(who("branch"), (context) =>
    returnCase(context, { ticketId, reason: "station-not-taken-over", words: "站没接管" }),
  );
  await town.work();
  expect((await lastRoute(ticketId)).slice(0, 2)).toEqual(["property-desk", "property"]);
  clockTo("23T11:20");
  await as(who("property"), (context) =>
    returnCase(context, { ticketId, reason: "inside-the-flat", words: "户内问题" }),
  );
  await town.work();
  expect((await lastRoute(ticketId)).slice(0, 2)).toEqual(["ruling-desk", "judge"]);
  const bounced = await figuresOf("2026-11-23");
  expect(bounced.counts).toMatchObject({ received: 1, signedFor: 1, bouncedTwice: 1, overdue: 0 });
  expect(bounced.named.map((one) => [one.why, one.outsideNo, one.returns])).toEqual([
    ["bounced-twice", "ZZ20261123017", 2],
  ]);

  // 13:30: ruled; 15:00: measured, air purged, warm.
  clockTo("23T13:30");
  await as(who("judge"), (context) =>
    ruleCase(context, {
      ticketId,
      role: "area-manager",
      level: "area",
      words: "户内系统由片区先处理",
      precedent: "building",
    }),
  );
  await town.work();
  expect((await lastRoute(ticketId)).slice(0, 2)).toEqual(["area-manager", "manager1"]);
  clockTo("23T15:00");
  await as(who("manager1"), async (context) => {
    await runTicketCommand(context, ticketId, "start");
    await addEntry(context, ticketId, {
      kind: "visit",
      text: "上门测温 16.8℃，排气后 19.2℃",
      evidence: "visit",
    });
    await runTicketCommand(context, ticketId, "resolve", { text: "户内排气后室温 19.2℃，达标" });
  });

  // 24 November 11:30: the reply that the timeline gives, two signatures, a receipt number.
  clockTo("24T10:30");
  const { text } = await as(agent, (context) => draftReply(context, referralId, { locale: "zh-CN" }));
  expect(text).toContain("ZZ20261123017");
  expect(text).toContain("1. 2026-11-23 15:00　上门测温 16.8℃，排气后 19.2℃");
  expect(text).toContain("户内排气后室温 19.2℃，达标");
  const approvalId = await as(agent, (context) => askSignature(context, referralId));
  await expect(
    as(agent, (context) => decideApproval(context, approvalId, "approved", "")),
  ).rejects.toMatchObject({ code: "approval.own-request" });
  await as(who("judge"), (context) => decideApproval(context, approvalId, "approved", ""));
  clockTo("24T11:30");
  const reported = await as(agent, async (context) =>
    reportBack(context, referralId, (await findReferral(context.sql, referralId))?.version ?? 0, {
      receiptNo: "HZ-20261124-0081",
      reportedAt: context.now,
      fileId: null,
    }),
  );
  expect(reported.inTime).toBe(true);
  await as(who("manager1"), (context) =>
    runTicketCommand(context, ticketId, "close", { closingClass: "solved" }),
  );
  expect((await figuresOf("2026-11-24")).counts).toMatchObject({ reported: 1, reportedInTime: 1, solved: 1 });

  // 26 November: not satisfied, ordered again under a number of its own.
  clockTo("26T09:00");
  await as(agent, (context) => recordVerdict(context, referralId, reported.version, false));
  const again = await as(agent, (context) =>
    doAgain(context, referralId, reported.version + 1, {
      outsideNo: "ZZ20261126009",
      dueAt: new Date("2026-11-27T18:00:00+08:00"),
    }),
  );
  await town.work();
  expect(again).toMatchObject({ ticketId, outcome: "taken" });

  // The end of the day as it must stand.
  const ticket = await ticketOfId(sql(), ticketId);
  expect(ticket).toMatchObject({ reopenCount: 1, returnCount: 2, closedAt: null, closingClass: null });
  const orders = await findReferralsOfTicket(sql(), ticketId);
  expect(
    orders.map(({ outsideNo, round, state, reportedInTime }) => [outsideNo, round, state, reportedInTime]),
  ).toEqual([
    ["ZZ20261123017", 1, "reported", true],
    ["ZZ20261126009", 2, "received", null],
  ]);
  expect(orders[1]?.parentId).toBe(referralId);
  const clocks = (await findClocks(sql(), ticketId, town.db.clock.now())).filter(
    (clock) => clock.kind === "referral",
  );
  expect(clocks.map(({ subject, breach, dueAt }) => [subject, breach, dueAt.toISOString()])).toEqual([
    [`referral:${referralId}`, "met", "2026-11-25T10:00:00.000Z"],
    [`referral:${again.referralId}`, "none", "2026-11-27T10:00:00.000Z"],
  ]);
  const { rulings } = await town.db.owner.sql.one<{ rulings: number }>(
    "select count(*)::int as rulings from ticket_rulings where ticket_id = :ticketId",
    { ticketId },
  );
  expect(rulings).toBe(1);
  const last = await figuresOf("2026-11-26");
  expect(last.counts).toMatchObject({ received: 1, doneAgain: 1, rated: 1, satisfied: 0 });

  // The next one like it goes straight.
  const next = await as(agent, (context) =>
    receiveReferral(context, {
      authority: "12345",
      outsideNo: "ZZ20261126044",
      demand: "家里不热",
      addressText: "书香苑T1号楼502",
      dueAt: new Date("2026-11-28T18:00:00+08:00"),
    }),
  );
  await town.work();
  expect(await lastRoute(next.ticketId)).toEqual(["area-manager", "manager1", "precedent"]);
  expect((await ticketOfId(sql(), next.ticketId))?.returnCount).toBe(0);
});
