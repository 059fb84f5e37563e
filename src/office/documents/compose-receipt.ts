/** A receipt (收据) in words: a table on A4 and A5, stacked entries on an 80 mm roll. */
import { formatYuanGrouped } from "#src/kernel/money.ts";
import { chineseCapitalAmount } from "./chinese-capitals.ts";
import { fact, footOf, marksOf } from "./compose-bill.ts";
import type { PrintLocale, ReceiptDocument } from "./schema.ts";
import type { Block, Fact, Sheet } from "./sheet.ts";
import { fillIn, type Words, wordsOf } from "./words.ts";

type ReceiptLine = ReceiptDocument["lines"][number];

const stillDue = (line: ReceiptLine, words: Words["receipt"]): string =>
  line.stillDueFen === null || line.stillDueFen <= 0n
    ? ""
    : fillIn(words.stillDue, { amount: formatYuanGrouped(line.stillDueFen) });

const table = (receipt: ReceiptDocument, words: Words["receipt"]): Block => ({
  kind: "table",
  columns: [
    { heading: words.account, align: "left", share: 17 },
    { heading: words.owner, align: "left", share: 29 },
    { heading: words.season, align: "left", share: 13 },
    { heading: words.billNo, align: "left", share: 21 },
    { heading: words.item, align: "left", share: 19 },
    { heading: words.amount, align: "right", share: 16 },
  ],
  rows: receipt.lines.map((line) => [
    { text: line.accountNo, detail: "" },
    { text: line.ownerName, detail: line.address },
    { text: line.seasonName, detail: "" },
    { text: line.billNo === "" ? words.settledNothing : line.billNo, detail: "" },
    { text: words.items[line.item], detail: stillDue(line, words) },
    { text: formatYuanGrouped(line.amountFen), detail: "" },
  ]),
});

const labelled = (label: string, value: string): string => `${label} ${value}`;

const entries = (receipt: ReceiptDocument, words: Words["receipt"]): Block => ({
  kind: "entries",
  entries: receipt.lines.map((line) => ({
    lines: [
      labelled(words.account, line.accountNo),
      labelled(words.owner, line.ownerName),
      line.address,
      labelled(words.season, line.seasonName),
      line.billNo === "" ? "" : labelled(words.billNo, line.billNo),
      stillDue(line, words),
    ].filter((text) => text !== ""),
    label: words.items[line.item],
    value: formatYuanGrouped(line.amountFen),
  })),
});

const tenderFacts = (receipt: ReceiptDocument, words: Words): Fact[] =>
  receipt.tenders.map((tender) => {
    const amount = fillIn(words.common.yuan, { amount: formatYuanGrouped(tender.amountFen) });
    const reference =
      tender.reference === "" ? "" : fillIn(words.receipt.reference, { reference: tender.reference });
    return fact(words.receipt.tender, `${words.receipt.tenders[tender.kind]} ${amount}${reference}`, true);
  });

const headFacts = (receipt: ReceiptDocument, words: Words["receipt"]): Fact[] => [
  ...(receipt.payerName === "" ? [] : [fact(words.payer, receipt.payerName)]),
  ...(receipt.counterName === "" ? [] : [fact(words.counter, receipt.counterName)]),
  ...(receipt.voided === null ? [] : [fact(words.voidedAt, receipt.voided.at)]),
  ...(receipt.voided === null || receipt.voided.reason === ""
    ? []
    : [fact(words.voidReason, receipt.voided.reason)]),
];

/** The sheet of a checked receipt in one language. */
export const composeReceipt = (receipt: ReceiptDocument, locale: PrintLocale): Sheet => {
  const words = wordsOf(locale);
  const { receipt: terms } = words;
  const head = headFacts(receipt, terms);
  const total = fillIn(words.common.yuan, { amount: formatYuanGrouped(receipt.totalFen) });
  return {
    format: receipt.paper === "a5" ? "a5-landscape" : receipt.paper,
    locale,
    company: receipt.company.name,
    title: terms.title,
    references: [fact(terms.receiptNo, receipt.receiptNo), fact(terms.paidAt, receipt.paidAt)],
    marks: marksOf(receipt.reprintCount, receipt.voided !== null, words.common),
    blocks: [
      ...(head.length === 0 ? [] : [{ kind: "facts" as const, facts: head }]),
      receipt.paper === "roll-80" ? entries(receipt, terms) : table(receipt, terms),
      {
        kind: "totals",
        aside: fact(words.common.inCapitals, chineseCapitalAmount(receipt.totalFen)),
        totals: [{ label: terms.total, value: total, strong: true }],
      },
      {
        kind: "facts",
        facts: [
          ...tenderFacts(receipt, words),
          fact(terms.cashier, receipt.cashierName),
          fact(terms.shift, receipt.shiftNo),
          fact(terms.payee, receipt.company.name, true),
          ...(receipt.note === "" ? [] : [fact(terms.note, receipt.note, true)]),
        ],
      },
    ],
    foot: footOf(receipt, words.common),
  };
};
