/** docs/postings.md is the table of every posting: its accounts are the chart of the database, code by code. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";

const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/postings.md"), "utf8");
const cells = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
const section = (title: string): string[][] =>
  (page.split(`## ${title}`)[1] ?? "")
    .split("\n## ")[0]
    ?.split("\n")
    .filter((line) => line.startsWith("|") && !line.startsWith("|---"))
    .slice(1)
    .map(cells) ?? [];

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test("the documented chart of accounts is the one in the database", async () => {
  const documented = section("Accounts").map(([code = "", number, name, kind, perHousehold]) => ({
    code: code.replaceAll("`", ""),
    number,
    name,
    kind,
    perHousehold: perHousehold === "yes",
  }));
  const stored = await db.database.sql.rows(
    `select code::text, number, name_zh as name, kind, per_household as "perHousehold" from ledger_accounts order by number`,
  );
  expect(documented.length).toBeGreaterThan(10);
  expect([...documented].sort((a, b) => ((a.number ?? "") < (b.number ?? "") ? -1 : 1))).toEqual(stored);
});

test("every posting kind of the database stands in the table, and the table names no other", async () => {
  const documented = new Set(section("Table").map(([, event = ""]) => /`([a-z-]+)`/.exec(event)?.[1] ?? ""));
  const stored = await db.database.sql.rows<{ kind: string }>(
    "select unnest(enum_range(null::posting_kind))::text as kind",
  );
  expect([...documented].sort()).toEqual(stored.map((row) => row.kind).sort());
});
