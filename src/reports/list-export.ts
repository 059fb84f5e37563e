/** A list behind a number as a table to take along: its columns in words, and how a worker reads all of it. */
import { z } from "zod";
import { defineExport, storedDay, storedId, storedInstant, storedReach } from "#src/office/exports/index.ts";
import { day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type ListDefinition } from "./lists/model.ts";
import { exportedCell, listOf, type ListRow, readList } from "./read-list.ts";
import type { Span } from "./span.ts";
import { reportWord, VALUE_WORDS } from "./words.ts";

const PAGE = 2000;

async function* listPages(
  sql: Sql,
  list: ListDefinition,
  query: Span & { readonly part: string },
): AsyncGenerator<readonly ListRow[]> {
  let beforeId: bigint | null = null;
  for (;;) {
    const page: readonly ListRow[] = await readList(sql, list, { ...query, beforeId, limit: PAGE });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    beforeId = BigInt(last.id);
  }
}

const wanted = z.object({
  ...storedReach,
  staffId: storedId.nullable(),
  fromDay: storedDay,
  toDay: storedDay,
  from: storedInstant,
  to: storedInstant,
  cut: storedInstant,
  season: z.int(),
  /** What was asked for by a process that did not know of it yet asks nothing of it. */
  seasonFrom: storedDay.default(day("2000-01-01")),
  inAreas: z.array(storedId).nullable(),
  channel: z.string().nullable(),
  category: z.string().nullable(),
  authority: z.string().nullable(),
  station: storedId.nullable(),
  class: z.string().nullable(),
  staff: storedId.nullable(),
  list: z.string(),
  part: z.string(),
});

export const listExport = defineExport({
  kind: "report-list",
  command: "report.export",
  permission: "report.export",
  wanted,
  table: ({ list: name, ...query }: z.infer<typeof wanted>) => {
    const list = listOf(name);
    const columns = Object.entries(list.columns);
    return {
      header: columns.map(([code]) => {
        const word = reportWord(code);
        return `${word["zh-CN"]} ${word.en}`;
      }),
      cells: (row: ListRow) =>
        columns.map(([code, kind]) => {
          const cell = exportedCell(kind, row.cells[code] ?? null);
          return kind === "code" ? (VALUE_WORDS[cell]?.["zh-CN"] ?? cell) : cell;
        }),
      pages: (sql) => listPages(sql, list, query),
    };
  },
});
