/** Who runs the stations, from a list: looked at, changed, refused by row, and nothing the second time. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import iconv from "iconv-lite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importStationList } from "#src/town/network/index.ts";
import { nuan, objectOf } from "#tests/cli/terminal.ts";
import { createTestDatabase, TEST_SECRET_KEY, type TestDatabase } from "#tests/support/database.ts";
import { buildSmallTown } from "#tests/support/small-town.ts";

let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nuan-stations-"));
  db = await createTestDatabase("2026-11-10T09:00:00+08:00");
  for (const name of ["A", "B", "C"]) await buildSmallTown(db, name);
  await db.owner.sql.run("update stations set name = '中心站' where code in ('TB', 'TC')");
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

const HEADER = "热源,热力站,站产权,接管日期,物业公司,物业电话";
let files = 0;
const save = async (rows: readonly string[], encoding = "utf-8"): Promise<string> => {
  files += 1;
  const file = path.join(folder, `stations-${files}.csv`);
  await writeFile(file, iconv.encode([HEADER, ...rows].join("\r\n"), encoding));
  return file;
};
const load = (file: string, more: { commit?: boolean; errorsPath?: string } = {}) =>
  importStationList(db, db.actor, { path: file, encoding: "utf-8", commit: true, ...more }, "request-1");
const stations = () =>
  db.owner.sql.rows(
    `select code, owner, taken_over_on as since, property_firm_name as firm, property_firm_phone as phone, version
     from stations order by code`,
  );
const audits = async () =>
  (
    await db.owner.sql.one<{ n: number }>(
      "select count(*)::int as n from audit_events where command = 'network.import-stations'",
    )
  ).n;

const COMPANY = { owner: "company", since: "2010-05-01", firm: null, phone: null, version: 1 };

test("is looked at, then changes what it names, and nothing the second time", async () => {
  const file = await save(["热源A,热力站A,物业,,某某物业,0371-65550000", "热源B,中心站,,2012/5/1,,"]);
  expect(await load(file, { commit: false })).toMatchObject({
    dryRun: true,
    rows: 2,
    changed: 2,
    refused: 0,
  });
  expect(await stations()).toEqual([
    { code: "TA", ...COMPANY },
    { code: "TB", ...COMPANY },
    { code: "TC", ...COMPANY },
  ]);
  expect(await load(file)).toMatchObject({ dryRun: false, rows: 2, changed: 2, unchanged: 0 });
  const after = [
    {
      code: "TA",
      owner: "property-firm",
      since: "2010-05-01",
      firm: "某某物业",
      phone: "+8637165550000",
      version: 2,
    },
    { code: "TB", ...COMPANY, since: "2012-05-01", version: 2 },
    { code: "TC", ...COMPANY },
  ];
  expect(await stations()).toEqual(after);
  expect(await load(file)).toMatchObject({ changed: 0, unchanged: 2 });
  expect(await stations()).toEqual(after);
  expect(await audits()).toBe(1);
});

test("refuses rows one by one, and takes the others", async () => {
  const before = await stations();
  const rows = [
    ",中心站,,2013-01-01,,",
    "热源C,中心站,自管,昨天,,",
    "热源X,热力站A,,,,",
    ",热力站A,别的,,,",
    ",,自管,,,",
    "热源B,中心站,物业,,,",
  ];
  const errorsPath = path.join(folder, "refused.csv");
  expect((await load(await save(rows), { errorsPath })).refusedByReason).toEqual({
    "station-ambiguous": 1,
    "take-over-day-unreadable": 1,
    "station-unknown": 1,
    "station-owner-unknown": 1,
    "station-missing": 1,
    "firm-phone-missing": 1,
  });
  const lines = (await readFile(errorsPath, "utf8")).trimEnd().split("\r\n");
  expect(lines[1]).toBe(",中心站,,2013-01-01,,,2,几个热源下有同名热力站，请写热源,station-ambiguous");
  const twice = await load(await save(["热源B,中心站,,2014-01-01,,", "热源B,中心站,,2015-01-01,,"]));
  expect(twice).toMatchObject({ changed: 0, refused: 2, refusedByReason: { "station-twice": 2 } });
  expect(await stations()).toEqual(before);
});

test("is a command: a dry run unless told, GB18030 when declared, one refusal for a wrong file", async () => {
  const env = { DATABASE_URL: db.ownerUrl, SECRET_KEY: TEST_SECRET_KEY, DATA_DIR: folder };
  const file = await save(["热源C,中心站,物业,,丙物业,13812348001"], "gb18030");
  const run = (...argv: string[]) => nuan(["station", "import", file, ...argv, "--json"], env);
  const wrong = await run();
  expect([wrong.code, objectOf(wrong)["code"]]).toEqual([1, "station-list.wrong-encoding"]);
  expect(objectOf(await run("--encoding", "gb18030"))).toMatchObject({ dryRun: true, changed: 1 });
  const done = await run("--encoding", "gb18030", "--commit");
  expect([done.code, objectOf(done)]).toMatchObject([0, { dryRun: false, changed: 1 }]);
  const other = await save(["x"]);
  await writeFile(other, "热力站,产权\r\n中心站,自管");
  const heading = await nuan(["station", "import", other, "--json"], env);
  expect(objectOf(heading)["code"]).toBe("station-list.unknown-column");
});
