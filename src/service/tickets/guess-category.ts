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

/** Guesses, the likeliest first; never empty. */
export const guessCategory = async (sql: Sql, text: string): Promise<CategoryGuess[]> => {
  const found = await findCategoriesByWords(sql, text);
  if (found.length > 0) return found;
  const { unguessedCategory } = await readSetting(sql, ticketPolicy);
  const code = (await findStandIn(sql, unguessedCategory)) ?? unguessedCategory;
  return [{ code, score: 0, words: [] }];
};
