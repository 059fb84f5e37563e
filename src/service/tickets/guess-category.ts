/** The category of a text, by the words of rows: a guess, and marked as one. */
import { readSetting } from "#src/platform/settings.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findCategoriesByWords, findStandIn } from "./category-queries.ts";
import { ticketPolicy } from "./policy.ts";

export type CategoryGuess = {
  readonly code: string;
  /** Sum of the weights of the words found; 0 when the words say nothing and the policy's category stands in. */
  readonly score: number;
  readonly words: readonly string[];
};

// "There was no leak, it is only cold": what is denied is not what it is about. Whoever asks (有没有) denies nothing, and what is said
// again without the denial ("not yesterday, but today") counts.
const DENIED = /(?<!有)(?:没有|没|并未|未)(?:再|在|发现|发生|出现)?(?:漏水|跑水|水管漏|滴水|爆管|冒汽)/gu;

/** Guesses, the likeliest first; never empty. */
export const guessCategory = async (sql: Sql, text: string): Promise<CategoryGuess[]> => {
  const found = await findCategoriesByWords(sql, text.replaceAll(DENIED, " "));
  if (found.length > 0) return found;
  const { unguessedCategory } = await readSetting(sql, ticketPolicy);
  const code = (await findStandIn(sql, unguessedCategory)) ?? unguessedCategory;
  return [{ code, score: 0, words: [] }];
};
