/** Lays a sheet out for the PDF: places every text of it, once and in reading order. */
import { measureText } from "./faces.ts";
import { type DrawnPage, Flow, lineHeightOf } from "./flow.ts";
import { paperStyles } from "./paper-styles.ts";
import type {
  BlanksBlock,
  Block,
  CodeBlock,
  CutBlock,
  EntriesBlock,
  Fact,
  FactsBlock,
  Mark,
  ProseBlock,
  Sheet,
  TableBlock,
  TotalsBlock,
} from "./sheet.ts";

const GAP = 8;
const CELL_PADDING = 3;

const isRoll = (flow: Flow): boolean => flow.style.height === null;

const markSize = (flow: Flow): number => flow.style.body + 1;
const markWidth = (flow: Flow, mark: Mark): number => measureText(mark.text, markSize(flow), "bold") + 12;

const placeMark = (flow: Flow, mark: Mark, right: number, top: number): number => {
  const size = markSize(flow);
  const width = markWidth(flow, mark);
  const ink = mark.tone === "void" ? "alarm" : "muted";
  const height = lineHeightOf(size);
  flow.put({ kind: "box", x: right - width, y: top, width, height, stroke: ink, fill: null });
  flow.text(mark.text, right - width, top, width, { size, weight: "bold", ink, align: "center" });
  return width;
};

const placeWideHead = (flow: Flow, sheet: Sheet): void => {
  const { style } = flow;
  const referenceWidth = flow.width * 0.42;
  const companyHeight = flow.text(sheet.company, flow.left, flow.y, flow.width - referenceWidth - GAP, {
    size: style.heading,
    weight: "bold",
  });
  let referenceTop = flow.y;
  for (const reference of sheet.references) {
    const valueWidth = measureText(reference.value, style.small, "regular");
    const labelRight = flow.right - valueWidth - 6;
    flow.text(reference.label, flow.left, referenceTop, labelRight - flow.left, {
      size: style.small,
      ink: "muted",
      align: "right",
    });
    flow.text(reference.value, flow.left, referenceTop, flow.width, { size: style.small, align: "right" });
    referenceTop += lineHeightOf(style.small);
  }
  flow.y = Math.max(flow.y + companyHeight, referenceTop) + 4;
  flow.rule(1.4, "accent");
  flow.y += style.blockGap * 0.8;
  const titleHeight = flow.text(sheet.title, flow.left, flow.y, flow.width, {
    size: style.title,
    weight: "bold",
    align: "center",
  });
  let markRight = flow.right;
  for (const mark of sheet.marks)
    markRight -=
      placeMark(flow, mark, markRight, flow.y + (titleHeight - lineHeightOf(markSize(flow))) / 2) + GAP;
  flow.y += titleHeight + style.blockGap * 0.6;
};

const placeRollHead = (flow: Flow, sheet: Sheet): void => {
  const { style } = flow;
  flow.y += flow.text(sheet.company, flow.left, flow.y, flow.width, {
    size: style.heading,
    weight: "bold",
    align: "center",
  });
  flow.y += flow.text(sheet.title, flow.left, flow.y, flow.width, {
    size: style.title,
    weight: "bold",
    align: "center",
  });
  for (const mark of sheet.marks) {
    const width = markWidth(flow, mark);
    placeMark(flow, mark, flow.left + (flow.width + width) / 2, flow.y);
    flow.y += lineHeightOf(markSize(flow)) + 3;
  }
  flow.y += 3;
  flow.rule(0.8, "ink");
  flow.y += 3;
  placeFacts(flow, { kind: "facts", facts: sheet.references });
};

/** Label and value in a column; returns the height. */
const placeFact = (flow: Flow, fact: Fact, x: number, width: number, labelWidth: number): number => {
  const { body } = flow.style;
  flow.text(fact.label, x, flow.y, labelWidth, { size: body, ink: "muted" });
  const valueHeight = flow.text(fact.value, x + labelWidth + GAP, flow.y, width - labelWidth - GAP, {
    size: body,
  });
  return Math.max(valueHeight, lineHeightOf(body));
};

const placeFacts = (flow: Flow, block: FactsBlock): void => {
  const labels = block.facts.map((fact) => measureText(fact.label, flow.style.body, "regular"));
  const labelWidth = Math.min(Math.max(...labels) + 1, flow.width * 0.4);
  const half = (flow.width - GAP * 2) / 2;
  const rows: Fact[][] = [];
  for (const fact of block.facts) {
    const last = rows.at(-1);
    if (!isRoll(flow) && !fact.wide && last?.length === 1 && last[0]?.wide === false) last.push(fact);
    else rows.push([fact]);
  }
  const spacing = isRoll(flow) ? 0 : flow.style.rowPadding * 0.6;
  for (const row of rows) {
    const isWide = isRoll(flow) || row[0]?.wide === true;
    const width = isWide ? flow.width : half;
    const heights = row.map((fact) =>
      flow.heightOf(fact.value, width - labelWidth - GAP, { size: flow.style.body }),
    );
    flow.ensure(Math.max(...heights, lineHeightOf(flow.style.body)));
    const taken = row.map((fact, index) =>
      placeFact(flow, fact, flow.left + index * (half + GAP * 2), width, labelWidth),
    );
    flow.y += Math.max(...taken) + spacing;
  }
};

type PlacedColumn = { readonly x: number; readonly width: number };

const columnsOf = (flow: Flow, block: TableBlock): PlacedColumn[] => {
  const whole = block.columns.reduce((sum, column) => sum + column.share, 0);
  let x = flow.left;
  return block.columns.map((column) => {
    const outer = (flow.width * column.share) / whole;
    const placed = { x: x + CELL_PADDING, width: outer - 2 * CELL_PADDING };
    x += outer;
    return placed;
  });
};

const placeTableHead = (flow: Flow, block: TableBlock, columns: readonly PlacedColumn[]): void => {
  const { small, rowPadding } = flow.style;
  const text = { size: small, weight: "bold", ink: "muted" } as const;
  const heights = block.columns.map((column, index) =>
    flow.heightOf(column.heading, columns[index]?.width ?? 0, text),
  );
  const height = Math.max(...heights) + rowPadding * 1.6;
  flow.put({ kind: "box", x: flow.left, y: flow.y, width: flow.width, height, stroke: null, fill: "tint" });
  flow.rule(0.8, "accent");
  for (const [index, column] of block.columns.entries()) {
    const { x, width } = columns[index] ?? { x: flow.left, width: 0 };
    flow.text(column.heading, x, flow.y + rowPadding * 0.8, width, { ...text, align: column.align });
  }
  flow.y += height;
};

const placeTable = (flow: Flow, block: TableBlock): void => {
  const { body, small, rowPadding } = flow.style;
  const columns = columnsOf(flow, block);
  flow.ensure(lineHeightOf(small) * 2 + lineHeightOf(body) * 2);
  placeTableHead(flow, block, columns);
  for (const row of block.rows) {
    const heights = row.map((cell, index) => {
      const width = columns[index]?.width ?? 0;
      return (
        flow.heightOf(cell.text, width, { size: body }) + flow.heightOf(cell.detail, width, { size: small })
      );
    });
    const height = Math.max(...heights) + rowPadding * 2;
    if (flow.ensure(height)) placeTableHead(flow, block, columns);
    for (const [index, cell] of row.entries()) {
      const { x, width } = columns[index] ?? { x: flow.left, width: 0 };
      const align = block.columns[index]?.align ?? "left";
      const top = flow.y + rowPadding;
      const taken = flow.text(cell.text, x, top, width, { size: body, align });
      flow.text(cell.detail, x, top + taken, width, { size: small, ink: "muted", align });
    }
    flow.y += height;
    flow.rule(0.5, "hairline");
  }
};

const placeEntries = (flow: Flow, block: EntriesBlock): void => {
  const { body, strong } = flow.style;
  flow.rule(0.8, "ink");
  flow.y += 3;
  for (const entry of block.entries) {
    for (const line of entry.lines) flow.y += flow.text(line, flow.left, flow.y, flow.width, { size: body });
    const offset = ((strong - body) / 2) * 1.45;
    flow.text(entry.label, flow.left, flow.y + offset, flow.width / 2, { size: body, weight: "bold" });
    flow.y += flow.text(entry.value, flow.left, flow.y, flow.width, {
      size: strong,
      weight: "bold",
      align: "right",
    });
    flow.y += 3;
    flow.rule(0.4, "hairline");
    flow.y += 3;
  }
};

const placeTotals = (flow: Flow, block: TotalsBlock): void => {
  const { style } = flow;
  const sizeOf = (strong: boolean): number => (strong ? style.strong : style.body);
  const totalsHeight = block.totals.reduce((sum, total) => sum + lineHeightOf(sizeOf(total.strong)), 0);
  flow.ensure(totalsHeight + lineHeightOf(style.body));
  const asideWidth = isRoll(flow) ? flow.width : flow.width * 0.56;
  const inset = isRoll(flow) ? 0 : CELL_PADDING;
  const asideTop = flow.y;
  let asideHeight = flow.text(block.aside.label, flow.left + inset, asideTop, asideWidth, {
    size: style.small,
    ink: "muted",
  });
  asideHeight += flow.text(block.aside.value, flow.left + inset, asideTop + asideHeight, asideWidth, {
    size: style.body,
    weight: "bold",
  });
  if (isRoll(flow)) flow.y += asideHeight + 2;
  const left = isRoll(flow) ? flow.left : flow.left + flow.width * 0.6;
  const right = flow.right - inset;
  for (const total of block.totals) {
    const size = sizeOf(total.strong);
    const weight = total.strong ? "bold" : "regular";
    flow.text(total.label, left, flow.y, right - left, { size, weight, ink: total.strong ? "ink" : "muted" });
    flow.y += flow.text(total.value, left, flow.y, right - left, {
      size,
      weight,
      ink: total.strong ? "accent" : "ink",
      align: "right",
    });
  }
  if (!isRoll(flow)) flow.y = Math.max(flow.y, asideTop + asideHeight);
};

const placeProse = (flow: Flow, block: ProseBlock): void => {
  const { small, body } = flow.style;
  const headingWidth = flow.width * 0.15;
  const x = flow.left + headingWidth + GAP;
  flow.ensure(lineHeightOf(body) * Math.min(block.paragraphs.length, 2));
  const top = flow.y;
  const headingHeight = flow.text(block.heading, flow.left, top, headingWidth, {
    size: body - 0.5,
    weight: "bold",
    ink: "accent",
  });
  const headingPage = flow.pageCount;
  for (const paragraph of block.paragraphs) {
    flow.ensure(flow.heightOf(paragraph, flow.right - x, { size: small + 0.75 }));
    flow.y += flow.text(paragraph, x, flow.y, flow.right - x, { size: small + 0.75 });
  }
  if (flow.pageCount === headingPage) flow.y = Math.max(flow.y, top + headingHeight);
};

/** About 26 mm: read at arm's length, also from a creased paper. */
const CODE_POINTS = 74;
/** Room to write: a hand needs 9 mm. */
const BLANK_POINTS = 26;

const placeCode = (flow: Flow, block: CodeBlock): void => {
  const { body, small } = flow.style;
  flow.ensure(CODE_POINTS);
  const module = CODE_POINTS / (block.size + 8);
  const [left, top] = [flow.left + module * 4, flow.y + module * 4];
  for (const run of block.runs) {
    flow.put({
      kind: "box",
      x: left + run.x * module,
      y: top + run.y * module,
      width: run.length * module,
      height: module,
      stroke: null,
      fill: "ink",
    });
  }
  const x = flow.left + CODE_POINTS + GAP;
  const textTop = flow.y + (CODE_POINTS - lineHeightOf(body) - lineHeightOf(small)) / 2;
  const taken = flow.text(block.caption, x, textTop, flow.right - x, { size: body });
  flow.text(block.content, x, textTop + taken, flow.right - x, { size: small, ink: "muted" });
  flow.y += CODE_POINTS;
};

const placeBlanks = (flow: Flow, block: BlanksBlock): void => {
  const { body } = flow.style;
  const half = (flow.width - GAP * 2) / 2;
  let column = 0;
  for (const blank of block.blanks) {
    if (blank.wide && column === 1) [column, flow.y] = [0, flow.y + BLANK_POINTS];
    if (column === 0) flow.ensure(BLANK_POINTS);
    const x = flow.left + column * (half + GAP * 2);
    const right = blank.wide ? flow.right : x + half;
    const top = flow.y + BLANK_POINTS - lineHeightOf(body);
    flow.text(blank.label, x, top, right - x, { size: body, ink: "muted" });
    const from = x + measureText(blank.label, body, "regular") + 4;
    const y = flow.y + BLANK_POINTS - 2;
    flow.put({ kind: "line", from: [from, y], to: [right, y], thickness: 0.5, ink: "ink" });
    if (blank.wide || column === 1) [column, flow.y] = [0, flow.y + BLANK_POINTS];
    else column = 1;
  }
  if (column === 1) flow.y += BLANK_POINTS;
};

const DASH_POINTS = 6;

/** The dashes are drawn, not written: whoever reads the text finds the words alone. */
const placeCut = (flow: Flow, block: CutBlock): void => {
  const { small } = flow.style;
  const height = lineHeightOf(small);
  flow.ensure(height);
  const width = measureText(block.text, small, "regular");
  const [from, until] = [
    flow.left + (flow.width - width) / 2 - GAP,
    flow.left + (flow.width + width) / 2 + GAP,
  ];
  const y = flow.y + height / 2;
  for (let x = flow.left; x < flow.right; x += DASH_POINTS * 2) {
    if (x + DASH_POINTS > from && x < until) continue;
    const to = Math.min(x + DASH_POINTS, flow.right);
    flow.put({ kind: "line", from: [x, y], to: [to, y], thickness: 0.5, ink: "muted" });
  }
  flow.text(block.text, flow.left, flow.y, flow.width, { size: small, ink: "muted", align: "center" });
  flow.y += height;
};

const placeBlock = (flow: Flow, block: Block): void => {
  switch (block.kind) {
    case "facts":
      return placeFacts(flow, block);
    case "table":
      return placeTable(flow, block);
    case "entries":
      return placeEntries(flow, block);
    case "totals":
      return placeTotals(flow, block);
    case "prose":
      return placeProse(flow, block);
    case "code":
      return placeCode(flow, block);
    case "blanks":
      return placeBlanks(flow, block);
    case "cut":
      return placeCut(flow, block);
  }
};

/** The texts of the foot in as few lines as hold them side by side. */
const footLines = (flow: Flow, sheet: Sheet): string[][] => {
  const lines: string[][] = [];
  let used = 0;
  for (const text of sheet.foot) {
    const width = measureText(text, flow.style.small, "regular") + 18;
    const last = lines.at(-1);
    if (!isRoll(flow) && last !== undefined && used + width <= flow.width) {
      last.push(text);
      used += width;
    } else {
      lines.push([text]);
      used = width;
    }
  }
  return lines;
};

const placeFoot = (flow: Flow, lines: readonly (readonly string[])[]): void => {
  const { style } = flow;
  const height = lines.length * lineHeightOf(style.small) + 5;
  if (style.height !== null) flow.y = style.height - style.margin - height;
  flow.rule(0.5, "hairline");
  flow.y += 5;
  for (const line of lines) {
    let x = flow.left;
    let taken = 0;
    for (const text of line) {
      taken = flow.text(text, x, flow.y, flow.right - x, { size: style.small, ink: "muted" });
      x += measureText(text, style.small, "regular") + 18;
    }
    flow.y += taken;
  }
};

/**
 * The pages of a printable sheet. A table that does not fit continues on the next page under its headings; the foot
 * stands at the bottom of the last page. A roll is one page, as long as its text.
 */
export const layOut = (sheet: Sheet): DrawnPage[] => {
  const style = paperStyles[sheet.format];
  const lines = footLines(new Flow(style, 0), sheet);
  const flow = new Flow(style, lines.length * lineHeightOf(style.small) + 5 + style.blockGap / 2);
  if (isRoll(flow)) placeRollHead(flow, sheet);
  else placeWideHead(flow, sheet);
  for (const block of sheet.blocks) {
    placeBlock(flow, block);
    flow.y += style.blockGap;
  }
  placeFoot(flow, lines);
  return flow.pages();
};
