/** `nuan routing ...`: the responsibility table as a file, its check, and making it live. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { dayOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { TABLE_ENCODINGS, type TableEncoding } from "#src/platform/table-file.ts";
import {
  coverageOfTable,
  draftTable,
  exportTable,
  liveTableId,
  makeTableLive,
  readTableFile,
  STANDARD_TABLE,
} from "#src/service/routing/index.ts";
import { type CliRuntime, facts, table } from "../runtime.ts";
import { group } from "./group.ts";

const idArgument = (text: string): bigint => {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError("give the number of a table.");
  return BigInt(text);
};
const instantArgument = (text: string): Date => {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()) || !/[Z+]/.test(text)) {
    throw new InvalidArgumentError("give an instant like 2026-11-15T00:00:00+08:00.");
  }
  return instant;
};
const encodingOption = () =>
  new Option("--encoding <name>", "encoding of a CSV file").choices([...TABLE_ENCODINGS]).default("utf-8");

const registerFiles = (routing: Command, cli: CliRuntime): void => {
  routing
    .command("import")
    .argument("<file>", "CSV, or XLSX")
    .description("write a responsibility table from a file as a draft")
    .requiredOption("--name <name>", "as people will find it again")
    .addOption(encodingOption())
    .action(async (path: string, options: { readonly name: string; readonly encoding: TableEncoding }) => {
      await cli.run(
        async ({ database, commands, actor, requestId }) => {
          const rows = await readTableFile(database.sql, { path, encoding: options.encoding });
          const { result } = await commands.run(
            { name: "responsibility.draft", actor, requestId },
            (context) => draftTable(context, { name: options.name, rows }),
          );
          return { tableId: String(result.tableId), rows: result.rows };
        },
        (draft) =>
          facts([
            ["draft", draft.tableId],
            ["rows", draft.rows],
          ]),
      );
    });
  routing
    .command("export")
    .argument("<file>", "CSV, or XLSX")
    .description("write a responsibility table into a file: the live one, or --table")
    .option("--table <id>", "number of the table", idArgument)
    .addOption(encodingOption())
    .action(async (path: string, options: { readonly table?: bigint; readonly encoding: TableEncoding }) => {
      await cli.run(
        async ({ database, clock }) => {
          const tableId = options.table ?? (await liveTableId(database.sql, clock.now()));
          if (tableId === null) fail("responsibility.not-found", "no responsibility table is live");
          const rows = await exportTable(database.sql, { tableId, path, encoding: options.encoding });
          return { tableId: String(tableId), rows };
        },
        ({ tableId, rows }) =>
          facts([
            ["table", tableId],
            ["rows", rows],
          ]),
      );
    });
};

const registerLife = (routing: Command, cli: CliRuntime): void => {
  routing
    .command("install-standard")
    .description("write the table that a company may begin with as a draft")
    .action(async () => {
      await cli.run(
        async ({ commands, actor, requestId }) => {
          const { result } = await commands.run(
            { name: "responsibility.draft", actor, requestId },
            (context) => draftTable(context, { name: "标准责任表", rows: STANDARD_TABLE }),
          );
          return { tableId: String(result.tableId), rows: result.rows };
        },
        (draft) =>
          facts([
            ["draft", draft.tableId],
            ["rows", draft.rows],
          ]),
      );
    });
  routing
    .command("check")
    .argument("<table>", "number of the table", idArgument)
    .description("say what a table would leave uncovered today")
    .action(async (tableId: bigint) => {
      await cli.run(
        async ({ database, clock }) => ({
          findings: await coverageOfTable(database.sql, tableId, dayOfInstant(clock.now())),
        }),
        ({ findings }) =>
          findings.length === 0
            ? "Nothing is left uncovered."
            : table(
                ["finding", "what"],
                findings.map(({ kind, ...rest }) => [kind, Object.values(rest).join(" ")]),
              ),
      );
    });
  routing
    .command("go-live")
    .argument("<table>", "number of the draft", idArgument)
    .description("make a draft the live table; refused with the list of what it leaves uncovered")
    .option("--from <instant>", "from then on (default: now)", instantArgument)
    .action(async (tableId: bigint, options: { readonly from?: Date }) => {
      await cli.run(
        async ({ commands, actor, requestId }) => {
          const { result } = await commands.run(
            { name: "responsibility.make-live", actor, requestId },
            (context) => makeTableLive(context, { tableId, from: options.from ?? null }),
          );
          return { tableId: String(tableId), liveFrom: result.from.toISOString() };
        },
        (live) =>
          facts([
            ["table", live.tableId],
            ["live from", live.liveFrom],
          ]),
      );
    });
};

export const register = (program: Command, cli: CliRuntime): void => {
  const routing = group(program, "routing");
  registerFiles(routing, cli);
  registerLife(routing, cli);
};
