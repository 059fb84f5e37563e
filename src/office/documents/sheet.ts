/**
 * A sheet (版面) is a document in words: every text that appears on the paper, in order, and nothing about pixels.
 * The page and the PDF are two drawings of one sheet, so their texts are the same by construction.
 */
import { printableText } from "./printable-text.ts";
import type { DarkRun } from "./qr-code.ts";
import type { PrintLocale } from "./schema.ts";

/** How the paper lies, and how much it has to say (`dense`): an A5 bill stands, because it has much to say; an A5 receipt lies like the printed pads it replaces.
 * `needle`: half a sheet of the continuous paper of impact printers (针式打印机, 241-2). */
export type SheetFormat = "a4" | "a4-dense" | "a5-portrait" | "a5-landscape" | "needle" | "roll-80";

export type Align = "left" | "right" | "center";

export type Fact = { readonly label: string; readonly value: string; readonly wide: boolean };
/** `detail` is the smaller second line of a cell; empty when there is none. */
export type Cell = { readonly text: string; readonly detail: string };
/** `share` is the column's part of the width, in any unit. */
export type Column = { readonly heading: string; readonly align: Align; readonly share: number };
export type Total = { readonly label: string; readonly value: string; readonly strong: boolean };

export type FactsBlock = { readonly kind: "facts"; readonly facts: readonly Fact[] };
export type TableBlock = {
  readonly kind: "table";
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
};
/** What a narrow roll has instead of a table: some lines of text, the last one with an amount at the right. */
export type EntriesBlock = {
  readonly kind: "entries";
  readonly entries: readonly {
    readonly lines: readonly string[];
    readonly label: string;
    readonly value: string;
  }[];
};
/** `aside` stands left of the totals: the amount in capitals. */
export type TotalsBlock = {
  readonly kind: "totals";
  readonly aside: Fact;
  readonly totals: readonly Total[];
};
export type ProseBlock = {
  readonly kind: "prose";
  readonly heading: string;
  readonly paragraphs: readonly string[];
};
/** A QR code with what it is for and, for whoever has no camera, what it holds. */
export type CodeBlock = {
  readonly kind: "code";
  readonly caption: string;
  readonly content: string;
  readonly size: number;
  readonly runs: readonly DarkRun[];
  /** The same as the path of an SVG. */
  readonly path: string;
  /** With the quiet zone that scanners need. */
  readonly viewBox: string;
};
/** Lines to be filled in by hand: two in a row, or one over the whole width. */
export type BlanksBlock = {
  readonly kind: "blanks";
  readonly blanks: readonly { readonly label: string; readonly wide: boolean }[];
};
/** Where the paper is cut or torn: a dashed line over the whole width, with what it says. */
export type CutBlock = { readonly kind: "cut"; readonly text: string };
export type Block =
  | FactsBlock
  | TableBlock
  | EntriesBlock
  | TotalsBlock
  | ProseBlock
  | CodeBlock
  | BlanksBlock
  | CutBlock;

export type Mark = { readonly tone: "void" | "reprint"; readonly text: string };

export type Sheet = {
  readonly format: SheetFormat;
  readonly locale: PrintLocale;
  readonly company: string;
  readonly title: string;
  /** Number and date, beside the title. */
  readonly references: readonly Fact[];
  readonly marks: readonly Mark[];
  readonly blocks: readonly Block[];
  readonly foot: readonly string[];
};

/** A copy in which every text is printable; all else unchanged. */
export const printableSheet = (sheet: Sheet): Sheet => ({
  ...sheet,
  company: printableText(sheet.company),
  title: printableText(sheet.title),
  references: sheet.references.map(printableFact),
  marks: sheet.marks.map((mark) => ({ ...mark, text: printableText(mark.text) })),
  blocks: sheet.blocks.map(printableBlock),
  foot: sheet.foot.map(printableText),
});

const printableFact = (fact: Fact): Fact => ({
  ...fact,
  label: printableText(fact.label),
  value: printableText(fact.value),
});

const printableBlock = (block: Block): Block => {
  switch (block.kind) {
    case "facts":
      return { ...block, facts: block.facts.map(printableFact) };
    case "table":
      return {
        ...block,
        columns: block.columns.map((column) => ({ ...column, heading: printableText(column.heading) })),
        rows: block.rows.map((row) =>
          row.map((cell) => ({ text: printableText(cell.text), detail: printableText(cell.detail) })),
        ),
      };
    case "entries":
      return {
        ...block,
        entries: block.entries.map((entry) => ({
          lines: entry.lines.map(printableText),
          label: printableText(entry.label),
          value: printableText(entry.value),
        })),
      };
    case "totals":
      return {
        ...block,
        aside: printableFact(block.aside),
        totals: block.totals.map((total) => ({
          ...total,
          label: printableText(total.label),
          value: printableText(total.value),
        })),
      };
    case "prose":
      return {
        ...block,
        heading: printableText(block.heading),
        paragraphs: block.paragraphs.map(printableText),
      };
    case "code":
      return {
        ...block,
        caption: printableText(block.caption),
        content: printableText(block.content),
      };
    case "blanks":
      return {
        ...block,
        blanks: block.blanks.map((blank) => ({ ...blank, label: printableText(blank.label) })),
      };
    case "cut":
      return { ...block, text: printableText(block.text) };
  }
};

const blockTexts = (block: Block): string[] => {
  switch (block.kind) {
    case "facts":
      return block.facts.flatMap((fact) => [fact.label, fact.value]);
    case "table":
      return [
        ...block.columns.map((column) => column.heading),
        ...block.rows.flatMap((row) => row.flatMap((cell) => [cell.text, cell.detail])),
      ];
    case "entries":
      return block.entries.flatMap((entry) => [...entry.lines, entry.label, entry.value]);
    case "totals":
      return [
        block.aside.label,
        block.aside.value,
        ...block.totals.flatMap((total) => [total.label, total.value]),
      ];
    case "prose":
      return [block.heading, ...block.paragraphs];
    case "code":
      return [block.caption, block.content];
    case "blanks":
      return block.blanks.map((blank) => blank.label);
    case "cut":
      return [block.text];
  }
};

/** Every text of the sheet in reading order, empty ones left out. */
export const sheetTexts = (sheet: Sheet): string[] =>
  [
    sheet.company,
    sheet.title,
    ...sheet.references.flatMap((fact) => [fact.label, fact.value]),
    ...sheet.marks.map((mark) => mark.text),
    ...sheet.blocks.flatMap(blockTexts),
    ...sheet.foot,
  ].filter((text) => text !== "");
