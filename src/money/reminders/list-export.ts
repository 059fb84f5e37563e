/** The lists as table files: CSV or XLSX, cells that a spreadsheet would run disarmed by the platform's writer. */
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { fail } from "#src/kernel/errors.ts";
import { formatYuan } from "#src/kernel/money.ts";
import { writeTable } from "#src/platform/table-file-write.ts";
import { verdictOf } from "./closing-list.ts";
import type { ArrearsRow, ClosingRow } from "./list-queries.ts";

export const LIST_FORMATS = ["csv", "xlsx"] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];
/** A spreadsheet is built in memory. */
const MOST_ROWS: Readonly<Record<ListFormat, number>> = { csv: 300_000, xlsx: 50_000 };

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

async function* tableRows<Row>(
  table: { readonly header: readonly string[]; cells(row: Row): readonly string[] },
  pages: AsyncIterable<readonly Row[]>,
  format: ListFormat,
  counted: { rows: number },
): AsyncGenerator<readonly string[]> {
  yield table.header;
  for await (const page of pages) {
    counted.rows += page.length;
    if (counted.rows > MOST_ROWS[format]) {
      fail("arrears.list-too-long", `more than ${MOST_ROWS[format]} rows fit`, {
        field: "format",
        remedy: "take csv, or have the list made by areas",
      });
    }
    for (const row of page) yield table.cells(row);
  }
}

/** A table in a file of its own: gone once it was read, or dropped. */
export type WrittenList = {
  readonly rows: number;
  readonly bytes: number;
  open(): Readable;
  drop(): Promise<void>;
};

/** @throws DomainError `arrears.list-too-long` */
export const writeList = async <Row>(
  table: { readonly header: readonly string[]; cells(row: Row): readonly string[] },
  pages: AsyncIterable<readonly Row[]>,
  format: ListFormat,
): Promise<WrittenList> => {
  const folder = await mkdtemp(path.join(tmpdir(), "nuanyang-list-"));
  const drop = () => rm(folder, { recursive: true, force: true });
  const counted = { rows: 0 };
  try {
    const file = path.join(folder, `list.${format}`);
    await writeTable(file, "utf-8", tableRows(table, pages, format, counted));
    const { size } = await stat(file);
    const open = () => createReadStream(file).once("close", () => void drop());
    return { rows: counted.rows, bytes: size, open, drop };
  } catch (error) {
    await drop();
    throw error;
  }
};
