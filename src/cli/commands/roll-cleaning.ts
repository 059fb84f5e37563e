/** `nuan roll cleaning`: what is probably wrong with the households that are there. */
import { Option, type Command } from "commander";
import {
  cleaningList,
  FINDINGS,
  ROLL_ENCODINGS,
  type RollEncoding,
  writeCleaningFile,
} from "#src/town/accounts/index.ts";
import { today } from "#src/platform/clock.ts";
import { type CliRuntime, table } from "../runtime.ts";
import { group } from "./group.ts";

type Flags = { readonly out?: string; readonly encoding: RollEncoding };

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "roll")
    .command("cleaning")
    .description("what is probably wrong with the households that are there: counts, and the list with --out")
    .option("--out <file>", "write the list here (CSV, or XLSX)")
    .addOption(
      new Option("--encoding <name>", "encoding of a CSV file").choices([...ROLL_ENCODINGS]).default("utf-8"),
    )
    .action(async ({ out, encoding }: Flags) => {
      await cli.run(
        async (platform) => {
          const findings = await cleaningList(platform.database.sql, today(platform.clock));
          if (out !== undefined) await writeCleaningFile(out, encoding, findings);
          const kinds = Map.groupBy(findings, (finding) => finding.kind);
          return {
            findings: findings.length,
            byKind: Object.fromEntries([...kinds].map(([kind, found]) => [kind, found.length])),
            file: out ?? null,
          };
        },
        ({ byKind }) =>
          table(
            ["finding", "meaning", "count"],
            Object.entries(byKind).map(([kind, count]) => [
              kind,
              FINDINGS[kind as keyof typeof FINDINGS],
              count,
            ]),
          ),
      );
    });
};
