/** Lines that a killed import left in staging after its file was given up. */
import type { Database } from "#src/platform/database.ts";
import { forgetInBatches } from "#src/platform/retention.ts";

const removeStaged = `
  delete from bank_staging_lines where (file_id, ordinal) in (
    select s.file_id, s.ordinal from bank_staging_lines s join import_files f on f.id = s.file_id
    where f.state in ('refused', 'aborted') limit :limit for update of s skip locked)`;

/**
 * Forgets staged lines of refused and aborted files; such a file never goes on, so no age is waited for. What a posted file
 * left there is a defect that the proofs must show, and stays. Answers how many. Repeating is safe.
 */
export const forgetAbandonedLines = (database: Pick<Database, "bulk">): Promise<number> =>
  forgetInBatches(database, (sql, limit) => sql.run(removeStaged, { limit }));
