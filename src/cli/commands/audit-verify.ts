/** `nuan audit verify`: proves that no sealed row was changed, removed or smuggled in. */
import path from "node:path";
import type { Command } from "commander";
import { DomainError } from "#src/kernel/errors.ts";
import { type SealFinding, type SealReport, verifySeals } from "#src/platform/seal-verify.ts";
import { type CliRuntime, table } from "../runtime.ts";
import { group } from "./group.ts";

const sentence = (finding: SealFinding): string =>
  [
    finding.stream,
    finding.kind,
    finding.id === undefined ? undefined : `id ${finding.id}`,
    finding.blockNo === undefined ? undefined : `block ${finding.blockNo}`,
    finding.expected === undefined ? undefined : `expected ${finding.expected}`,
    finding.found === undefined ? undefined : `found ${finding.found}`,
  ]
    .filter((part) => part !== undefined)
    .join("  ");

const refuse = (report: SealReport): never => {
  const count = `${report.findings.length}${report.truncated ? " or more" : ""}`;
  throw new DomainError("audit.broken", `the sealed tables were tampered with: ${count} findings`, {
    remedy:
      "keep the database as it is, compare with the last good backup, and find out who had the database's password",
    facts: { count: report.findings.length, truncated: report.truncated, findings: report.findings },
  });
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "audit")
    .command("verify")
    .description("check every seal of audit log and ledger, and the heads kept outside the database")
    .option("--anchors <file>", "the anchor file; AUDIT_ANCHOR_FILE by default")
    .action(async (options: { readonly anchors?: string }) => {
      await cli.run(
        async ({ database, config }) => {
          const anchors =
            options.anchors === undefined ? config.auditAnchorFile : path.resolve(options.anchors);
          const report = await verifySeals(database, { anchors });
          for (const finding of report.findings) cli.note(sentence(finding));
          return report.findings.length > 0 ? refuse(report) : report;
        },
        (report) =>
          [
            table(
              ["stream", "blocks", "sealed rows", "not sealed yet"],
              report.streams.map((one) => [one.stream, one.blocks, one.rows, one.unsealedRows]),
            ),
            `Nothing was tampered with. Anchors compared: ${report.anchors ?? 0}.`,
          ].join("\n"),
      );
    });
};
