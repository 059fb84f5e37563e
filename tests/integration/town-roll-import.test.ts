import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import iconv from "iconv-lite";
import writeXlsxFile, { type SheetData } from "write-excel-file/node";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { accessAccount, importRoll, type RollOptions, viewAccount } from "#src/town/accounts/index.ts";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { base, type Cells, csv, HEADER } from "#tests/support/roll-file.ts";

let db: TestDatabase;
let startAgain: () => Promise<void>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nuan-roll-"));
  db = await createTestDatabase("2026-07-15T09:00:00+08:00");
  startAgain = await rememberBeginning(db);
});
afterAll(() => Promise.all([db.drop(), rm(folder, { recursive: true })]));
beforeEach(() => startAgain());

let files = 0;
const save = async (content: string | Buffer, extension = "csv"): Promise<string> => {
  files += 1;
  const file = path.join(folder, `roll-${files}.${extension}`);
  await writeFile(file, content);
  return file;
};
const load = (file: string, options: Partial<RollOptions> & { encoding?: "utf-8" | "gb18030" } = {}) =>
  importRoll(
    { database: db.database, commands: db.commands, clock: db.clock, secretKey: "", publicUrl: "" },
    db.actor,
    { file: { path: file, encoding: options.encoding ?? "utf-8" }, commit: true, ...options },
    "request-1",
  );
const count = async (table: string): Promise<number> =>
  (await db.owner.sql.one<{ n: number }>(`select count(*)::int as n from ${table}`)).n;
/** What a roll writes. */
const TABLES =
  "heat_accounts charge_point_terms premises buildings people account_aliases audit_events outbox_events roll_imports";
const everything = () => Promise.all(TABLES.split(" ").map(count));

const homes: readonly Cells[] = [
  { 户号: "10000001", 门牌: "101", 旧户号: "０００１２３", 卡号: "6217001", 代扣协议号: "AG-1" },
  { 户号: "10000002", 门牌: "102", 套内面积: "", 用户姓名: "李䶮" },
  {
    户号: "10000003",
    楼层: "2",
    门牌: "东户",
    小区: "书香名邸二期",
    循环方式: "串联",
    用热状态: "报停",
    阀门状态: "铅封",
  },
  { 户号: "10000004", 楼层: "3", 门牌: "东户", 小区: "书香名邸二期", 电话: "0371-63456789转12" },
  {
    户号: "10000005",
    门牌: "附1号",
    用热性质: "商业",
    套内面积: "",
    建筑面积: "210.5",
    用户姓名: "郑州某某商贸有限公司",
    热力站: "物业站",
    站产权: "物业",
    接管日期: "",
    物业公司: "某某物业",
    物业电话: "0371-65550000",
    楼号: "商业楼",
  },
];

describe("a roll", () => {
  test("is looked at, then committed, and finds its accounts by every number", async () => {
    const file = await save(csv(homes));
    const dry = await load(file, { commit: false });
    expect(dry).toMatchObject({ dryRun: true, rows: 5, accepted: 5, refused: 0 });
    expect(await count("heat_accounts")).toBe(0);
    const done = await load(file);
    expect(done).toMatchObject({ dryRun: false, importedBefore: false, rows: 5, accepted: 5, refused: 0 });
    expect(done.added).toEqual({
      heatSources: 1,
      stations: 2,
      loops: 2,
      communities: 2,
      buildings: 3,
      units: 3,
      premises: 5,
      accounts: 5,
      chargePoints: 5,
      people: 5,
      phones: 5,
      aliases: 3,
      areas: 1,
      buildingsServed: 3,
    });
    expect(done.added).toMatchObject({ ...dry.added, areas: 1, buildingsServed: 3 });
    const { sql } = db.database;
    const today = day("2026-07-15");
    for (const text of ["10000001", "000123", "０００１２３", " 6217001 ", "AG-1"]) {
      expect((await accessAccount(sql, db.actor, text, today)).accountNo).toBe("10000001");
    }
    const flat = await viewAccount(sql, await accessAccount(sql, db.actor, "10000002", today), today);
    expect(flat).toMatchObject({
      community: { name: "书香名邸一期", phase: "一期", district: "金水区" },
      station: { name: "书香站", owner: "company", takenOverOn: "2010-05-01" },
      area: { name: "文化路片区" },
      chargePoints: [
        {
          terms: {
            billingAreaM2: "88.371",
            areaRule: "share-of-gross",
            document: "房产证",
            from: "2026-07-15",
          },
          supply: { state: "supplied" },
          valve: { state: "open" },
        },
      ],
      people: [{ name: "李*", phones: [{ number: "138****8001" }] }],
    });
    const series = await viewAccount(sql, await accessAccount(sql, db.actor, "10000003", today), today);
    expect(series.chargePoints[0]).toMatchObject({
      terms: { loopType: "series" },
      supply: { state: "suspended" },
      valve: { state: "sealed" },
    });
    const shop = await viewAccount(sql, await accessAccount(sql, db.actor, "10000005", today), today);
    expect(shop).toMatchObject({
      station: { owner: "property-firm", propertyFirmPhone: "+8637165550000" },
      chargePoints: [{ terms: { heatClass: "non-residential", billingAreaM2: "210.50", areaRule: "gross" } }],
      people: [{ kind: "organisation", name: "郑州某某商贸有限公司" }],
    });
  });

  test("is silent: one audit row, one event, no task", async () => {
    await load(await save(csv(homes)));
    expect(await count("audit_events")).toBe(1);
    expect(await db.owner.sql.rows("select type from outbox_events")).toEqual([{ type: "roll.imported" }]);
    expect(await count("tasks")).toBe(0);
  });

  test("loaded again changes nothing: same bytes, another encoding, another order, another name", async () => {
    const text = csv(homes);
    const first = await load(await save(text));
    const before = await everything();
    const again = await load(await save(text));
    expect(again).toEqual({ ...first, importedBefore: true });
    expect(await everything()).toEqual(before);
    const copy = await load(await save(iconv.encode(csv(homes.toReversed()), "gb18030")), {
      encoding: "gb18030",
    });
    expect(copy).toMatchObject({ importedBefore: false, accepted: 0, alreadyThere: 5, refused: 0 });
    expect(await count("heat_accounts")).toBe(5);
  });

  test("twice at once: imported once", async () => {
    const file = await save(csv(homes));
    const both = await Promise.all([load(file), load(file)]);
    expect(both.map((report) => report.importedBefore).toSorted((a, b) => Number(a) - Number(b))).toEqual([
      false,
      true,
    ]);
    expect(await count("heat_accounts")).toBe(5);
    expect(await count("roll_imports")).toBe(1);
  });

  test("reads XLSX, where numbers are doubles and dates are dates", async () => {
    const names = HEADER.split(",");
    const sheet = [
      names.map((value) => ({ value, type: String })),
      ...homes.map((cells) =>
        names.map((name) => {
          const value = { ...base, ...cells }[name] ?? "";
          if (name === "接管日期" && value !== "") {
            return { value: new Date(`${value}T00:00:00Z`), type: Date, format: "yyyy-mm-dd" };
          }
          return name === "建筑面积" ? { value: Number(value), type: Number } : { value, type: String };
        }),
      ),
    ];
    const file = path.join(folder, "roll.xlsx");
    await writeXlsxFile(sheet as SheetData).toFile(file);
    const report = await load(file);
    expect(report).toMatchObject({ rows: 5, accepted: 5, refused: 0 });
    const days = "select taken_over_on as day from stations where owner = 'company'";
    expect(await db.owner.sql.rows(days)).toEqual([{ day: "2010-05-01" }]);
  });
});

describe("rows that are refused", () => {
  const bad: readonly Cells[] = [
    { 户号: "20000001", 门牌: "201" },
    { 户号: "20000001", 门牌: "202" },
    { 户号: "20000002", 门牌: "203", 楼号: "" },
    { 户号: "", 门牌: "204" },
    { 户号: "20000003", 门牌: "205", 用热性质: "=HYPERLINK(1)" },
    { 户号: "20000004", 门牌: "206", 套内面积: "", 建筑面积: "" },
    { 户号: "20000005", 门牌: "207", 建筑面积: "九十八" },
    { 户号: "20000006", 门牌: "208" },
  ];

  test.each(["utf-8", "gb18030"] as const)(
    "go to a file that can be mended and loaded again (%s)",
    async (encoding) => {
      const file = await save(iconv.encode(csv(bad), encoding));
      const errorsPath = path.join(folder, `errors-${encoding}.csv`);
      const report = await load(file, { encoding, errorsPath });
      expect(report).toMatchObject({ rows: 8, accepted: 1, refused: 7 });
      expect(report.refusedByReason).toEqual({
        "account-no-twice": 2,
        "building-missing": 1,
        "account-no-missing": 1,
        "heat-class-unknown": 1,
        "area-missing": 1,
        "area-unreadable": 1,
      });
      const written = iconv.decode(await readFile(errorsPath), encoding);
      const lines = written.trimEnd().split("\r\n");
      expect(lines[0]).toBe(`${HEADER},行号,原因,原因代码`);
      expect(lines[1]).toMatch(/^20000001,.*,2,户号.*在文件中重复.*（行 2、3）,account-no-twice$/);
      expect(lines[3]).toMatch(/,4,没有楼号,building-missing$/);
      expect(lines[5]).toContain(",'=HYPERLINK(1),");
      expect(lines.length).toBe(8);

      const mended = written
        .replace("20000001", "20000011")
        .replace("'=HYPERLINK(1)", "居民")
        .replace("九十八", "98.5");
      const second = await load(await save(iconv.encode(mended, encoding)), {
        encoding,
      });
      expect(second).toMatchObject({ rows: 7, accepted: 4, refused: 3 });
      expect(second.refusedByReason).toEqual({
        "building-missing": 1,
        "account-no-missing": 1,
        "area-missing": 1,
      });
    },
  );

  test("a number that is there with other data is not changed", async () => {
    await load(await save(csv(homes)));
    const report = await load(await save(csv([{ 户号: "10000001", 门牌: "101", 套内面积: "120" }])));
    expect(report.refusedByReason).toEqual({ "account-exists-differently": 1 });
    const terms = await db.owner.sql.rows(
      `select billing_area_milli_m2 as area from charge_point_terms terms
       join charge_points point on point.id = terms.charge_point_id
       join heat_accounts account on account.id = point.account_id where account.account_no = '10000001'`,
    );
    expect(terms).toEqual([{ area: 88_370n }]);
  });

  test("an alias of two homes is stored for none and reported", async () => {
    const report = await load(
      await save(
        csv([
          { 户号: "30000001", 门牌: "301", 卡号: "C-9" },
          { 户号: "30000002", 门牌: "302", 卡号: "C-9" },
          { 户号: "30000003", 门牌: "303", 旧户号: "30000001" },
        ]),
      ),
    );
    expect(report).toMatchObject({
      accepted: 3,
      added: { aliases: 0 },
      cleaning: { "alias-of-two": 2, "alias-is-account-no": 1 },
    });
  });
});

describe("a file that is refused whole", () => {
  test("the wrong encoding names line and byte", async () => {
    const bytes = iconv.encode(csv(homes), "gb18030");
    await expect(load(await save(bytes))).rejects.toMatchObject({
      code: "roll.wrong-encoding",
      detail: { row: 1, facts: { line: 1, encoding: "utf-8" } },
    });
    const broken = Buffer.concat([Buffer.from(`${csv(homes)}\r\n"`), Buffer.from([0xe4, 0xbd])]);
    await expect(load(await save(broken))).rejects.toMatchObject({
      code: "roll.wrong-encoding",
      detail: { row: 7, facts: { line: 7 } },
    });
    expect(await count("roll_imports")).toBe(0);
  });

  test.each([
    ["an unknown heading", csv(homes).replace("环路", "环路编号X"), "roll.unknown-column"],
    ["a missing column", csv(homes).replace("户号,旧户号", "旧户号,旧户号"), "roll.column-twice"],
    [
      "no account number",
      csv(homes)
        .replace("户号,旧户号,卡号", "旧户号,卡号,代扣协议号")
        .replace("代扣协议号,代扣协议号", "代扣协议号,片区")
        .replace("阀门状态,片区", "阀门状态,行号"),
      "roll.column-missing",
    ],
    ["an open quotation mark", `${csv(homes)}\r\n"10000009,,,`, "roll.unreadable"],
    ["an empty file", "", "roll.empty"],
  ])("%s", async (_name, text, code) => {
    await expect(load(await save(text))).rejects.toMatchObject({ code });
    expect(await count("heat_accounts")).toBe(0);
  });

  test("a file that is not there, and one that is not XLSX", async () => {
    await expect(load(path.join(folder, "none.csv"))).rejects.toMatchObject({ code: "roll.file-unreadable" });
    await expect(load(await save("not a zip", "xlsx"))).rejects.toMatchObject({ code: "roll.unreadable" });
  });
});
