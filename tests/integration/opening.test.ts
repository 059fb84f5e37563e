import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import iconv from "iconv-lite";
import writeXlsxFile, { type SheetData } from "write-excel-file/node";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  cutoverProofs,
  importOpening,
  type OpeningOptions,
  PENDING_DEBTS,
  PENDING_PREPAID,
} from "#src/cutover/index.ts";
import { day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { parseYuan } from "#src/kernel/money.ts";
import { billingProofs } from "#src/money/billing/index.ts";
import { collectionProofs } from "#src/money/collection/index.ts";
import { ledgerProofs, runProofs, trialBalance } from "#src/money/ledger/index.ts";
import { addAlias, accountOfId } from "#src/town/accounts/index.ts";
import { SUBSCRIBERS } from "#workers/subscribers.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { buildSmallTown, openTestAccount } from "#tests/support/small-town.ts";
import { plantSeasons } from "#tests/support/town.ts";

let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nuan-opening-"));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  db = await createTestDatabase("2026-07-15T09:00:00+08:00");
  const town = await buildSmallTown(db);
  for (const accountNo of ["10000001", "10000002", "10000003"]) await openTestAccount(db, town, accountNo);
  await db.commands.run({ name: "alias.add", actor: db.actor }, async (context) => {
    const { id } = await db.database.sql.one<{ id: bigint }>(
      `select id from heat_accounts where account_no = '10000002'`,
    );
    await addAlias(context, {
      account: must(await accountOfId(context.sql, id), "the account"),
      kind: "card",
      value: "6217-2",
    });
  });
  await plantSeasons(db.owner, 2025, 2026);
  return () => db.drop();
});

const HEADER = "户号,类型,采暖季,金额,欠费人,已开票,末次收据号,收款台,用热状态,阀门状态,备注";
const ROWS = [
  '10000001,欠费,2023-2024,"2,052.00",王小明,是,00012345,,,,',
  "10000001,欠费,2023,100.5,王大明,否,,,,,补收",
  "６２１７－２,欠费,2024/25采暖季,¥312,李䶮,,,,,,",
  "99999999,欠费,2022,31.40,无名,,,,,,三号楼",
  "10000003,预收,,500.00,,,,,,,",
  "10000003,预收,,0.01,,,,,,,",
  "88888888,预收,,20,,,,,,,",
  ",待核销,,77.70,,,,,,,汇款人不明",
  "10000001,停用,,,,,,,报停,,2025年停用协议17号",
  "10000003,阀门,,,,,,,,铅封,",
  "77777777,停用,,,,,,,,,",
  ",末号,,,,,00001234,T01,,,",
];
const TOTALS = { receivable: "2495.90", prepaid: "520.01", suspense: "77.70" };
const csv = (rows: readonly string[]): string => [HEADER, ...rows].join("\r\n");

let files = 0;
const save = async (content: string | Buffer, extension = "csv"): Promise<string> => {
  files += 1;
  const file = path.join(folder, `opening-${files}.${extension}`);
  await writeFile(file, content);
  return file;
};
const load = (file: string, options: Partial<OpeningOptions> = {}, totals = TOTALS) =>
  importOpening(
    { database: db.database, commands: db.commands, clock: db.clock, secretKey: "", publicUrl: "" },
    db.actor,
    {
      file: { path: file, encoding: "utf-8" },
      trialBalance: {
        receivableFen: parseYuan(totals.receivable),
        prepaidFen: parseYuan(totals.prepaid),
        suspenseFen: parseYuan(totals.suspense),
      },
      commit: true,
      ...options,
    },
    "request-1",
  );
const count = async (table: string): Promise<number> =>
  (await db.owner.sql.one<{ n: number }>(`select count(*)::int as n from ${table}`)).n;
const TABLES = ["opening_imports", "opening_rows", "bills", "postings", "transfers", "household_balances"];
const everything = async () =>
  Promise.all([...TABLES, "suspense_items", "heat_accounts", "audit_events", "outbox_events"].map(count));
const balances = async () =>
  db.database.sql.rows(
    `select account_no as "accountNo", code::text, balance_fen as fen from household_balances
     join heat_accounts account on account.id = account_id order by 1, 2`,
  );
const proofs = () =>
  runProofs(db.database, [...ledgerProofs, ...billingProofs, ...collectionProofs, ...cutoverProofs]);

describe("opening balances", () => {
  test("are looked at, then loaded, to the fen and by every number", async () => {
    const file = await save(csv(ROWS));
    const before = await everything();
    const dry = await load(file, { commit: false });
    expect(dry).toMatchObject({
      dryRun: true,
      rows: 12,
      pending: 2,
      leftOut: 1,
      newSeasons: [2022, 2023, 2024],
    });
    expect(await everything()).toEqual(before);
    const done = await load(file);
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
    expect(await proofs()).toEqual([]);
  });

  test("become bills that say whose they are, numbered within a season", async () => {
    await load(await save(csv(ROWS)));
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
    await load(await save(csv(ROWS)));
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
    const before = await count("outbox_events");
    await load(await save(csv(ROWS)));
    const events = await db.database.sql.rows<{ type: string }>(
      `select type from outbox_events order by id offset ${before}`,
    );
    expect(events).toEqual([{ type: "opening.imported" }]);
    expect(SUBSCRIBERS.flatMap((subscriber) => Object.keys(subscriber.handlers))).not.toContain(
      "opening.imported",
    );
    expect(await count("tasks")).toBe(0);
  });

  test("loaded again change nothing and answer the first result; twice at once too", async () => {
    const file = await save(csv(ROWS));
    const [one, two] = await Promise.all([load(file), load(file)]);
    expect([one, two].filter((report) => report.importedBefore)).toHaveLength(1);
    const before = await everything();
    const again = await load(file, {}, { receivable: "1", prepaid: "1", suspense: "1" });
    expect(again).toEqual({ ...two, importedBefore: true });
    expect(await everything()).toEqual(before);
  });

  test("come as GB18030 and as XLSX", async () => {
    const gb = await save(iconv.encode(csv(ROWS.slice(0, 2)), "gb18030"));
    const totals = { receivable: "2152.50", prepaid: "0", suspense: "0" };
    await expect(load(gb, {}, totals)).rejects.toMatchObject({ code: "opening.wrong-encoding" });
    const read = await load(gb, { file: { path: gb, encoding: "gb18030" } }, totals);
    expect(read).toMatchObject({ receivableFen: 215_250, importedBefore: false });
    const xlsx = path.join(folder, "opening.xlsx");
    const sheet: SheetData = [
      ["户号", "类型", "采暖季", "金额"].map((value) => ({ value })),
      [{ value: "10000002" }, { value: "欠费" }, { value: 2024 }, { value: 88.37 }],
    ];
    await writeXlsxFile(sheet).toFile(xlsx);
    const sheetTotals = { receivable: "88.37", prepaid: "0", suspense: "0" };
    expect(await load(xlsx, {}, sheetTotals)).toMatchObject({ receivableFen: 8_837, accepted: 1 });
  });
});

describe("a file is refused whole", () => {
  const refusedWith = async (code: string, rows: readonly string[], totals = TOTALS) => {
    const before = await everything();
    const file = await save(csv(rows));
    const errorsPath = path.join(folder, `errors-${files}.csv`);
    const error = await load(file, { errorsPath }, totals).then(
      () => undefined,
      (refusal: unknown) => refusal,
    );
    expect(error).toMatchObject({ code });
    expect(await everything()).toEqual(before);
    return { error, errors: await readFile(errorsPath, "utf8").catch(() => "") };
  };

  test("when it does not equal the trial balance, with each difference", async () => {
    const wrong = { ...TOTALS, receivable: "2495.91", suspense: "7.70" };
    const { error } = await refusedWith("opening.totals-differ", ROWS, wrong);
    expect(error).toMatchObject({
      detail: {
        facts: {
          receivable: { expectedFen: 249_591n, foundFen: 249_590n, differenceFen: -1n },
          prepaid: { differenceFen: 0n },
          suspense: { expectedFen: 770n, foundFen: 7_770n, differenceFen: 7_000n },
        },
      },
    });
  });

  const BAD_ROWS: readonly (readonly [string, string])[] = [
    ["kind-unknown", "10000001,罚款,2023,1.00,,,,,,,"],
    ["account-no-missing", ",欠费,2023,1.00,,,,,,,"],
    ["account-no-unreadable", "一号楼,欠费,2023,1.00,,,,,,,"],
    ["amount-unreadable", "10000001,欠费,2023,0,,,,,,,"],
    ["amount-unreadable", "10000001,欠费,2023,-5,,,,,,,"],
    ["amount-unreadable", "10000001,预收,,1.005,,,,,,,"],
    ["season-unreadable", "10000001,欠费,2023-2025,1.00,,,,,,,"],
    ["season-not-begun", "10000001,欠费,2031,1.00,,,,,,,"],
    ["invoiced-unreadable", "10000001,欠费,2023,1.00,,也许,,,,,"],
    ["supply-state-unknown", "10000002,停用,,,,,,,冷,,"],
    ["valve-state-unknown", "10000001,阀门,,,,,,,,半开,"],
    ["till-unreadable", ",末号,,,,,12,,,,"],
    ["receipt-no-unreadable", ",末号,,,,,A12,T02,,,"],
    ["state-twice", "10000001,停用,,,,,,,,,"],
    ["series-twice", ",末号,,,,,12,T01,,,"],
  ];

  test("for a row that cannot be read, or contradicts another", async () => {
    for (const [reason, row] of BAD_ROWS) {
      const { error, errors } = await refusedWith("opening.rows-refused", [...ROWS, row]);
      expect([reason, error]).toMatchObject([
        reason,
        { detail: { facts: { rows: reason.endsWith("-twice") ? 2 : 1 } } },
      ]);
      const kept = row.replace(",-5,", ",'-5,");
      expect(errors).toContain(`\r\n${kept},14,`);
      expect(errors).toContain(`,${reason}\r\n`);
    }
  });

  test("for households that money has moved for", async () => {
    await load(await save(csv(ROWS.slice(0, 1))), {}, { receivable: "2052", prepaid: "0", suspense: "0" });
    const { error, errors } = await refusedWith("opening.account-has-postings", ROWS);
    expect(error).toMatchObject({ detail: { row: 2, facts: { rows: 2 } } });
    expect(errors).toContain("account-has-postings");
  });

  test("for its header, for nothing in it, for a season before the first", async () => {
    const bad = await save("户号,类型,金额,颜色\r\n1,欠费,1,红");
    await expect(load(bad)).rejects.toMatchObject({ code: "opening.unknown-column" });
    await expect(load(await save("户号,类型\r\n"))).rejects.toMatchObject({ code: "opening.column-missing" });
    await expect(load(await save(HEADER))).rejects.toMatchObject({ code: "opening.empty" });
    await expect(load(path.join(folder, "none.csv"))).rejects.toMatchObject({
      code: "opening.file-unreadable",
    });
    await db.owner.sql.run("delete from season_rules");
    await db.owner.sql.run("delete from heating_seasons");
    await refusedWith("opening.no-season", ROWS);
  });

  test("the error file is the rows as they were, and can be mended", async () => {
    const errorsPath = path.join(folder, "mend.csv");
    await load(await save(csv(ROWS)), { errorsPath });
    const lines = (await readFile(errorsPath, "utf8")).split("\r\n");
    expect(lines[0]).toBe(`\ufeff${HEADER},行号,原因,原因代码`);
    expect(lines.slice(1, 4).map((line) => line.split(",").slice(-3))).toEqual([
      ["5", "户号不在户籍中；金额暂记迁移待查", "account-unknown"],
      ["8", "户号不在户籍中；金额暂记迁移待查", "account-unknown"],
      ["12", "户号不在户籍中；停用或阀门状态未录入", "state-account-unknown"],
    ]);
  });
});

test("a fen altered in an opening row, its transfer or its bill is an offender of cutover", async () => {
  await load(await save(csv(ROWS)));
  const tamper = async (table: string, statement: string): Promise<string[]> => {
    await db.owner.sql.run(`alter table ${table} disable trigger user`);
    await db.owner.sql.run(statement);
    return (await runProofs(db.database, cutoverProofs)).map((offender) => offender.rule);
  };
  expect(
    await tamper("transfers", "update transfers set amount_fen = amount_fen + 1 where credit = 'suspense'"),
  ).toEqual([
    "an opening row is posted once, whole, against the right accounts",
    "an opening equals the trial balance that it was loaded with",
  ]);
  await tamper("transfers", "update transfers set amount_fen = amount_fen - 1 where credit = 'suspense'");
  expect(await tamper("bills", "update bills set amount_fen = 2053_00 where amount_fen = 205200")).toEqual([
    "an opening bill is the debt that it was loaded from",
  ]);
});
