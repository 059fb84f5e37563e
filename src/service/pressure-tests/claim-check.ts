/** What a test reads again just before a message is called. */
import type { ClaimCheck, ClaimedHome, ClaimVerdict } from "#src/messages/messaging/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findNothingToSay, waitForChanges } from "./claim-queries.ts";
import { findOverTakenFirmWords } from "./firm-queries.ts";

/** A firm is not told of a window that none of its buildings keeps, nor of a change that another one has overtaken. */
const firmVerdicts = async (sql: Sql, homes: readonly ClaimedHome[]): Promise<ClaimVerdict[]> => {
  const asked = homes.flatMap(({ messageId, accountId, step }) => {
    const said = /^pressure-test:(\d{1,18}):(\d{1,5}):(week-before|day-before|moved|postponed)$/.exec(step);
    return said?.[1] === undefined || said[3] === undefined
      ? []
      : [{ messageId, accountId, testId: BigInt(said[1]), windowNo: Number(said[2]), stage: said[3] }];
  });
  if (asked.length === 0) return [];
  const gone = await findOverTakenFirmWords(sql, {
    messageIds: asked.map((one) => one.messageId),
    testIds: asked.map((one) => one.testId),
    windowNos: asked.map((one) => one.windowNo),
    stages: asked.map((one) => one.stage),
  });
  return gone.map(({ messageId }) => ({ messageId, accountId: null, reason: "test-window-gone" }));
};

/**
 * A window that was moved, put off or called off is announced to nobody any more: who was not told of it yet hears of the new one
 * alone, and gets no correction of what was never said. A change counts those among who may know whose message is claimed at that
 * moment: of them whoever was not told after all is left out here.
 */
export const windowStandsCheck: ClaimCheck = {
  name: "test-window",
  purposePrefix: "service-notice",
  check: async (sql, homes) => {
    const ofNotices = homes.filter(
      (home) => home.accountId !== null && /^notice:\d{1,18}$/.test(home.regarding),
    );
    const firms = await firmVerdicts(sql, homes);
    if (ofNotices.length === 0) return firms;
    const asked = {
      messageIds: ofNotices.map((home) => home.messageId),
      accountIds: ofNotices.map((home) => home.accountId),
      noticeIds: ofNotices.map((home) => home.regarding.slice("notice:".length)),
    };
    // Two statements: what the second reads was committed before the first returned.
    if ((await waitForChanges(sql, asked)) === 0) return firms;
    return [...firms, ...(await findNothingToSay(sql, asked))];
  },
};
