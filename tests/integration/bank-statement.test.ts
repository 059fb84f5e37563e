/** Statements of our bank account, and what people decide about money and differences. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  certifyBankDay,
  claimSuspense,
  readBankDay,
  recordBankCredit,
  requestClaim,
  requestResolution,
  requestReturn,
  resolveBreak,
  returnSuspense,
} from "#src/bank/reconciliation/index.ts";
import { must } from "#src/kernel/errors.ts";
import { fen } from "#src/kernel/money.ts";
import { type StatementEntryText, writeStatement } from "#tests/support/statement-file.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import {
  bankRow,
  BILL_FEN,
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

const TENTH = onDay("2026-11-10");

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ households: 60 });
});
afterAll(() => town.drop());

const statement = (
  id: string,
  day: string,
  balances: readonly [string, string],
  entries: readonly StatementEntryText[],
  message?: string,
): string => writeStatement(town.folder, [{ id, day, balances, entries }], message);
const take = (source: string, dryRun = false) =>
  importFile(town, source, { channel: LIVE_CHANNEL, profile: "camt053", dryRun });
const suspenseItems = (): Promise<{ id: bigint; fen: bigint; state: string }[]> =>
  town.db.owner.sql.rows<{ id: bigint; fen: bigint; state: string }>(
    "select id, amount_fen as fen, state from suspense_items order by id",
  );

describe("a statement", () => {
  test("settles the day that a credit names, less the contract's fee, and holds what nobody can explain", async () => {
    await postLive(town, [
      { serial: "M1", household: 1, paidAt: "2026-11-10T12:00:00+08:00" },
      { serial: "M2", household: 2, paidAt: "2026-11-10T12:00:00+08:00" },
    ]);
    await importFile(town, await writeBankFile(town, [bankRow("M1", 1), bankRow("M2", 2)]), {
      channel: LIVE_CHANNEL,
    });
    const source = statement(
      "S1",
      "2026-11-11",
      ["100.00", "4214.00"],
      [
        { amount: "4103.00", text: "A BANK DAY 20261110" },
        { amount: "20.00", text: "rent" },
        { amount: "9.00", sign: "DBIT", text: "paper" },
        { amount: "77.00", status: "PDNG" },
      ],
    );
    const tried = await take(source, true);
    expect(tried).toMatchObject({ state: "aborted", counts: { settled: 1, suspense: 1, ignored: 1 } });
    expect(await suspenseItems()).toEqual([]);
    const done = await take(source);
    expect(done).toMatchObject({
      state: "posted",
      kind: "statement",
      counts: { settled: 1, suspense: 1, ignored: 1 },
    });
    const day = await readBankDay(town.db.owner.sql, LIVE_CHANNEL, TENTH);
    expect(day.credits).toEqual({ credits: 1n, grossFen: 2n * BILL_FEN, feeFen: 100n });
    expect(day.creditGapFen).toBe(0n);
    expect(await suspenseItems()).toMatchObject([{ fen: 2000n, state: "open" }]);
    expect(await town.offenders()).toEqual([]);
  });

  test("that comes again adds nothing, in another file or as it was", async () => {
    const before = await suspenseItems();
    const same = statement(
      "S1",
      "2026-11-11",
      ["100.00", "4214.00"],
      [
        { amount: "4103.00", text: "A BANK DAY 20261110" },
        { amount: "20.00", text: "rent" },
        { amount: "9.00", sign: "DBIT", text: "paper" },
      ],
    );
    expect((await refusalOf(take(same))).code).toBe("file.already-imported");
    const other = statement("S1", "2026-11-11", ["100.00", "120.00"], [{ amount: "20.00" }]);
    expect((await refusalOf(take(other))).code).toBe("statement.conflict");
    // Another statement number for the same day, with one entry that is known and one that is not.
    const renumbered = statement(
      "S1b",
      "2026-11-11",
      ["4214.00", "4254.00"],
      [
        { amount: "20.00", text: "rent" },
        { amount: "20.00", text: "rent" },
      ],
    );
    expect((await take(renumbered)).counts).toEqual({ ignored: 1, suspense: 1 });
    expect(await suspenseItems()).toHaveLength(before.length + 1);
    expect(await town.offenders()).toEqual([]);
  });

  test("is refused when it does not add up, leaves a day out, or repeats the statement's money", async () => {
    const wrong = statement("S2", "2026-11-12", ["4254.00", "4300.00"], [{ amount: "45.99" }]);
    expect((await refusalOf(take(wrong))).code).toBe("statement.balance-mismatch");
    const later = statement("S3", "2026-11-13", ["5000.00", "5001.00"], [{ amount: "1.00" }]);
    expect((await refusalOf(take(later))).code).toBe("statement.gap");
    const intraday = statement(
      "R1",
      "2026-11-12",
      ["4254.00", "4255.00"],
      [{ amount: "1.00" }],
      "BkToCstmrAcctRpt",
    );
    expect((await refusalOf(take(intraday))).code).toBe("statement.not-booked");
  });

  test("a credit of a known day with another amount is held, and says what was expected", async () => {
    town.db.clock.set("2026-11-13T09:00:00+08:00");
    await importFile(town, await writeBankFile(town, [bankRow("M9", 9)], { bankDay: onDay("2026-11-12") }), {
      channel: LIVE_CHANNEL,
    });
    const source = statement(
      "S4",
      "2026-11-13",
      ["4254.00", "6305.99"],
      [{ amount: "2051.99", text: "A BANK DAY 20261112" }],
    );
    expect((await take(source)).counts).toEqual({ suspense: 1 });
    const found = await town.db.owner.sql.one(
      `select b.class, b.bank_amount_fen as bank, b.our_amount_fen as ours from breaks b
       join bank_lines l on l.id = b.bank_line_id where l.match_rule = 'amount-differs'`,
    );
    expect(found).toEqual({ class: "amount", bank: 205_199n, ours: 205_150n });
    const back = statement(
      "S5",
      "2026-11-14",
      ["6305.99", "6285.99"],
      [{ amount: "20.00", sign: "DBIT", reversal: true, text: "rent" }],
    );
    expect((await take(back)).counts).toEqual({ break: 1 });
    expect(await town.offenders()).toEqual([]);
  });
});

describe("money of nobody", () => {
  test("is claimed for a household by two people, once, and pays its bill", async () => {
    await importFile(
      town,
      await writeBankFile(town, [
        bankRow("H1", "700000001"),
        bankRow("H2", "700000002", { amountMinor: 7n }),
      ]),
    );
    const [item] = (await suspenseItems()).filter((one) => one.fen === BILL_FEN);
    const order = {
      itemId: must(item, "the item").id,
      accountNo: plantedAccountNo(20),
      reason: "the payer showed the slip",
    };
    const approvalId = await town.as(town.finance, (context) => requestClaim(context, order));
    const early = await refusalOf(
      town.as(town.finance, (context) => claimSuspense(context, { ...order, approvalId })),
    );
    expect(early.code).toBe("approval.pending");
    await town.approve(approvalId);
    const other = { ...order, accountNo: plantedAccountNo(21), approvalId };
    expect((await refusalOf(town.as(town.finance, (context) => claimSuspense(context, other)))).code).toBe(
      "approval.changed",
    );
    await town.as(town.finance, (context) => claimSuspense(context, { ...order, approvalId }));
    expect(await standing(town, 20)).toEqual({ openFen: 0n, prepaidFen: 0n });
    const again = await refusalOf(town.as(town.finance, (context) => requestClaim(context, order)));
    expect(again.code).toBe("suspense.settled");
    expect(await town.offenders()).toEqual([]);
  });

  test("is returned through its channel by two people, and its task goes", async () => {
    const [item] = (await suspenseItems()).filter((one) => one.fen === 7n);
    const order = { itemId: must(item, "the item").id, reason: "the bank asked for it" };
    const approvalId = await town.as(town.finance, (context) => requestReturn(context, order));
    await town.approve(approvalId);
    await town.as(town.finance, (context) => returnSuspense(context, { ...order, approvalId }));
    const tasks = await town.db.owner.sql.rows<{ state: string }>(
      `select t.state from tasks t join breaks b on b.task_id = t.id join bank_lines l on l.id = b.bank_line_id
       where l.serial in ('H1', 'H2')`,
    );
    expect(tasks.map((task) => task.state)).toEqual(["recalled", "recalled"]);
    expect(await town.offenders()).toEqual([]);
  });
});

describe("a difference", () => {
  const breakOf = async (serial: string): Promise<bigint> =>
    (
      await town.db.owner.sql.one<{ id: bigint }>(
        "select b.id from breaks b join bank_lines l on l.id = b.bank_line_id where l.serial = :serial",
        { serial },
      )
    ).id;

  test("of the amount: what the bank has more is held; what it has less is reversed and held", async () => {
    await postLive(town, [
      { serial: "E1", household: 31, paidAt: "2026-11-15T12:00:00+08:00" },
      { serial: "E2", household: 32, paidAt: "2026-11-15T12:00:00+08:00" },
    ]);
    town.db.clock.set("2026-11-16T09:00:00+08:00");
    const fifteenth = { day: onDay("2026-11-15") };
    await importFile(
      town,
      await writeBankFile(
        town,
        [
          bankRow("E1", 31, { ...fifteenth, amountMinor: BILL_FEN + 30n }),
          bankRow("E2", 32, { ...fifteenth, amountMinor: BILL_FEN - 30n }),
        ],
        { bankDay: onDay("2026-11-15") },
      ),
      { channel: LIVE_CHANNEL },
    );
    const day = await readBankDay(town.db.owner.sql, LIVE_CHANNEL, onDay("2026-11-15"));
    expect(day.bridge.differences.amount).toEqual({ items: 0n, fen: 0n });
    expect(day.closes).toBe(true);
    const more = { breakId: await breakOf("E1"), action: "suspense" as const, reason: "bank has 0.30 more" };
    await town.as(town.finance, (context) => resolveBreak(context, more));
    const less = { breakId: await breakOf("E2"), action: "suspense" as const, reason: "bank has 0.30 less" };
    expect((await refusalOf(town.as(town.finance, (context) => resolveBreak(context, less)))).code).toBe(
      "break.bank-has-less",
    );
    const back = { ...less, action: "reverse" as const };
    const approvalId = await town.as(town.finance, (context) => requestResolution(context, back));
    await town.approve(approvalId);
    await town.as(town.finance, (context) => resolveBreak(context, { ...back, approvalId }));
    expect(await standing(town, 32)).toEqual({ openFen: BILL_FEN, prepaidFen: 0n });
    const held = (await suspenseItems()).slice(-2).map((one) => one.fen);
    expect(held).toEqual([30n, BILL_FEN - 30n]);
    expect(await town.offenders()).toEqual([]);
  });

  test("is answered only by what answers its class, with a reason, once", async () => {
    const breakId = await breakOf("M9");
    const answer = (action: "reverse" | "dismiss", reason: string) =>
      refusalOf(town.as(town.finance, (context) => resolveBreak(context, { breakId, action, reason })));
    expect((await answer("reverse", "so")).code).toBe("break.wrong-answer");
    expect((await answer("dismiss", " ")).code).toBe("break.reason-needed");
    const order = { breakId, action: "dismiss" as const, reason: "the bank refunded it" };
    expect(await town.as(town.finance, (context) => resolveBreak(context, order))).toBe("dismissed");
    expect((await answer("dismiss", "again")).code).toBe("break.resolved");
  });

  test("that only the bank had is none when our message comes late", async () => {
    town.db.clock.set("2026-11-21T09:00:00+08:00");
    const twentieth = { bankDay: onDay("2026-11-20") };
    await importFile(
      town,
      await writeBankFile(town, [bankRow("LATE", 40, { day: onDay("2026-11-20") })], twentieth),
      { channel: LIVE_CHANNEL },
    );
    await postLive(town, [{ serial: "LATE", household: 40, paidAt: "2026-11-20T12:00:00+08:00" }]);
    const next = { bankDay: onDay("2026-11-21") };
    await importFile(
      town,
      await writeBankFile(town, [bankRow("NEXT", 41, { day: onDay("2026-11-21") })], next),
      {
        channel: LIVE_CHANNEL,
      },
    );
    const found = await town.db.owner.sql.one("select state, resolution from breaks where id = :id", {
      id: await breakOf("LATE"),
    });
    expect(found).toEqual({ state: "resolved", resolution: "message-came-late" });
    const day = await readBankDay(town.db.owner.sql, LIVE_CHANNEL, onDay("2026-11-20"));
    expect(day.bridge.ours).toMatchObject({ items: 1n, fen: BILL_FEN });
    expect(day.closes).toBe(true);
    expect(await town.offenders()).toEqual([]);
  });
});

describe("credits and certificates", () => {
  test("a credit is recorded by hand once, and a day without a file has no certificate", async () => {
    const credit = {
      channel: FILE_CHANNEL,
      day: TENTH,
      reference: "slip 7",
      amountFen: fen(200_000n),
      feeFen: fen(5207n),
      valueDate: onDay("2026-11-11"),
    };
    await town.as(town.finance, (context) => recordBankCredit(context, credit));
    expect(
      (await refusalOf(town.as(town.finance, (context) => recordBankCredit(context, credit)))).code,
    ).toBe("credit.exists");
    const none = await refusalOf(
      town.as(town.approver, (context) => certifyBankDay(context, FILE_CHANNEL, onDay("2026-11-01"))),
    );
    expect(none.code).toBe("bank-day.no-file");
    const own = await refusalOf(
      town.as(town.finance, (context) => certifyBankDay(context, FILE_CHANNEL, TENTH)),
    );
    expect(own.code).toBe("bank-day.own-import");
    await town.as(town.approver, (context) => certifyBankDay(context, FILE_CHANNEL, TENTH));
    const twice = await refusalOf(
      town.as(town.approver, (context) => certifyBankDay(context, FILE_CHANNEL, TENTH)),
    );
    expect(twice.code).toBe("bank-day.certified");
    await expect(town.db.owner.sql.run("update bank_certificates set body = 'x'")).rejects.toMatchObject({
      code: "NY001",
    });
    expect(await town.offenders()).toEqual([]);
  });
});
