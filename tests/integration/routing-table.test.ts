/** The responsibility table: drafts, the check before it goes live, one live at an instant, the file and back. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DomainError } from "#src/kernel/errors.ts";
import {
  type DraftRow,
  draftTable,
  exportTable,
  liveTableId,
  makeTableLive,
  readTableFile,
  STANDARD_TABLE,
} from "#src/service/routing/index.ts";
import { createRoutingTown, type RoutingTown } from "#tests/support/routing-town.ts";

let town: RoutingTown;
let folder: string;
beforeAll(async () => {
  town = await createRoutingTown({ live: false });
  folder = mkdtempSync(path.join(tmpdir(), "nuan-routing-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await town.drop();
});

const draft = (rows: readonly DraftRow[], name = "draft") =>
  town.as(town.db.actor, (context) => draftTable(context, { name, rows }));
const goLive = (tableId: bigint, from: Date | null = null) =>
  town.as(town.db.actor, (context) => makeTableLive(context, { tableId, from }));
type Finding = Readonly<Record<string, unknown>>;
const findingsOf = async (tableId: bigint): Promise<Finding[]> => {
  const refused = await goLive(tableId).then(
    () => null,
    (error: DomainError) => error,
  );
  expect(refused?.code).toBe("responsibility.uncovered");
  return (refused?.detail.facts?.["findings"] ?? []) as Finding[];
};

describe("a draft", () => {
  test("rows that name what does not exist, or speak twice of the same, are refused by row", async () => {
    const row = { category: "*", boundary: "*", level: "*", role: "head-office" };
    await expect(
      draft([row, { ...row, category: "heat.lukewarm" }, { ...row, role: "king" }, row]),
    ).rejects.toMatchObject({
      code: "responsibility.rows-refused",
      detail: {
        facts: {
          rows: [
            { row: 2, problem: "unknown-category", value: "heat.lukewarm" },
            { row: 3, problem: "unknown-role", value: "king" },
            { row: 4, problem: "overlap", value: "* * *" },
          ],
        },
      },
    });
  });
});

describe("the check before it goes live", () => {
  test("a hole is named by category, boundary and level", async () => {
    const { tableId } = await draft(STANDARD_TABLE.filter((row) => row.boundary !== "unknown"));
    const findings = await findingsOf(tableId);
    expect(findings).toContainEqual({
      kind: "hole",
      category: "heat.not-hot",
      boundary: "unknown",
      level: "area",
    });
    expect(findings.every((one) => one["boundary"] === "unknown")).toBe(true);
  });

  test("an orphan building and a role with nobody there that day are named", async () => {
    const { tableId } = await draft(STANDARD_TABLE);
    await town.db.owner.sql.run("delete from service_area_buildings where building_id = :other", {
      other: town.other,
    });
    expect(await findingsOf(tableId)).toEqual([
      { kind: "building-without-area", buildingId: String(town.other), name: "书香苑T3号楼" },
    ]);
    await town.db.owner.sql.run(
      "insert into service_area_buildings (area_id, building_id, valid) values (:west2, :other, daterange('2020-01-01', null))",
      town,
    );
    await town.db.owner.sql.run(
      `insert into absences (staff_id, valid, kind, entered_at)
       select id, daterange('2026-11-23', '2026-11-24'), 'leave', now() from staff_members where login = 'property'`,
    );
    expect(await findingsOf(tableId)).toContainEqual({
      kind: "role-without-people",
      role: "property-desk",
      boundary: "property-firm",
      level: "area",
      area: null,
    });
    await town.db.owner.sql.run("delete from absences");
  });

  test("a manager whose deputy and chief are there is no gap; nobody of the three is", async () => {
    const { tableId } = await draft(STANDARD_TABLE);
    const away = (login: string) =>
      town.db.owner.sql.run(
        `insert into absences (staff_id, valid, kind, entered_at)
         select id, daterange('2026-11-23', '2026-11-24'), 'leave', now() from staff_members where login = :login`,
        { login },
      );
    await away("manager2");
    await away("chief");
    expect(await findingsOf(tableId)).toEqual([
      { kind: "role-without-people", role: "area-manager", boundary: "ours", level: "area", area: "W2" },
    ]);
    await town.db.owner.sql.run("delete from absences");
  });
});

describe("one live at an instant", () => {
  test("the next one ends the one before; a live table is never changed", async () => {
    const first = await draft(STANDARD_TABLE, "first");
    await goLive(first.tableId);
    const second = await draft(STANDARD_TABLE, "second");
    const from = new Date("2026-11-24T00:00:00+08:00");
    await goLive(second.tableId, from);
    const { sql } = town.db.database;
    expect(await liveTableId(sql, town.db.clock.now())).toBe(first.tableId);
    expect(await liveTableId(sql, new Date(from.getTime() - 1))).toBe(first.tableId);
    expect(await liveTableId(sql, from)).toBe(second.tableId);
    await expect(goLive(second.tableId)).rejects.toMatchObject({ code: "responsibility.not-draft" });
    const third = await draft(STANDARD_TABLE, "third");
    await expect(goLive(third.tableId)).rejects.toMatchObject({ code: "responsibility.later-live" });
    await expect(goLive(third.tableId, new Date("2026-11-01T00:00:00Z"))).rejects.toMatchObject({
      code: "responsibility.in-the-past",
    });
    await expect(
      sql.run("update responsibilities set role_code = 'finance' where table_id = :id", {
        id: first.tableId,
      }),
    ).rejects.toThrow(/never changed/);
  });

  test("two that go live at once: one does, the database allows no second", async () => {
    const later = new Date("2026-12-01T00:00:00+08:00");
    const [one, two] = [await draft(STANDARD_TABLE), await draft(STANDARD_TABLE)];
    await Promise.allSettled([goLive(one.tableId, later), goLive(two.tableId, later)]);
    const live = await town.db.owner.sql.rows(
      "select id from responsibility_tables where state = 'live' and valid @> :later::timestamptz",
      { later },
    );
    expect(live).toHaveLength(1);
  });
});

describe("as a file", () => {
  test("what is written is read again as the same rows, in Chinese words", async () => {
    const { tableId } = await draft(STANDARD_TABLE);
    for (const [name, encoding] of [
      ["table.csv", "utf-8"],
      ["table-gb.csv", "gb18030"],
      ["table.xlsx", "utf-8"],
    ] as const) {
      const file = path.join(folder, name);
      const rows = await exportTable(town.db.database.sql, { tableId, path: file, encoding });
      expect(rows).toBe(STANDARD_TABLE.length);
      const read = await readTableFile(town.db.database.sql, { path: file, encoding });
      const plain = read.map(({ rowNo: _rowNo, ...row }) => JSON.stringify(row)).toSorted();
      expect(plain).toEqual(STANDARD_TABLE.map((row) => JSON.stringify(row)).toSorted());
    }
    expect(readFileSync(path.join(folder, "table.csv"), "utf8")).toContain("诉求分类,资产边界,层级,责任岗位");
  });

  test("a heading that is not known is refused by name", async () => {
    const file = path.join(folder, "wrong.csv");
    writeFileSync(file, "诉求分类,资产边界,层级,谁\n任意,任意,任意,总部值班\n");
    await expect(
      readTableFile(town.db.database.sql, { path: file, encoding: "utf-8" }),
    ).rejects.toMatchObject({ code: "responsibility.unknown-column" });
  });
});
