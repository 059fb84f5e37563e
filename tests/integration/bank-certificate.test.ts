/** A certificate leaves nothing unnamed, and what comes afterwards changes the certified day no more: it is named on a later one. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type BankDayView,
  certifyBankDay,
  readBankDay,
  reconcileBankDay,
  requestResolution,
  resolveBreak,
} from "#src/bank/reconciliation/index.ts";
import type { Day } from "#src/kernel/day.ts";
import {
  accessPayment,
  correctPayment,
  requestReversal,
  reverseByMessage,
} from "#src/money/collection/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { cliActor } from "#src/platform/actor.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import {
  bankRow,
  BILL_FEN,
  bookCounts,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  LIVE_CHANNEL,
  onDay,
  postLive,
  refusalOf,
  standing,
  writeBankFile,
} from "#tests/support/bank-town.ts";

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ at: "2026-11-11T09:00:00+08:00", households: 120 });
});
afterAll(() => town.drop());

const at = (time: string): void => town.db.clock.set(`2026-11-${time}:00+08:00`);
const november = (n: number): Day => onDay(`2026-11-${String(n).padStart(2, "0")}`);
const view = (n: number, channel = LIVE_CHANNEL): Promise<BankDayView> =>
  readBankDay(town.db.owner.sql, channel, november(n));
/** Serials with their households, all of one day of the bank. */
const file = async (n: number, lines: Readonly<Record<string, number>>, channel = LIVE_CHANNEL) => {
  const rows = Object.entries(lines).map(([serial, household]) =>
    bankRow(serial, household, { day: november(n) }),
  );
  return importFile(town, await writeBankFile(town, rows, { bankDay: november(n) }), { channel });
};
const message = (serial: string, household: number, time: string): Promise<void> =>
  postLive(town, [{ serial, household, paidAt: `2026-11-${time}:00+08:00` }]);
const certify = (n: number, actor: Actor = town.approver, channel = LIVE_CHANNEL) =>
  town.as(actor, (context) => certifyBankDay(context, channel, november(n)));
const parts = (one: BankDayView): Record<string, bigint> =>
  Object.fromEntries(
    Object.entries({ ours: one.bridge.ours, ...one.bridge.differences })
      .filter(([, side]) => side.items !== 0n)
      .map(([part, side]) => [part, side.items]),
  );
const namedFor = (
  serial: string,
): Promise<{ class: string; day: string; state: string; task: string | null }[]> =>
  town.db.owner.sql.rows<{ class: string; day: string; state: string; task: string | null }>(
    `select b.class, d.bank_day::text as day, b.state, t.state as task
     from breaks b join bank_days d on d.id = b.bank_day_id join payments p on p.id = b.payment_id
     left join tasks t on t.id = b.task_id where p.serial = :serial and b.bank_line_id is null order by b.id`,
    { serial },
  );
const paymentId = async (serial: string): Promise<bigint> =>
  (await town.db.owner.sql.one<{ id: bigint }>("select id from payments where serial = :serial", { serial }))
    .id;

describe("what the file does not name", () => {
  test("inside the day is a difference with an owner before the certificate is written", async () => {
    await message("A1", 1, "10T12:00");
    await file(10, { A1: 1 });
    await message("A2", 2, "10T12:00");
    await message("A3", 3, "10T23:30");
    const { body } = await certify(10);
    const signed = JSON.parse(body) as { differences: Record<string, unknown>; breaks: unknown[] };
    expect(signed.differences).toMatchObject({
      oursOnly: { items: "-1", yuan: "-2052.00" },
      // Half an hour before the day cut: the next file may bring it.
      waiting: { items: "-1", yuan: "-2052.00" },
    });
    expect(signed.breaks).toMatchObject([{ class: "ours-only", state: "open", owner: "finance-one" }]);
    expect(await namedFor("A2")).toEqual([
      { class: "ours-only", day: "2026-11-10", state: "open", task: "open" },
    ]);
    expect(await town.offenders()).toEqual([]);
  });

  test("and waited at the end of a certified day is named on the next, which shows it missing", async () => {
    at("12T09:00");
    await message("A4", 4, "11T12:00");
    await file(11, { A4: 4 });
    expect(await namedFor("A3")).toEqual([
      { class: "ours-only", day: "2026-11-11", state: "open", task: "open" },
    ]);
    expect((await view(10)).breaks).toHaveLength(1);
    expect((await view(11)).closes).toBe(true);
    expect(await town.offenders()).toEqual([]);
  });

  test("and comes by message into a certified day leaves that day as it was, and is named on a later one", async () => {
    const before = parts(await view(10));
    at("12T10:00");
    await message("B1", 11, "10T12:00");
    const after = await view(10);
    expect(parts(after)).toEqual(before);
    expect(after.closes).toBe(true);
    at("13T09:00");
    await file(12, {});
    expect(await namedFor("B1")).toEqual([
      { class: "ours-only", day: "2026-11-11", state: "open", task: "open" },
    ]);
    expect((await view(10)).breaks).toHaveLength(1);
    // A later file brings it: there it is the bank's of another day, and the difference is none.
    at("14T09:00");
    await file(13, { B1: 11 });
    expect(await namedFor("B1")).toMatchObject([{ state: "resolved", task: "recalled" }]);
    expect(parts(await view(13))).toEqual({ dayCutIn: 1n });
    expect(parts(await view(10))).toEqual(before);
    expect(await town.offenders()).toEqual([]);
  });

  test("and comes by message into an open day of long ago is named on its own day", async () => {
    await message("B2", 12, "12T12:00");
    await town.as(town.finance, (context) => reconcileBankDay(context, LIVE_CHANNEL, november(13)));
    expect(await namedFor("B2")).toEqual([
      { class: "ours-only", day: "2026-11-12", state: "open", task: "open" },
    ]);
    expect((await view(12)).closes).toBe(true);
  });

  test("and was reversed here before anybody missed it is named and answered at once", async () => {
    at("14T10:00");
    await message("B3", 13, "14T10:00");
    const reason = "the wrong door";
    const id = await paymentId("B3");
    const approvalId = await town.as(town.finance, (context) => requestReversal(context, id, reason));
    await town.approve(approvalId);
    await town.as(town.finance, (context) => correctPayment(context, id, { reason, approvalId }));
    at("15T09:00");
    await file(14, {});
    expect(await namedFor("B3")).toEqual([
      { class: "ours-only", day: "2026-11-14", state: "resolved", task: null },
    ]);
    await certify(14);
    expect(await town.offenders()).toEqual([]);
  });

  test("of a reversal that came by message is a difference too, until its line comes", async () => {
    at("15T12:00");
    await message("C1", 21, "15T12:00");
    at("15T20:00");
    await file(15, { C1: 21 });
    at("15T21:00");
    const id = await paymentId("C1");
    const { channel } = await town.db.owner.sql.one<{ channel: number }>(
      "select channel_id as channel from payments where id = :id",
      { id },
    );
    const machine: Actor = {
      kind: "machine",
      id: 900n,
      name: "bank",
      roles: ["bank-channel"],
      scope: { kind: "everything" },
      channelId: channel,
    };
    await town.as(machine, async (context) => {
      const payment = await accessPayment(context.sql, machine, id, context.today);
      return reverseByMessage(context, payment, { reason: "typed twice", serial: "C1R" });
    });
    at("17T09:00");
    await file(16, {});
    expect(await namedFor("C1")).toEqual([
      { class: "state", day: "2026-11-15", state: "open", task: "open" },
    ]);
    expect(parts(await view(15))).toEqual({ ours: 2n, state: -1n });
    expect((await view(15)).closes).toBe(true);
    at("18T09:00");
    const back = bankRow("C1R", 21, { day: november(17), kind: "reversal", originalSerial: "C1" });
    await importFile(town, await writeBankFile(town, [back], { bankDay: november(17) }), {
      channel: LIVE_CHANNEL,
    });
    expect(await namedFor("C1")).toMatchObject([{ class: "state", state: "resolved", task: "recalled" }]);
    expect(await town.offenders()).toEqual([]);
  });
});

describe("a further file of a certified day", () => {
  const further = () =>
    writeBankFile(town, [bankRow("D2", 32, { day: november(20) })], { bankDay: november(20) });
  const take = (source: string, more: { readonly forDay?: Day; readonly dryRun?: boolean } = {}) =>
    importFile(town, source, { channel: FILE_CHANNEL, ...more });

  test("is refused, tried or not, and says what to do", async () => {
    at("21T09:00");
    await file(20, { D1: 31 }, FILE_CHANNEL);
    await certify(20, town.approver, FILE_CHANNEL);
    const before = { counts: await bookCounts(town), parts: parts(await view(20, FILE_CHANNEL)) };
    const source = await further();
    for (const dryRun of [true, false]) {
      expect(await refusalOf(take(source, { dryRun }))).toMatchObject({
        code: "bank-day.certified",
        detail: { facts: { bankDay: "2026-11-20" } },
      });
    }
    expect({ counts: await bookCounts(town), parts: parts(await view(20, FILE_CHANNEL)) }).toEqual(before);
    expect(await standing(town, 32)).toEqual({ openFen: BILL_FEN, prepaidFen: 0n });
  });

  test("counts to a later day that is open, when somebody says so", async () => {
    const source = await further();
    for (const [n, code] of [
      [20, "bank-day.for-day-earlier"],
      [19, "bank-day.for-day-earlier"],
    ] as const) {
      expect((await refusalOf(take(source, { forDay: november(n) }))).code).toBe(code);
    }
    const report = await take(source, { forDay: november(21) });
    expect(report).toMatchObject({ state: "posted", bankDay: "2026-11-21", counts: { posted: 1 } });
    expect(parts(await view(20, FILE_CHANNEL))).toEqual({ ours: 1n });
    expect(parts(await view(21, FILE_CHANNEL))).toEqual({ ours: 1n });
    expect(await standing(town, 32)).toEqual({ openFen: 0n, prepaidFen: 0n });
    const open = await writeBankFile(town, [bankRow("D3", 33, { day: november(21) })], {
      bankDay: november(21),
    });
    expect((await refusalOf(take(open, { forDay: november(22) }))).code).toBe("bank-day.for-day-unneeded");
    expect(await town.offenders()).toEqual([]);
  });
});

describe("a file whose lines are of two days, and which names none", () => {
  /** The published water-biller layout: 交易日期|交易流水号|客户编号|缴费金额|二级渠道|交易类型. */
  const water = (lines: readonly (readonly [number, string, number])[]): string => {
    const rows = lines.map(
      ([n, serial, household]) =>
        `${november(n).replaceAll("-", "")}|${serial}|${plantedAccountNo(household)}|2052.00|APP|缴费`,
    );
    const target = path.join(town.folder, `water-${lines[0]?.[1] ?? ""}.txt`);
    writeFileSync(target, `${rows.length}|${rows.length * 2052}.00\n${rows.join("\n")}\n`);
    return target;
  };

  test("is reconciled and certified day by day, and what it does not name is missing", async () => {
    at("24T09:00");
    for (const [serial, household, time] of [
      ["W1", 41, "22T12:00"],
      ["W2", 42, "23T12:00"],
      ["W3", 43, "23T12:00"],
      ["W4", 44, "22T13:00"],
    ] as const) {
      await message(serial, household, time);
    }
    const source = water([
      [22, "W1", 41],
      [23, "W2", 42],
      [23, "W3", 43],
    ]);
    const report = await importFile(town, source, { channel: LIVE_CHANNEL, profile: "fujian-water" });
    expect(report).toMatchObject({ state: "posted", bankDay: null, counts: { proved: 3 } });
    expect(await namedFor("W4")).toEqual([
      { class: "ours-only", day: "2026-11-22", state: "open", task: "open" },
    ]);
    const [first, second] = [await view(22), await view(23)];
    expect([parts(first), parts(second)]).toEqual([{ ours: 2n, oursOnly: -1n }, { ours: 2n }]);
    expect([first.bridge.file, second.bridge.file]).toEqual([
      { items: 1n, fen: BILL_FEN },
      { items: 2n, fen: 2n * BILL_FEN },
    ]);
    for (const n of [22, 23]) {
      const signed = JSON.parse((await certify(n)).body) as { gap: unknown; files: unknown };
      expect(signed).toMatchObject({
        gap: { items: "0", yuan: "0.00" },
        files: [{ lines: n === 22 ? 1 : 2 }],
      });
    }
    expect(await town.offenders()).toEqual([]);
  });

  test("and which has lines of a certified day is refused", async () => {
    const source = water([
      [23, "W5", 45],
      [24, "W6", 46],
    ]);
    const refused = await refusalOf(
      importFile(town, source, { channel: LIVE_CHANNEL, profile: "fujian-water" }),
    );
    expect(refused).toMatchObject({
      code: "bank-day.certified",
      detail: { facts: { bankDay: "2026-11-23" } },
    });
  });
});

describe("who imported a file does not certify its day", () => {
  const imported = async (n: number, actor: Actor): Promise<void> => {
    const rows = [bankRow(`E${n}`, 50 + n, { day: november(n) })];
    await importFile(town, await writeBankFile(town, rows, { bankDay: november(n) }), { actor });
  };

  test("whatever the login is called by then", async () => {
    at("27T09:00");
    await imported(24, town.approver);
    const renamed = { ...town.approver, name: "finance-two-married" };
    expect((await refusalOf(certify(24, renamed, FILE_CHANNEL))).code).toBe("bank-day.own-import");
  });

  test("nor at the command line under the name of the login", async () => {
    await imported(25, cliActor("finance-two"));
    expect((await refusalOf(certify(25, town.approver, FILE_CHANNEL))).code).toBe("bank-day.own-import");
  });
});

test("what waited at the end of a certified day is reversed like any other that is missing", async () => {
  const { id } = await town.db.owner.sql.one<{ id: bigint }>(
    `select b.id from breaks b join payments p on p.id = b.payment_id
     where p.serial = 'A3' and b.class = 'ours-only' and b.state = 'open'`,
  );
  const order = { breakId: id, action: "reverse" as const, reason: "in no file" };
  const approvalId = await town.as(town.finance, (context) => requestResolution(context, order));
  await town.approve(approvalId);
  await town.as(town.finance, (context) => resolveBreak(context, { ...order, approvalId }));
  expect(await standing(town, 3)).toEqual({ openFen: BILL_FEN, prepaidFen: 0n });
  expect(await town.offenders()).toEqual([]);
});
