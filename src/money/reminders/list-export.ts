/** The lists as tables: their columns in words. */
import { formatYuan } from "#src/kernel/money.ts";
import { verdictOf } from "./closing-list.ts";
import type { ArrearsRow, ClosingRow } from "./list-queries.ts";

const ARREARS_HEADER = [
  "户号 account",
  "地址 address",
  "片区 area",
  "专管员 manager",
  "待缴合计（元） unpaid",
  "本季待缴（元） this season",
  "已到期（元） due",
  "最早采暖季 oldest season",
  "通知阶段 stage",
  "暂缓 holds",
] as const;
export const arrearsTable = {
  header: ARREARS_HEADER,
  cells: (row: ArrearsRow): readonly string[] => [
    row.accountNo,
    row.address,
    row.area ?? "",
    row.manager ?? "",
    formatYuan(row.openFen),
    formatYuan(row.seasonFen),
    formatYuan(row.dueFen),
    String(row.oldestSeason),
    row.stage ?? "",
    row.holds.join(" "),
  ],
};

const VERDICT_WORDS = {
  close: "关阀 close",
  paid: "已缴，不关 paid, leave open",
  hold: "暂缓，不关 on hold, leave open",
  "closed-already": "已关 closed already",
} as const;
export const closingTable = {
  header: [
    "户号 account",
    "地址 address",
    "片区 area",
    "名单待缴（元） on the list",
    "告知日期 told on",
    "告知凭据 told by",
    "现在待缴（元） unpaid now",
    "现在 now",
    "办理人 done by",
    "时间 time",
  ],
  cells: (row: ClosingRow): readonly string[] => [
    row.accountNo,
    row.address,
    row.area ?? "",
    formatYuan(row.openFen),
    row.notifiedOn,
    row.toldBy,
    formatYuan(row.openNowFen),
    VERDICT_WORDS[verdictOf(row)],
    "",
    "",
  ],
};
