/**
 * Whether a mail was written by a person (环路与自动回复防护). An answer to a machine makes two machines write to each other all
 * night; a case from a newsletter wastes a person. RFC 3834 names the first marks, custom the others. Pure.
 */

export type MailMarks = {
  /** Values of headers, '' when missing. */
  readonly autoSubmitted: string;
  readonly precedence: string;
  readonly autoResponseSuppress: string;
  readonly listId: string;
  readonly listUnsubscribe: string;
  /** `<>` is the null sender of bounces; '' when the server keeps none. */
  readonly returnPath: string;
  readonly contentType: string;
  /** Other programs' marks of an answering machine: X-Autoreply, X-Autorespond, X-Auto-Response, X-Loop. */
  readonly autoReplyMarks: string;
  /** Folded address of the sender, null when there is none that can be read. */
  readonly from: string | null;
  /** Without brackets; '' when missing. */
  readonly messageId: string;
};

export type GuardVerdict = {
  /** '' for a person; else why it is taken for a machine's, and then it opens no case. */
  readonly automatic: string;
  /** Whether an answer of ours may follow. */
  readonly mayAnswer: boolean;
};

const MACHINE_BOXES =
  /^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|listserv|majordomo)([+.-].*)?@/;
const ANSWERED_BY_NONE = /^\s*$|^\s*none\s*$/i;

const reasonOf = (marks: MailMarks, isOwn: (marks: MailMarks) => boolean): string => {
  const says = (header: string): string => header.trim().toLowerCase();
  if (isOwn(marks)) return "own";
  if (marks.returnPath.trim() === "<>") return "null-sender";
  // "no" with comments or parameters is still no: a person sent it
  const submitted = says(marks.autoSubmitted).split(/[\s;(]/)[0] ?? "";
  if (submitted !== "" && submitted !== "no") return "auto-submitted";
  if (/^multipart\/report\b/.test(says(marks.contentType))) return "report";
  if (/^(bulk|junk|list|auto[_-]?reply)\b/.test(says(marks.precedence))) return "precedence";
  if (marks.autoReplyMarks.trim() !== "") return "auto-reply";
  if (marks.listId.trim() !== "") return "list";
  if (marks.from !== null && MACHINE_BOXES.test(marks.from)) return "machine-sender";
  return "";
};

/**
 * Judges a mail. What is automatic opens no case and gets no answer; it is kept and shown. A mail that only asks not to be
 * answered by machines (X-Auto-Response-Suppress, List-Unsubscribe alone, no readable sender) may open a case.
 */
export const guardMail = (
  marks: MailMarks,
  own: { readonly addresses: readonly string[]; readonly isOwnMessageId: (id: string) => boolean },
): GuardVerdict => {
  const automatic = reasonOf(
    marks,
    ({ from, messageId }) => own.isOwnMessageId(messageId) || (from !== null && own.addresses.includes(from)),
  );
  const mayAnswer =
    automatic === "" &&
    marks.from !== null &&
    ANSWERED_BY_NONE.test(marks.autoResponseSuppress) &&
    marks.listUnsubscribe.trim() === "";
  return { automatic, mayAnswer };
};
