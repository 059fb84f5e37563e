/**
 * Tables that people take along (导出). One way for all of them: who says what for, the first row of the file carries who, when and
 * what for (水印), cells that a spreadsheet would run are disarmed, rows are bounded, and the audit knows of it before the first
 * byte goes.
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

export type TableExport<Row> = {
  /** `arrears.export`: the name of the command in the audit. */
  readonly command: Action;
  readonly subject: string;
  /** Of the file, without its ending. */
  readonly name: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly header: readonly string[];
  cells(row: Row): readonly string[];
  /** All rows in pages, read in one transaction of the connections for long work. */
  pages(sql: Sql): AsyncIterable<readonly Row[]>;
  readonly mostRows?: number;
};

type Asked = {
  readonly platform: Platform;
  readonly actor: Actor;
  readonly requestId: string;
  readonly body: { readonly purpose: string; readonly format: ExportFormat };
};

const watermark = ({ platform, actor, requestId, body }: Asked): string =>
  [
    `用途 purpose: ${body.purpose}`,
    `导出人 by: ${actor.name}`,
    `时间 at: ${wallTimeOfInstant(platform.clock.now())}`,
    `编号 id: ${requestId}`,
    "内部资料，请勿外传 internal",
  ].join(" · ");

async function* rowsOf<Row>(
  table: TableExport<Row>,
  asked: Asked,
  sql: Sql,
  counted: { rows: number },
): AsyncGenerator<readonly string[]> {
  const { format } = asked.body;
  const most = Math.min(table.mostRows ?? MOST_ROWS[format], MOST_ROWS[format]);
  yield [watermark(asked)];
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
      await sql.run("set transaction isolation level repeatable read, read only");
      await writeTable(file, "utf-8", rowsOf(table, asked, sql, counted));
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
      headers: {
        "Content-Length": String(size),
        "Content-Type": MEDIA[body.format],
        "Content-Disposition": `attachment; filename="${name}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      },
    };
  } catch (error) {
    await drop();
    throw error;
  }
};
