/**
 * Referrals (转办): orders of authorities about our cases.
 *
 * - authority (来文单位)      12345, the petition office (信访), media: rows
 * - outside number (外部编号)  theirs; several may be about one case; the same number is the same order
 * - deadline (办理时限)        given by the order, never computed; extended once (延期) with a second person's approval
 * - return (退回)             not ours: before the order's cut-off (退单时限); taken back (收回) or not
 * - reply (回复)              composed from the timeline, signed by two (双签), reported back with a receipt number (回执号)
 * - merge (并单)             the orders of a case go with it into the other, and come back with it
 * - done again (重办)          a child with a deadline of its own; the case is opened again
 */
export { accessReferral, answerReturn, askExtension, askReturn } from "./change-referral.ts";
export { grantExtension, recordVerdict, signForReferral } from "./change-referral.ts";
export { referralDeadlineCheck, tellOfDeadlines } from "./deadline-messages.ts";
export { type AgainOrder, doAgain } from "./do-again.ts";
export {
  countReferrals,
  nameReferrals,
  type NamedReferral,
  REFERRAL_PARTS,
  type ReferralFigures,
  type ReferralPart,
  spanOfDay,
} from "./figure-queries.ts";
export { importOrderSheet, importPastedOrders, type ImportReport } from "./import-referrals.ts";
export { findReferral, findReferralsOfTicket } from "./queries.ts";
export { type NewReferral, type ReceivedReferral, receiveReferral } from "./receive-referral.ts";
export { askSignature, composeReply, draftReply, type ReportBack, reportBack } from "./reply.ts";
export { referralRoutes } from "./routes.ts";
export { searchReferrals } from "./search-referrals.ts";
export { referralSubscribers } from "./follow-merges.ts";
export { type Referral, REFERRAL_STATES, type ReferralState } from "./schema.ts";
