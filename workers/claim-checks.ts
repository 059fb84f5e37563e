/** What other rooms read again just before a message is called (发送前复核). Every check of the house, in order. */
import type { ClaimCheck } from "#src/messages/messaging/index.ts";
import {
  greetingHoldCheck,
  noticeStateCheck,
  noticeSupersededCheck,
  noticeSupplyCheck,
  noticeWayCheck,
  paymentNoticeCheck,
  paymentReceivedCheck,
  surveyHoldCheck,
  toldByNoticeCheck,
} from "#src/messages/notices/index.ts";
import { windowStandsCheck } from "#src/service/pressure-tests/index.ts";
import { referralDeadlineCheck } from "#src/service/referrals/index.ts";

export const CLAIM_CHECKS: readonly ClaimCheck[] = [
  noticeStateCheck,
  noticeSupplyCheck,
  noticeSupersededCheck,
  noticeWayCheck,
  toldByNoticeCheck,
  paymentNoticeCheck,
  paymentReceivedCheck,
  greetingHoldCheck,
  surveyHoldCheck,
  referralDeadlineCheck,
  windowStandsCheck,
];
