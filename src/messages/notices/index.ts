/**
 * Notices (通知): many messages with one purpose, to the right homes, once, with proof.
 *
 * - audience (发送对象)     a question over network, areas and accounts; frozen (冻结) as rows with the approval
 * - approval (审批)         by a second person; an emergency text (应急文本) that two approved beforehand needs one
 * - sample (试发)           to the own phone first
 * - fan-out (生成)          from frozen homes to queued messages; one message a phone, which names all its homes
 * - gap (缺口)              a home without any way to reach it, with the reason
 * - funnel (漏斗)           audience, skipped, sent, delivered, unknown, failed: every figure opens its list
 * - pause (暂停), stop (停止)  hold within 5 s: each message reads its notice again before it is called
 */
export {
  approveAsFollowing,
  type ApprovalWord,
  approveNotice,
  askNoticeApproval,
  NOTICE_APPROVAL,
} from "./approve.ts";
export { approveEmergencyText, askEmergencyText, EMERGENCY_TEXT_APPROVAL } from "./emergency-text.ts";
export {
  greetingHoldCheck,
  noticeStateCheck,
  noticeSupersededCheck,
  noticeSupplyCheck,
  noticeWayCheck,
  surveyHoldCheck,
  toldByNoticeCheck,
} from "./claim-checks.ts";
export { type BuildingNotice, noticesOfBuilding } from "./building-notices.ts";
export { cancelNotice, changeNotice, createNotice, findNotice, type NewNotice } from "./draft.ts";
export { FAN_OUT_SETTINGS, type FanOutSettings, workOnNotice } from "./fan-out.ts";
export { type Funnel, funnelOf, recipientExport } from "./funnel.ts";
export { listRecipients as listNoticeRecipients } from "./funnel-queries.ts";
export { previewNotice, sendSample } from "./preview.ts";
export { draftGreetings, removeFestival, setFestival } from "./festivals.ts";
export { cancelNeverBegun, forgetNoticeContacts, NOTICE_RETENTION_DAYS } from "./forget.ts";
export { lastNoticeTo, recordReply } from "./replies.ts";
export { listNotices } from "./queries.ts";
export { reasonWords } from "./reasons.ts";
export { noticeRoutes } from "./routes.ts";
export { noticeForSupply, type SupplyNews } from "./supply.ts";
export { paymentReceivedCheck, paymentReceivedSubscriber } from "./payment-received.ts";
export { paymentNoticeCheck, reminderSubscriber } from "./reminders.ts";
export { toldOfClosing } from "./told-of-closing.ts";
export { pauseNotice, resumeNotice, startApproved, startNotice, stopNotice } from "./run.ts";
export { AT_WORK_TOGETHER, findNoticesAtWork } from "./run-queries.ts";
export {
  type Audience,
  audienceIn,
  type Notice,
  type NoticeChannel,
  type NoticePurpose,
  type NoticeState,
  type Outcome,
  regardingOf,
  type ReplyKind,
} from "./schema.ts";
