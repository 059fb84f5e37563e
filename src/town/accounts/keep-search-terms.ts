/** Keeps the search terms of accounts in step with their rows, in the transaction that changes them. */
import type { Day } from "#src/kernel/day.ts";
import type { Database } from "#src/platform/database.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  findSearchFacts,
  findSearchFactsAfter,
  insertTerms,
  lockAccounts,
  replaceSearchTerms,
  type SearchFactsRow,
  type TermRows,
} from "./search-term-queries.ts";
import { searchTermsOf } from "./search-terms.ts";

const termRows = (facts: readonly SearchFactsRow[]): TermRows => {
  const terms: string[] = [];
  const accountIds: bigint[] = [];
  const buildingIds: bigint[] = [];
  for (const row of facts) {
    for (const term of searchTermsOf(row)) {
      terms.push(term);
      accountIds.push(row.accountId);
      buildingIds.push(row.buildingId);
    }
  }
  return { terms, accountIds, buildingIds };
};

/**
 * Writes the terms of these accounts anew from what stands in the database now. The caller holds the account's row, so
 * two changes of one account never write them at once. A person whose role ends on a later day is found until the next
 * change.
 */
export const refreshSearchTerms = async (
  sql: Sql,
  accountIds: readonly bigint[],
  today: Day,
): Promise<void> => {
  const facts = await findSearchFacts(sql, accountIds, today);
  await replaceSearchTerms(sql, accountIds, termRows(facts));
};

const CHUNK = 4000;

/** The terms of accounts that one roll import has made: they have none yet. */
export const growSearchTerms = async (sql: Sql, importId: bigint, today: Day): Promise<number> => {
  let added = 0;
  for (let afterId = 0n; ;) {
    const facts = await findSearchFactsAfter(sql, { afterId, importId, limit: CHUNK, today });
    const last = facts.at(-1);
    if (last === undefined) return added;
    added += await insertTerms(sql, termRows(facts));
    afterId = last.accountId;
  }
};

/**
 * Makes every term anew, chunk by chunk, each in a transaction of its own: after an upgrade, or when the rule of the terms
 * has changed. Safe beside people who work: each chunk locks its accounts for as long as it takes.
 */
export const rebuildSearchTerms = async (
  database: Database,
  today: Day,
  progress: (accounts: number) => void = () => undefined,
): Promise<number> => {
  let done = 0;
  for (let afterId = 0n; ;) {
    const cursor = afterId;
    const last = await database.bulk(async (sql) => {
      const facts = await findSearchFactsAfter(sql, { afterId: cursor, importId: null, limit: CHUNK, today });
      const ids = facts.map((row) => row.accountId);
      await lockAccounts(sql, ids);
      // Read again under the lock: what changed meanwhile counts.
      await refreshSearchTerms(sql, ids, today);
      done += ids.length;
      return ids.at(-1);
    });
    if (last === undefined) return done;
    progress(done);
    afterId = last;
  }
};
