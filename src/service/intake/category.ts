/** What a message is about, by its words; a person confirms it. */
import type { Sql } from "#src/platform/sql.ts";
import { guessCategory } from "#src/service/tickets/index.ts";

export type TextCategory = {
  /** With which a case is opened: the likeliest, or the policy's own when the words say nothing. */
  readonly code: string;
  /** Null when the words say nothing: then the text tells no matter apart from another. */
  readonly guessed: string | null;
};

const LONGEST = 2000;

export const categoryOf = async (sql: Sql, text: string): Promise<TextCategory> => {
  const [best] = await guessCategory(sql, text.slice(0, LONGEST));
  return {
    code: best?.code ?? "enquiry.policy",
    guessed: best === undefined || best.score === 0 ? null : best.code,
  };
};
