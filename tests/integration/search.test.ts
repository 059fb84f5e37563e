/** The search box: every way to find a household, within the scope, kept in step with what changes. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import type { Actor } from "#src/platform/actor.ts";
import { seedDemo } from "#src/demo/index.ts";
import {
  accessAccount,
  addAlias,
  importRoll,
  lacksSearchTerms,
  rebuildSearchTerms,
  searchTown,
  setPerson,
} from "#src/town/accounts/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";
import { addPremises, buildSmallTown, openTestAccount, type SmallTown } from "#tests/support/small-town.ts";

const TODAY = day("2026-09-01");

let db: TestDatabase;
let here: SmallTown;
let there: SmallTown;

const settle = async (
  accountNo: string,
  name: string,
  phones: readonly string[] = [],
  from = "2026-02-01",
) => {
  await db.commands.run({ name: "test.person", actor: db.actor }, async (context) => {
    const account = await accessAccount(context.sql, db.actor, accountNo, TODAY);
    return setPerson(context, {
      account,
      role: "owner",
      kind: name.length > 4 ? "organisation" : "person",
      name,
      phones: phones.map((number) => ({ number })),
      from: day(from),
      source: "test",
    });
  });
};

beforeAll(async () => {
  db = await createTestDatabase();
  here = await buildSmallTown(db, "甲");
  there = await buildSmallTown(db, "乙");
  const homes: readonly (readonly [SmallTown, string, string, readonly string[]])[] = [
    [here, "10010001", "单田芳", ["13812348001"]],
    [here, "10010002", "王建国", ["13912348001", "0371-60001234"]],
    [here, "10010003", "王伟", []],
    [here, "10010004", "河南恒信花园物业服务有限公司", []],
    [there, "20010001", "王建国", ["13712348001"]],
    [there, "20010002", "阿依古丽·买买提", []],
  ];
  for (const [town, accountNo, name, phones] of homes) {
    // The doors are 1301, 1302 ... in both places.
    const premisesId = await addPremises(db, town, `130${accountNo.slice(-1)}`);
    await openTestAccount(db, town, accountNo, { premisesId });
    await settle(accountNo, name, phones);
  }
});
afterAll(() => db.drop());

const bound = (town: SmallTown): Actor => ({ ...db.actor, scope: { kind: "areas", areaIds: [town.areaId] } });

const search = async (q: string, actor: Actor = db.actor, limit = 20) =>
  (await searchTown(db.database.sql, actor, TODAY, q, limit)).groups;
const accounts = async (q: string, actor?: Actor, limit?: number): Promise<string[]> => {
  const group = (await search(q, actor, limit)).find(({ kind }) => kind === "accounts");
  return group?.kind === "accounts" ? group.items.map((item) => item.accountNo) : [];
};

describe("a household is found by", () => {
  test.each([
    ["a name", "王建国", ["10010002", "20010001"]],
    ["a surname", "王", ["10010003", "10010002", "20010001"]],
    ["a given name of two characters", "建国", ["10010002", "20010001"]],
    ["full pinyin", "wangjianguo", ["10010002", "20010001"]],
    ["the beginning of full pinyin", "wang jian", ["10010002", "20010001"]],
    ["initials", "wjg", ["10010002", "20010001"]],
    ["a surname as it is read as a surname", "shantianfang", ["10010001"]],
    ["a surname as it is read otherwise", "dan", ["10010001"]],
    ["initials of the surname's reading", "stf", ["10010001"]],
    ["the last four digits of a phone", "8001", ["10010001", "10010002", "20010001"]],
    ["more digits of a phone", "2348001", ["10010001", "10010002", "20010001"]],
    ["a whole number as people write it", "139 1234 8001", ["10010002"]],
    ["a landline with its area code", "0371-60001234", ["10010002"]],
    ["a name and the end of a phone", "王建国 8001", ["10010002", "20010001"]],
    ["a surname and the end of a phone", "单 8001", ["10010001"]],
    ["initials and the end of a phone", "stf 8001", ["10010001"]],
    ["its number", "10010003", ["10010003"]],
    ["the beginning of its number", "2001", ["20010001", "20010002"]],
    ["two characters of a firm's name", "花园", ["10010004"]],
    ["a name without its dot", "阿依古丽买买提", ["20010002"]],
    ["the end of a name with a dot", "买买提", ["20010002"]],
    ["community, building and door", "书香苑甲 1号楼 1303", ["10010003"]],
    ["the same without blanks", "书香苑甲1号楼1303室", ["10010003"]],
  ])("%s: %s", async (_way, q, found) => {
    expect((await accounts(q)).toSorted()).toEqual([...found].toSorted());
  });

  test("what was typed exactly comes first, and the list ends at its limit", async () => {
    expect(await accounts("王伟")).toEqual(["10010003"]);
    expect(await accounts("王", db.actor, 2)).toHaveLength(2);
  });

  test.each(["x", "12", "不存在的人", "zzzz", "99999999", "%", "_", "王%", "'; drop table people; --"])(
    "%j finds nothing and harms nothing",
    async (q) => {
      expect(await accounts(q)).toEqual([]);
    },
  );
});

describe("places", () => {
  test("a common pair of characters names the communities that have it", async () => {
    const groups = await search("书香");
    const group = groups.find(({ kind }) => kind === "communities");
    expect(group?.items.map((item) => ("name" in item ? item.name : ""))).toEqual(["书香苑乙", "书香苑甲"]);
  });

  test("one community shows its buildings, a building its households", async () => {
    expect((await search("书香苑甲")).map(({ kind }) => kind)).toEqual(["communities", "buildings"]);
    expect(await accounts("书香苑甲1号楼")).toHaveLength(4);
    expect(await accounts("金水区书香苑甲 1-1-1303")).toEqual(["10010003"]);
    expect(await accounts("书香苑甲2号楼")).toEqual([]);
  });
});

test("names and phones are masked; a firm is named", async () => {
  const [group] = await search("王伟");
  const firm = (await search("花园")).find(({ kind }) => kind === "accounts");
  expect(JSON.stringify(group)).toContain("王*");
  expect(JSON.stringify(group)).not.toContain("王伟");
  expect(JSON.stringify(firm)).toContain("河南恒信花园物业服务有限公司");
  expect(JSON.stringify(await search("8001"))).not.toMatch(/1381234|1391234/);
});

test("what lies outside the scope does not exist, whatever it is looked for by", async () => {
  for (const q of ["王", "wang", "wjg", "8001", "建国"]) {
    expect((await accounts(q, bound(there))).toSorted()).toEqual(["20010001"]);
  }
  for (const q of ["10010002", "1001", "书香苑甲1号楼", "单田芳", "13812348001"]) {
    expect(await accounts(q, bound(there))).toEqual([]);
  }
  expect((await search("书香", bound(there)))[0]?.items).toHaveLength(1);
  const { id } = await accessAccount(db.database.sql, db.actor, "10010003", TODAY);
  const machine: Actor = { ...db.actor, kind: "machine", scope: { kind: "accounts", accountIds: [id] } };
  expect(await accounts("王", machine)).toEqual(["10010003"]);
  expect(await accounts("书香苑甲1号楼", machine)).toEqual(["10010003"]);
});

test("a change is found at once: a new owner, a new number; the owner before is not", async () => {
  await openTestAccount(db, here, "10010009");
  expect(await accounts("10010009")).toEqual(["10010009"]);
  await settle("10010009", "解晓东", ["13600001111"]);
  expect(await accounts("xiexiaodong")).toEqual(["10010009"]);
  await settle("10010009", "查良镛", ["13600002222"], "2026-08-01");
  expect(await accounts("zhaliangyong")).toEqual(["10010009"]);
  expect(await accounts("解晓东")).toEqual([]);
  expect(await accounts("1111")).toEqual([]);
  await db.commands.run({ name: "test.alias", actor: db.actor }, async (context) => {
    const account = await accessAccount(context.sql, db.actor, "10010009", TODAY);
    return addAlias(context, { account, kind: "card", value: "6217-AB-77" });
  });
  expect(await accounts("6217-ab")).toEqual(["10010009"]);
});

const allTerms = (one: TestDatabase) =>
  one.owner.sql.rows<{ term: string; accountId: bigint; buildingId: bigint }>(
    `select term, account_id as "accountId", building_id as "buildingId" from search_terms order by 2, 1`,
  );

test("made anew, the terms are the same", async () => {
  const before = await allTerms(db);
  expect(await lacksSearchTerms(db.database.sql)).toBe(false);
  await db.owner.sql.run("truncate search_terms");
  expect(await lacksSearchTerms(db.database.sql)).toBe(true);
  expect(await rebuildSearchTerms(db.database, TODAY)).toBe(7);
  expect(await allTerms(db)).toEqual(before);
  expect(await lacksSearchTerms(db.database.sql)).toBe(false);
});

test("an invented town and a roll have the terms that a rebuild would make", async () => {
  const demo = await createTestDatabase();
  await seedDemo(demo.ownerUrl, { households: 300, seed: 3, profile: "mixed" }, () => undefined);
  const seeded = await allTerms(demo);
  expect(seeded.length).toBeGreaterThan(2000);
  await rebuildSearchTerms(demo.database, TODAY);
  expect(await allTerms(demo)).toEqual(seeded);
  await demo.drop();

  const folder = await mkdtemp(path.join(tmpdir(), "nuan-search-"));
  const header =
    "户号,旧户号,热源,热力站,站产权,接管日期,环路,区,街道,小区,楼号,单元,楼层,门牌,用户姓名,电话,用热性质,套内面积,建筑面积,面积依据,循环方式,用热状态,阀门状态,片区";
  const row =
    "880010001,77,东区热电厂,书香站,自管,2010-05-01,1,金水区,文化路,听澜花园,3号楼,1单元,13,1302,仇小明,13812349876,居民,88.37,98.19,房产证,独立,供热,开,文化路片区";
  const file = path.join(folder, "roll.csv");
  await writeFile(file, `${header}\n${row}\n`);
  await importRoll(platformOf(db), db.actor, { file: { path: file, encoding: "utf-8" }, commit: true }, "r1");
  await rm(folder, { recursive: true });
  for (const q of ["仇小明", "qiuxiaoming", "chou", "qxm", "9876", "880010001", "听澜花园3号楼1302"]) {
    expect([q, await accounts(q)]).toEqual([q, ["880010001"]]);
  }
  const imported = await allTerms(db);
  await rebuildSearchTerms(db.database, TODAY);
  expect(await allTerms(db)).toEqual(imported);
});
