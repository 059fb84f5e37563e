/** SQL of the first statement of a look. */
import type { Sql } from "#src/platform/sql.ts";

/** First in its transaction: everything that is read behind it is of one moment. */
export const readOneMoment = (sql: Sql) =>
  sql.run("set transaction isolation level repeatable read, read only");
/** The same, for a look whose result is written down by the same transaction. */
export const keepOneMoment = (sql: Sql) => sql.run("set transaction isolation level repeatable read");
