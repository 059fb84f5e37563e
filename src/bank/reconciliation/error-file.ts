/**
 * The error file (差错清单): the lines that need somebody, each as the bank wrote it, with why. Of a file that could not be taken,
 * the lines that were refused; of an imported one, those that became a difference, money of nobody or a repetition.
 */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { defineRoute, type Platform, type Route, rowIdIn } from "#src/platform/route.ts";
import { exportIn, exportOut, exportTable } from "#src/platform/table-export.ts";
import { requireDraft } from "./confirm-draft.ts";
import { findDraft } from "./draft-queries.ts";
import { errorWords } from "./error-words.ts";
import { findImport } from "./import-queries.ts";
import { bytesOfDraft } from "./keep-draft.ts";
import { doubtfulLines } from "./line-queries.ts";

const tag = "Bank 银行对账";
const params = z.strictObject({ id: rowIdIn });
const body = z.strictObject(exportIn);
const HEADER = ["行号 row", "原始行 line", "结果 outcome", "原因 reason", "代码 code"] as const;
const LONGEST_LINE = 4000;

type Doubt = { readonly outcome: string; readonly code: string };

/** The lines of a text by their number; wrong bytes as U+FFFD, because a wrong file is what it is about. */
async function* numberedLines(
  bytes: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<readonly [number, string]> {
  const decoder = new TextDecoder(encoding);
  let rest = "";
  let row = 0;
  for await (const piece of bytes) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield [++row, line];
  }
  rest += decoder.decode();
  if (rest !== "") yield [++row, rest];
}

async function* tableOf(
  doubts: ReadonlyMap<number, Doubt>,
  lines: AsyncIterable<readonly [number, string]>,
): AsyncGenerator<readonly (readonly string[])[]> {
  const left = new Map(doubts);
  for await (const [row, line] of lines) {
    const doubt = left.get(row);
    if (doubt === undefined) continue;
    left.delete(row);
    yield [
      [String(row), line.trimEnd().slice(0, LONGEST_LINE), doubt.outcome, errorWords(doubt.code), doubt.code],
    ];
    if (left.size === 0) return;
  }
  for (const [row, doubt] of left) {
    yield [[String(row), "", doubt.outcome, errorWords(doubt.code), doubt.code]];
  }
}

type Table = {
  readonly subject: string;
  readonly name: string;
  readonly doubts: ReadonlyMap<number, Doubt>;
  readonly lines: AsyncIterable<readonly [number, string]>;
};

const asExport = (one: Table) => ({
  command: "bank.error-file" as const,
  subject: one.subject,
  name: one.name,
  header: HEADER,
  cells: (row: readonly string[]) => row,
  pages: () => tableOf(one.doubts, one.lines),
});

const draftDoubts = async (platform: Platform, id: bigint) => {
  const draft = requireDraft(await findDraft(platform.database.sql, id));
  const doubts = new Map<number, Doubt>();
  const refusal = draft.refusal as { readonly code?: unknown; readonly row?: unknown } | null;
  if (typeof refusal?.row === "number" && typeof refusal.code === "string") {
    doubts.set(refusal.row, { outcome: "refused", code: refusal.code });
  }
  for (const { row, code } of draft.report.problems) doubts.set(row, { outcome: "refused", code });
  return { draft, doubts };
};

const common = {
  method: "post",
  permission: "bank.import",
  stepUp: true,
  tag,
  params,
  body,
  response: exportOut,
  produces: "application/octet-stream",
} as const;

export const errorFileRoutes: readonly Route[] = [
  defineRoute({
    ...common,
    path: "/bank-drafts/{id}/error-file",
    summary:
      "The lines for which a file was refused, as the bank wrote them, with why (CSV); who took it is written down",
    handle: async (asked) => {
      const { draft, doubts } = await draftDoubts(asked.platform, asked.params.id);
      return exportTable(
        asked,
        asExport({
          subject: `bank-draft:${draft.id}`,
          name: `bank-errors-draft-${draft.id}`,
          doubts,
          lines: numberedLines(bytesOfDraft(asked.platform, draft), draft.report.encoding),
        }),
      );
    },
  }),
  defineRoute({
    ...common,
    path: "/bank-imports/{id}/error-file",
    summary:
      "The lines of an import that became a difference, money of nobody or a repetition, as the bank wrote them (CSV); who took it is written down",
    handle: async (asked) => {
      const { sql } = asked.platform.database;
      const file =
        (await findImport(sql, asked.params.id)) ?? fail("import.not-found", "there is no such import");
      const rows = await doubtfulLines(sql, file.id);
      const doubts = new Map(
        rows.map((line) => [
          line.rowNo,
          { outcome: line.state, code: line.problem ?? line.matchRule ?? line.state },
        ]),
      );
      const bytes = bytesOfDraft(asked.platform, { id: 0n, state: "imported", importId: file.id });
      return exportTable(
        asked,
        asExport({
          subject: `bank-import:${file.id}`,
          name: `bank-errors-${file.id}`,
          doubts,
          lines: numberedLines(bytes, file.encoding === "xml" ? "utf-8" : file.encoding),
        }),
      );
    },
  }),
];
