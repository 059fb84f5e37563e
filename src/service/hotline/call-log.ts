/** The call log (通话记录) as a table file. Numbers are masked; who exported it is audited. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fail } from "#src/kernel/errors.ts";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { formatTicketNo } from "#src/service/tickets/index.ts";
import { writeTable } from "#src/platform/table-file-write.ts";
import { maskedNumber } from "./board.ts";
import type { Reach } from "./call-back-queries.ts";
import { type CallRow, type LogFilter, searchCalls } from "./call-queries.ts";

export const EXPORT_FORMATS = ["csv", "xlsx"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
const MOST_ROWS = 20_000;
const PAGE = 1000;

const HEADER = [
  "编号 id",
  "方向 direction",
  "号码 number",
  "线路 line",
  "开始 began",
  "应答 answered",
  "结束 finished",
  "结果 outcome",
  "小结 wrap-up",
  "备注 note",
  "坐席 agent",
  "户号 account",
  "工单 case",
  "事件 incident",
] as const;

const time = (instant: Date | null): string => (instant === null ? "" : wallTimeOfInstant(instant));
const cellsOf = (call: CallRow): readonly string[] => [
  String(call.id),
  call.direction,
  maskedNumber(call.number) ?? "",
  call.line ?? "",
  time(call.beganAt),
  time(call.answeredAt),
  time(call.finishedAt),
  call.outcome ?? call.state,
  call.wrapUp ?? "",
  call.wrapUpNote,
  call.agent ?? "",
  call.accountNo ?? "",
  call.ticketId === null ? "" : formatTicketNo(call.ticketId),
  call.incidentId === null ? "" : String(call.incidentId),
];

async function* rowsOf(
  sql: Sql,
  filter: Reach & LogFilter,
  counted: { rows: number },
): AsyncGenerator<readonly string[]> {
  yield HEADER;
  let last: CallRow | undefined;
  for (;;) {
    const page = await searchCalls(sql, {
      ...filter,
      beforeAt: last?.beganAt.toISOString() ?? null,
      beforeId: last?.id ?? null,
      limit: PAGE,
    });
    counted.rows += page.length;
    if (counted.rows > MOST_ROWS) {
      fail("call.too-many", `more than ${MOST_ROWS} calls fit`, { remedy: "choose a shorter time" });
    }
    for (const call of page) yield cellsOf(call);
    last = page.at(-1);
    if (page.length < PAGE) return;
  }
}

/**
 * The calls that fit, the youngest first, at most 20,000. Cells that a spreadsheet would run are disarmed by the platform's
 * writer. @throws DomainError `call.too-many`
 */
export const exportCalls = async (
  sql: Sql,
  filter: Reach & LogFilter,
  format: ExportFormat,
): Promise<{ readonly bytes: Buffer; readonly rows: number }> => {
  const folder = await mkdtemp(path.join(tmpdir(), "nuanyang-calls-"));
  const counted = { rows: 0 };
  try {
    const file = path.join(folder, `calls.${format}`);
    await writeTable(file, "utf-8", rowsOf(sql, filter, counted));
    return { bytes: await readFile(file), rows: counted.rows };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
