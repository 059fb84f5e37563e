/** SQL of imports that do not come to their end. */
import type { Sql } from "#src/platform/sql.ts";

export type LongUnfinished = {
  readonly id: bigint;
  readonly channel: string;
  readonly linesDone: number;
  readonly lineCount: number;
  readonly ownerRole: string;
  readonly ownerId: bigint | null;
};

export const longUnfinished = (sql: Sql, before: Date): Promise<LongUnfinished[]> =>
  sql.rows<LongUnfinished>(
    `select f.id, c.code as channel, f.cursor_ordinal as "linesDone", coalesce(f.line_count, 0) as "lineCount",
       c.task_owner_role as "ownerRole", c.task_owner_id as "ownerId"
     from import_files f join channels c on c.id = f.channel_id
     where f.kind = 'collection' and f.received_at < :before
       and (f.state in ('checked', 'posting') or (f.state = 'posted' and f.reconciled_at is null))
     order by f.id`,
    { before },
  );
