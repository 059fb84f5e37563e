/**
 * Printing (打印): a bill (账单, 缴费通知单), a receipt (收据), a work order (派工单), a temperature slip (测温单), the slip of a
 * case (受理单) and a letter of demand (催告函) as a page to print and as PDF, from one description.
 *
 * - notice at a stairwell (张贴通知), posting list (张贴清单): the papers of a pressure test, printed together
 * - morning page (晨报): the five sheets of a day on one page
 * - certificate of a bank day (对账证明): what was signed, to be read and filed
 * - sheet (版面): a document in words, the common source of page and PDF
 * - reprint mark (补打): says that a paper is a copy, and which
 * - void mark (作废): says that a paper no longer counts
 * - stored file (附件): what people give us, checked by its content, kept in the database
 * - capitals (大写): an amount in numerals that cannot be altered with a stroke
 */
import { composeBill } from "./compose-bill.ts";
import { composeCertificate } from "./compose-certificate.ts";
import { composeCase } from "./compose-case.ts";
import { composeDemand } from "./compose-demand.ts";
import { composeMorning } from "./compose-morning.ts";
import { composeOrder } from "./compose-order.ts";
import { composeReceipt } from "./compose-receipt.ts";
import { composeSlip } from "./compose-slip.ts";
import { composePostingList, composeTestNotice } from "./compose-test.ts";
import { drawPage } from "./page.ts";
import { unprintableCodes } from "./printable-text.ts";
import { type CheckedDocument, checkDocument, type PrintDocument, type PrintLocale } from "./schema.ts";
import { printableSheet, type Sheet, sheetTexts } from "./sheet.ts";

export { type QrCode, qrCodeOf, svgPathOf } from "./qr-code.ts";
export { chineseCapitalAmount } from "./chinese-capitals.ts";
export type { StoredFile } from "./file-queries.ts";
export type { PostingListDocument, TestNoticeDocument } from "./service-schema.ts";
export {
  checkFile,
  type CheckedFile,
  cleanFileName,
  downloadHeaders,
  type FileInput,
  LARGEST_FILE_BYTES,
  readStoredFile,
  readUpload,
  storeFile,
} from "./stored-files.ts";
export {
  type BillDocument,
  billDocumentSchema,
  type Paper,
  type PrintDocument,
  printDocumentSchema,
  type PrintLocale,
  printLocales,
  type ReceiptDocument,
  receiptDocumentSchema,
  receiptItems,
  tenderKinds,
} from "./schema.ts";
export type { BankCertificateDocument } from "./certificate-schema.ts";
export type { DemandLetterDocument } from "./demand-schema.ts";
export type { MorningPageDocument } from "./morning-schema.ts";
export type { CaseDocument, TemperatureSlipDocument, WorkOrderDocument } from "./service-schema.ts";

const compose = (document: CheckedDocument, locale: PrintLocale): Sheet => {
  switch (document.kind) {
    case "test-notice":
      return composeTestNotice(document, locale);
    case "posting-list":
      return composePostingList(document, locale);
    case "bill":
      return composeBill(document, locale);
    case "receipt":
      return composeReceipt(document, locale);
    case "work-order":
      return composeOrder(document, locale);
    case "temperature-slip":
      return composeSlip(document, locale);
    case "case":
      return composeCase(document, locale);
    case "demand-letter":
      return composeDemand(document, locale);
    case "morning-page":
      return composeMorning(document, locale);
    case "bank-certificate":
      return composeCertificate(document, locale);
  }
};

/**
 * The document as PDF on its own paper (`a4`, `a5`, `roll-80`). Repeating is safe: it reads nothing but its argument.
 * A character that no face has is printed as its code in brackets; `unprintableCharacters` names them.
 * @throws DomainError `document.unreadable`, `document.total-differs`
 */
export const renderPdf = (document: PrintDocument, locale: PrintLocale = "zh-CN"): Promise<Buffer> =>
  renderPdfTogether([document], locale);

/**
 * Several documents of one kind and paper in one PDF, each beginning on a page of its own: to be printed with one click.
 * @throws DomainError `document.unreadable`, `document.total-differs`
 */
export const renderPdfTogether = async (
  documents: readonly PrintDocument[],
  locale: PrintLocale = "zh-CN",
): Promise<Buffer> => {
  const sheets = documents.map((document) => printableSheet(compose(checkDocument(document), locale)));
  // Read with the first paper: few of the processes that know this room ever draw one.
  const { drawPdf } = await import("./pdf.ts");
  return drawPdf(sheets);
};

/**
 * The same document as an HTML page with print styles, with exactly the texts of the PDF, all of them escaped.
 * @throws DomainError `document.unreadable`, `document.total-differs`
 */
export const renderPage = (document: PrintDocument, locale: PrintLocale = "zh-CN"): string => {
  const checked = checkDocument(document);
  return drawPage(printableSheet(compose(checked, locale)), checked.kind);
};

/** Every text of the paper in reading order, as page and PDF show it. For tests and for a text search. */
export const printedTexts = (document: PrintDocument, locale: PrintLocale = "zh-CN"): string[] =>
  sheetTexts(printableSheet(compose(checkDocument(document), locale)));

/** The codes (`U+30EDD`) of characters that the paper shows in brackets: for a line in the log and a task. */
export const unprintableCharacters = (document: PrintDocument, locale: PrintLocale = "zh-CN"): string[] =>
  unprintableCodes(sheetTexts(compose(checkDocument(document), locale)));
