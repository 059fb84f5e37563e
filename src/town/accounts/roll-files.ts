/** The two files that an import leaves: the refused rows, ready to be mended and loaded again, and the cleaning list. */
import { writeErrorTable, writeTable } from "#src/platform/table-file-write.ts";
import { type Finding, FINDINGS } from "./cleaning-queries.ts";
import type { RefusedRow } from "./roll-queries.ts";
import { type RollEncoding, type RollFile, rollTable } from "./roll-read.ts";
import { type Refusal, REFUSALS } from "./roll-row.ts";

const reasonText = (row: RefusedRow): string => {
  const words = REFUSALS[row.reason as Refusal];
  return row.others === null ? words : `${words}（行 ${row.others}）`;
};

/** Writes the refused rows as they were, with row number and reason; answers how many. Reads the roll once more. */
export const writeErrorFile = (
  path: string,
  file: RollFile,
  refused: readonly RefusedRow[],
): Promise<number> =>
  writeErrorTable(
    path,
    rollTable(file),
    refused.map((row) => ({ rowNo: row.rowNo, words: reasonText(row), code: row.reason })),
  );

async function* findingRows(findings: readonly Finding[]): AsyncGenerator<readonly string[]> {
  yield ["类别", "代码", "行号", "户号", "说明"];
  for (const finding of findings) {
    yield [
      FINDINGS[finding.kind],
      finding.kind,
      finding.rowNo === null ? "" : String(finding.rowNo),
      finding.accountNo ?? "",
      finding.note,
    ];
  }
}

/** Writes the cleaning list; answers how many findings. */
export const writeCleaningFile = (
  path: string,
  encoding: RollEncoding,
  findings: readonly Finding[],
): Promise<number> => writeTable(path, encoding, findingRows(findings));
