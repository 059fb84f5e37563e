/** The bytes of files that could not be taken: kept while somebody argues about them with the bank. */
import type { Database } from "#src/platform/database.ts";
import { forgetInBatches, forgottenBefore } from "#src/platform/retention.ts";
import { removeOldDraftBytes } from "./draft-queries.ts";

export const BANK_RETENTION_DAYS = {
  /** A month of quarrel with the bank; what was found of the file stays. */
  refusedFileBytes: 30,
} as const;

/** Repeating is safe. Answers how many pieces of 1 MiB. */
export const forgetRefusedFiles = (database: Pick<Database, "bulk">, now: Date): Promise<number> =>
  forgetInBatches(
    database,
    (sql, limit) =>
      removeOldDraftBytes(sql, forgottenBefore(now, BANK_RETENTION_DAYS.refusedFileBytes), limit),
    50,
  );
