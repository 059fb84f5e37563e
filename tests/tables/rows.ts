/** Text tables: a line per rule, its columns divided by bars; the last says what the line proves. */
import { readFileSync } from "node:fs";
import path from "node:path";

export type TableLine = { readonly cells: readonly string[]; readonly proves: string };

export const readTextTable = (name: string, columns: number): TableLine[] =>
  readFileSync(path.join(import.meta.dirname, name), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const cells = line.split("|").map((cell) => cell.trim());
      if (cells.length !== columns)
        throw new Error(`${name}: ${columns} columns, not ${cells.length}: ${line}`);
      return { cells, proves: cells.at(-1) ?? "" };
    });
