/** `nuan templates lint`: what carriers, the law and we ourselves ask of every text, held to it with its longest values. */
import type { Command } from "commander";
import { fail } from "#src/kernel/errors.ts";
import {
  checkSignature,
  lintAllTemplates,
  lintOtherWords,
  type LintReport,
  STANDARD_SEGMENT_MILLI_FEN,
  STANDARD_SIGNATURE,
} from "#src/messages/messaging/index.ts";
import { type CliRuntime, table } from "../runtime.ts";
import { group } from "./group.ts";

const fenOf = (milliFen: bigint | null): string =>
  milliFen === null
    ? ""
    : `${milliFen / 1000n}.${String(milliFen % 1000n)
        .padStart(3, "0")
        .slice(0, 1)}`;

const milliFenOf = (text: string): bigint => {
  const [, whole = "", part = ""] =
    /^(\d{1,4})(?:\.(\d{1,3}))?$/.exec(text) ??
    fail("template.segment-price", "a price is fen with up to three places: 4.5", { field: "--segment-fen" });
  return BigInt(whole) * 1000n + BigInt(part.padEnd(3, "0"));
};

const rowOf = (report: LintReport): readonly string[] => [
  report.channel,
  report.locale,
  report.name,
  report.version === 0 ? "" : String(report.version),
  report.usual === null ? "" : String(report.usual.segments),
  report.most === null ? "" : String(report.most.segments),
  report.most === null ? "" : String(report.most.units),
  fenOf(report.costMilliFen),
];

const findingsOf = (reports: readonly LintReport[]): string[] =>
  reports.flatMap(({ channel, locale, name, findings }) =>
    findings.map(({ level, rule, text }) => `${level}: ${channel}/${locale}/${name}: ${rule}: ${text}`),
  );

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "templates")
    .command("lint")
    .description("check every text of a message: words, signs, links, length, cost")
    .option("--signature <words>", "without 【】; SMS_SIGNATURE by default")
    .option("--segment-fen <fen>", "price of a charged part by your contract; 4.5 is assumed")
    .action(
      async ({
        signature = cli.env["SMS_SIGNATURE"] ?? STANDARD_SIGNATURE,
        segmentFen,
      }: {
        readonly signature?: string;
        readonly segmentFen?: string;
      }) => {
        await cli.runWithoutDatabase(
          async () => {
            checkSignature(signature);
            const segmentMilliFen =
              segmentFen === undefined ? STANDARD_SEGMENT_MILLI_FEN : milliFenOf(segmentFen);
            const reports = lintAllTemplates({ signature, segmentMilliFen });
            const otherWords = lintOtherWords();
            const errors = reports
              .flatMap(({ findings }) => findings)
              .filter(({ level }) => level === "error");
            return { signature, templates: reports, otherWords, errors: errors.length + otherWords.length };
          },
          ({ templates, otherWords, errors }) =>
            [
              table(
                ["channel", "language", "name", "version", "usually", "at most", "units", "fen"],
                templates.map(rowOf),
              ),
              ...findingsOf(templates),
              ...otherWords.map(({ file, word, why }) => `error: ${file}: banned-word: ${word}: ${why}`),
              errors === 0 ? "没有错误。No errors." : `${errors} errors`,
            ].join("\n"),
          { refused: ({ errors }) => errors > 0 },
        );
      },
    );
};
