/** A bill (缴费通知单) in words. */
import { formatAreaM2 } from "#src/kernel/area.ts";
import { formatYuanGrouped } from "#src/kernel/money.ts";
import { formatPriceYuan } from "#src/kernel/rate.ts";
import { chineseCapitalAmount } from "./chinese-capitals.ts";
import type { BillDocument, PrintLocale } from "./schema.ts";
import type { Block, Cell, Fact, Mark, Sheet, Total } from "./sheet.ts";
import { fillIn, type Words, wordsOf } from "./words.ts";

type BillLine = BillDocument["lines"][number];
type FormulaLine = Extract<BillLine, { kind: "formula" }>;

const cell = (text: string, detail = ""): Cell => ({ text, detail });
export const fact = (label: string, value: string, wide = false): Fact => ({ label, value, wide });

/** A whole number of 10^-scale as a decimal: at least two decimals, no zeros behind them. */
const exactDecimal = (value: bigint, scale: number): string => {
  const digits = String(value).padStart(scale + 1, "0");
  const decimals = digits.slice(-scale).replace(/0+$/, "").padEnd(2, "0");
  return `${digits.slice(0, -scale).replace(/\B(?=(\d{3})+$)/g, ",")}.${decimals}`;
};

/** The product before rounding, so that a reader with a pocket calculator finds our amount. */
const formulaText = (line: FormulaLine, words: Words["bill"]): string => {
  const inputs = {
    area: formatAreaM2(line.areaMilliM2),
    price: formatPriceYuan(line.priceMicroYuan),
    days: line.days,
  };
  const isDaily = line.priceUnit === "day";
  const product = fillIn(isDaily ? words.formulaPerDay : words.formulaPerSeason, inputs);
  const percent = exactDecimal(line.shareBasisPoints, 2).replace(/\.?0+$/, "");
  const formula =
    line.shareBasisPoints === 10_000n ? product : `${product} ${fillIn(words.share, { percent })}`;
  // milli m2 (10^3) x micro yuan (10^6) x basis points (10^4).
  const exact = line.areaMilliM2 * line.priceMicroYuan * BigInt(line.days) * line.shareBasisPoints;
  const isExact = exact % 100_000_000_000n === 0n;
  return fillIn(isExact ? words.equals : words.rounded, {
    formula,
    exact: exactDecimal(exact, 13),
    amount: formatYuanGrouped(line.amountFen),
  });
};

const row = (line: BillLine, words: Words["bill"]): Cell[] => {
  const amount = cell(formatYuanGrouped(line.amountFen));
  if (line.kind === "amount") {
    return [cell(line.description, line.reason), cell(""), cell(""), cell(""), amount];
  }
  const isDaily = line.priceUnit === "day";
  const price = fillIn(isDaily ? words.pricePerDay : words.pricePerSeason, {
    price: formatPriceYuan(line.priceMicroYuan),
  });
  return [
    cell(line.description, formulaText(line, words)),
    cell(formatAreaM2(line.areaMilliM2)),
    cell(price),
    cell(isDaily ? String(line.days) : ""),
    amount,
  ];
};

const totals = (bill: BillDocument, words: Words): Block => {
  const total = (label: string, amount: BillDocument["totalFen"], strong = false): Total => ({
    label,
    value: fillIn(words.common.yuan, { amount: formatYuanGrouped(amount) }),
    strong,
  });
  return {
    kind: "totals",
    aside: fact(words.common.inCapitals, chineseCapitalAmount(bill.dueFen)),
    totals: [
      total(words.bill.total, bill.totalFen),
      total(words.bill.paid, bill.paidFen),
      total(words.bill.due, bill.dueFen, true),
      ...(bill.payBy === null ? [] : [{ label: words.bill.payBy, value: bill.payBy, strong: false }]),
    ],
  };
};

export const marksOf = (reprintCount: number, isVoid: boolean, words: Words["common"]): Mark[] => [
  ...(isVoid ? [{ tone: "void" as const, text: words.void }] : []),
  ...(reprintCount > 0
    ? [{ tone: "reprint" as const, text: fillIn(words.reprint, { count: reprintCount }) }]
    : []),
];

export const footOf = (
  document: { company: BillDocument["company"]; printedAt: string },
  words: Words["common"],
): string[] => [
  fillIn(words.hotline, { value: document.company.hotline }),
  ...(document.company.address === ""
    ? []
    : [fillIn(words.companyAddress, { value: document.company.address })]),
  ...(document.company.website === "" ? [] : [fillIn(words.website, { value: document.company.website })]),
  fillIn(words.printedAt, { value: document.printedAt }),
];

const prose = (heading: string, paragraphs: readonly string[]): Block[] =>
  paragraphs.length === 0 ? [] : [{ kind: "prose", heading, paragraphs }];

/** The sheet of a checked bill in one language. */
export const composeBill = (bill: BillDocument, locale: PrintLocale): Sheet => {
  const words = wordsOf(locale);
  const { bill: terms } = words;
  return {
    format: bill.paper === "a5" ? "a5-portrait" : bill.paper,
    locale,
    company: bill.company.name,
    title: terms.title,
    references: [fact(terms.billNo, bill.billNo), fact(terms.issuedOn, bill.issuedOn)],
    marks: marksOf(bill.reprintCount, bill.voided, words.common),
    blocks: [
      {
        kind: "facts",
        facts: [
          fact(terms.accountNo, bill.accountNo),
          fact(terms.season, bill.seasonName),
          fact(terms.ownerName, bill.ownerName),
          fact(
            terms.period,
            fillIn(terms.periodValue, { from: bill.seasonFrom, through: bill.seasonThrough }),
          ),
          fact(terms.address, bill.address, true),
        ],
      },
      {
        kind: "table",
        columns: [
          { heading: terms.item, align: "left", share: 42 },
          { heading: terms.area, align: "right", share: 15 },
          { heading: terms.price, align: "right", share: 18 },
          { heading: terms.days, align: "right", share: 8 },
          { heading: terms.amount, align: "right", share: 17 },
        ],
        rows: bill.lines.map((line) => row(line, terms)),
      },
      totals(bill, words),
      ...prose(terms.ruleHeading, [
        terms.rule,
        ...(bill.tariffBasis === "" ? [] : [fillIn(terms.tariffBasis, { basis: bill.tariffBasis })]),
      ]),
      ...prose(terms.howToPay, bill.howToPay),
      ...prose(terms.notes, bill.notes),
    ],
    foot: footOf(bill, words.common),
  };
};
