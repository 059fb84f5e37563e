/** Orders from outside: received once, returned in time or not at all, extended once, signed by two, done again. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decideApproval } from "#src/office/approvals/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { findClocks } from "#src/service/clocks/index.ts";
import {
  answerReturn,
  askExtension,
  askReturn,
  askSignature,
  doAgain,
  draftReply,
  findReferral,
  findReferralsOfTicket,
  grantExtension,
  type NewReferral,
  receiveReferral,
  reportBack,
  signForReferral,
} from "#src/service/referrals/index.ts";
import {
  addEntry,
  attachFile,
  runTicketCommand,
  setOtherCompany,
  ticketOfId,
} from "#src/service/tickets/index.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person } from "#tests/support/people.ts";
import { as, buildTicketTown, openCase, type TicketTown } from "#tests/support/tickets.ts";

let db: TestDatabase;
let startAgain: () => Promise<void>;
let town: TicketTown;
let agent: Actor;
let chief: Actor;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-23T09:10:00+08:00");
  town = await buildTicketTown(db);
  agent = await person(db, "agent", ["agent"]);
  chief = await person(db, "chief", ["supervisor"]);
  startAgain = await rememberBeginning(db);
});
afterAll(() => db.drop());
beforeEach(() => startAgain());

const due = (instant: string): Date => new Date(`2026-11-${instant}:00+08:00`);
const receive = (more: Partial<NewReferral> = {}) =>
  as(db, agent, (context) =>
    receiveReferral(context, {
      authority: "12345",
      outsideNo: "ZZ-1",
      demand: "暖气不热",
      addressText: "金水区书香苑A1号楼1单元301",
      dueAt: due("25T18:00"),
      ...more,
    }),
  );
const row = async (id: bigint) => {
  const found = await findReferral(db.database.sql, id);
  if (found === null) throw new Error("the order is there");
  return found;
};
const version = async (id: bigint) => (await row(id)).version;
const clocksOf = async (ticketId: bigint) =>
  (await findClocks(db.database.sql, ticketId, db.clock.now()))
    .filter((clock) => clock.kind === "referral")
    .map((clock) => [clock.subject, clock.state, clock.dueAt.toISOString()]);

const report = async (id: bigint, more: object = {}) => {
  await as(db, agent, (context) => draftReply(context, id, { locale: "zh-CN" }));
  const approvalId = await as(db, agent, (context) => askSignature(context, id));
  await as(db, chief, (context) => decideApproval(context, approvalId, "approved", ""));
  const seen = await version(id);
  return as(db, agent, (context) =>
    reportBack(context, id, seen, { receiptNo: "HZ-1", reportedAt: context.now, fileId: null, ...more }),
  );
};

describe("an order", () => {
  test("is one order however often it comes, also twenty times at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => receive()));
    expect(answers.filter((answer) => answer.outcome === "taken")).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.ticketId)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.referralId)).size).toBe(1);
    const { tickets } = await db.owner.sql.one<{ tickets: number }>(
      "select count(*)::int as tickets from tickets",
    );
    expect(tickets).toBe(1);
  });

  test("gives its own deadline to a clock of its own; a second number hangs on the same case", async () => {
    const first = await receive();
    const second = await receive({
      authority: "petition",
      outsideNo: "XF-9",
      dueAt: due("27T12:00"),
      ticketId: first.ticketId,
    });
    expect(second.ticketId).toBe(first.ticketId);
    expect(await clocksOf(first.ticketId)).toEqual([
      [`referral:${first.referralId}`, "running", "2026-11-25T10:00:00.000Z"],
      [`referral:${second.referralId}`, "running", "2026-11-27T04:00:00.000Z"],
    ]);
    expect(await findReferralsOfTicket(db.database.sql, first.ticketId)).toHaveLength(2);
  });

  test("finds its household by number, its building by address, and its category by words", async () => {
    const byAddress = await receive();
    expect(await ticketOfId(db.database.sql, byAddress.ticketId)).toMatchObject({
      buildingId: town.buildingId,
      accountId: null,
      categoryCode: "heat.not-hot",
      categoryGuessed: true,
    });
    const byNumber = await receive({
      outsideNo: "ZZ-2",
      accountNo: "10000001",
      callerNumber: "13800000000/0371-60000000",
    });
    expect(await ticketOfId(db.database.sql, byNumber.ticketId)).toMatchObject({
      accountId: town.accountId,
      callerNumber: "+8613800000000",
    });
    const nowhere = await receive({ outsideNo: "ZZ-3", addressText: undefined });
    expect(await ticketOfId(db.database.sql, nowhere.ticketId)).toMatchObject({ addressText: "12345 ZZ-3" });
  });

  test("with another deadline is known and says so; one that was taken back and comes again is a new round", async () => {
    const first = await receive();
    expect((await receive()).remark).toBeNull();
    expect(await receive({ dueAt: due("26T18:00") })).toMatchObject({
      outcome: "known",
      remark: "known, now with another deadline: it may be extended",
    });
    const asked = await as(db, agent, (context) => askReturn(context, first.referralId, 1, "不属于本公司"));
    await as(db, agent, (context) =>
      answerReturn(context, first.referralId, asked.version, { takenBack: true, text: "" }),
    );
    // The same list again is the same; with another deadline the authority means it.
    expect((await receive()).outcome).toBe("known");
    const again = await receive({ dueAt: due("28T18:00") });
    expect(again.outcome).toBe("taken");
    expect(again.ticketId).not.toBe(first.ticketId);
    expect(await row(again.referralId)).toMatchObject({ round: 2, parentId: first.referralId });
    expect((await receive({ dueAt: due("28T18:00") })).referralId).toBe(again.referralId);
  });

  test("does not hang on a case that is over", async () => {
    const { ticketId } = await openCase(db, { addressText: "书香苑" });
    await as(db, chief, (context) => runTicketCommand(context, ticketId, "cancel", { text: "误开" }));
    await expect(receive({ authority: "petition", outsideNo: "XF-2", ticketId })).rejects.toMatchObject({
      code: "referral.case-over",
    });
  });

  test.each([
    ["an authority that nobody knows", { authority: "nobody" }, "referral.authority-unknown"],
    ["a deadline before its receipt", { dueAt: due("23T09:00") }, "referral.due-before-received"],
    ["a receipt in the future", { receivedAt: due("23T10:00") }, "referral.from-the-future"],
    ["a cut-off behind its deadline", { returnBefore: due("26T10:00") }, "referral.return-after-due"],
  ] as const)("with %s is refused", async (_, more, code) => {
    await expect(receive(more)).rejects.toMatchObject({ code });
  });
});

describe("what is not ours", () => {
  const others = () =>
    as(db, db.actor, (context) =>
      setOtherCompany(context, { name: "城东热力", phone: "0371-66660000", communities: ["金色港湾"] }),
    );

  test("is told at once, returned before the cut-off, taken back, and its case is let go", async () => {
    await others();
    const received = await receive({
      addressText: "郑东新区金色港湾3号楼",
      returnBefore: due("23T17:00"),
    });
    expect(received.otherCompany?.name).toBe("城东热力");
    db.clock.set("2026-11-23T16:59:00+08:00");
    const asked = await as(db, agent, async (context) =>
      askReturn(context, received.referralId, await version(received.referralId), "不属于本公司"),
    );
    expect(asked.company).toBe("城东热力");
    await as(db, agent, (context) =>
      answerReturn(context, received.referralId, asked.version, { takenBack: true, text: "" }),
    );
    expect((await row(received.referralId)).state).toBe("taken-back");
    expect((await ticketOfId(db.database.sql, received.ticketId))?.state).toBe("cancelled");
    expect((await clocksOf(received.ticketId)).map(([, state]) => state)).toEqual(["cancelled"]);
  });

  test("is not returned after the cut-off, nor twice", async () => {
    const { referralId } = await receive({ returnBefore: due("23T17:00") });
    db.clock.set("2026-11-23T17:00:00+08:00");
    await expect(
      as(db, agent, (context) => askReturn(context, referralId, 1, "不属于本公司")),
    ).rejects.toMatchObject({ code: "referral.return-too-late" });
    expect((await row(referralId)).state).toBe("received");
  });

  test("that the authority will not take back is ours after all, and its clock never stood", async () => {
    const { referralId, ticketId } = await receive();
    const asked = await as(db, agent, (context) => askReturn(context, referralId, 1, "不属于本公司"));
    await as(db, agent, (context) =>
      answerReturn(context, referralId, asked.version, { takenBack: false, text: "属你公司" }),
    );
    expect(await row(referralId)).toMatchObject({ state: "signed-for", returnRefusedCount: 1 });
    expect((await clocksOf(ticketId)).map(([, state]) => state)).toEqual(["running"]);
  });

  test("keeps a case on which another order stands", async () => {
    const { referralId, ticketId } = await receive();
    await receive({ authority: "petition", outsideNo: "XF-1", ticketId });
    const asked = await as(db, agent, (context) => askReturn(context, referralId, 1, "重复"));
    await as(db, agent, (context) =>
      answerReturn(context, referralId, asked.version, { takenBack: true, text: "" }),
    );
    expect((await ticketOfId(db.database.sql, ticketId))?.state).toBe("new");
  });
});

describe("an extension", () => {
  const later = due("30T18:00");
  const ask = (id: bigint, seen: number) =>
    as(db, agent, (context) => askExtension(context, id, seen, { dueAt: later, reason: "需开挖管网" }));

  test("needs a second person, moves the clock, and happens once", async () => {
    const { referralId, ticketId } = await receive();
    const approvalId = await ask(referralId, 1);
    await expect(
      as(db, agent, (context) => grantExtension(context, referralId, 1, later)),
    ).rejects.toMatchObject({ code: "approval.pending" });
    await expect(ask(referralId, 1)).rejects.toMatchObject({ code: "referral.extended-before" });
    await as(db, chief, (context) => decideApproval(context, approvalId, "approved", ""));
    await expect(
      as(db, agent, (context) => grantExtension(context, referralId, 1, due("25T18:00"))),
    ).rejects.toMatchObject({ code: "referral.extension-not-later" });
    await as(db, agent, (context) => grantExtension(context, referralId, 1, later));
    expect((await row(referralId)).dueAt).toEqual(later);
    expect((await clocksOf(ticketId)).map(([, , at]) => at)).toEqual([later.toISOString()]);
    await expect(ask(referralId, 2)).rejects.toMatchObject({ code: "referral.extension-not-later" });
  });

  test("is the one that the authority grants, also when it is another than was asked for", async () => {
    const { referralId, ticketId } = await receive();
    const approvalId = await ask(referralId, 1);
    await as(db, chief, (context) => decideApproval(context, approvalId, "approved", ""));
    const granted = due("28T12:00");
    await as(db, agent, (context) => grantExtension(context, referralId, 1, granted));
    expect((await row(referralId)).dueAt).toEqual(granted);
    expect((await clocksOf(ticketId)).map(([, , at]) => at)).toEqual([granted.toISOString()]);
  });

  test("that was refused may be asked for again", async () => {
    const { referralId } = await receive();
    const approvalId = await ask(referralId, 1);
    await as(db, chief, (context) => decideApproval(context, approvalId, "refused", "先去看"));
    expect(await ask(referralId, 1)).toBeGreaterThan(approvalId);
  });
});

describe("a reply", () => {
  test("that nobody signed, or whose text changed after signing, is not reported", async () => {
    const { referralId } = await receive();
    const bare = (seen: number) =>
      as(db, agent, (context) =>
        reportBack(context, referralId, seen, { receiptNo: "HZ-1", reportedAt: context.now, fileId: null }),
      );
    await expect(bare(1)).rejects.toMatchObject({ code: "referral.no-draft" });
    await as(db, agent, (context) => draftReply(context, referralId, { text: "已处理", locale: "zh-CN" }));
    await expect(bare(1)).rejects.toMatchObject({ code: "referral.not-signed" });
    const approvalId = await as(db, agent, (context) => askSignature(context, referralId));
    expect(await as(db, agent, (context) => askSignature(context, referralId))).toBe(approvalId);
    await expect(bare(1)).rejects.toMatchObject({ code: "approval.pending" });
    await as(db, chief, (context) => decideApproval(context, approvalId, "approved", ""));
    // Another text after the signature is another reply.
    await as(db, agent, (context) => draftReply(context, referralId, { text: "另一份", locale: "zh-CN" }));
    await expect(bare(1)).rejects.toMatchObject({ code: "referral.not-signed" });
  });

  test("is proven by a paper of its own case, not by another's", async () => {
    const { referralId, ticketId } = await receive();
    const other = await receive({ outsideNo: "ZZ-2" });
    const paperOf = async (id: bigint) =>
      (
        await as(db, agent, (context) =>
          attachFile(context, id, { bytes: Buffer.from("办结回执"), fileName: "回执.txt" }),
        )
      ).fileId;
    const foreign = await paperOf(other.ticketId);
    await expect(report(referralId, { fileId: foreign })).rejects.toMatchObject({ code: "file.not-found" });
    const seen = await version(referralId);
    const fileId = await paperOf(ticketId);
    const done = await as(db, agent, (context) =>
      reportBack(context, referralId, seen, { receiptNo: "HZ-1", reportedAt: context.now, fileId }),
    );
    expect(done.version).toBe(seen + 1);
  });

  test("is composed from what was done, without notes to ourselves, in both languages", async () => {
    const { referralId, ticketId } = await receive();
    await as(db, agent, async (context) => {
      await addEntry(context, ticketId, { kind: "note", text: "此人常来电" });
      await addEntry(context, ticketId, { kind: "visit", text: "上门测温 18.5℃" });
    });
    const draft = (locale: "zh-CN" | "en") =>
      as(db, agent, (context) => draftReply(context, referralId, { locale }));
    const zh = (await draft("zh-CN")).text;
    expect(zh).toContain("上门测温 18.5℃");
    expect(zh).not.toContain("此人常来电");
    expect(zh).toContain("正在办理，办结后续报。");
    expect((await draft("en")).text).toContain("Citizens' hotline 12345");
  });

  test("that is entered later than it was given is in time by its own hour, as is its clock", async () => {
    const { referralId, ticketId } = await receive();
    db.clock.set("2026-11-25T18:10:00+08:00");
    expect(await report(referralId, { reportedAt: due("25T17:50") })).toMatchObject({ inTime: true });
    const [clock] = (await findClocks(db.database.sql, ticketId, db.clock.now())).filter(
      ({ kind }) => kind === "referral",
    );
    expect(clock).toMatchObject({ state: "stopped", met: true, stoppedAt: due("25T17:50") });
  });

  test("reported late is late by the hour of the report, and lies within the order's time", async () => {
    const { referralId } = await receive();
    db.clock.set("2026-11-26T10:00:00+08:00");
    await expect(report(referralId, { reportedAt: due("22T10:00") })).rejects.toMatchObject({
      code: "referral.report-time",
    });
    expect(await report(referralId)).toMatchObject({ inTime: false });
    expect(await row(referralId)).toMatchObject({
      state: "reported",
      receiptNo: "HZ-1",
      reportedInTime: false,
    });
    await expect(report(referralId)).rejects.toMatchObject({ code: "referral.refused" });
  });
});

describe("done again", () => {
  test("opens the case again, once, with a clock of its own", async () => {
    const { referralId, ticketId } = await receive();
    await report(referralId);
    await as(db, chief, async (context) => {
      await runTicketCommand(context, ticketId, "start");
      await runTicketCommand(context, ticketId, "close", { closingClass: "explained", text: "老旧管网" });
    });
    const seen = await version(referralId);
    const again = () =>
      as(db, agent, (context) => doAgain(context, referralId, seen, { dueAt: due("27T18:00") }));
    const first = await again();
    expect(first).toMatchObject({ outcome: "taken", ticketId });
    expect(await again()).toMatchObject({ outcome: "known", referralId: first.referralId });
    expect(await ticketOfId(db.database.sql, ticketId)).toMatchObject({ state: "new", reopenCount: 1 });
    expect(await row(first.referralId)).toMatchObject({ round: 2, parentId: referralId, outsideNo: "ZZ-1" });
    expect(await row(referralId)).toMatchObject({ state: "reported", satisfied: false });
    expect((await clocksOf(ticketId)).map(([, state]) => state)).toEqual(["stopped", "running"]);
    // The number alone means the latest round.
    expect((await receive()).referralId).toBe(first.referralId);
  });

  test("after the window of reopening is a child case with the link", async () => {
    const { referralId, ticketId } = await receive();
    await report(referralId);
    await as(db, chief, async (context) => {
      await runTicketCommand(context, ticketId, "start");
      await runTicketCommand(context, ticketId, "close", { closingClass: "explained", text: "老旧管网" });
    });
    db.clock.set("2026-12-20T09:00:00+08:00");
    const again = await as(db, agent, async (context) =>
      doAgain(context, referralId, await version(referralId), {
        dueAt: new Date("2026-12-22T18:00:00+08:00"),
      }),
    );
    expect(again.ticketId).not.toBe(ticketId);
    const links = await db.owner.sql.rows(
      `select ticket_id as "child", other_ticket_id as "parent", kind from ticket_links`,
    );
    expect(links).toEqual([{ child: again.ticketId, parent: ticketId, kind: "done-again" }]);
    expect((await ticketOfId(db.database.sql, ticketId))?.state).toBe("closed");
  });
});

test("signing for is once, and a stale version is shown", async () => {
  const { referralId } = await receive();
  expect(await as(db, agent, (context) => signForReferral(context, referralId, 1))).toBe(2);
  await expect(as(db, agent, (context) => signForReferral(context, referralId, 1))).rejects.toMatchObject({
    code: "version.stale",
  });
  await expect(as(db, agent, (context) => signForReferral(context, referralId, 2))).rejects.toMatchObject({
    code: "referral.refused",
  });
});
