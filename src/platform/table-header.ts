/** The header of a table that a person made: columns by their names, in any order. */
import { fail } from "#src/kernel/errors.ts";
import { toHalfWidth } from "#src/kernel/half-width.ts";
import { ERROR_COLUMNS } from "./table-file-write.ts";

export type TableColumn = { readonly names: readonly string[]; readonly required?: boolean };

export type TableHeader<Column extends string> = {
  /** First word of the codes of its refusals. */
  readonly refusals: string;
  /** By column; the first name is the one that messages use. */
  readonly columns: Readonly<Record<Column, TableColumn>>;
  /** Where the names are listed. */
  readonly document: string;
};

const foldHeader = (text: string): string =>
  toHalfWidth(text)
    .replace(/\([^)]*\)$/, "")
    .replace(/\s+/g, "")
    .toLowerCase();

const skipped = new Set<string>(ERROR_COLUMNS);

/**
 * Which cell holds which column; null for the cells of our own error file.
 * @throws DomainError `*.unknown-column`, `*.column-twice`, `*.column-missing`
 */
export const readTableHeader = <Column extends string>(
  header: TableHeader<Column>,
  cells: readonly string[],
): (Column | null)[] => {
  const { refusals, document } = header;
  const known = Object.entries(header.columns) as [Column, TableColumn][];
  const columnByName = new Map(
    known.flatMap(([column, { names }]) => names.map((name): [string, Column] => [name, column])),
  );
  const written = cells.map(foldHeader);
  // Blank cells at the end come from spreadsheets that were once wider.
  while (written.at(-1) === "") written.pop();
  const seen = new Set<Column>();
  const columns = written.map((name) => {
    if (skipped.has(name)) return null;
    const column =
      columnByName.get(name) ??
      fail(`${refusals}.unknown-column`, `the heading "${name.slice(0, 40)}" is not one that this file has`, {
        row: 1,
        remedy: `rename or remove the column (${document} lists the names), or declare the right encoding`,
      });
    if (seen.has(column)) {
      const first = header.columns[column].names[0] ?? column;
      fail(`${refusals}.column-twice`, `the column ${first} stands twice in the header`, { row: 1 });
    }
    seen.add(column);
    return column;
  });
  const missing = known
    .filter(([column, { required }]) => required === true && !seen.has(column))
    .map(([column, { names }]) => names[0] ?? column);
  if (missing.length > 0) {
    fail(`${refusals}.column-missing`, `the header lacks ${missing.join(", ")}`, {
      row: 1,
      facts: { missing },
    });
  }
  return columns;
};
