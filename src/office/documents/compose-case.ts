/** What a walk-in takes home (受理单): the number of the case, what was written down, and how to ask about it. */
import { codeBlock } from "./code-block.ts";
import { fact, footOf, marksOf } from "./compose-bill.ts";
import type { PrintLocale } from "./schema.ts";
import type { CaseDocument } from "./service-schema.ts";
import type { Fact, Sheet } from "./sheet.ts";
import { fillIn, wordsOf } from "./words.ts";

const known = (label: string, value: string, wide = false): Fact[] =>
  value === "" ? [] : [fact(label, value, wide)];

/** The sheet of a checked case in one language. */
export const composeCase = (document: CaseDocument, locale: PrintLocale): Sheet => {
  const words = wordsOf(locale);
  const { case: terms } = words;
  return {
    format: document.paper === "a5" ? "a5-portrait" : document.paper,
    locale,
    company: document.company.name,
    title: terms.title,
    references: [fact(terms.ticketNo, document.ticketNo), fact(terms.openedAt, document.openedAt)],
    marks: marksOf(document.reprintCount, false, words.common),
    blocks: [
      {
        kind: "facts",
        facts: [
          fact(terms.category, document.category),
          ...known(terms.accountNo, document.accountNo),
          ...known(terms.caller, document.callerName),
          ...known(terms.number, document.callerNumber),
          ...known(terms.address, document.address, true),
          fact(terms.summary, document.summary, true),
          fact(terms.takenBy, document.takenBy),
        ],
      },
      {
        kind: "prose",
        heading: terms.noteHeading,
        paragraphs: [fillIn(terms.note, { ticketNo: document.ticketNo, hotline: document.company.hotline })],
      },
      codeBlock(document.link, terms.scan),
      { kind: "blanks", blanks: [{ label: terms.signature, wide: true }] },
    ],
    foot: footOf(document, words.common),
  };
};
