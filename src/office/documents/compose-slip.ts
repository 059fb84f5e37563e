/** A temperature slip (测温单) in words: as it was signed, or empty to be filled in on the spot. */
import { codeBlock } from "./code-block.ts";
import { fact, footOf, marksOf } from "./compose-bill.ts";
import type { PrintLocale } from "./schema.ts";
import type { TemperatureSlipDocument } from "./service-schema.ts";
import type { Block, Cell, Column, Sheet } from "./sheet.ts";
import { fillIn, type Words, wordsOf } from "./words.ts";

type Slip = NonNullable<TemperatureSlipDocument["slip"]>;

const cell = (text: string): Cell => ({ text, detail: "" });

const columns = (words: Words["slip"]): Column[] => [
  { heading: words.room, align: "left", share: 50 },
  { heading: words.height, align: "right", share: 25 },
  { heading: words.reading, align: "right", share: 25 },
];

const written = (slip: Slip, words: Words["slip"]): Block[] => [
  {
    kind: "facts",
    facts: [
      fact(words.instrumentNo, slip.instrumentNo),
      fact(words.calibratedOn, slip.calibratedOn),
      fact(words.measuredAt, slip.measuredAt),
      ...(slip.outdoor === "" ? [] : [fact(words.outdoor, `${slip.outdoor} ℃`)]),
      fact(words.windows, words.windowStates[slip.windows]),
    ],
  },
  {
    kind: "table",
    columns: columns(words),
    rows: slip.readings.map((reading) => [
      cell(reading.room),
      cell(`${reading.heightCm} cm`),
      cell(`${reading.degrees} ℃`),
    ]),
  },
  {
    kind: "facts",
    facts: [
      ...(slip.opinion === "" ? [] : [fact(words.opinion, slip.opinion, true)]),
      fact(words.measurer, slip.measurerName),
      fact(
        words.householdSignature,
        fillIn(words.signedBy[slip.signatureKind], { name: slip.signatureName }),
      ),
    ],
  },
];

/** More rooms than most flats have. */
const EMPTY_LINES = 6;

const toWrite = (words: Words["slip"]): Block[] => [
  {
    kind: "blanks",
    blanks: [
      { label: words.instrumentNo, wide: false },
      { label: words.calibratedOn, wide: false },
      { label: words.measuredAt, wide: false },
      { label: words.outdoor, wide: false },
    ],
  },
  {
    kind: "facts",
    facts: [
      fact(
        words.windows,
        Object.values(words.windowStates)
          .map((state) => fillIn(words.choice, { state }))
          .join(" "),
        true,
      ),
    ],
  },
  {
    kind: "table",
    columns: columns(words),
    rows: Array.from({ length: EMPTY_LINES }, (_, index) => [
      cell(fillIn(words.place, { number: index + 1 })),
      cell("cm"),
      cell("℃"),
    ]),
  },
  {
    kind: "blanks",
    blanks: [
      { label: words.opinion, wide: true },
      { label: words.measurer, wide: false },
      { label: words.householdSignature, wide: false },
    ],
  },
];

/** The sheet of a checked slip in one language. */
export const composeSlip = (document: TemperatureSlipDocument, locale: PrintLocale): Sheet => {
  const words = wordsOf(locale);
  const { slip: terms } = words;
  return {
    format: document.paper,
    locale,
    company: document.company.name,
    title: terms.title,
    references: [
      fact(terms.orderNo, document.orderNo),
      ...(document.slip === null ? [] : [fact(terms.slipNo, document.slip.slipNo)]),
    ],
    marks: marksOf(document.reprintCount, false, words.common),
    blocks: [
      {
        kind: "facts",
        facts: [
          fact(terms.address, document.address, true),
          ...(document.accountNo === "" ? [] : [fact(terms.accountNo, document.accountNo)]),
          ...(document.contactName === "" ? [] : [fact(terms.contact, document.contactName)]),
        ],
      },
      ...(document.slip === null ? toWrite(terms) : written(document.slip, terms)),
      { kind: "prose", heading: terms.ruleHeading, paragraphs: [terms.rule] },
      codeBlock(document.link, words.order.scan),
    ],
    foot: footOf(document, words.common),
  };
};
