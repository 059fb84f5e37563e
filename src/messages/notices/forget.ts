/** What is only kept for a while: to which numbers and addresses a notice went. Homes, reasons and what became of it stay. */
import type { Database } from "#src/platform/database.ts";
import { forgetInBatches, forgottenBefore } from "#src/platform/retention.ts";
import { forgetContacts } from "./funnel-queries.ts";

export const NOTICE_RETENTION_DAYS = {
  /** As long as the messages name whom they went to. */
  noticeContacts: 730,
} as const;

/** Repeating is safe; `now` is the business clock. */
export const forgetNoticeContacts = async (
  database: Pick<Database, "bulk">,
  now: Date,
): Promise<{ readonly noticeContacts: number }> => ({
  noticeContacts: await forgetInBatches(database, (sql, limit) =>
    forgetContacts(sql, { before: forgottenBefore(now, NOTICE_RETENTION_DAYS.noticeContacts), limit }),
  ),
});
