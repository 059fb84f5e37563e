/** Sessions that ended or ran out long ago. */
import type { Database } from "#src/platform/database.ts";
import { forgetInBatches, forgottenBefore, RETENTION_DAYS } from "#src/platform/retention.ts";

const removeSessions = `
  delete from sessions where id in (
    select id from sessions where least(ended_at, expires_at) < :before order by id limit :limit for update skip locked)`;

/** Forgets sessions whose end is older than `RETENTION_DAYS.endedSessions`; answers how many. Repeating is safe. */
export const forgetEndedSessions = (database: Pick<Database, "bulk">, now: Date): Promise<number> => {
  const before = forgottenBefore(now, RETENTION_DAYS.endedSessions);
  return forgetInBatches(database, (sql, limit) => sql.run(removeSessions, { before, limit }));
};
