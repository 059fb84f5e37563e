/**
 * Tables that people take along (导出). One way for all of them: who says what for, the first row of the file carries who, when and
 * what for (水印), cells that a spreadsheet would run are disarmed, rows are bounded, and the audit knows of it before the first
 * byte goes. Lists of the town are written by a worker (office/exports); what is short and of one thing (the lines of one bank file)
 * is answered at once (`exportTable`).
 */
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { z } from "zod";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Action } from "./actions.ts";
import type { Actor } from "./actor.ts";
import type { Platform, RouteReply } from "./route.ts";
import type { Sql } from "./sql.ts";
import { writeTable } from "./table-file-write.ts";

export const EXPORT_FORMATS = ["csv", "xlsx"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
/** A spreadsheet is built in memory. */
const MOST_ROWS: Readonly<Record<ExportFormat, number>> = { csv: 300_000, xlsx: 50_000 };

const EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const MEDIA: Readonly<Record<ExportFormat, string>> = { csv: "text/csv; charset=utf-8", xlsx: EXCEL };

/** What every export route takes besides its own filter. */
export const exportIn = {
  /** What the table is taken for (用途): stands in its first row and in the audit. */
  purpose: z.string().trim().min(4).max(200),
  format: z.enum(EXPORT_FORMATS).default("csv"),
};
export const exportOut = z.instanceof(Readable);

/** What stands in a table: its columns, and how its rows are read. */
export type TableRows<Row> = {
  readonly header: readonly string[];
  cells(row: Row): readonly string[];
  /** All rows in pages, read in one transaction of the connections for long work. */
  pages(sql: Sql): AsyncIterable<readonly Row[]>;
  readonly mostRows?: number;
  /** How many rows it will have, where that is known before they are read. */
  total?(sql: Sql): Promise<number>;
};

export type TableExport<Row> = TableRows<Row> & {
  /** `arrears.export`: the name of the command in the audit. */
  readonly command: Action;
  readonly subject: string;
  /** Of the file, without its ending. */
  readonly name: string;
  readonly details?: Readonly<Record<string, unknown>>;
};

type Asked = {
  readonly platform: Platform;
  readonly actor: Actor;
  readonly requestId: string;
  readonly body: { readonly purpose: string; readonly format: ExportFormat };
};

/** What the first row says: what for, who, when and by which request (用途、导出人、时间、编号). */
export type Watermark = {
  readonly purpose: string;
  readonly by: string;
  readonly at: Date;
  readonly requestId: string;
};

const watermark = (mark: Watermark): string =>
  [
    `用途 purpose: ${mark.purpose}`,
    `导出人 by: ${mark.by}`,
    `时间 at: ${wallTimeOfInstant(mark.at)}`,
    `编号 id: ${mark.requestId}`,
    "内部资料，请勿外传 internal",
  ].join(" · ");

/**
 * The rows of the file: watermark, header, then what the table has; `counted` says how many of these have been read.
 * @throws DomainError `export.too-many-rows`
 */
export async function* exportRows<Row>(
  table: TableRows<Row>,
  format: ExportFormat,
  mark: Watermark,
  sql: Sql,
  counted: { rows: number },
): AsyncGenerator<readonly string[]> {
  const most = Math.min(table.mostRows ?? MOST_ROWS[format], MOST_ROWS[format]);
  yield [watermark(mark)];
  yield table.header;
  for await (const page of table.pages(sql)) {
    counted.rows += page.length;
    if (counted.rows > most) {
      fail("export.too-many-rows", `more than ${most} rows fit`, {
        field: "format",
        remedy: "narrow the filter, or take csv, which holds more",
        facts: { most },
      });
    }
    for (const row of page) yield table.cells(row);
  }
}

/** Of a file that is saved under this name and never run. */
export const tableHeaders = (name: string, format: ExportFormat, size: number): Record<string, string> => ({
  "Content-Length": String(size),
  "Content-Type": MEDIA[format],
  "Content-Disposition": `attachment; filename="${name}"; filename*=UTF-8''${encodeURIComponent(name)}`,
});

/** What the rows of a table are read under: every page is of one moment. */
export const readOneTable = (sql: Sql): Promise<unknown> =>
  sql.run("set transaction isolation level repeatable read, read only");

/**
 * Writes the table to a file of its own, which is gone once it was read, and says so in the audit before anything is sent. Every
 * page is of one moment. @throws DomainError `export.too-many-rows`
 */
export const exportTable = async <Row>(
  asked: Asked,
  table: TableExport<Row>,
): Promise<RouteReply<Readable>> => {
  const { platform, actor, requestId, body } = asked;
  const folder = await mkdtemp(path.join(tmpdir(), "nuanyang-list-"));
  const drop = () => rm(folder, { recursive: true, force: true });
  const counted = { rows: 0 };
  try {
    const file = path.join(folder, `table.${body.format}`);
    await platform.database.bulk(async (sql) => {
      await readOneTable(sql);
      const mark = { purpose: body.purpose, by: actor.name, at: platform.clock.now(), requestId };
      await writeTable(file, "utf-8", exportRows(table, body.format, mark, sql, counted));
    });
    const { size } = await stat(file);
    await platform.commands.run({ name: table.command, actor, requestId }, async (context) => {
      context.audit({
        subject: table.subject,
        details: { ...table.details, purpose: body.purpose, format: body.format, rows: counted.rows },
      });
    });
    const name = `${table.name}.${body.format}`;
    return {
      body: createReadStream(file).once("close", () => void drop()),
      headers: tableHeaders(name, body.format, size),
    };
  } catch (error) {
    await drop();
    throw error;
  }
};
