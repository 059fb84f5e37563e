/**
 * Reading a mail's bytes. mailparser does the MIME; what stands here are the bounds, the charsets that Chinese programs
 * declare wrongly, and the choice of what is kept. It runs in a thread of its own (parse-apart.ts), so it imports little.
 */
import { type AddressObject, type HeaderLines, type ParsedMail, simpleParser } from "mailparser";
import { cleanLine, cleanText } from "../clean-text.ts";
import { foldMailAddress } from "../recipient.ts";
import { type Bounce, bounceOf } from "./bounce.ts";
import type { MailMarks } from "./loop-guard.ts";
import { idsIn, mentionedIds } from "./message-ids.ts";

export type MailAttachment = {
  readonly fileName: string;
  readonly declaredType: string;
  readonly content: Uint8Array;
};

export type ParsedCustomerMail = {
  readonly from: string | null;
  /** The first of our addresses it went to, as written; '' when none can be read. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** What the text lost: `cut`, `html-too-long`, `charset-guessed`, `broken-characters`. */
  readonly notes: readonly string[];
  /** Without brackets; '' when missing. */
  readonly messageId: string;
  readonly mentionedIds: readonly string[];
  readonly marks: MailMarks;
  readonly attachments: readonly MailAttachment[];
  /** Of a mail of ours that came back. */
  readonly bounce: Bounce | null;
};

export const MAIL_BOUNDS = {
  text: 20_000,
  subject: 500,
  fileName: 150,
  attachments: 20,
  /** mailparser needs a second for 400 KB of dense tags, and grows with the square. */
  html: 200_000,
  headBytes: 1_048_576,
  parts: 500,
} as const;

const OPTIONS = {
  skipImageLinks: true,
  skipTextToHtml: true,
  keepCidLinks: true,
  // A mail in a mail is an attachment: what was forwarded is not what the customer says, and bombs are nested.
  ignoreEmbedded: true,
  checksumAlgo: false,
  maxHtmlLengthToParse: MAIL_BOUNDS.html,
  maxHeadSize: MAIL_BOUNDS.headBytes,
  maxChildNodes: MAIL_BOUNDS.parts,
} as const;

// GB18030 holds all of GB2312 and GBK; programs declare the small set and write characters of the large one.
const SMALL_SETS =
  /(charset\s*=\s*"?|=\?)(?:gb_?2312(?:-80)?|gbk|x-gbk|cp936|ms936|euc-cn|csgb2312)(?=["?;\s]|$)/gi;
const ANY_SET =
  /(charset\s*=\s*"?|=\?)(?:utf-?8|us-ascii|ascii|iso-8859-1|latin1|windows-1252|unknown[-\w]*|default|x-unknown)(?=["?;\s]|$)/gi;

const rewrite = (raw: Buffer, pattern: RegExp, charset: string): Buffer =>
  Buffer.from(raw.toString("latin1").replace(pattern, `$1${charset}`), "latin1");

const isBroken = (mail: ParsedMail): boolean => `${mail.subject ?? ""}${mail.text ?? ""}`.includes("\ufffd");

const asUnicode = (raw: Buffer): Buffer | null => {
  try {
    const text = new TextDecoder("gb18030", { fatal: true }).decode(raw);
    return Buffer.from(text.replace(SMALL_SETS, "$1utf-8").replace(ANY_SET, "$1utf-8"), "utf8");
  } catch {
    return null;
  }
};

/** The mail, read again as GB18030 where its own words about its charset give broken characters. */
const parseInCharset = async (raw: Buffer): Promise<{ mail: ParsedMail; guessed: boolean }> => {
  const widened = rewrite(raw, SMALL_SETS, "gb18030");
  const mail = await simpleParser(widened, OPTIONS);
  if (!isBroken(mail)) return { mail, guessed: false };
  for (const other of [asUnicode(raw), rewrite(raw, ANY_SET, "gb18030")]) {
    if (other === null) continue;
    // The first reading stands when a guess makes it worse; what was attached comes from the first in any case.
    const again = await simpleParser(other, OPTIONS).catch(() => null);
    if (again !== null && !isBroken(again)) {
      return {
        mail: { ...again, attachments: mail.attachments, headerLines: mail.headerLines },
        guessed: true,
      };
    }
  }
  return { mail, guessed: false };
};

/** The value of the first header of this name, unfolded, as it came. */
const headerOf = (lines: HeaderLines, name: string): string => {
  const line = lines.find((one) => one.key === name)?.line ?? "";
  return line
    .slice(line.indexOf(":") + 1)
    .replaceAll(/\r?\n[ \t]*/g, " ")
    .trim();
};

const flat = (addresses: AddressObject | AddressObject[] | undefined): string[] =>
  (addresses === undefined ? [] : Array.isArray(addresses) ? addresses : [addresses])
    .flatMap((one) => one.value)
    .flatMap((one) => (one.group === undefined ? [one] : one.group))
    .map((one) => one.address ?? "");

const firstAddress = (addresses: AddressObject | AddressObject[] | undefined): string | null => {
  for (const address of flat(addresses).slice(0, 50)) {
    const folded = foldMailAddress(address);
    if (folded !== null) return folded;
  }
  return null;
};

/** Bytes without any of these are no mail, however patient the parser is. */
const NEEDED = new Set(["from", "date", "subject", "message-id", "received", "to"]);

const AUTO_REPLY_MARKS = ["x-autoreply", "x-autorespond", "x-auto-response", "x-loop", "x-mail-autoreply"];

const marksOf = (mail: ParsedMail, from: string | null, messageId: string): MailMarks => {
  const header = (name: string): string => cleanLine(headerOf(mail.headerLines, name), 200);
  return {
    autoSubmitted: header("auto-submitted"),
    precedence: header("precedence"),
    autoResponseSuppress: header("x-auto-response-suppress"),
    listId: header("list-id"),
    listUnsubscribe: header("list-unsubscribe"),
    returnPath: header("return-path"),
    contentType: header("content-type"),
    autoReplyMarks: AUTO_REPLY_MARKS.map(header).join(""),
    from,
    messageId,
  };
};

const attachmentsOf = (mail: ParsedMail): MailAttachment[] =>
  mail.attachments.slice(0, MAIL_BOUNDS.attachments).map((one, index) => ({
    fileName: cleanLine(one.filename ?? "", MAIL_BOUNDS.fileName) || `attachment-${index + 1}`,
    declaredType: cleanLine(one.contentType ?? "", 100),
    content: new Uint8Array(one.content),
  }));

/**
 * Reads a mail. Time and memory are bounded by its size and by `MAIL_BOUNDS`.
 * @throws Error in mailparser's words when the bytes are no mail that it can read
 */
export const parseMail = async (bytes: Uint8Array): Promise<ParsedCustomerMail> => {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { mail, guessed } = await parseInCharset(raw);
  const lines = mail.headerLines ?? [];
  if (!lines.some((line) => NEEDED.has(line.key))) throw new Error("there are no headers of a mail");
  const messageId = idsIn(headerOf(lines, "message-id"))[0] ?? "";
  const from = firstAddress(mail.from) ?? firstAddress(mail.replyTo);
  const body = cleanText(mail.text ?? "", MAIL_BOUNDS.text);
  const notes = [
    body.cut ? "cut" : "",
    mail.textConversionError === undefined ? "" : "html-too-long",
    guessed ? "charset-guessed" : "",
    !guessed && isBroken(mail) ? "broken-characters" : "",
    mail.attachments.length > MAIL_BOUNDS.attachments
      ? `${mail.attachments.length - MAIL_BOUNDS.attachments} more attachments`
      : "",
  ];
  const returned = {
    subject: cleanLine(mail.subject ?? "", MAIL_BOUNDS.subject),
    text: body.text,
    mentionedIds: mentionedIds(headerOf(lines, "in-reply-to"), headerOf(lines, "references")),
    marks: marksOf({ ...mail, headerLines: lines }, from, messageId),
    attachments: attachmentsOf(mail),
  };
  return {
    ...returned,
    from,
    to: firstAddress(mail.to) ?? "",
    notes: notes.filter((note) => note !== ""),
    messageId,
    bounce: bounceOf(returned),
  };
};
