/** A printed page carries its style sheet in itself, and may run and load nothing at all: its policy names the sheets by their digests. */
import { createHash } from "node:crypto";

const REST = "img-src data:; font-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

const digest = (sheet: string): string => `'sha256-${createHash("sha256").update(sheet).digest("base64")}'`;

export const pagePolicy = (page: string): string => {
  const sheets = [...page.matchAll(/<style>([^<]*)<\/style>/g)].map(([, sheet = ""]) => digest(sheet));
  return `default-src 'none'; style-src ${sheets.length === 0 ? "'none'" : sheets.join(" ")}; ${REST}`;
};
