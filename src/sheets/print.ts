/** The page of a day (晨报) as a document: the heads of its frozen sheets. */
import { type Day, wallTimeOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { PrintDocument } from "#src/office/documents/index.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import type { Sql } from "#src/platform/sql.ts";
import { reportOut, reportWord, SHEETS } from "#src/reports/index.ts";
import { findSheets } from "./queries.ts";
import { type Locale, sayFigure } from "./say.ts";

/** @throws DomainError `sheet.not-frozen` */
export const morningPage = async (sql: Sql, day: Day, now: Date, locale: Locale): Promise<PrintDocument> => {
  const frozen = await findSheets(sql, day);
  const [first] = frozen;
  if (first === undefined)
    fail("sheet.not-frozen", "the sheets of this day are not frozen", { field: "day" });
  const company = await companyOnPaper(sql);
  return {
    kind: "morning-page",
    paper: "a4",
    company,
    day,
    frozenAt: wallTimeOfInstant(first.frozenAt),
    sheets: SHEETS.flatMap((name) => {
      const sheet = frozen.find((one) => one.sheet === name);
      if (sheet === undefined) return [];
      const report = reportOut.parse(sheet.body);
      return [
        {
          title: reportWord(`sheet.${name}`)[locale],
          findings: report.findings.map((finding) => reportWord(`finding.${finding}`)[locale]),
          figures: report.figures.map(({ code, kind, value, of }) => ({
            label: reportWord(code)[locale],
            // A year is no amount: 2026, not 2,026.
            value: code === "season" ? String(value) : sayFigure(kind, value, of, locale),
          })),
        },
      ];
    }),
    printedAt: wallTimeOfInstant(now),
  };
};
