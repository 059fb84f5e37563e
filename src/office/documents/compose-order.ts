/** A work order (派工单) in words: what to do and where, a code that leads to it, and room to write what was done. */
import { codeBlock } from "./code-block.ts";
import { fact, footOf, marksOf } from "./compose-bill.ts";
import type { PrintLocale } from "./schema.ts";
import type { WorkOrderDocument } from "./service-schema.ts";
import type { Block, Fact, Sheet } from "./sheet.ts";
import { fillIn, type Words, wordsOf } from "./words.ts";

/** What is known; what is not leaves no empty label behind. */
const known = (label: string, value: string, wide = false): Fact[] =>
  value === "" ? [] : [fact(label, value, wide)];

const PART_LINES = 4;

const parts = (words: Words["order"]): Block => ({
  kind: "table",
  columns: [
    { heading: words.part, align: "left", share: 60 },
    { heading: words.partUnit, align: "left", share: 20 },
    { heading: words.partQuantity, align: "right", share: 20 },
  ],
  rows: Array.from({ length: PART_LINES }, (_, index) => [
    { text: `${index + 1}.`, detail: "" },
    { text: "", detail: "" },
    { text: "", detail: "" },
  ]),
});

const toWrite = (order: WorkOrderDocument, words: Words["order"]): Block[] => [
  {
    kind: "blanks",
    blanks: [
      { label: words.arrivedAt, wide: false },
      { label: words.leftAt, wide: false },
      { label: words.result, wide: true },
      { label: words.opinion, wide: true },
    ],
  },
  ...(order.orderKind === "valve" ? [] : [parts(words)]),
  {
    kind: "blanks",
    blanks: [
      { label: words.crewSignature, wide: false },
      { label: words.householdSignature, wide: false },
      { label: words.witness, wide: true },
    ],
  },
];

/** The sheet of a checked work order in one language. */
export const composeOrder = (order: WorkOrderDocument, locale: PrintLocale): Sheet => {
  const words = wordsOf(locale);
  const { order: terms } = words;
  return {
    format: order.paper,
    locale,
    company: order.company.name,
    title: terms.titles[order.orderKind],
    references: [fact(terms.orderNo, order.orderNo), fact(terms.openedAt, order.openedAt)],
    marks: marksOf(order.reprintCount, order.voided, words.common),
    blocks: [
      {
        kind: "facts",
        facts: [
          fact(terms.address, order.address, true),
          ...known(terms.accountNo, order.accountNo),
          ...known(terms.contact, order.contactName),
          ...known(terms.number, order.contactNumber),
          ...known(terms.crew, order.crewName),
          ...known(terms.slot, order.slot),
          fact(terms.visit, fillIn(terms.visitValue, { count: order.visitNo })),
          ...known(terms.cases, order.ticketNos.join(", "), true),
          ...known(terms.summary, order.summary, true),
        ],
      },
      codeBlock(order.link, terms.scan),
      ...toWrite(order, terms),
    ],
    foot: footOf(order, words.common),
  };
};
