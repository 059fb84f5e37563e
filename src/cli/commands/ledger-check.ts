/** `nuan ledger check`: proves the books, or names the rows that do not prove. */
import path from "node:path";
import type { Command } from "commander";
import { checkLedger, type LedgerCheck } from "#src/reports/index.ts";
import { type CliRuntime, table } from "../runtime.ts";
import { group } from "./group.ts";

const SHOWN = 20;

const print = (check: LedgerCheck): string => {
  const broken = check.proofs.flatMap(({ rule, offenders }) =>
    offenders.slice(0, SHOWN).map((one) => [rule, one.row, one.expected, one.found] as const),
  );
  const findings = check.seals.findings
    .slice(0, SHOWN)
    .map((one) => [one.stream, one.kind, one.id ?? "", one.expected ?? "", one.found ?? ""] as const);
  const parts: string[] = [];
  if (broken.length > 0) parts.push(table(["rule that is broken", "row", "expected", "found"], broken));
  if (findings.length > 0)
    parts.push(table(["sealed table", "finding", "row", "expected", "found"], findings));
  const sealed = check.seals.streams.reduce((sum, { rows }) => sum + rows, 0);
  const open = check.seals.streams.reduce((sum, { unsealedRows }) => sum + unsealedRows, 0n);
  parts.push(
    check.ok && sealed === 0 && open === 0n
      ? "There is nothing to prove yet: the books hold no row."
      : check.ok
        ? `The books prove: ${check.proofs.length} rules hold, ${sealed} sealed rows are as they were (${open} not sealed yet), ${check.ms} ms.`
        : "The books do not prove. Keep the database as it is, and correct by new postings only once the cause is known.",
  );
  return parts.join("\n\n");
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "ledger")
    .command("check")
    .description("run every room's proofs and verify the seals of the books; exit code 1 when one fails")
    .option("--anchors <file>", "the anchor file; AUDIT_ANCHOR_FILE by default")
    .action(async (options: { readonly anchors?: string }) => {
      await cli.run(
        ({ database, config }) =>
          checkLedger(database, {
            anchors: options.anchors === undefined ? config.auditAnchorFile : path.resolve(options.anchors),
            progress: (step) => cli.note(step),
          }),
        print,
        { refused: (check) => !check.ok },
      );
    });
};
