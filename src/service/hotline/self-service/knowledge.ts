/**
 * Knowledge (供热常识): what people ask every winter, written once, released by a second person, read out by the menu, sent by
 * text message and read by agents. A version is never changed; the next one takes its place on its first day.
 */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { toHalfWidth } from "#src/kernel/half-width.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { VoiceLanguage } from "#src/platform/telephony/index.ts";
import {
  decideVersion,
  findByKeyword,
  insertArticle,
  insertVersion,
  isPlaceTaken,
  lockArticle,
  lockVersion,
  setMenuPosition,
  type SpokenArticle,
} from "./knowledge-queries.ts";

export const foldArticleWord = (text: string): string =>
  toHalfWidth(text).toLowerCase().replaceAll(/\s/g, "").slice(0, 200);

export type ArticleDraft = {
  readonly code: string;
  readonly menuPosition: number | null;
  readonly validFrom: Day;
  readonly validUntil: Day | null;
  readonly keywords: readonly string[];
  readonly texts: readonly {
    readonly language: VoiceLanguage;
    readonly title: string;
    readonly spoken: string;
    readonly body: string;
  }[];
};

/**
 * Writes the next version of an article as a draft; the first makes the article. Nothing is told until it is released. Locks
 * the article.
 * @throws DomainError `knowledge.dates`, `knowledge.languages`, `knowledge.place-taken`
 */
export const draftArticle = async (context: CommandContext, draft: ArticleDraft): Promise<number> => {
  const { sql, now } = context;
  const languages = draft.texts.map((text) => text.language);
  if (!languages.includes("zh-CN") || new Set(languages).size !== languages.length) {
    fail("knowledge.languages", "an article has a Chinese text, and each language once", { field: "texts" });
  }
  if (draft.validUntil !== null && draft.validUntil <= draft.validFrom) {
    fail("knowledge.dates", "the article ends before it begins", { field: "validUntil" });
  }
  const { code, menuPosition } = draft;
  if (menuPosition !== null && (await isPlaceTaken(sql, { menuPosition, code }))) {
    fail("knowledge.place-taken", "another article has this place in the menu", { field: "menuPosition" });
  }
  await insertArticle(sql, { code, menuPosition, now });
  const article = await lockArticle(sql, code);
  if (article === null) return fail("knowledge.not-found", "there is no such article");
  await setMenuPosition(sql, { id: article.id, menuPosition });
  const version = article.version + 1;
  const keywords = [...new Set(draft.keywords.map(foldArticleWord))].filter((keyword) => keyword !== "");
  await insertVersion(sql, {
    articleId: article.id,
    version,
    validFrom: draft.validFrom,
    validUntil: draft.validUntil,
    writtenBy: staffIdOf(context.actor),
    texts: JSON.stringify(draft.texts),
    keywords,
    now,
  });
  context.audit({ subject: `knowledge:${code}`, details: { version, drafted: true } });
  return version;
};

/**
 * Releases a draft, or withdraws what is released. Releasing needs another person than the writer. Repeating a decision
 * changes nothing. Locks the version.
 * @throws DomainError `knowledge.not-found`, `knowledge.own-draft`, `knowledge.withdrawn`
 */
export const decideArticle = async (
  context: CommandContext,
  decision: {
    readonly code: string;
    readonly version: number;
    readonly state: "approved" | "withdrawn";
  },
): Promise<void> => {
  const { sql, now } = context;
  const version = await lockVersion(sql, decision);
  if (version === null) fail("knowledge.not-found", "there is no such version of an article");
  if (version.state === decision.state) return;
  if (version.state === "withdrawn") {
    fail("knowledge.withdrawn", "what was withdrawn is not released again", {
      remedy: "write the next version",
    });
  }
  const decidedBy = staffIdOf(context.actor);
  if (decision.state === "approved" && decidedBy !== null && decidedBy === version.writtenBy) {
    fail("knowledge.own-draft", "another person than the writer releases an article");
  }
  // Whoever withdraws his own text is not its second person: the row names only another one.
  const named = decidedBy === version.writtenBy ? null : decidedBy;
  await decideVersion(sql, { id: version.id, state: decision.state, decidedBy: named, now });
  context.audit({
    subject: `knowledge:${decision.code}`,
    details: { version: decision.version, state: decision.state },
  });
};

/**
 * The article that a text asks about, by the longest keyword in it, or (`whole`) by the one keyword that it is; null when none.
 */
export const articleAbout = (
  sql: Sql,
  query: {
    readonly text: string;
    readonly language: VoiceLanguage;
    readonly day: Day;
    readonly whole: boolean;
  },
): Promise<SpokenArticle | null> =>
  findByKeyword(sql, { ...query, text: foldArticleWord(query.text).replace(/[?？。.!！]+$/, "") });
