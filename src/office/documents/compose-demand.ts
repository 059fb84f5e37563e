/** A letter of demand (催告函) in words. */
import { formatYuanGrouped } from "#src/kernel/money.ts";
import { chineseCapitalAmount } from "./chinese-capitals.ts";
import { fact, footOf, marksOf } from "./compose-bill.ts";
import type { DemandLetterDocument } from "./demand-schema.ts";
import type { PrintLocale } from "./schema.ts";
import type { Cell, Sheet } from "./sheet.ts";
import { fillIn, type Words, wordsOf } from "./words.ts";

type DemandedBill = DemandLetterDocument["bills"][number];

const cell = (text: string, detail = ""): Cell => ({ text, detail });

const row = (bill: DemandedBill, words: Words["demand"]): Cell[] => {
  const period = fillIn(words.period, { from: bill.heatFrom, through: bill.heatThrough });
  const due = bill.dueOn === null ? "" : fillIn(words.dueOn, { day: bill.dueOn });
  return [
    cell(
      fillIn(words.itemValue, { season: bill.seasonName, description: bill.description }),
      [fillIn(words.billNo, { number: bill.billNo }), period, due, bill.explanation]
        .filter((part) => part !== "")
        .join(words.separator),
    ),
    cell(formatYuanGrouped(bill.amountFen)),
    cell(formatYuanGrouped(bill.paidFen)),
    cell(formatYuanGrouped(bill.openFen)),
  ];
};

/** The sheet of a checked letter in one language. */
export const composeDemand = (letter: DemandLetterDocument, locale: PrintLocale): Sheet => {
  const words = wordsOf(locale);
  const { demand: terms } = words;
  const total = fillIn(words.common.yuan, { amount: formatYuanGrouped(letter.totalFen) });
  return {
    format: letter.paper,
    locale,
    company: letter.company.name,
    title: terms.title,
    references: [fact(terms.letterNo, letter.letterNo), fact(terms.madeOn, letter.madeOn)],
    marks: marksOf(letter.reprintCount, false, words.common),
    blocks: [
      {
        kind: "facts",
        facts: [
          fact(terms.accountNo, letter.accountNo),
          fact(terms.ownerName, letter.ownerName),
          fact(terms.address, letter.address, true),
        ],
      },
      {
        kind: "prose",
        heading: terms.openingHeading,
        paragraphs: [fillIn(terms.opening, { day: letter.madeOn, total })],
      },
      {
        kind: "table",
        columns: [
          { heading: terms.item, align: "left", share: 55 },
          { heading: terms.amount, align: "right", share: 15 },
          { heading: terms.paid, align: "right", share: 15 },
          { heading: terms.open, align: "right", share: 15 },
        ],
        rows: letter.bills.map((bill) => row(bill, terms)),
      },
      {
        kind: "totals",
        aside: fact(words.common.inCapitals, chineseCapitalAmount(letter.totalFen)),
        totals: [{ label: terms.total, value: total, strong: true }],
      },
      {
        kind: "prose",
        heading: terms.askHeading,
        paragraphs: [
          fillIn(terms.ask, { days: letter.answerDays }),
          fillIn(terms.dispute, { hotline: letter.company.hotline }),
          terms.law,
        ],
      },
      ...(letter.howToPay.length === 0
        ? []
        : [{ kind: "prose" as const, heading: terms.howToPay, paragraphs: letter.howToPay }]),
      {
        kind: "blanks",
        blanks: [
          { label: terms.receiver, wide: false },
          { label: terms.receivedOn, wide: false },
          { label: terms.bearer, wide: false },
          { label: terms.witness, wide: false },
        ],
      },
    ],
    foot: footOf(letter, words.common),
  };
};
