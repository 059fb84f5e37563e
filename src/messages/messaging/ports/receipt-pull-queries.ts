/** SQL on how far receipts were pulled. */
import type { Sql } from "#src/platform/sql.ts";

const mark = `select cursor from receipt_pulls where provider = :provider`;
export const findPullCursor = async (sql: Sql, provider: string): Promise<string> =>
  (await sql.maybeOne<{ cursor: string }>(mark, { provider }))?.cursor ?? "";

const begin = `
  insert into receipt_pulls (provider) values (:provider) on conflict (provider) do nothing`;
const advance = `
  update receipt_pulls set cursor = :next, pulled_at = :now, trouble = '', unreadable = unreadable + :unreadable
  where provider = :provider and cursor = :after`;
/** False when another process has gone on from there meanwhile: what it read is ours as well. */
export const advancePull = async (
  sql: Sql,
  row: { provider: string; after: string; next: string; unreadable: number; now: Date },
): Promise<boolean> => {
  await sql.run(begin, { provider: row.provider });
  return (await sql.run(advance, row)) === 1;
};

const note = `
  insert into receipt_pulls (provider, trouble, pulled_at) values (:provider, :trouble, :now)
  on conflict (provider) do update set trouble = excluded.trouble, pulled_at = excluded.pulled_at`;
export const notePullTrouble = (sql: Sql, row: { provider: string; trouble: string; now: Date }) =>
  sql.run(note, row);

const pulls = `
  select provider, pulled_at as "pulledAt", trouble, unreadable from receipt_pulls order by provider`;
export const listReceiptPulls = (sql: Sql) =>
  sql.rows<{ provider: string; pulledAt: Date | null; trouble: string; unreadable: bigint }>(pulls);
