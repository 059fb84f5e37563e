/** From what a person or a bank wrote to the account it means. */
import type { Sql } from "#src/platform/sql.ts";
import { accountIdByNumber, accountIdsByAlias } from "./queries.ts";
import { foldAccountText } from "./folding.ts";

export type ResolvedAccount =
  | { readonly accountId: bigint; readonly by: "account-no" | "alias" }
  | { readonly accountId: null; readonly reason: "unknown" | "ambiguous" };

/**
 * Finds the account that a text names: the 户号 itself first, then an old number, card or bank agreement. Full width and
 * blanks around are folded, leading zeros are kept. A text that is an alias of two accounts names none (`ambiguous`):
 * money never follows a guess. Closed accounts are found too. Reads only.
 */
export const resolveAccountNo = async (sql: Sql, text: string): Promise<ResolvedAccount> => {
  const folded = foldAccountText(text);
  const byNumber = await sql.maybeOne<{ id: bigint }>(accountIdByNumber, { text: folded });
  if (byNumber !== null) return { accountId: byNumber.id, by: "account-no" };
  const byAlias = await sql.rows<{ accountId: bigint }>(accountIdsByAlias, { text: folded });
  const [first] = byAlias;
  if (first === undefined) return { accountId: null, reason: "unknown" };
  return byAlias.length === 1
    ? { accountId: first.accountId, by: "alias" }
    : { accountId: null, reason: "ambiguous" };
};

/**
 * The same rule for many texts in one statement: a lateral join that adds `named.account_id` (null when unknown or
 * ambiguous) and `named.reason` ('account-no', 'alias', 'unknown', 'ambiguous') for the folded text in `textColumn`.
 * Two index look-ups a row. The text must be folded already: by `foldAccountText`, or by `fold_account_text(text)`.
 *
 * @example `select row.id, named.account_id from staged_rows row ${namedAccountJoin("row.account_text")}`
 */
export const namedAccountJoin = (textColumn: string, alias = "named"): string => `
  left join lateral (
    select coalesce(number_match.id, case when alias_match.accounts = 1 then alias_match.account_id end) as account_id,
      case when number_match.id is not null then 'account-no' when alias_match.accounts = 1 then 'alias'
        when alias_match.accounts > 1 then 'ambiguous' else 'unknown' end as reason
    from (select 1) one
    left join heat_accounts number_match on number_match.account_no = ${textColumn}
    left join lateral (
      select count(distinct account_aliases.account_id) as accounts, min(account_aliases.account_id) as account_id
      from account_aliases where account_aliases.value = ${textColumn}
    ) alias_match on number_match.id is null
  ) ${alias} on true`;
