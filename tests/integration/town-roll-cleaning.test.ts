/** The cleaning list: of a roll that is loaded, and of the households that are there. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { cleaningList, importRoll } from "#src/town/accounts/index.ts";
import { nuan, objectOf } from "#tests/cli/terminal.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";
import { csv } from "#tests/support/roll-file.ts";

let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nuan-cleaning-"));
  db = await createTestDatabase("2026-07-15T09:00:00+08:00");
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

test("the cleaning list reports and refuses nothing; it runs on the live database too", async () => {
  const block = Array.from({ length: 6 }, (_, index) => ({ 户号: `4000000${index}`, 门牌: `40${index}` }));
  const roll = path.join(folder, "roll.csv");
  await writeFile(
    roll,
    csv([
      ...block,
      { 户号: "40000010", 门牌: "410", 套内面积: "50", 建筑面积: "98.19" },
      { 户号: "40000011", 门牌: "411", 套内面积: "600", 建筑面积: "650" },
      { 户号: "40000012", 门牌: "412", 电话: "12345", 用户姓名: "" },
      { 户号: "40000013", 门牌: "413" },
      { 户号: "40000014", 门牌: "413" },
      { 户号: "40000015", 门牌: "415", 小区: "书香名邸二期" },
      { 户号: "40000016", 门牌: "416", 环路: "2", 物业电话: "0371-65550000、0371-65550001、见微信" },
    ]),
  );
  const report = await importRoll(
    platformOf(db),
    db.actor,
    {
      file: { path: roll, encoding: "utf-8" },
      commit: true,
      cleaningPath: path.join(folder, "cleaning.csv"),
    },
    "request-1",
  );
  expect(report).toMatchObject({
    rows: 13,
    accepted: 13,
    cleaning: {
      "inner-gross-ratio": 1,
      "area-out-of-bounds": 1,
      "area-beyond-median": 1,
      "bad-phone": 1,
      "firm-phone-lost": 1,
      "name-missing": 1,
      "two-accounts-at-one-door": 2,
      "phase-twin": 1,
      "building-on-two-loops": 1,
    },
  });
  const file = await readFile(path.join(folder, "cleaning.csv"), "utf8");
  expect(file).toContain("电话无法识别，未保存,bad-phone,10,40000012,12345");
  expect(file).toContain("0371-65550001 见微信");
  const live = await cleaningList(db.database.sql, day("2026-07-15"));
  const kinds = new Map<string, number>();
  for (const finding of live) kinds.set(finding.kind, (kinds.get(finding.kind) ?? 0) + 1);
  const byKind = {
    "inner-gross-ratio": 1,
    "area-out-of-bounds": 1,
    "area-beyond-median": 1,
    "name-missing": 1,
    "no-usable-phone": 1,
    "two-accounts-at-one-door": 2,
    "phase-twin": 1,
  };
  expect(Object.fromEntries(kinds)).toEqual(byKind);
  const out = path.join(folder, "live.csv");
  const told = await nuan(["roll", "cleaning", "--out", out, "--json"], {
    DATABASE_URL: db.ownerUrl,
    SECRET_KEY: "a-key-for-tests-with-at-least-32-characters",
    DATA_DIR: folder,
  });
  expect(objectOf(told)).toEqual({ findings: 8, byKind, file: out });
  expect((await readFile(out, "utf8")).trim().split("\r\n")).toHaveLength(9);
  expect(await db.owner.sql.one("select count(*)::int as n from person_phones")).toEqual({ n: 12 });
});
