/**
 * 15 July: cut-over from the old system. Every figure in yuan and every refused row is that of the story; the homes are a
 * tenth of its 260,312, so that the day passes in seconds. `CUT_OVER_ROWS=260312` runs it in full.
 */
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import iconv from "iconv-lite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importOpening, type OpeningReport, PENDING_DEBTS } from "#src/cutover/index.ts";
import { day } from "#src/kernel/day.ts";
import { type Fen, fen, formatYuan, parseYuan, splitByWeights } from "#src/kernel/money.ts";
import { trialBalance } from "#src/money/ledger/index.ts";
import { defineSeason, zhengzhouSeason } from "#src/office/calendars/index.ts";
import { typesOf } from "#src/platform/outbox-subscribers.ts";
import { checkLedger } from "#src/reports/index.ts";
import { importRoll, namedAccountJoin, resolveAccountNo, type RollReport } from "#src/town/accounts/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";
import { SUBSCRIBERS } from "#workers/subscribers.ts";

const ROLL_ROWS = Number(process.env["CUT_OVER_ROWS"] ?? "26312");
/** 72 numbers stand on two rows, one on three. */
const ROWS_TWICE = 147;
const ROWS_WITHOUT_BUILDING = 61;
const REFUSED = ROWS_TWICE + ROWS_WITHOUT_BUILDING;
const HOMES = ROLL_ROWS - REFUSED;
const OWING_REFUSED = 19;

const TRIAL_BALANCE = {
  receivableFen: parseYuan("14212905.60"),
  prepaidFen: parseYuan("1204417.35"),
  suspenseFen: parseYuan("388190.00"),
};
const PENDING = parseYuan("31464.00");

const ROLL_HEADER =
  "户号,旧户号,卡号,代扣协议号,热源,热力站,站产权,接管日期,区,街道,小区,楼号,单元,楼层,门牌,用户姓名,电话,用热性质,套内面积,循环方式,用热状态,阀门状态,片区";
const OPENING_HEADER = "户号,类型,采暖季,金额,欠费人,已开票,末次收据号,收款台,用热状态,阀门状态,备注";

const accountNo = (n: number): string => String(30_000_000 + n);
const oldNumber = (n: number): string => `A-${String(n).padStart(6, "0")}`;
const card = (n: number): string => `6217${String(n).padStart(8, "0")}`;
const agreement = (n: number): string => `XY${String(n).padStart(7, "0")}`;
const missingNo = (n: number): string => String(90_000_000 + n);
/** Row `n` of the doubled numbers carries number `twinNo(n)`. */
const twinNo = (n: number): string => String(80_000_000 + Math.min(Math.floor(n / 2), 72));

const rollLine = (n: number, number: string, building: string): string =>
  [
    number,
    ...(number === accountNo(n) ? [oldNumber(n), card(n), agreement(n)] : ["", "", ""]),
    `东区热电厂,热力站${Math.floor(n / 2_000)},自管,2010-05-01,金水区,文化路,小区${Math.floor(n / 1_000)}`,
    building,
    `${(n % 4) + 1}单元,${Math.floor((n % 100) / 4) + 1},${n},住户${n},138${String(n).padStart(8, "0")},居民`,
    `${60 + (n % 60)}.${n % 10}5,独立,${n % 10 === 0 ? "报停" : "供热"},${n % 10 === 0 ? "关" : "开"},片区${Math.floor(n / 20_000)}`,
  ].join(",");

function* rollLines(): Generator<string> {
  yield ROLL_HEADER;
  for (let n = 0; n < HOMES; n += 1)
    yield rollLine(n, accountNo(n), `${Math.floor((n % 1_000) / 100) + 1}号楼`);
  for (let n = 0; n < ROWS_TWICE; n += 1) yield rollLine(HOMES + n, twinNo(n), "1号楼");
  for (let n = 0; n < ROWS_WITHOUT_BUILDING; n += 1) yield rollLine(HOMES + ROWS_TWICE + n, missingNo(n), "");
}

/** `count` amounts that differ and sum to `total`. */
const amounts = (total: Fen, count: number): Fen[] =>
  splitByWeights(
    total,
    Array.from({ length: count }, (_none, index) => BigInt(1_000 + (index % 700))),
  );

const DEBTS = Math.floor(HOMES / 4);
const PREPAID = Math.floor(HOMES / 20);
const SUSPENSE = 190;
const STOPS = 300;

/** The old system names a home by whatever number it liked. */
const anyNumber = (n: number): string => [accountNo, oldNumber, card, agreement][n % 4]?.(n) ?? accountNo(n);

function* openingLines(): Generator<string> {
  yield OPENING_HEADER;
  const known = amounts(fen(TRIAL_BALANCE.receivableFen - PENDING), DEBTS);
  for (const [n, amount] of known.entries()) {
    yield `${anyNumber(n)},欠费,${2016 + (n % 10)},${formatYuan(amount)},住户${n},${n % 3 === 0 ? "是" : "否"},,,,,`;
  }
  for (const [n, amount] of amounts(PENDING, OWING_REFUSED).entries()) {
    const number = n < 9 ? twinNo(n * 2) : missingNo(n);
    yield `${number},欠费,${2020 + (n % 5)},${formatYuan(amount)},无处可寻${n},,,,,,`;
  }
  for (const [n, amount] of amounts(TRIAL_BALANCE.prepaidFen, PREPAID).entries()) {
    yield `${anyNumber(n * 3)},预收,,${formatYuan(amount)},,,,,,,`;
  }
  for (const [n, amount] of amounts(TRIAL_BALANCE.suspenseFen, SUSPENSE).entries()) {
    yield `,待核销,,${formatYuan(amount)},,,,,,,银行来款${n}`;
  }
  for (let n = 0; n < STOPS; n += 1) yield `${accountNo(n * 7 + 1)},停用,,,,,,,,,停用协议${n}号`;
  yield `,末号,,,,,00482913,T01,,,`;
}

let db: TestDatabase;
let folder: string;
let rollFile: string;
let openingFile: string;
const save = async (name: string, lines: Iterable<string>): Promise<string> => {
  const file = path.join(folder, name);
  const bytes = function* () {
    let block: string[] = [];
    for (const line of lines) {
      if (block.push(line) < 2_000) continue;
      yield iconv.encode(`${block.join("\r\n")}\r\n`, "gb18030");
      block = [];
    }
    yield iconv.encode(`${block.join("\r\n")}\r\n`, "gb18030");
  };
  await pipeline(Readable.from(bytes()), createWriteStream(file));
  return file;
};
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nuan-cut-over-"));
  rollFile = await save("户籍.csv", rollLines());
  openingFile = await save("期初.csv", openingLines());
  db = await createTestDatabase("2026-07-15T20:00:00+08:00");
  await db.commands.run({ name: "season.define", actor: db.actor }, async (context) => {
    for (const id of [2025, 2026]) await defineSeason(context, zhengzhouSeason(id));
  });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await db.drop();
});

const errorsOf = (name: string): string => path.join(folder, `${name}-错误.csv`);
const loadRoll = (): Promise<RollReport> =>
  importRoll(
    platformOf(db),
    db.actor,
    { file: { path: rollFile, encoding: "gb18030" }, commit: true, errorsPath: errorsOf("户籍") },
    "cut-over",
  );
const loadOpening = (): Promise<OpeningReport> =>
  importOpening(
    platformOf(db),
    db.actor,
    {
      file: { path: openingFile, encoding: "gb18030" },
      trialBalance: TRIAL_BALANCE,
      commit: true,
      errorsPath: errorsOf("期初"),
    },
    "cut-over",
  );
const count = async (what: string): Promise<number> =>
  (await db.owner.sql.one<{ n: number }>(`select count(*)::int as n from ${what}`)).n;
const errorLines = async (name: string): Promise<string[][]> =>
  iconv
    .decode(await readFile(errorsOf(name)), "gb18030")
    .trimEnd()
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(","));
const tally = (lines: readonly string[][]): Record<string, number> => {
  const counted: Record<string, number> = {};
  for (const line of lines) counted[line.at(-1) ?? ""] = (counted[line.at(-1) ?? ""] ?? 0) + 1;
  return counted;
};
const everything = (): Promise<number[]> =>
  Promise.all(
    [
      "heat_accounts",
      "account_aliases",
      "people",
      "bills",
      "transfers",
      "suspense_items",
      "opening_rows",
    ].map(count),
  );
const REAL = "heat_accounts where account_no not like 'MIGRATION%'";

test(
  "the roll: every home but 208 rows, each with its reason; again it adds nothing",
  { timeout: 300_000 },
  async () => {
    const roll = await loadRoll();
    expect(roll).toMatchObject({ rows: ROLL_ROWS, accepted: HOMES, refused: REFUSED, importedBefore: false });
    expect(await count(REAL)).toBe(HOMES);
    const refused = await errorLines("户籍");
    expect(refused).toHaveLength(REFUSED);
    expect(tally(refused)).toEqual({
      "account-no-twice": ROWS_TWICE,
      "building-missing": ROWS_WITHOUT_BUILDING,
    });
    expect(refused.every((line) => (line.at(-2) ?? "") !== "")).toBe(true);
    const before = await everything();
    expect(await loadRoll()).toMatchObject({ importedBefore: true, accepted: HOMES });
    expect(await everything()).toEqual(before);
  },
);

test(
  "the balances equal the old trial balance to the fen; again they add nothing",
  { timeout: 300_000 },
  async () => {
    const opening = await loadOpening();
    expect(opening).toMatchObject({
      receivableFen: 1_421_290_560,
      pendingReceivableFen: 3_146_400,
      prepaidFen: 120_441_735,
      pendingPrepaidFen: 0,
      suspenseFen: 38_819_000,
      pending: OWING_REFUSED,
      leftOut: 0,
      series: 1,
    });
    const totals = new Map(
      (await trialBalance(db.database.sql, day("2026-07-15"))).map((row) => [
        row.code,
        row.debitFen - row.creditFen,
      ]),
    );
    expect(totals.get("receivable")).toBe(TRIAL_BALANCE.receivableFen);
    expect(totals.get("prepaid")).toBe(-TRIAL_BALANCE.prepaidFen);
    expect(totals.get("suspense")).toBe(-TRIAL_BALANCE.suspenseFen);
    const pending = await db.database.sql.one<{ fen: bigint; debts: number; numbered: number }>(
      `select sum(bill.amount_fen)::bigint as fen, count(*)::int as debts,
       (count(*) filter (where line.note like '%旧户号 _0%'))::int as numbered
     from bills bill join bill_lines line on line.bill_id = bill.id
     join heat_accounts account on account.id = bill.account_id where account.account_no = :pending`,
      { pending: PENDING_DEBTS },
    );
    expect(pending).toEqual({ fen: PENDING, debts: OWING_REFUSED, numbered: OWING_REFUSED });
    expect(tally(await errorLines("期初"))).toEqual({ "account-unknown": OWING_REFUSED });
    const before = await everything();
    expect(await loadOpening()).toMatchObject({ importedBefore: true, receivableFen: 1_421_290_560 });
    expect(await everything()).toEqual(before);
    expect(await checkLedger(db.database)).toMatchObject({ ok: true });
  },
);

test("nobody is told, sent or charged: no message, no valve task, no penalty", async () => {
  const heard = SUBSCRIBERS.flatMap((subscriber) => typesOf(subscriber));
  const events = await db.database.sql.rows<{ type: string }>("select type from outbox_events order by id");
  expect(events.map(({ type }) => type)).toEqual(["roll.imported", "opening.imported"]);
  expect(events.filter(({ type }) => heard.some((known) => known === type))).toEqual([]);
  expect(await count("tasks")).toBe(0);
  expect(await count("bills where kind <> 'opening'")).toBe(0);
  expect(await count("postings where kind <> 'opening'")).toBe(0);
});

test("old number, card and bank agreement find every account", async () => {
  const found = await db.database.sql.one<{ asked: number; right: number }>(
    `select count(*)::int as asked, (count(*) filter (where named.account_id = asked.account_id))::int as right
     from (select id as account_id, account_no as value from heat_accounts where account_no not like 'MIGRATION%'
       union all select account_id, value from account_aliases) asked
     ${namedAccountJoin("asked.value")}`,
  );
  expect(found).toEqual({ asked: 4 * HOMES, right: 4 * HOMES });
  const last = HOMES - 1;
  const { accountId } = await resolveAccountNo(db.database.sql, accountNo(last));
  for (const written of [oldNumber(last), card(last), agreement(last)]) {
    expect(await resolveAccountNo(db.database.sql, ` ${written} `)).toEqual({ accountId, by: "alias" });
  }
  expect(await resolveAccountNo(db.database.sql, twinNo(0))).toEqual({ accountId: null, reason: "unknown" });
});
