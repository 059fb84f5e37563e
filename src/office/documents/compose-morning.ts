/** The page of the morning (晨报): the figures of the five sheets, one sheet under the other, on one page. */
import { fact, footOf } from "./compose-bill.ts";
import type { MorningPageDocument } from "./morning-schema.ts";
import type { PrintLocale } from "./schema.ts";
import type { Block, Sheet } from "./sheet.ts";
import { wordsOf } from "./words.ts";

/** The sheet of a checked page in one language. */
export const composeMorning = (page: MorningPageDocument, locale: PrintLocale): Sheet => {
  const { common, morning } = wordsOf(locale);
  return {
    format: page.paper,
    locale,
    company: page.company.name,
    title: morning.title,
    references: [fact(morning.day, page.day), fact(morning.frozenAt, page.frozenAt)],
    marks: [],
    blocks: page.sheets.flatMap(({ title, findings, figures }): Block[] => [
      {
        kind: "prose",
        heading: findings.length === 0 ? title : `${title} · ${morning.red}`,
        paragraphs: findings,
      },
      { kind: "facts", facts: figures.map(({ label, value }) => fact(label, value)) },
    ]),
    foot: footOf(page, common),
  };
};
