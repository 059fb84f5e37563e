/** `nuan bills preview`: what a bill run would issue, and the lists behind it. */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { once } from "node:events";
import type { Command } from "commander";
import { type Stringifier, stringify } from "csv-stringify";
import type { z } from "zod";
import { day, type Day } from "#src/kernel/day.ts";
import { DomainError } from "#src/kernel/errors.ts";
import { fen, formatYuanGrouped, parseYuan } from "#src/kernel/money.ts";
import {
  PREVIEW_GROUPS,
  type PreviewGroup,
  type PreviewOptions,
  previewBillRun,
  previewJson,
  type previewOut,
  previewPages,
  previewRecord,
} from "#src/money/billing/index.ts";
import { today } from "#src/platform/clock.ts";
import type { Database } from "#src/platform/database.ts";
import { type CliRuntime, facts, table, wholeNumber } from "../runtime.ts";
import { group } from "./group.ts";

type Options = {
  readonly season: number;
  readonly asOf?: string;
  readonly lists?: string;
  readonly limitPercent?: number;
  readonly limitYuan?: string;
};

/** A day on the command line. @throws DomainError `day.unreadable` */
export const dayOption = (text: string | undefined): Day | undefined =>
  text === undefined ? undefined : day(text);

const COLUMNS = [
  "accountNo",
  "chargePoint",
  "group",
  "reason",
  "heatClass",
  "loopType",
  "areaM2",
  "priceYuan",
  "days",
  "amountYuan",
  "lastAmountYuan",
  "beyondLimit",
];

const openList = (folder: string, name: PreviewGroup): { sheet: Stringifier; closed: Promise<unknown> } => {
  const sheet = stringify({ header: true, columns: COLUMNS, bom: true, escape_formulas: true });
  const file = createWriteStream(path.join(folder, `${name}.csv`));
  const closed = Promise.race([
    once(file, "close"),
    once(file, "error").then(([error]) => {
      throw error instanceof Error ? error : new Error("a list could not be written");
    }),
  ]);
  sheet.pipe(file);
  return { sheet, closed };
};

/** One CSV file per group (UTF-8 with a mark, for spreadsheets); memory holds one page of accounts. */
const writeLists = async (database: Database, options: PreviewOptions, folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true });
  } catch {
    throw new DomainError("file.unwritable", "the folder for the lists cannot be made", {
      field: "lists",
      remedy: "name a folder that you may write to",
    });
  }
  const lists = new Map(PREVIEW_GROUPS.map((name) => [name, openList(folder, name)]));
  for await (const page of previewPages(database.sql, { ...options, groups: PREVIEW_GROUPS })) {
    for (const row of page.rows) {
      const list = lists.get(row.group);
      if (list !== undefined && !list.sheet.write(previewRecord(row))) await once(list.sheet, "drain");
    }
  }
  for (const { sheet } of lists.values()) sheet.end();
  await Promise.all([...lists.values()].map(({ closed }) => closed));
};

/** The same object as over HTTP. */
type PreviewReport = z.input<typeof previewOut>;

const yuan = (amountFen: number): string => formatYuanGrouped(fen(amountFen));

const print = (preview: PreviewReport): string =>
  [
    facts([
      ["season", String(preview.season)],
      ["as of", preview.asOf],
      ["on the roll", String(preview.rollCount)],
      ["to be issued", String(preview.count)],
      ["sum, yuan", yuan(preview.sumFen)],
      ["last season", `${preview.lastSeason.count} bills, ${yuan(preview.lastSeason.sumFen)} yuan`],
      ["beyond the limits", String(preview.beyondCount)],
    ]),
    table(
      ["class", "loop", "bills", "yuan"],
      preview.byClass.map((row) => [row.heatClass, row.loopType, String(row.count), yuan(row.sumFen)]),
    ),
    table(
      ["group", "charge points", "yuan", "last season", "beyond"],
      preview.groups.map((row) => [
        row.group,
        String(row.count),
        yuan(row.sumFen),
        yuan(row.lastSumFen),
        String(row.beyondCount),
      ]),
    ),
    ...(preview.refused.length === 0
      ? []
      : [
          table(
            ["not billed because", "charge points"],
            preview.refused.map((row) => [row.reason, String(row.count)]),
          ),
        ]),
  ].join("\n\n");

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "bills")
    .command("preview")
    .description("what a bill run would issue; writes nothing but the lists asked for")
    .requiredOption("--season <year>", "the year in which the season starts", wholeNumber("season"))
    .option("--as-of <day>", "terms and states of this day (default: today)")
    .option("--lists <folder>", "write one CSV file per group into this folder")
    .option(
      "--limit-percent <n>",
      "list differences above this share (default 10)",
      wholeNumber("limit-percent"),
    )
    .option("--limit-yuan <amount>", "list differences above this amount (default 200)")
    .action(async (options: Options) => {
      await cli.run(async (platform) => {
        const wanted: PreviewOptions = {
          season: options.season,
          today: today(platform.clock),
          asOf: dayOption(options.asOf),
          ...(options.limitPercent === undefined ? {} : { limitBasisPoints: options.limitPercent * 100 }),
          ...(options.limitYuan === undefined ? {} : { limitFen: parseYuan(options.limitYuan) }),
        };
        const preview = await platform.database.bulk((sql) => previewBillRun(sql, wanted));
        if (options.lists !== undefined) await writeLists(platform.database, wanted, options.lists);
        return previewJson(preview);
      }, print);
    });
};
