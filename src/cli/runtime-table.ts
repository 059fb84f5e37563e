/** Results as people read them on a terminal: columns that line up, Chinese text included. */

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

/** Columns that a text takes on a terminal: a Chinese character takes two. */
export const displayWidth = (text: string): number => {
  let width = 0;
  for (const character of text) width += wide.test(character) ? 2 : 1;
  return width;
};

export type Cell = string | number | bigint | null | undefined;

const textOf = (cell: Cell): string => (cell === null || cell === undefined ? "-" : String(cell));
const numeric = /^[+-]?[\d,]+(\.\d+)?( ?%)?$/;

/**
 * Rows under their headings, two blanks between columns; a column of which every cell is a number is set to the right.
 * Gives the text without a newline at its end.
 */
export const table = (headings: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const cells = rows.map((row) => headings.map((_heading, column) => textOf(row[column])));
  const widths = headings.map((heading, column) =>
    Math.max(displayWidth(heading), ...cells.map((row) => displayWidth(row[column] ?? ""))),
  );
  const toTheRight = headings.map(
    (_heading, column) =>
      cells.length > 0 && cells.every((row) => row[column] === "-" || numeric.test(row[column] ?? "")),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => {
        const blanks = " ".repeat((widths[column] ?? 0) - displayWidth(text));
        return toTheRight[column] === true ? blanks + text : text + blanks;
      })
      .join("  ")
      .trimEnd();
  return [line(headings), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n");
};

/** `name  value` lines, for one thing with several properties. */
export const facts = (pairs: readonly (readonly [string, Cell])[]): string => {
  const width = Math.max(0, ...pairs.map(([name]) => displayWidth(name)));
  return pairs
    .map(([name, value]) => `${name}${" ".repeat(width - displayWidth(name))}  ${textOf(value)}`)
    .join("\n");
};
