/** What is only kept for a while: the bytes of what people wrote (the text stays), the counts of automatic answers, and to whom we wrote what. */
import { dayOfInstant } from "#src/kernel/day.ts";
import type { Database } from "#src/platform/database.ts";
import { forgetInBatches, forgottenBefore } from "#src/platform/retention.ts";
import { forgetAnswerCounts, forgetSentWords } from "./outbox-queries.ts";
import { forgetOutboxEntries } from "./ports/outbox-viewer-queries.ts";
import { forgetRaw } from "./received-queries.ts";
import { forgetReceipts } from "./sending/receipt-queries.ts";

export const MESSAGE_RETENTION_DAYS = {
  /** A quarrel about what a mail said comes within the season; after it the text that was read is what counts. */
  rawOfRead: 240,
  /** What nobody could read is looked at within days; a year leaves room for a person on long leave. */
  rawOfQuarantined: 365,
  automaticAnswers: 30,
  /** To whom and with which amounts: a complaint about a season comes until the end of the next one. */
  sentWords: 730,
  /** The outbox viewer is for whoever tries the program, not an archive. */
  outboxViewer: 30,
  /** A provider keeps its own for 90 days; how a message ended stays with the message. */
  receipts: 365,
} as const;

const BYTES_BATCH = 50;

/** Repeating is safe; `now` is the business clock. */
export const forgetMessageBytes = async (
  database: Pick<Database, "bulk">,
  now: Date,
): Promise<{
  readonly rawMessages: number;
  readonly answerCounts: number;
  readonly sentWords: number;
  readonly outboxEntries: number;
  readonly receipts: number;
}> => {
  const forget = (read: boolean, days: number): Promise<number> =>
    forgetInBatches(
      database,
      (sql, limit) => forgetRaw(sql, { now, before: forgottenBefore(now, days), read, limit }),
      BYTES_BATCH,
    );
  const { rawOfRead, rawOfQuarantined, automaticAnswers, sentWords, outboxViewer, receipts } =
    MESSAGE_RETENTION_DAYS;
  const before = dayOfInstant(forgottenBefore(now, automaticAnswers));
  return {
    rawMessages: (await forget(true, rawOfRead)) + (await forget(false, rawOfQuarantined)),
    answerCounts: await forgetInBatches(database, (sql, limit) => forgetAnswerCounts(sql, { before, limit })),
    sentWords: await forgetInBatches(database, (sql, limit) =>
      forgetSentWords(sql, { before: forgottenBefore(now, sentWords), limit }),
    ),
    outboxEntries: await forgetInBatches(database, (sql, limit) =>
      forgetOutboxEntries(sql, { before: forgottenBefore(now, outboxViewer), limit }),
    ),
    receipts: await forgetInBatches(database, (sql, limit) =>
      forgetReceipts(sql, { before: forgottenBefore(now, receipts), limit }),
    ),
  };
};
