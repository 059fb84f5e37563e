/** Reads the text of a PDF back with pdf.js, so that tests need nothing but npm. */
import { extractText, getDocumentProxy } from "unpdf";

/** Without white space: where a line ends is layout, which characters stand there is content. */
export const compact = (text: string): string => text.replace(/\s+/gu, "");

/** The text of all pages in drawing order. */
export const readPdf = async (pdf: Buffer): Promise<string> => {
  // pdf.js normalises by default nothing that we print; the proxy is closed to give its memory back.
  const proxy = await getDocumentProxy(new Uint8Array(pdf));
  try {
    const { text } = await extractText(proxy, { mergePages: true });
    return text;
  } finally {
    await proxy.cleanup();
  }
};

const entities: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
  "&#x60;": "`",
  "&#x3D;": "=",
};

/** The visible text of one of our pages. */
export const readPage = (html: string): string =>
  html
    .replace(/^[\s\S]*<body[^>]*>/, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(?:amp|lt|gt|quot|#x27|#x60|#x3D);/g, (entity) => entities[entity] ?? entity);
