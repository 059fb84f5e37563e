/**
 * What makes a mail that mail (邮件指纹): its Message-ID together with sender, date, subject and body. The same mail under
 * another UID, in a mailbox that was rebuilt, or delivered twice with other Received lines is one message; another mail that
 * merely claims a known Message-ID is not hidden by it. Pure; works on bytes that nobody has parsed yet.
 */
import { createHash } from "node:crypto";

const MOST_HEAD = 1_048_576;

const endOfHead = (raw: Buffer): { head: number; body: number } => {
  const crlf = raw.indexOf("\r\n\r\n");
  const lf = raw.indexOf("\n\n");
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return { head: crlf, body: crlf + 4 };
  return lf < 0 ? { head: raw.length, body: raw.length } : { head: lf, body: lf + 2 };
};

/** The first header of this name in a head that is one byte a character. */
const headerIn = (head: string, name: string): string =>
  new RegExp(`^${name}[ \\t]*:([^\\n]*(?:\\n[ \\t][^\\n]*)*)`, "im")
    .exec(head)?.[1]
    ?.replaceAll(/\s+/g, " ")
    .trim() ?? "";

/** @param size of the whole mail, where `raw` is only its beginning */
export const mailDigest = (raw: Uint8Array, size = raw.byteLength): string => {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const end = endOfHead(bytes);
  const head = bytes.subarray(0, Math.min(end.head, MOST_HEAD)).toString("latin1");
  const digest = createHash("sha256");
  for (const name of ["message-id", "from", "date", "subject"]) digest.update(`${headerIn(head, name)}\n`);
  // Programs add and drop empty lines at the end on the way.
  const body = bytes.subarray(end.body);
  let length = body.length;
  while (length > 0 && [10, 13, 32].includes(body[length - 1] ?? 0)) length -= 1;
  digest.update(body.subarray(0, length));
  if (size !== raw.byteLength) digest.update(`\nof ${size} bytes`);
  return `sha256:${digest.digest("hex")}`;
};
