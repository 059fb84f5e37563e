/** The reply form (回复单) that goes back to the authority: a page to print, and a worksheet, with the same cells. */
import writeXlsxFile from "write-excel-file/node";
import { maskPhone, type PhoneNumber } from "#src/kernel/phone.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import type { Sql } from "#src/platform/sql.ts";
import { guarded } from "#src/platform/table-file-write.ts";
import { firstNumber } from "./receive-referral.ts";
import { findReplies } from "./reply-queries.ts";
import { fillForm, type FormFacts, formView, type ReplyLocale } from "./reply-text.ts";
import type { Referral } from "./schema.ts";

/** The signed reply, else the latest draft; the authority knows the number, so ours shows that it is the same and no more. */
const factsOf = async (sql: Sql, referral: Referral): Promise<FormFacts> => {
  const replies = await findReplies(sql, referral.id);
  const reply = replies.find((one) => one.signedAt !== null) ?? replies.at(-1);
  const number = firstNumber(referral.callerNumber ?? undefined);
  return {
    referral,
    replyText: reply?.text ?? "",
    signedByOne: reply?.signedByOne ?? "",
    signedByTwo: reply?.signedByTwo ?? "",
    maskedNumber: number === undefined ? "" : maskPhone(number as PhoneNumber),
    company: (await companyOnPaper(sql)).name,
  };
};

export const replyPage = async (sql: Sql, referral: Referral, locale: ReplyLocale): Promise<string> =>
  fillForm(await factsOf(sql, referral), locale);

const HEADINGS: Readonly<Record<ReplyLocale, readonly string[]>> = {
  "zh-CN": [
    "来文单位",
    "工单编号",
    "次数",
    "本单位工单号",
    "标题",
    "诉求内容",
    "诉求人",
    "联系电话",
    "地址",
    "收到时间",
    "办理时限",
    "回复内容",
    "经办人",
    "复核人",
    "回复时间",
    "回执号",
  ],
  en: [
    "Authority",
    "Order number",
    "Round",
    "Our case number",
    "Title",
    "What was asked",
    "Asked by",
    "Telephone",
    "Address",
    "Received",
    "Deadline",
    "Reply",
    "Drafted by",
    "Signed by",
    "Reported",
    "Receipt number",
  ],
};

/** One row an order; a cell that a spreadsheet would take for a formula is text. */
export const replySheet = async (
  sql: Sql,
  referrals: readonly Referral[],
  locale: ReplyLocale,
): Promise<Buffer> => {
  const rows: string[][] = [[...HEADINGS[locale]]];
  for (const referral of referrals) {
    const facts = await factsOf(sql, referral);
    const view = formView(facts, locale);
    rows.push([
      view.authority,
      view.outsideNo,
      view.round,
      view.ticketNo,
      view.title,
      view.demand,
      view.callerName,
      view.maskedNumber,
      view.address,
      view.receivedAt,
      view.dueAt,
      view.replyText,
      view.signedByOne,
      view.signedByTwo,
      view.reportedAt,
      view.receiptNo,
    ]);
  }
  const sheet = rows.map((cells) => cells.map((value) => ({ value: guarded(value), type: String })));
  return writeXlsxFile(sheet).toBuffer();
};
