/**
 * The hotline (客服热线): calls, who answers them, and call-backs for those whom nobody answered.
 *
 * - call (来电/去电)          what all events of the exchange (话务事件) together say; finished stays finished
 * - line (中继线), queue (排队), agent (坐席) with state (示闲/整理/小休), roster (排班)
 * - screen pop (来电弹屏)     the household behind a number, before the first word
 * - wrap-up (话后小结)        what became of the call: a case, an incident, another company's, no case (已答复不派单)
 * - call-back (回拨)          one open task for one number; lost calls (漏接), and those who asked for it
 * - cold-day mode (寒潮模式)  a call-back is offered instead of waiting
 * - self-service (自助服务)   the spoken menu (自助菜单), the same by keyword (关键词), and the knowledge (供热常识) behind both
 * - second factor (第二要素)  the last four digits of a telephone on file; without it no amount is told
 * - seats needed (坐席测算)   Erlang's estimate from the live load
 */
export { findNotices } from "./pop-queries.ts";
export { announce, type Announcements, currentAnnouncements, stopAnnouncing } from "./announcements.ts";
export { type Announcement, ANNOUNCEMENT_KINDS, type AnnouncementKind } from "./announcement-queries.ts";
export { addRoster, changeAgentState, removeRoster, setLine, signIn, signOut } from "./agents.ts";
export { dial } from "./dial.ts";
export { dayBounds, maskedNumber, readBoard } from "./board.ts";
export {
  CALL_EVENT_KINDS,
  CALL_OUTCOMES,
  CALL_STATES,
  type CallEventKind,
  type CallOutcome,
  type CallState,
} from "./call-fold.ts";
export { type CallBackOrigin, type CallBackState, readBalance } from "./call-back-queries.ts";
export {
  giveUpCallBack,
  householdReached,
  type NewCallBack,
  openCallBack,
  recordAttempt,
  takeNextCallBack,
} from "./call-backs.ts";
export { callExport } from "./call-log.ts";
export { VISIBLE_CALL } from "./call-queries.ts";
export { servicePolicy } from "./settings.ts";
export type { CtiEvent } from "./cti-schema.ts";
export { forgetCallers, HOTLINE_RETENTION_DAYS } from "./forget.ts";
export { incidentCallerSubscriber } from "./tell-callers.ts";
export { checkHotline, type HotlineOffender } from "./proofs.ts";
export { finishOverdueCalls, receiveCallEvents, workWaitingCalls } from "./record-events.ts";
export { hotlineRoutes } from "./routes.ts";
export {
  answerKeyword,
  forgetMenu,
  type KeywordAnswer,
  type KeywordQuestion,
  MENU_RETENTION_DAYS,
  selfServiceRoutes,
} from "./self-service/index.ts";
export { reachedAtDoorSubscriber } from "./subscribers.ts";
