/** The responsibility table as a file that people edit (CSV or XLSX), in Chinese words or our codes; what is written can be read. */
import type { Sql } from "#src/platform/sql.ts";
import { cellText } from "#src/platform/table-cell.ts";
import { readTableRows, type TableEncoding, type TableFile } from "#src/platform/table-file.ts";
import { writeTable } from "#src/platform/table-file-write.ts";
import { readTableHeader, type TableColumn, type TableHeader } from "#src/platform/table-header.ts";
import { findRoutingRoles, findRows } from "./table-queries.ts";
import type { DraftRow } from "./tables.ts";

const COLUMNS = {
  category: { names: ["诉求分类", "category"], required: true },
  boundary: { names: ["资产边界", "boundary"], required: true },
  level: { names: ["层级", "level"], required: true },
  role: { names: ["责任岗位", "role"], required: true },
} as const satisfies Record<string, TableColumn>;
type Column = keyof typeof COLUMNS;

const HEADER: TableHeader<Column> = {
  refusals: "responsibility",
  columns: COLUMNS,
  document: "docs/routing.md",
};

/** The words of the file for our codes; the first is written. */
const WORDS: Readonly<Record<"boundary" | "level", Readonly<Record<string, readonly string[]>>>> = {
  boundary: {
    "*": ["任意", "全部"],
    ours: ["自管", "已接管"],
    "property-firm": ["物业", "未接管"],
    unknown: ["不明"],
  },
  level: {
    "*": ["任意", "全部"],
    area: ["片区", "班组"],
    branch: ["分公司"],
    company: ["公司", "总部"],
  },
};

const codeOf = (kind: keyof typeof WORDS, cell: string): string =>
  Object.entries(WORDS[kind]).find(([, words]) => words.includes(cell))?.[0] ?? cell;
const wordOf = (kind: keyof typeof WORDS, code: string): string => WORDS[kind][code]?.[0] ?? code;

const rowOf = (
  columns: readonly (Column | null)[],
  cells: readonly string[],
  roles: ReadonlyMap<string, string>,
  rowNo: number,
): DraftRow => {
  const of = (column: Column): string => cellText(cells[columns.indexOf(column)]);
  const category = of("category");
  return {
    category: category === "任意" || category === "全部" ? "*" : category,
    boundary: codeOf("boundary", of("boundary")),
    level: codeOf("level", of("level")),
    role: roles.get(of("role")) ?? of("role"),
    rowNo,
  };
};

/**
 * The rows of a file, each with its row number, for `draftTable`.
 * @throws DomainError `responsibility.unknown-column` and the other refusals of a table file
 */
export const readTableFile = async (
  sql: Sql,
  wanted: { readonly path: string; readonly encoding: TableEncoding },
): Promise<DraftRow[]> => {
  const file: TableFile = { ...wanted, refusals: "responsibility" };
  const roles = new Map((await findRoutingRoles(sql)).map((role) => [role.name, role.code]));
  const rows: DraftRow[] = [];
  let columns: (Column | null)[] | undefined;
  for await (const { rowNo, cells } of readTableRows(file)) {
    if (columns === undefined) columns = readTableHeader(HEADER, cells);
    else if (cells.some((cell) => cellText(cell) !== "")) rows.push(rowOf(columns, cells, roles, rowNo));
  }
  return rows;
};

/** Writes a table into a file; answers how many rows. */
export const exportTable = async (
  sql: Sql,
  wanted: { readonly tableId: bigint; readonly path: string; readonly encoding: TableEncoding },
): Promise<number> => {
  const names = new Map((await findRoutingRoles(sql)).map((role) => [role.code, role.name]));
  const found = await findRows(sql, wanted.tableId);
  async function* lines(): AsyncGenerator<readonly string[]> {
    yield Object.values(COLUMNS).map((column) => column.names[0]);
    for (const row of found) {
      const category = row.category === "*" ? "任意" : row.category;
      yield [
        category,
        wordOf("boundary", row.boundary),
        wordOf("level", row.level),
        names.get(row.role) ?? row.role,
      ];
    }
  }
  return writeTable(wanted.path, wanted.encoding, lines());
};
