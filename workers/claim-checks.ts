/** What other rooms read again just before a message is called (发送前复核). Every check of the house, in order. */
import type { ClaimCheck } from "#src/messages/messaging/index.ts";
import { noticeStateCheck, noticeSupplyCheck, toldByNoticeCheck } from "#src/messages/notices/index.ts";

export const CLAIM_CHECKS: readonly ClaimCheck[] = [noticeStateCheck, noticeSupplyCheck, toldByNoticeCheck];
