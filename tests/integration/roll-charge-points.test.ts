/** An account with a shop below and a home above: two rows of one 户号 in the roll, two charge points, two bills. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { issueBillRun } from "#src/money/billing/index.ts";
import { importRoll, type RollOptions } from "#src/town/accounts/index.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { installTariff, offendersOf, runningOn } from "#tests/support/billing.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";

let db: TestDatabase;
let startAgain: () => Promise<void>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nuan-points-"));
  db = await createTestDatabase("2026-09-01T09:00:00+08:00");
  startAgain = await rememberBeginning(db);
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});
beforeEach(() => startAgain());

const HEADER =
  "户号,计费点,计费点名称,热力站,站产权,接管日期,小区,楼号,单元,楼层,门牌,用户姓名,电话,用热性质,套内面积,建筑面积,用热状态,卡号";
const base: Readonly<Record<string, string>> = {
  热力站: "书香站",
  站产权: "自管",
  接管日期: "2010-05-01",
  小区: "书香名邸",
  楼号: "1号楼",
  单元: "1单元",
  用户姓名: "王小明",
  电话: "13812348001",
  用热性质: "居民",
  套内面积: "90",
  建筑面积: "100",
  用热状态: "供热",
};
type Cells = Readonly<Record<string, string>>;
const HOME: Cells = {
  户号: "10000001",
  计费点: "1",
  计费点名称: "二层住宅",
  楼层: "2",
  门牌: "201",
  卡号: "C-1",
};
const SHOP: Cells = {
  户号: "10000001",
  计费点: "2",
  计费点名称: "一层商铺",
  楼层: "1",
  门牌: "商铺1",
  用热性质: "商业",
  套内面积: "",
  建筑面积: "60",
};
const NEIGHBOUR: Cells = { 户号: "10000002", 门牌: "202" };

let files = 0;
const save = async (rows: readonly Cells[]): Promise<string> => {
  files += 1;
  const file = path.join(folder, `roll-${files}.csv`);
  const lines = rows.map((cells) =>
    HEADER.split(",")
      .map((name) => ({ ...base, ...cells })[name] ?? "")
      .join(","),
  );
  await writeFile(file, [HEADER, ...lines].join("\r\n"));
  return file;
};
const load = async (rows: readonly Cells[], options: Partial<RollOptions> = {}) =>
  importRoll(
    { ...runningOn(db), secretKey: "", publicUrl: "" },
    db.actor,
    {
      file: { path: await save(rows), encoding: "utf-8" },
      commit: true,
      since: day("2026-08-01"),
      ...options,
    },
    "request-1",
  );
const points = () =>
  db.owner.sql.rows(
    `select account.account_no as "accountNo", point.ordinal, point.name, terms.heat_class as class,
       terms.billing_area_milli_m2 as area, premises.door
     from charge_points point join heat_accounts account on account.id = point.account_id
     join premises on premises.id = account.premises_id
     join charge_point_terms terms on terms.charge_point_id = point.id order by 1, 2`,
  );
const counts = () =>
  db.owner.sql.one(
    `select (select count(*) from heat_accounts)::int as accounts, (select count(*) from charge_points)::int as points,
       (select count(*) from people)::int as people, (select count(*) from person_phones)::int as phones,
       (select count(*) from account_aliases)::int as aliases, (select count(*) from charge_point_terms)::int as terms,
       (select count(*) from supply_states)::int as supply, (select count(*) from valve_states)::int as valves`,
  );

test("both points become one account, and the bill run bills both", async () => {
  const rows = [SHOP, NEIGHBOUR, HOME];
  const dry = await load(rows, { commit: false });
  const done = await load(rows);
  expect(done).toMatchObject({ rows: 3, accepted: 3, refused: 0, added: { accounts: 2, chargePoints: 3 } });
  expect(done.added).toMatchObject({
    accounts: dry.added.accounts,
    chargePoints: dry.added.chargePoints,
    people: dry.added.people,
    phones: dry.added.phones,
    aliases: dry.added.aliases,
  });
  expect(await points()).toEqual([
    { accountNo: "10000001", ordinal: 1, name: "二层住宅", class: "residential", area: 90_000n, door: "201" },
    {
      accountNo: "10000001",
      ordinal: 2,
      name: "一层商铺",
      class: "non-residential",
      area: 60_000n,
      door: "201",
    },
    { accountNo: "10000002", ordinal: 1, name: "", class: "residential", area: 90_000n, door: "202" },
  ]);
  expect(await counts()).toEqual({
    accounts: 2,
    points: 3,
    people: 2,
    phones: 2,
    aliases: 1,
    terms: 3,
    supply: 3,
    valves: 3,
  });
  await installTariff(db, [2026]);
  await issueBillRun(runningOn(db), { actor: db.actor, season: 2026 });
  const bills = await db.owner.sql.rows(
    `select point.ordinal, bill.amount_fen as fen from bills bill
     join charge_points point on point.id = bill.charge_point_id
     join heat_accounts account on account.id = bill.account_id
     where account.account_no = '10000001' order by point.ordinal`,
  );
  expect(bills).toEqual([
    { ordinal: 1, fen: 205_200n },
    { ordinal: 2, fen: 201_600n },
  ]);
  expect(await offendersOf(db)).toEqual([]);
});

test("the same rows again, in another order, change nothing; another shop is refused", async () => {
  await load([HOME, SHOP, NEIGHBOUR]);
  const before = await counts();
  const again = await load([NEIGHBOUR, SHOP, HOME]);
  expect(again).toMatchObject({ importedBefore: false, accepted: 0, alreadyThere: 3, refused: 0 });
  expect(await counts()).toEqual(before);
  const changed = await load([HOME, { ...SHOP, 建筑面积: "61" }, { ...SHOP, 计费点: "3" }]);
  expect(changed).toMatchObject({ accepted: 0, alreadyThere: 1, refused: 2 });
  expect(changed.refusedByReason).toEqual({ "account-exists-differently": 2 });
  expect(await counts()).toEqual(before);
});

test("a roll of before there were points is known again when it says point 1", async () => {
  await load([NEIGHBOUR]);
  const again = await load([{ ...NEIGHBOUR, 计费点: "1" }]);
  expect(again).toMatchObject({ accepted: 0, alreadyThere: 1 });
});

test("an account is taken whole or not at all, and the mended rows are taken", async () => {
  const errorsPath = path.join(folder, "errors.csv");
  const rows = [
    HOME,
    { ...SHOP, 建筑面积: "" },
    { ...NEIGHBOUR, 户号: "20000001" },
    { ...NEIGHBOUR, 户号: "20000001" },
    { ...SHOP, 户号: "20000001" },
    { ...SHOP, 户号: "30000001" },
    { ...SHOP, 户号: "40000001", 计费点: "二" },
    { ...HOME, 户号: "40000001", 卡号: "" },
    { ...NEIGHBOUR, 户号: "50000001", 门牌: "501" },
  ];
  const report = await load(rows, { errorsPath });
  expect(report).toMatchObject({ rows: 9, accepted: 1, refused: 8 });
  expect(report.refusedByReason).toEqual({
    "account-other-row-refused": 3,
    "area-missing": 1,
    "account-no-twice": 2,
    "charge-point-first-missing": 1,
    "charge-point-unreadable": 1,
  });
  expect(report.cleaning["account-no-twice"]).toBe(2);
  const written = (await readFile(errorsPath, "utf8")).split("\r\n");
  expect(written.find((line) => line.includes(",area-missing"))).toContain("10000001,2,一层商铺");
  const mended = await load([HOME, SHOP]);
  expect(mended).toMatchObject({ accepted: 2, refused: 0, added: { accounts: 1, chargePoints: 2 } });
});

test("door and owner are the first row's; another name in a further row is a finding", async () => {
  const report = await load([
    HOME,
    { ...SHOP, 用户姓名: "李商户", 电话: "" },
    { ...SHOP, 计费点: "3", 用户姓名: "", 电话: "" },
  ]);
  expect(report.cleaning).toMatchObject({ "further-point-says-otherwise": 1 });
  expect(report.cleaning["two-accounts-at-one-door"]).toBeUndefined();
  expect(report.cleaning["name-missing"]).toBeUndefined();
  expect(await db.owner.sql.rows("select name from people")).toEqual([{ name: "王小明" }]);
});
