/**
 * The reply (回复): composed from the timeline, changed by a person, signed by two, reported back with the authority's receipt number.
 * The second person approves the digest of exactly one text; another text needs another approval.
 */
import { both } from "#src/kernel/words.ts";
import { createHash } from "node:crypto";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import type { Sql } from "#src/platform/sql.ts";
import { requestApproval, useApproval } from "#src/office/approvals/index.ts";
import { stopClock } from "#src/service/clocks/index.ts";
import { hasAttachment } from "#src/service/tickets/index.ts";
import { accessReferral, beginReferralChange, note, REPLY_KIND } from "./change-referral.ts";
import { reportRow } from "./queries.ts";
import {
  findLatestReply,
  findSteps,
  insertReply,
  type Reply,
  setReplyApproval,
  signReply,
} from "./reply-queries.ts";
import { fillReply, type ReplyLocale } from "./reply-text.ts";
import { clockSubject, type Referral } from "./schema.ts";

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The text that the timeline gives at this moment; reads only. */
export const composeReply = async (
  sql: Sql,
  referral: Referral,
  now: Date,
  locale: ReplyLocale,
): Promise<string> =>
  fillReply(
    {
      referral,
      steps: await findSteps(sql, {
        referralId: referral.id,
        ticketId: referral.ticketId,
        since: referral.receivedAt,
      }),
      company: (await companyOnPaper(sql)).name,
      now,
    },
    locale,
  );

const OPEN = ["received", "signed-for"] as const;

/**
 * Keeps a draft: the text given, or the one that the timeline gives. Every draft is kept; the latest one is what is signed.
 * @throws DomainError `referral.not-found`, `referral.refused`
 */
export const draftReply = async (
  context: CommandContext,
  id: bigint,
  wanted: { readonly text?: string | undefined; readonly locale: ReplyLocale },
): Promise<{ readonly replyId: bigint; readonly text: string }> => {
  const { sql, now, actor } = context;
  const seen = await accessReferral(context, id);
  const referral = await beginReferralChange(context, id, seen.version, OPEN);
  const text = wanted.text ?? (await composeReply(sql, referral, now, wanted.locale));
  const { id: replyId } = await insertReply(sql, {
    referralId: id,
    text,
    textSha256: digestOf(text),
    composed: wanted.text === undefined,
    now,
    by: staffIdOf(actor),
  });
  context.audit({
    subject: `referral:${id}`,
    details: { drafted: replyId, composed: wanted.text === undefined },
  });
  return { replyId, text };
};

const replyRequest = (reply: Reply) => ({
  referralId: String(reply.referralId),
  replyId: String(reply.id),
  textSha256: reply.textSha256.toString("hex"),
});

const requireLatest = async (sql: Sql, id: bigint): Promise<Reply> =>
  (await findLatestReply(sql, id)) ??
  fail("referral.no-draft", "there is no draft of the reply", { remedy: "draft it first" });

/**
 * Asks a second person to sign the latest draft. Asking again while nobody has decided answers the same approval.
 * @throws DomainError `referral.not-found`, `referral.refused`, `referral.no-draft`, `approval.person-needed`
 */
export const askSignature = async (context: CommandContext, id: bigint): Promise<bigint> => {
  const { sql } = context;
  const seen = await accessReferral(context, id);
  const referral = await beginReferralChange(context, id, seen.version, OPEN);
  const reply = await requireLatest(sql, id);
  if (reply.approvalId !== null && ["requested", "approved"].includes(reply.approvalState ?? "")) {
    return reply.approvalId;
  }
  const approvalId = await requestApproval(context, {
    kind: REPLY_KIND,
    subject: `referral:${id}`,
    accountId: referral.accountId ?? undefined,
    request: replyRequest(reply),
  });
  await setReplyApproval(sql, { id: reply.id, approvalId });
  return approvalId;
};

/** The paper hangs on the order's case: a number that was guessed gives nobody another case's file. */
const requireFile = async (sql: Sql, ticketId: bigint, fileId: bigint | null): Promise<void> => {
  if (fileId === null) return;
  if (!(await hasAttachment(sql, ticketId, fileId))) {
    fail("file.not-found", "there is no such file on the case", {
      field: "fileId",
      remedy: "attach it to the case first",
    });
  }
};

export type ReportBack = {
  /** The authority's own number of our reply. */
  readonly receiptNo: string;
  /** When it was handed over; entered later perhaps. */
  readonly reportedAt: Date;
  readonly fileId: bigint | null;
};

/**
 * Proves that the signed reply was reported back (回复办结): the authority's receipt number, when, by whom, a paper if there is one. Uses
 * the approval up, stops the order's clock, and says of both whether in time by the hour of the report.
 * @throws DomainError as `beginReferralChange`, and `referral.no-draft`, `referral.not-signed`, `referral.report-time`,
 * `file.not-found`, those of `useApproval`
 */
export const reportBack = async (
  context: CommandContext,
  id: bigint,
  version: number,
  report: ReportBack,
): Promise<{ readonly version: number; readonly inTime: boolean }> => {
  const { sql, now, actor } = context;
  const referral = await beginReferralChange(context, id, version, OPEN);
  if (report.reportedAt > now || report.reportedAt < referral.receivedAt) {
    fail("referral.report-time", "a report lies between the receipt of the order and now", {
      field: "reportedAt",
      remedy: "give the time at which it was reported to the authority, or leave it out for now",
    });
  }
  await requireFile(sql, referral.ticketId, report.fileId);
  const reply = await requireLatest(sql, id);
  if (reply.approvalId === null) {
    fail("referral.not-signed", "nobody was asked to sign the latest draft", {
      remedy: "ask a second person to sign it",
    });
  }
  const signed = await useApproval(context, reply.approvalId, REPLY_KIND, replyRequest(reply));
  await signReply(sql, { id: reply.id, one: signed.requestedBy, two: signed.approvedBy, now });
  const inTime = report.reportedAt <= referral.dueAt;
  const row = await reportRow(sql, { ...report, id, by: staffIdOf(actor), inTime });
  await stopClock(context, referral.ticketId, "referral", clockSubject(id), report.reportedAt);
  await note(
    context,
    referral,
    both(`已回复，回执号 ${report.receiptNo}`, `answered, receipt ${report.receiptNo}`),
    "reported",
  );
  context.audit({ subject: `referral:${id}`, details: { reported: true, inTime, replyId: reply.id } });
  return { version: row.version, inTime };
};
