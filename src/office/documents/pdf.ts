/** Draws laid-out pages as PDF. */
import PDFDocument from "pdfkit";
import { must } from "#src/kernel/errors.ts";
import { type Face, faceRuns } from "./faces.ts";
import type { DrawnPage, PageMark, TextMark } from "./flow.ts";
import { layOut } from "./lay-out.ts";
import { paperStyles, type PaperStyle } from "./paper-styles.ts";
import type { Sheet } from "./sheet.ts";

type Pdf = InstanceType<typeof PDFDocument>;

const useFace = (pdf: Pdf, face: Face): void => {
  // pdfkit takes an opened font as well as a file (anything with `layout`); its types do not say so.
  pdf.font(face as unknown as Buffer, face.postscriptName);
};

const drawText = (pdf: Pdf, mark: TextMark, style: PaperStyle): void => {
  let { x } = mark;
  pdf.fillColor(style.inks[mark.ink]).fontSize(mark.size);
  for (const run of faceRuns(mark.text, mark.weight)) {
    useFace(pdf, run.face);
    // A baseline of 0: faces differ in their ascent and must stand on one line.
    pdf.text(run.text, x, mark.baseline, { lineBreak: false, baseline: "alphabetic" });
    x += (run.face.layout(run.text).advanceWidth / run.face.unitsPerEm) * mark.size;
  }
};

const drawMark = (pdf: Pdf, mark: PageMark, style: PaperStyle): void => {
  if (mark.kind === "text") {
    drawText(pdf, mark, style);
  } else if (mark.kind === "line") {
    pdf
      .moveTo(...mark.from)
      .lineTo(...mark.to)
      .lineWidth(mark.thickness)
      .stroke(style.inks[mark.ink]);
  } else {
    if (mark.fill !== null) pdf.rect(mark.x, mark.y, mark.width, mark.height).fill(style.inks[mark.fill]);
    if (mark.stroke !== null) {
      pdf.rect(mark.x, mark.y, mark.width, mark.height).lineWidth(1).stroke(style.inks[mark.stroke]);
    }
  }
};

/** A void paper is crossed out under its text, so that no cut or copy of it passes for a good one. */
const crossOut = (pdf: Pdf, page: DrawnPage, style: PaperStyle): void => {
  const { margin, width, inks } = style;
  pdf
    .moveTo(margin, page.height - margin)
    .lineTo(width - margin, margin)
    .moveTo(margin, margin)
    .lineTo(width - margin, page.height - margin)
    .lineWidth(1.5)
    .stroke(inks.alarmFaint);
};

const drawPageNumber = (
  pdf: Pdf,
  number: number,
  count: number,
  page: DrawnPage,
  style: PaperStyle,
): void => {
  pdf.markContent("Artifact", { type: "Pagination" });
  drawText(
    pdf,
    {
      kind: "text",
      text: `${number} / ${count}`,
      x: style.width - style.margin - 20,
      baseline: page.height - style.margin / 2,
      size: style.small,
      weight: "regular",
      ink: "muted",
    },
    style,
  );
  pdf.endMarkedContent();
};

const collect = (pdf: Pdf): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
    pdf.on("end", () => resolve(Buffer.concat(chunks)));
    pdf.on("error", reject);
  });

/** The pages of one sheet, numbered by themselves. */
const drawSheet = (pdf: Pdf, sheet: Sheet): void => {
  const style = paperStyles[sheet.format];
  const pages = layOut(sheet);
  const isVoid = sheet.marks.some((mark) => mark.tone === "void");
  for (const [index, page] of pages.entries()) {
    pdf.addPage({ size: [style.width, page.height], margin: 0 });
    if (isVoid) crossOut(pdf, page, style);
    for (const mark of page.marks) drawMark(pdf, mark, style);
    if (pages.length > 1) drawPageNumber(pdf, index + 1, pages.length, page, style);
  }
};

/** The PDF of printable sheets, one after the other; fonts are embedded as subsets, with a ToUnicode entry per character. */
export const drawPdf = async (sheets: readonly Sheet[]): Promise<Buffer> => {
  const first = must(sheets[0], "a sheet");
  const pdf = new PDFDocument({
    autoFirstPage: false,
    margin: 0,
    // No standard font: everything is set in ours.
    font: "",
    lang: first.locale,
    displayTitle: true,
    info: { Title: first.title, Author: first.company },
  });
  const finished = collect(pdf);
  for (const sheet of sheets) drawSheet(pdf, sheet);
  pdf.end();
  return finished;
};
