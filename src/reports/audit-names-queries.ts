/** SQL of what people call those who did something, and what it was done to: each looked for by an index of its own. */
import type { Sql } from "#src/platform/sql.ts";

// Few enough to be read through, and the only ones of which part of a name does.
const staffNamed = `
  select id, login, display_name = :text or login = :text as whole from staff_members
  where login = :text or strpos(lower(display_name), lower(:text)) > 0
  order by whole desc, login limit :limit::integer`;
export type NamedStaff = { readonly id: bigint; readonly login: string; readonly whole: boolean };
export const findStaffNamed = (sql: Sql, query: { text: string; limit: number }) =>
  sql.rows<NamedStaff>(staffNamed, query);

/** By kind of thing: who bears the number `:text`, or `:prefix` and `:number`. */
export const NUMBERED = {
  account: `
    select id from heat_accounts where account_no = :text
    union select account_id from account_aliases where value = :text`,
  receipt: `
    select r.id from number_series s join receipts r on r.series = s.code and r.number = :number::bigint
    where upper(s.prefix) = upper(:prefix)`,
  referral: `select id from referrals where outside_no = :text or outside_no = upper(:text)`,
  payment: `
    select p.id from channels c cross join lateral (
      select id from payments where channel_id = c.id and serial = :text) p`,
  "wallet-order": `select id from wallet_orders where order_no = upper(:text)`,
} as const;

/** `account:17` and the like, for those kinds that are asked about. */
export const subjectsNumbered = (kinds: readonly (keyof typeof NUMBERED)[]): string =>
  kinds
    .map((kind) => `select '${kind}:' || found.id as subject from (${NUMBERED[kind]}) found`)
    .join(" union all ");

export const findNumbered = (
  sql: Sql,
  kinds: readonly (keyof typeof NUMBERED)[],
  query: { text: string; prefix: string; number: bigint | null },
) => sql.rows<{ subject: string }>(subjectsNumbered(kinds), query);

const numbers = `
  select 'account:' || id as subject, account_no as number from heat_accounts where id = any(:accounts::bigint[])
  union all
  select 'receipt:' || r.id, s.prefix || lpad(r.number::text, greatest(s.width, length(r.number::text)), '0')
  from receipts r join number_series s on s.code = r.series where r.id = any(:receipts::bigint[])
  union all
  select 'referral:' || id, outside_no from referrals where id = any(:referrals::bigint[])
  union all
  select 'staff:' || id, display_name from staff_members where id = any(:staff::bigint[])`;
/** What people call these rows; a row that has gone is left out. */
export const findNumbersOf = (
  sql: Sql,
  rows: {
    accounts: readonly string[];
    receipts: readonly string[];
    referrals: readonly string[];
    staff: readonly string[];
  },
) => sql.rows<{ subject: string; number: string }>(numbers, rows);
