import path from "node:path";
import iconv from "iconv-lite";
import writeXlsxFile, { type SheetData } from "write-excel-file/node";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cutoverProofs, PENDING_DEBTS, PENDING_PREPAID } from "#src/cutover/index.ts";
import { day } from "#src/kernel/day.ts";
import { runProofs, trialBalance } from "#src/money/ledger/index.ts";
import { checkLedger } from "#src/reports/index.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import type { TestDatabase } from "#tests/support/database.ts";
import { createOpeningTown, csv, type OpeningTown, ROWS } from "#tests/support/opening.ts";
import { SUBSCRIBERS } from "#workers/subscribers.ts";

let town: OpeningTown;
let db: TestDatabase;
let startAgain: () => Promise<void>;
beforeAll(async () => {
  town = await createOpeningTown();
  ({ db } = town);
  startAgain = await rememberBeginning(db);
});
afterAll(() => town.drop());
beforeEach(() => startAgain());

const balances = async () =>
  db.database.sql.rows(
    `select account_no as "accountNo", code::text, balance_fen as fen from household_balances
     join heat_accounts account on account.id = account_id order by 1, 2`,
  );
describe("opening balances", () => {
  test("are looked at, then loaded, to the fen and by every number", async () => {
    const file = await town.save(csv(ROWS));
    const before = await town.everything();
    const dry = await town.load(file, { commit: false });
    expect(dry).toMatchObject({
      dryRun: true,
      rows: 12,
      pending: 2,
      leftOut: 1,
      newSeasons: [2022, 2023, 2024],
    });
    expect(await town.everything()).toEqual(before);
    const done = await town.load(file);
    expect(done).toMatchObject({
      dryRun: false,
      accepted: 9,
      pending: 2,
      leftOut: 1,
      receivableFen: 249_590,
      pendingReceivableFen: 3_140,
      prepaidFen: 52_001,
      pendingPrepaidFen: 2_000,
      suspenseFen: 7_770,
      supplyStates: 1,
      valveStates: 1,
      series: 1,
    });
    expect(await balances()).toEqual([
      { accountNo: "10000001", code: "receivable", fen: 215_250n },
      { accountNo: "10000002", code: "receivable", fen: 31_200n },
      { accountNo: "10000003", code: "prepaid", fen: 50_001n },
      { accountNo: PENDING_DEBTS, code: "receivable", fen: 3_140n },
      { accountNo: PENDING_PREPAID, code: "prepaid", fen: 2_000n },
    ]);
    const totals = await trialBalance(db.database.sql, day("2026-07-15"));
    expect(
      totals.filter((row) => ["receivable", "prepaid", "suspense", "opening_balance"].includes(row.code)),
    ).toHaveLength(4);
    expect(await checkLedger(db.database)).toMatchObject({ ok: true });
  });

  test("become bills that say whose they are, numbered within a season", async () => {
    await town.load(await town.save(csv(ROWS)));
    const bills = await db.database.sql.rows(
      `select account_no as "accountNo", season_id as season, bill.kind::text, sequence, bill.state::text, bill.amount_fen as fen,
         debtor, invoiced, note
       from bills bill join bill_lines line on line.bill_id = bill.id
       join heat_accounts account on account.id = bill.account_id order by account_no, sequence`,
    );
    const opening = { kind: "opening", state: "due", sequence: 1, invoiced: false };
    expect(bills).toEqual([
      {
        ...opening,
        accountNo: "10000001",
        season: 2023,
        fen: 205_200n,
        debtor: "王小明",
        invoiced: true,
        note: "旧系统欠费",
      },
      {
        ...opening,
        accountNo: "10000001",
        season: 2023,
        fen: 10_050n,
        debtor: "王大明",
        sequence: 2,
        note: "旧系统欠费；补收",
      },
      { ...opening, accountNo: "10000002", season: 2024, fen: 31_200n, debtor: "李䶮", note: "旧系统欠费" },
      {
        ...opening,
        accountNo: PENDING_DEBTS,
        season: 2022,
        fen: 3_140n,
        debtor: "无名",
        note: "旧系统欠费；旧户号 99999999；三号楼",
      },
    ]);
    const seasons = await db.database.sql.rows(
      `select id, starts_on as "startsOn", ends_on as "endsOn" from heating_seasons order by id`,
    );
    expect(seasons[0]).toEqual({ id: 2022, startsOn: "2022-11-15", endsOn: "2023-03-15" });
    expect(seasons).toHaveLength(5);
  });

  test("put stop, valve and receipt number in force, and bill runs pass the technical accounts over", async () => {
    await town.load(await town.save(csv(ROWS)));
    const states = await db.database.sql.rows(
      `select account_no as "accountNo", supply.state as supply, supply.document, valve.state as valve
       from heat_accounts account join charge_points point on point.account_id = account.id
       join supply_states supply on supply.charge_point_id = point.id and supply.valid @> date '2026-07-15'
       join valve_states valve on valve.charge_point_id = point.id and valve.valid @> date '2026-07-15'
       where account_no in ('10000001', '10000003') order by 1`,
    );
    expect(states).toEqual([
      expect.objectContaining({ accountNo: "10000001", supply: "suspended", document: "2025年停用协议17号" }),
      expect.objectContaining({ accountNo: "10000003", supply: "undecided", valve: "sealed" }),
    ]);
    expect(
      await db.database.sql.rows(
        `select machine, from_state as "from", to_state as "to" from state_changes order by id`,
      ),
    ).toEqual([
      { machine: "supply", from: "undecided", to: "suspended" },
      { machine: "valve", from: "unknown", to: "sealed" },
    ]);
    expect(await db.database.sql.rows(`select code, next_number as next from number_series`)).toEqual([
      { code: "T01-2026", next: 1235n },
    ]);
    const refusals = await db.database.sql.rows(
      `select refusal from bill_candidates(2026::smallint, '2026-09-01', 0, 9999999) candidate
       join heat_accounts account on account.id = candidate.account_id where account.account_no like 'MIGRATION%'`,
    );
    expect(refusals).toEqual([{ refusal: "account.not-active" }, { refusal: "account.not-active" }]);
  });

  test("are silent: one audit row of the import, one event that nobody hears, no task", async () => {
    const before = await town.count("outbox_events");
    await town.load(await town.save(csv(ROWS)));
    const events = await db.database.sql.rows<{ type: string }>(
      `select type from outbox_events order by id offset ${before}`,
    );
    expect(events).toEqual([{ type: "opening.imported" }]);
    expect(SUBSCRIBERS.flatMap((subscriber) => Object.keys(subscriber.handlers))).not.toContain(
      "opening.imported",
    );
    expect(await town.count("tasks")).toBe(0);
  });

  test("loaded again change nothing and answer the first result; twice at once too", async () => {
    const file = await town.save(csv(ROWS));
    const [one, two] = await Promise.all([town.load(file), town.load(file)]);
    expect([one, two].filter((report) => report.importedBefore)).toHaveLength(1);
    const before = await town.everything();
    const again = await town.load(file, {}, { receivable: "1", prepaid: "1", suspense: "1" });
    expect(again).toEqual({ ...two, importedBefore: true });
    expect(await town.everything()).toEqual(before);
  });

  test("come as GB18030 and as XLSX", async () => {
    const gb = await town.save(iconv.encode(csv(ROWS.slice(0, 2)), "gb18030"));
    const totals = { receivable: "2152.50", prepaid: "0", suspense: "0" };
    await expect(town.load(gb, {}, totals)).rejects.toMatchObject({ code: "opening.wrong-encoding" });
    const read = await town.load(gb, { file: { path: gb, encoding: "gb18030" } }, totals);
    expect(read).toMatchObject({ receivableFen: 215_250, importedBefore: false });
    const xlsx = path.join(town.folder, "opening.xlsx");
    const sheet: SheetData = [
      ["户号", "类型", "采暖季", "金额"].map((value) => ({ value })),
      [{ value: "10000002" }, { value: "欠费" }, { value: 2024 }, { value: 88.37 }],
    ];
    await writeXlsxFile(sheet).toFile(xlsx);
    const sheetTotals = { receivable: "88.37", prepaid: "0", suspense: "0" };
    expect(await town.load(xlsx, {}, sheetTotals)).toMatchObject({ receivableFen: 8_837, accepted: 1 });
  });
});

test("a fen altered in an opening row, its transfer or its bill is an offender of cutover", async () => {
  await town.load(await town.save(csv(ROWS)));
  const tamper = async (table: string, statement: string): Promise<string[]> => {
    await db.owner.sql.run(`alter table ${table} disable trigger user`);
    await db.owner.sql.run(statement);
    await db.owner.sql.run(`alter table ${table} enable trigger user`);
    return (await runProofs(db.database, cutoverProofs)).map((offender) => offender.rule);
  };
  expect(
    await tamper("transfers", "update transfers set amount_fen = amount_fen + 1 where credit = 'suspense'"),
  ).toEqual([
    "an opening row is posted once, whole, against the right accounts",
    "an opening equals the trial balance that it was loaded with",
  ]);
  await tamper("transfers", "update transfers set amount_fen = amount_fen - 1 where credit = 'suspense'");
  expect(await tamper("bills", "update bills set amount_fen = 205300 where amount_fen = 205200")).toEqual([
    "an opening bill is the debt that it was loaded from",
  ]);
});
