/** The page of the morning (晨报): the figures of the five sheets, one sheet under the other, on one page. */
import { fact, footOf } from "./compose-bill.ts";
import type { MorningPageDocument } from "./morning-schema.ts";
import type { PrintLocale } from "./schema.ts";
import type { Cell, Sheet, TableBlock } from "./sheet.ts";
import { type Words, wordsOf } from "./words.ts";

const cell = (text: string): Cell => ({ text, detail: "" });

/** Three figures beside each other, and one table for all of them, so that five sheets find room on one page. */
const ABREAST = 3;

type PageSheet = MorningPageDocument["sheets"][number];

const rowsOf = ({ title, findings, figures }: PageSheet, words: Words["morning"]): Cell[][] => [
  [
    cell(findings.length === 0 ? `■ ${title}` : `■ ${title} · ${words.red}`),
    ...Array.from({ length: ABREAST * 2 - 1 }, () => cell("")),
  ],
  ...Array.from({ length: Math.ceil(figures.length / ABREAST) }, (_, row) =>
    Array.from({ length: ABREAST }, (_gap, place) => figures[row * ABREAST + place]).flatMap((one) => [
      cell(one?.label ?? ""),
      cell(one?.value ?? ""),
    ]),
  ),
];

const tableOf = (sheets: readonly PageSheet[], words: Words["morning"]): TableBlock => ({
  kind: "table",
  columns: Array.from({ length: ABREAST }, () => [
    { heading: words.item, align: "left" as const, share: 18 },
    { heading: words.value, align: "right" as const, share: 15 },
  ]).flat(),
  rows: sheets.flatMap((sheet) => rowsOf(sheet, words)),
});

/** The sheet of a checked page in one language. */
export const composeMorning = (page: MorningPageDocument, locale: PrintLocale): Sheet => {
  const { common, morning } = wordsOf(locale);
  const red = page.sheets.flatMap(({ title, findings }) => findings.map((finding) => `${title}: ${finding}`));
  return {
    format: "a4-dense",
    locale,
    company: page.company.name,
    title: morning.title,
    references: [fact(morning.day, page.day), fact(morning.frozenAt, page.frozenAt)],
    marks: [],
    blocks: [
      ...(red.length === 0 ? [] : [{ kind: "prose" as const, heading: morning.red, paragraphs: red }]),
      tableOf(page.sheets, morning),
    ],
    foot: footOf(page, common),
  };
};
