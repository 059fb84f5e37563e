/**
 * Reads our PDFs with poppler's pdftotext and compares: `node tests/documents/check-pdftotext.ts`, exit 0 when every
 * text came back. The test suite reads them with pdf.js, which needs nothing but npm; this is the second opinion, for
 * a machine that has the Debian package poppler-utils.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PrintDocument, printedTexts, renderPdf } from "#src/office/documents/index.ts";
import { rareCharacters } from "./rare-characters.ts";
import { compact } from "./read-pdf.ts";
import { sampleBill, sampleReceipt } from "./samples.ts";

const ownerName = rareCharacters.join("");
const rareLines = sampleReceipt().lines.map((line) => ({ ...line, ownerName }));
const documents: readonly (readonly [string, PrintDocument])[] = [
  ["bill", sampleBill()],
  ["bill with rare names", sampleBill({ ownerName, notes: [rareCharacters.join("·")] })],
  ["receipt", sampleReceipt({ reprintCount: 1, voided: { at: "2026-11-10 10:00", reason: "错户" } })],
  ["receipt on a roll", sampleReceipt({ paper: "roll-80" })],
  ["receipt on a roll with rare names", sampleReceipt({ paper: "roll-80", lines: rareLines })],
];

const folder = mkdtempSync(join(tmpdir(), "nuanyang-pdftotext-"));
try {
  for (const [name, document] of documents) {
    const path = join(folder, "document.pdf");
    writeFileSync(path, await renderPdf(document));
    const text = compact(execFileSync("pdftotext", ["-enc", "UTF-8", path, "-"], { encoding: "utf8" }));
    const expected = compact(printedTexts(document).join(""));
    const same = [...text].sort().join("") === [...expected].sort().join("");
    if (!same) process.exitCode = 1;
    console.log(
      `${same ? "ok  " : "FAIL"} ${name}: ${[...text].length} of ${[...expected].length} characters`,
    );
    if (name === "bill with rare names" && !text.includes(ownerName.slice(0, 40))) {
      process.exitCode = 1;
      console.log("FAIL the rare names are not in order");
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
