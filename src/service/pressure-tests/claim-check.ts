/** What a test reads again just before a message is called. */
import type { ClaimCheck } from "#src/messages/messaging/index.ts";
import { findOverTakenHomes } from "./record-queries.ts";

/**
 * A window that was moved, put off or called off is announced to nobody any more: who was not told of it yet hears of the new one
 * alone, and gets no correction of what was never said.
 */
export const windowStandsCheck: ClaimCheck = {
  name: "test-window",
  purposePrefix: "service-notice",
  check: async (sql, homes) => {
    const ofNotices = homes.filter(
      (home) => home.accountId !== null && /^notice:\d{1,18}$/.test(home.regarding),
    );
    if (ofNotices.length === 0) return [];
    const over = await findOverTakenHomes(sql, {
      messageIds: ofNotices.map((home) => home.messageId),
      accountIds: ofNotices.map((home) => home.accountId),
      noticeIds: ofNotices.map((home) => home.regarding.slice("notice:".length)),
    });
    return over.map((home) => ({ ...home, reason: "test-window-gone" }));
  },
};
