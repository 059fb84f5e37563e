/** Importing bank files: what becomes of each line. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import {
  bankRow,
  BILL_FEN,
  bookCounts,
  buildBankTown,
  type BankTown,
  importFile,
  LIVE_CHANNEL,
  postLive,
  standing,
  writeBankFile,
} from "#tests/support/bank-town.ts";

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ households: 400, dueToo: true });
});
afterAll(() => town.drop());

const expectNothingMoved = async (work: () => Promise<unknown>): Promise<void> => {
  const before = await bookCounts(town);
  await work();
  expect(await bookCounts(town)).toEqual(before);
};

const linesOf = (importFileId: bigint): Promise<{ rowNo: number; state: string; rule: string }[]> =>
  town.db.owner.sql.rows<{ rowNo: number; state: string; rule: string }>(
    `select row_no as "rowNo", state, match_rule as rule from bank_lines where file_id = :importFileId order by ordinal`,
    { importFileId },
  );

describe("a file of a channel that is told by files", () => {
  test("posts known households by the company's policy, holds unknown money, and every line has one final row", async () => {
    const source = await writeBankFile(town, [
      bankRow("F1", 1),
      bankRow("F2", 2, { amountMinor: 500_000n }),
      bankRow("F3", "700000001"),
      bankRow("F4", 3, { amountMinor: 1n, day: day("2026-11-09"), time: "23:58:00" }),
    ]);
    const report = await importFile(town, source);
    expect(report).toMatchObject({
      state: "posted",
      kind: "collection",
      bankDay: "2026-11-10",
      lineCount: 4,
      totalFen: 2n * BILL_FEN + 500_000n + 1n,
      counts: { posted: 3, suspense: 1 },
    });
    // 2,052.00 of last season is the older debt; what exceeds both bills is prepaid.
    expect(await standing(town, 1)).toEqual({ openFen: BILL_FEN, prepaidFen: 0n });
    expect(await standing(town, 2)).toEqual({ openFen: 0n, prepaidFen: 500_000n - 2n * BILL_FEN });
    expect(await linesOf(report.importFileId)).toEqual([
      { rowNo: 3, state: "posted", rule: "account" },
      { rowNo: 4, state: "posted", rule: "account" },
      { rowNo: 5, state: "suspense", rule: "unknown" },
      { rowNo: 6, state: "posted", rule: "account" },
    ]);
    const dates = await town.db.owner.sql.one(
      `select g.accounting_date as accounting, g.value_date as value, p.proved, l.bank_day as bank
       from payments p join postings g on g.kind = 'payment' and g.source_id = p.id
       join bank_lines l on l.payment_id = p.id where p.serial = 'F4'`,
    );
    expect(dates).toEqual({
      accounting: "2026-11-11",
      value: "2026-11-09",
      bank: "2026-11-10",
      proved: true,
    });
    const kept = await town.db.owner.sql.rows<{ bytes: Buffer }>(
      "select bytes from import_file_bytes where file_id = :id order by ordinal",
      { id: report.importFileId },
    );
    expect(Buffer.concat(kept.map((row) => row.bytes)).equals(readFileSync(source))).toBe(true);
    const task = await town.db.owner.sql.one(
      `select t.owner_role as owner, b.class from breaks b join tasks t on t.id = b.task_id
       join bank_lines l on l.id = b.bank_line_id where l.serial = 'F3'`,
    );
    expect(task).toEqual({ owner: "finance", class: "unknown-account" });
    expect(await town.offenders()).toEqual([]);
  });

  test("a dry run counts the same and moves nothing", async () => {
    const source = await writeBankFile(town, [
      bankRow("D1", 10),
      bankRow("D2", "700000002"),
      bankRow("F1", 1),
      bankRow("D3", 11, { kind: "reversal", originalSerial: "D4" }),
      bankRow("D4", 11),
    ]);
    await expectNothingMoved(async () => {
      const tried = await importFile(town, source, { dryRun: true });
      expect(tried).toMatchObject({ state: "aborted", dryRun: true, lineCount: 5 });
      expect(tried.counts).toEqual({ posted: 2, suspense: 1, ignored: 1, reversed: 1 });
    });
    const done = await importFile(town, source);
    expect(done.counts).toEqual({ posted: 2, suspense: 1, ignored: 1, reversed: 1 });
    expect(await standing(town, 11)).toEqual({ openFen: 2n * BILL_FEN, prepaidFen: 0n });
  });

  test("an alias finds its household, a number that is the alias of two finds none", async () => {
    await town.db.owner.sql.run(
      `insert into account_aliases (account_id, kind, value) values (20, 'card', '6200001'), (21, 'card', '6200002'),
         (22, 'old-number', '6200002')`,
    );
    const report = await importFile(
      town,
      await writeBankFile(town, [bankRow("L1", "6200001"), bankRow("L2", "6200002")]),
    );
    expect((await linesOf(report.importFileId)).map((line) => [line.state, line.rule])).toEqual([
      ["posted", "account"],
      ["suspense", "ambiguous"],
    ]);
  });

  test("a payment to a closed account is held, not lost", async () => {
    await town.db.owner.sql.run(
      "update heat_accounts set state = 'closed', closed_on = '2026-10-01' where id = 30",
    );
    const report = await importFile(town, await writeBankFile(town, [bankRow("C1", 30)]));
    expect(report.counts).toEqual({ suspense: 1 });
    expect(await linesOf(report.importFileId)).toEqual([
      { rowNo: 3, state: "suspense", rule: "account-closed" },
    ]);
    expect(await town.offenders()).toEqual([]);
  });

  test("two serials for one bill are a double payment: the second is prepaid", async () => {
    const pay = (serial: string) => bankRow(serial, 40, { amountMinor: 2n * BILL_FEN });
    await importFile(town, await writeBankFile(town, [pay("P1"), pay("P2")]));
    expect(await standing(town, 40)).toEqual({ openFen: 0n, prepaidFen: 2n * BILL_FEN });
  });

  test("a serial of an earlier file is ignored when it says the same, a difference for people when it does not", async () => {
    await importFile(
      town,
      await writeBankFile(town, [bankRow("S1", 50), bankRow("S2", 51), bankRow("S3", "700000003")]),
    );
    const report = await importFile(
      town,
      await writeBankFile(town, [
        bankRow("S1", 50),
        bankRow("S2", 51, { amountMinor: BILL_FEN + 100n }),
        bankRow("S3", "700000003"),
        bankRow("S4", 52),
      ]),
    );
    expect(report.counts).toEqual({ ignored: 2, break: 1, posted: 1 });
    expect((await linesOf(report.importFileId)).map((line) => line.rule)).toEqual([
      "replay",
      "amount-differs",
      "replay",
      "account",
    ]);
    expect(await standing(town, 51)).toEqual({ openFen: BILL_FEN, prepaidFen: 0n });
    expect(await town.offenders()).toEqual([]);
  });

  test("the same line twice in one file is one payment", async () => {
    const report = await importFile(town, await writeBankFile(town, [bankRow("T1", 60), bankRow("T1", 60)]));
    expect(report.counts).toEqual({ posted: 1, ignored: 1 });
    expect(await standing(town, 60)).toEqual({ openFen: BILL_FEN, prepaidFen: 0n });
  });

  test("a reversal takes its payment back wherever it stands; one without a payment is a difference", async () => {
    await importFile(town, await writeBankFile(town, [bankRow("R0", 70)]));
    const report = await importFile(
      town,
      await writeBankFile(town, [
        bankRow("R2", 71, { kind: "reversal", originalSerial: "R1" }),
        bankRow("R1", 71),
        bankRow("R3", 70, { kind: "refund", originalSerial: "R0" }),
        bankRow("R4", 72, { kind: "reversal", originalSerial: "NOWHERE" }),
        bankRow("R5", 73, { kind: "reversal", originalSerial: "F4" }),
      ]),
    );
    expect(report.counts).toEqual({ posted: 1, reversed: 2, break: 2 });
    for (const household of [70, 71]) {
      expect(await standing(town, household)).toEqual({ openFen: 2n * BILL_FEN, prepaidFen: 0n });
    }
    expect((await linesOf(report.importFileId)).map((line) => line.rule)).toEqual([
      "reverse",
      "account",
      "reverse",
      "original-unknown",
      "amount-differs",
    ]);
    const again = await importFile(
      town,
      await writeBankFile(town, [
        bankRow("R3", 70, { kind: "refund", originalSerial: "R0" }),
        bankRow("R6", 74),
      ]),
    );
    expect(again.counts).toEqual({ ignored: 1, posted: 1 });
    expect(await town.offenders()).toEqual([]);
  });

  test("prepaid that was spent meanwhile cannot be taken back: the others still are", async () => {
    await importFile(
      town,
      await writeBankFile(town, [bankRow("Q1", 80, { amountMinor: 3n * BILL_FEN }), bankRow("Q2", 81)]),
    );
    // The household's prepaid goes down by other means, as by a bill that takes it.
    await town.db.owner.sql.run(
      "update household_balances set balance_fen = 0 where account_id = 80 and code = 'prepaid'",
    );
    const report = await importFile(
      town,
      await writeBankFile(town, [
        bankRow("Q3", 80, { kind: "reversal", originalSerial: "Q1", amountMinor: 3n * BILL_FEN }),
        bankRow("Q4", 81, { kind: "reversal", originalSerial: "Q2" }),
      ]),
    );
    expect(report.counts).toEqual({ break: 1, reversed: 1 });
    await town.db.owner.sql.run(
      "update household_balances set balance_fen = :fen where account_id = 80 and code = 'prepaid'",
      { fen: BILL_FEN },
    );
    expect(await town.offenders()).toEqual([]);
  });

  test("the bill that the bank names is paid first", async () => {
    const bill = await town.db.owner.sql.one<{ id: bigint }>(
      "select id from bills where account_id = 90 and season_id = 2026",
    );
    await importFile(town, await writeBankFile(town, [bankRow("N1", 90, { remittance: `2026-${bill.id}` })]));
    const paid = await town.db.owner.sql.rows(
      `select b.season_id as season, a.rule from allocations a join bills b on b.id = a.bill_id where a.account_id = 90`,
    );
    expect(paid).toEqual([{ season: 2026, rule: "designated" }]);
  });
});

describe("a file of a channel in real time", () => {
  test("proves what agrees and names what does not; it posts nothing", async () => {
    await postLive(town, [
      { serial: "RT1", household: 200, paidAt: "2026-11-10T09:00:00+08:00" },
      { serial: "RT2", household: 201, paidAt: "2026-11-10T09:00:00+08:00" },
      { serial: "RT3", household: 202, paidAt: "2026-11-10T09:00:00+08:00" },
    ]);
    const { postings } = await bookCounts(town);
    const report = await importFile(
      town,
      await writeBankFile(town, [
        bankRow("RT1", 200),
        bankRow("RT2", 201, { amountMinor: BILL_FEN - 1n }),
        bankRow("RT3", 203),
        bankRow("RT4", 204),
        bankRow("RT5", "700000009"),
      ]),
      { channel: LIVE_CHANNEL },
    );
    expect((await bookCounts(town))["postings"]).toEqual(postings);
    expect(report.counts).toEqual({ proved: 1, break: 4 });
    const classes = await town.db.owner.sql.rows<{ class: string }>(
      `select b.class from breaks b join bank_lines l on l.id = b.bank_line_id where l.file_id = :id order by l.ordinal`,
      { id: report.importFileId },
    );
    expect(classes.map((one) => one.class)).toEqual(["amount", "duplicate", "bank-only", "unknown-account"]);
    expect(await town.offenders()).toEqual([]);
  });
});
