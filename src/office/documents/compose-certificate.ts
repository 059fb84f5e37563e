/** The certificate of a bank day (对账证明) in words: the bridge from our side to the bank's, what differs and how it ended. */
import { type Fen, formatYuanGrouped } from "#src/kernel/money.ts";
import { fact, footOf } from "./compose-bill.ts";
import type { BankCertificateDocument } from "./certificate-schema.ts";
import type { PrintLocale } from "./schema.ts";
import type { Block, Cell, Sheet } from "./sheet.ts";
import { fillIn, type Words, wordsOf } from "./words.ts";

type Terms = Words["certificate"];
type Side = BankCertificateDocument["ours"];

const cell = (text: string, detail = ""): Cell => ({ text, detail });
const money = (fen: Fen | null): string => (fen === null ? "" : formatYuanGrouped(fen));
const line = (name: string, side: Side): Cell[] => [
  cell(name),
  cell(String(side.items)),
  cell(formatYuanGrouped(side.fen)),
];

const bridge = (certificate: BankCertificateDocument, terms: Terms): Block => ({
  kind: "table",
  columns: [
    { heading: terms.part, align: "left", share: 56 },
    { heading: terms.items, align: "right", share: 16 },
    { heading: terms.amount, align: "right", share: 28 },
  ],
  rows: [
    line(terms.ours, certificate.ours),
    ...certificate.parts
      .filter(({ side }) => side.items !== 0n || side.fen !== 0n)
      .map(({ part, side }) => line(terms.parts[part], side)),
    line(terms.file, certificate.file),
    line(terms.gap, certificate.gap),
  ],
});

const files = (certificate: BankCertificateDocument, terms: Terms): Block => ({
  kind: "table",
  columns: [
    { heading: terms.fileNo, align: "left", share: 12 },
    { heading: terms.digest, align: "left", share: 44 },
    { heading: terms.importedBy, align: "left", share: 16 },
    { heading: terms.lines, align: "right", share: 10 },
    { heading: terms.amount, align: "right", share: 18 },
  ],
  rows: certificate.files.map((file) => [
    cell(file.id),
    cell(file.sha256),
    cell(file.importedBy),
    cell(String(file.lines)),
    cell(formatYuanGrouped(file.fen)),
  ]),
});

const differences = (certificate: BankCertificateDocument, terms: Terms): Block =>
  certificate.differences.length === 0
    ? { kind: "prose", heading: terms.differences, paragraphs: [terms.noDifference] }
    : {
        kind: "table",
        columns: [
          { heading: terms.differences, align: "left", share: 12 },
          { heading: terms.class, align: "left", share: 22 },
          { heading: terms.end, align: "left", share: 18 },
          { heading: terms.owner, align: "left", share: 14 },
          { heading: terms.bank, align: "right", share: 17 },
          { heading: terms.ours, align: "right", share: 17 },
        ],
        rows: certificate.differences.map((one) => [
          cell(one.id),
          cell(terms.classes[one.class]),
          cell(terms.ends[one.end]),
          cell(one.owner),
          cell(money(one.bankFen)),
          cell(money(one.oursFen)),
        ]),
      };

const credits = ({ credits: one }: BankCertificateDocument, terms: Terms): Block => ({
  kind: "prose",
  heading: terms.credits,
  paragraphs: [
    one.gapFen === null
      ? terms.creditedNothing
      : fillIn(terms.credited, {
          count: String(one.count),
          credited: formatYuanGrouped(one.creditedFen),
          fee: formatYuanGrouped(one.feeFen),
          gap: formatYuanGrouped(one.gapFen),
        }),
  ],
});

/** The sheet of a checked certificate in one language. */
export const composeCertificate = (certificate: BankCertificateDocument, locale: PrintLocale): Sheet => {
  const words = wordsOf(locale);
  const { certificate: terms } = words;
  return {
    format: certificate.paper,
    locale,
    company: certificate.company.name,
    title: terms.title,
    references: [fact(terms.channel, certificate.channel), fact(terms.day, certificate.day)],
    marks: [],
    blocks: [
      bridge(certificate, terms),
      credits(certificate, terms),
      files(certificate, terms),
      differences(certificate, terms),
      {
        kind: "facts",
        facts: [fact(terms.issuedBy, certificate.issuedBy), fact(terms.issuedAt, certificate.issuedAt)],
      },
      {
        kind: "prose",
        heading: terms.sealHeading,
        paragraphs: [certificate.sha256, terms.seal],
      },
      {
        kind: "blanks",
        blanks: [
          { label: terms.signature, wide: false },
          { label: terms.checkedBy, wide: false },
        ],
      },
    ],
    foot: footOf(certificate, words.common),
  };
};
