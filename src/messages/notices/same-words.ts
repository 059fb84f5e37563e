/**
 * Never two of the same to one home: a notice that was written twice has the words, the template and the purpose of another one, and
 * reaches homes that have them from there within a day. Preview and request say how many; the approval is refused unless it says that
 * they get it again.
 */
import { fail } from "#src/kernel/errors.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type AudienceQuery, countAgain } from "./audience-queries.ts";
import { countFrozenAgain, findSameWords, leaveOutAgain, lockWords } from "./same-words-queries.ts";
import type { Notice } from "./schema.ts";

/** The same words on the next day are a reminder that somebody meant. */
const SAME_WITHIN_MS = 24 * 3_600_000;

type Said = Pick<Notice, "id" | "purpose" | "template" | "locale" | "variables">;

const saidBy = (notice: Said, now: Date) => ({
  id: notice.id,
  purpose: notice.purpose,
  template: notice.template,
  locale: notice.locale,
  variables: canonicalJson(notice.variables),
  since: new Date(now.getTime() - SAME_WITHIN_MS),
});

export type SameWords = {
  /** Homes that get the same words a second time. */
  readonly homes: number;
  /** Where they have them from. */
  readonly noticeIds: readonly bigint[];
};
const NONE: SameWords = { homes: 0, noticeIds: [] };

/** Of a draft, by its audience at this instant. */
export const findSameWordsAhead = async (
  sql: Sql,
  notice: Said,
  query: AudienceQuery,
): Promise<SameWords> => {
  const noticeIds = await findSameWords(sql, saidBy(notice, query.at));
  if (noticeIds.length === 0) return NONE;
  const homes = await countAgain(sql, query, noticeIds);
  return homes === 0 ? NONE : { homes, noticeIds };
};

/**
 * Of a notice that was just frozen. Answers how many homes get its words again.
 * @param isMeant whoever approves has said so
 * @throws DomainError `notice.same-words`
 */
export const requireOtherWords = async (
  context: CommandContext,
  notice: Notice,
  isMeant: boolean,
): Promise<number> => {
  const { sql, now } = context;
  const said = saidBy(notice, now);
  await lockWords(sql, said);
  const sameAs = await findSameWords(sql, said);
  if (sameAs.length === 0) return 0;
  const homes = await countFrozenAgain(sql, { id: notice.id, sameAs });
  if (homes > 0 && !isMeant) {
    fail("notice.same-words", `${homes} homes have these very words from another notice, or will get them`, {
      field: "again",
      remedy: "throw this one away or change its audience; again: true if they are to get it twice",
      facts: { homes, notices: sameAs.map(String) },
    });
  }
  return homes;
};

/**
 * Of a notice that follows by itself and was just frozen: nobody is there to ask, so homes that have its words, or have them waiting,
 * are left out (`same-words`). Null when it says something new.
 */
export const leaveOutSameWords = async (
  context: CommandContext,
  notice: Notice,
): Promise<{ readonly leftOut: number; readonly reachable: number; readonly messages: number } | null> => {
  const { sql, now } = context;
  const said = saidBy(notice, now);
  await lockWords(sql, said);
  const sameAs = await findSameWords(sql, said);
  if (sameAs.length === 0) return null;
  return leaveOutAgain(sql, { id: notice.id, purpose: notice.purpose, sameAs });
};
