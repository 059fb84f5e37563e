/** SQL that keeps the search terms. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { SearchFacts } from "./search-terms.ts";

export type SearchFactsRow = SearchFacts & { readonly accountId: bigint; readonly buildingId: bigint };

const FACTS = `account.id as "accountId", premises.building_id as "buildingId", account.account_no as "accountNo",
  coalesce((select array_agg(alias.value) from account_aliases alias where alias.account_id = account.id), '{}') as aliases,
  coalesce((select array_agg(person.folded_name) from account_roles role join people person on person.id = role.person_id
    where role.account_id = account.id and (upper_inf(role.valid) or upper(role.valid) > :today::date)), '{}') as names`;

const factsOf = `
  select ${FACTS} from heat_accounts account join premises on premises.id = account.premises_id
  where account.id = any(:accountIds::bigint[])`;
export const findSearchFacts = (sql: Sql, accountIds: readonly bigint[], today: Day) =>
  sql.rows<SearchFactsRow>(factsOf, { accountIds, today });

const factsAfter = `
  select ${FACTS} from heat_accounts account join premises on premises.id = account.premises_id
  where account.id > :afterId::bigint and (:importId::bigint is null or account.roll_import_id = :importId::bigint)
  order by account.id limit :limit::integer`;
/** The next accounts, of one import or of all. */
export const findSearchFactsAfter = (
  sql: Sql,
  query: { afterId: bigint; importId: bigint | null; limit: number; today: Day },
) => sql.rows<SearchFactsRow>(factsAfter, query);

const addTerms = `
  insert into search_terms (term, account_id, building_id)
  select * from unnest(:terms::text[], :accountIds::bigint[], :buildingIds::bigint[]) added (term, account_id, building_id)
  order by 1`;
const replaceTerms = `
  with dropped as (delete from search_terms where account_id = any(:dropped::bigint[]))
  ${addTerms}`;

export type TermRows = {
  readonly terms: readonly string[];
  readonly accountIds: readonly bigint[];
  readonly buildingIds: readonly bigint[];
};

/** For accounts that have none yet. */
export const insertTerms = (sql: Sql, rows: TermRows) => sql.run(addTerms, rows);

/** Instead of those that the accounts have. */
export const replaceSearchTerms = (sql: Sql, dropped: readonly bigint[], rows: TermRows) =>
  sql.run(replaceTerms, { ...rows, dropped });

const lockInOrder = `
  select id from heat_accounts where id = any(:accountIds::bigint[]) order by id for no key update`;
export const lockAccounts = (sql: Sql, accountIds: readonly bigint[]) =>
  sql.rows(lockInOrder, { accountIds });

const oneWithout = `
  select account.id from heat_accounts account
  where exists (select 1 from account_roles role where role.account_id = account.id)
    and not exists (select 1 from search_terms term where term.account_id = account.id)
  limit 1`;
/** Whether a household with people has no terms: true after an upgrade until they are made. Reads every account. */
export const lacksSearchTerms = async (sql: Sql): Promise<boolean> => (await sql.rows(oneWithout)).length > 0;
