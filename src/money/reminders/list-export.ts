/** The lists as tables to take along: their columns in words, and how a worker reads all of them. */
import { z } from "zod";
import type { Day } from "#src/kernel/day.ts";
import { formatYuan } from "#src/kernel/money.ts";
import { defineExport, storedDay, storedId, storedReach } from "#src/office/exports/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { HoldKind } from "#src/town/accounts/index.ts";
import { verdictOf } from "./closing-list.ts";
import {
  type ArrearsQuery,
  type ArrearsRow,
  type ClosingRow,
  findArrears,
  findClosingRows,
  sumArrears,
} from "./list-queries.ts";

const PAGE = 2000;

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
const HOLD_WORDS: Readonly<Record<HoldKind, string>> = {
  dispute: "争议 dispute",
  care: "重点关怀 care",
  "payment-plan": "分期 payment plan",
  mourning: "丧事 mourning",
};
const arrearsTable = {
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
    row.stage === null ? "" : `${row.stageName} ${row.stageNameEn}`,
    row.holds.map((hold) => HOLD_WORDS[hold]).join("、"),
  ],
};

const VERDICT_WORDS = {
  close: "关阀 close",
  paid: "已缴，不关 paid, leave open",
  hold: "暂缓，不关 on hold, leave open",
  "closed-already": "已关 closed already",
} as const;
const closingTable = {
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

export type ArrearsWanted = Omit<ArrearsQuery, "afterAccount" | "limit">;

async function* arrearsPages(sql: Sql, wanted: ArrearsWanted): AsyncGenerator<readonly ArrearsRow[]> {
  let afterAccount = 0n;
  for (;;) {
    const page = await findArrears(sql, { ...wanted, afterAccount, limit: PAGE });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    afterAccount = last.accountId;
  }
}

export const arrearsExport = defineExport({
  kind: "arrears",
  command: "arrears.export",
  permission: "reminder.read",
  wanted: z.object({ ...storedReach, season: z.int(), day: storedDay, onlyDue: z.boolean() }),
  table: (wanted: ArrearsWanted) => ({
    ...arrearsTable,
    total: async (sql) => Number((await sumArrears(sql, wanted)).accounts),
    pages: (sql) => arrearsPages(sql, wanted),
  }),
});

type ClosingWanted = {
  readonly scopeKind: string;
  readonly scopeIds: readonly bigint[];
  readonly scopeDay: string;
  readonly listId: bigint;
  readonly day: Day;
  /** How many homes the whole list has. */
  readonly rowCount: number;
};

async function* closingPages(sql: Sql, wanted: ClosingWanted): AsyncGenerator<readonly ClosingRow[]> {
  let after = { afterAccount: 0n, afterPoint: 0n };
  for (;;) {
    const page = await findClosingRows(sql, { ...wanted, ...after, limit: PAGE });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = { afterAccount: last.accountId, afterPoint: last.chargePointId };
  }
}

export const closingExport = defineExport({
  kind: "closing-list",
  command: "closing-list.export",
  permission: "reminder.read",
  wanted: z.object({ ...storedReach, listId: storedId, day: storedDay, rowCount: z.int() }),
  table: (wanted: ClosingWanted) => ({
    ...closingTable,
    // Of the part that lies in somebody's areas nobody knows the size before it is read.
    ...(wanted.scopeKind === "everything" && { total: async () => wanted.rowCount }),
    pages: (sql) => closingPages(sql, wanted),
  }),
});
