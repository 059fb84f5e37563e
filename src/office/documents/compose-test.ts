/**
 * What hangs at a stairwell (张贴通知): a test ahead with a slip to tear off for whoever will be away, a change of its window, how
 * it ended; and the list of whoever hangs it up (张贴清单), with the doors to knock on and a stub that comes back to the office.
 */
import { codeBlock } from "./code-block.ts";
import { fact, footOf, marksOf } from "./compose-bill.ts";
import type { PrintLocale } from "./schema.ts";
import type { PostingListDocument, TestNoticeDocument } from "./service-schema.ts";
import type { Block, Cell, Fact, Sheet } from "./sheet.ts";
import { fillIn, type Words, wordsOf } from "./words.ts";

const cell = (text: string): Cell => ({ text, detail: "" });
const known = (label: string, value: string, wide = false): Fact[] =>
  value === "" ? [] : [fact(label, value, wide)];

/** Whoever will not be at home tears one off, fills it in and gives it to the station or the property firm. */
const REPLIES = 2;

const replySlip = (notice: TestNoticeDocument, words: Words["test"]): Block[] => [
  { kind: "cut", text: words.tear },
  {
    kind: "prose",
    heading: words.replyHeading,
    paragraphs: [fillIn(words.reply, { testNo: notice.testNo, place: notice.place, window: notice.window })],
  },
  {
    kind: "blanks",
    blanks: [
      { label: words.replyDoor, wide: false },
      { label: words.replyName, wide: false },
      { label: words.replyNumber, wide: false },
      { label: words.replyKey, wide: false },
    ],
  },
];

const paragraphsOf = (notice: TestNoticeDocument, words: Words["test"]): string[] =>
  (notice.about === "notice" ? words.what[notice.testKind] : words.said[notice.about]).map((sentence) =>
    fillIn(sentence, { hotline: notice.company.hotline, number: notice.contactNumber }),
  );

/** The sheet of a checked notice in one language. */
export const composeTestNotice = (notice: TestNoticeDocument, locale: PrintLocale): Sheet => {
  const words = wordsOf(locale);
  const { test: terms } = words;
  const isAhead = notice.about === "notice";
  const isOver = notice.about === "passed" || notice.about === "failed";
  return {
    format: notice.paper,
    locale,
    company: notice.company.name,
    title: terms.titles[notice.testKind][notice.about],
    references: [fact(terms.testNo, notice.testNo), fact(terms.printedOn, notice.printedAt.slice(0, 10))],
    marks: marksOf(notice.reprintCount, false, words.common),
    blocks: [
      {
        kind: "facts",
        facts: [
          fact(terms.place, notice.place, true),
          ...known(terms.formerWindow, notice.formerWindow, true),
          ...(notice.about === "cancelled"
            ? []
            : [fact(terms.window, notice.window === "" ? terms.unknownWindow : notice.window, true)]),
          fact(
            terms.contact,
            fillIn(terms.contactValue, { name: notice.contactName, number: notice.contactNumber }),
            true,
          ),
          ...known(terms.note, notice.note, true),
        ],
      },
      { kind: "prose", heading: terms.whatHeading, paragraphs: paragraphsOf(notice, terms) },
      ...(isOver || notice.dial === "" ? [] : [codeBlock(notice.dial, terms.scan)]),
      ...(isAhead ? Array.from({ length: REPLIES }, () => replySlip(notice, terms)).flat() : []),
    ],
    foot: footOf(notice, words.common),
  };
};

const stairwellTable = (list: PostingListDocument, words: Words["posting"]): Block => ({
  kind: "table",
  columns: [
    { heading: words.stairwell, align: "left", share: 26 },
    { heading: words.homes, align: "right", share: 12 },
    { heading: words.reachedBySms, align: "right", share: 16 },
    { heading: words.posted, align: "left", share: 24 },
    { heading: words.poster, align: "left", share: 22 },
  ],
  rows: list.stairwells.map((one) => [
    cell(one.name),
    cell(String(one.homes)),
    cell(String(one.reachedBySms)),
    cell(one.posted),
    cell(""),
  ]),
});

const gapTable = (list: PostingListDocument, words: Words["posting"]): Block[] =>
  list.gaps.length === 0
    ? []
    : [
        {
          kind: "prose",
          heading: words.gapsHeading,
          paragraphs: [fillIn(words.gapsNote, { count: list.gaps.length })],
        },
        {
          kind: "table",
          columns: [
            { heading: words.stairwell, align: "left", share: 26 },
            { heading: words.door, align: "left", share: 18 },
            { heading: words.reason, align: "left", share: 26 },
            { heading: words.knock, align: "left", share: 30 },
          ],
          rows: list.gaps.map((gap) => [
            cell(gap.stairwell),
            cell(gap.door),
            { text: words.reasons[gap.reason], detail: gap.knowsFormer ? words.knowsFormer : "" },
            cell(""),
          ]),
        },
      ];

/** The sheet of a checked posting list in one language. */
export const composePostingList = (list: PostingListDocument, locale: PrintLocale): Sheet => {
  const words = wordsOf(locale);
  const { test: terms, posting } = words;
  return {
    format: list.paper,
    locale,
    company: list.company.name,
    title: posting.title[list.testKind],
    references: [fact(terms.testNo, list.testNo), fact(terms.printedOn, list.printedAt.slice(0, 10))],
    marks: marksOf(list.reprintCount, false, words.common),
    blocks: [
      {
        kind: "facts",
        facts: [
          fact(terms.place, list.place, true),
          fact(terms.window, list.window === "" ? terms.unknownWindow : list.window, true),
          fact(
            terms.contact,
            fillIn(terms.contactValue, { name: list.contactName, number: list.contactNumber }),
            true,
          ),
        ],
      },
      stairwellTable(list, posting),
      ...gapTable(list, posting),
      { kind: "cut", text: posting.tear },
      {
        kind: "facts",
        facts: [fact(terms.testNo, list.testNo), fact(terms.place, list.place, true)],
      },
      {
        kind: "blanks",
        blanks: [
          { label: posting.returned, wide: false },
          { label: posting.returnedBy, wide: false },
          { label: posting.returnedAt, wide: false },
          { label: posting.received, wide: false },
        ],
      },
    ],
    foot: footOf(list, words.common),
  };
};
