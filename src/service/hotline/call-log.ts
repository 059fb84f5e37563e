/** The call log (通话记录) as a table. Numbers are masked. */
import { z } from "zod";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import { defineExport, storedId, storedInstant, storedReach } from "#src/office/exports/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { formatTicketNo } from "#src/service/tickets/index.ts";
import { maskedNumber } from "./board.ts";
import type { Reach } from "./call-back-queries.ts";
import { CALL_OUTCOMES } from "./call-fold.ts";
import { type CallRow, type LogFilter, searchCalls, WRAP_UP_CODES } from "./call-queries.ts";

/** Calls are looked for by many columns: more than this keeps a connection for minutes. */
const MOST_CALLS = 20_000;
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

async function* callPages(sql: Sql, filter: Reach & LogFilter): AsyncGenerator<readonly CallRow[]> {
  let last: CallRow | undefined;
  for (;;) {
    const page = await searchCalls(sql, {
      ...filter,
      beforeAt: last?.beganAt.toISOString() ?? null,
      beforeId: last?.id ?? null,
      limit: PAGE,
    });
    yield page;
    last = page.at(-1);
    if (page.length < PAGE) return;
  }
}

/** The calls that fit, the youngest first, at most 20,000. */
export const callExport = defineExport({
  kind: "calls",
  command: "call.export",
  permission: "hotline.read",
  wanted: z.object({
    ...storedReach,
    staffId: storedId.nullable(),
    from: storedInstant,
    until: storedInstant,
    direction: z.enum(["inbound", "outbound"]).nullable(),
    number: z.string().nullable(),
    accountId: storedId.nullable(),
    agentId: storedId.nullable(),
    line: z.string().nullable(),
    outcome: z.enum(CALL_OUTCOMES).nullable(),
    wrapUp: z.enum(WRAP_UP_CODES).nullable(),
    ticketId: storedId.nullable(),
    incidentId: storedId.nullable(),
  }),
  table: (filter: Reach & LogFilter) => ({
    header: HEADER,
    cells: cellsOf,
    pages: (sql) => callPages(sql, filter),
    mostRows: MOST_CALLS,
  }),
});
