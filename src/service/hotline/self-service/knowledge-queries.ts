/** SQL of the knowledge: articles, their versions in two languages, and their keywords. */
import type { Day } from "#src/kernel/day.ts";
import type { VoiceLanguage } from "#src/platform/telephony/index.ts";
import type { Sql } from "#src/platform/sql.ts";

/** The version of an article that holds on a day: the latest approved one. */
const inForce = (article: string, day: string): string => `
  select held.id from knowledge_versions held
  where held.article_id = ${article} and held.state = 'approved' and held.valid @> ${day}::date
  order by held.version desc limit 1`;

export type SpokenArticle = {
  readonly code: string;
  readonly title: string;
  readonly spoken: string;
};

const menuPage = `
  select article.code, words.title, words.spoken
  from knowledge_articles article
  join lateral (${inForce("article.id", ":day")}) version on true
  join knowledge_texts words on words.version_id = version.id and words.language = :language
  where article.menu_position is not null
  order by article.menu_position offset :offset::integer limit :limit::integer`;
/** Articles of the spoken menu in their order. */
export const findMenuArticles = (
  sql: Sql,
  query: { language: VoiceLanguage; day: Day; offset: number; limit: number },
) => sql.rows<SpokenArticle>(menuPage, query);

const byKeyword = `
  select article.code, words.title, words.spoken
  from knowledge_articles article
  join lateral (${inForce("article.id", ":day")}) version on true
  join knowledge_texts words on words.version_id = version.id and words.language = :language
  where exists (select 1 from knowledge_keywords word where word.version_id = version.id
    and (word.keyword = :text or (not :whole::boolean and position(word.keyword in :text) > 0)))
  order by (select max(length(word.keyword)) from knowledge_keywords word
    where word.version_id = version.id and position(word.keyword in :text) > 0) desc, article.menu_position nulls last,
    article.id
  limit 1`;
/** The article whose longest keyword stands in a folded text, or is it. */
export const findByKeyword = (
  sql: Sql,
  query: { language: VoiceLanguage; day: Day; text: string; whole: boolean },
) => sql.maybeOne<SpokenArticle>(byKeyword, query);

export type FoundArticle = {
  readonly id: bigint;
  readonly code: string;
  readonly version: number;
  readonly menuPosition: number | null;
  readonly title: string;
  readonly spoken: string;
};

const search = `
  select article.id, article.code, held.version, article.menu_position as "menuPosition", words.title, words.spoken
  from knowledge_articles article
  join lateral (${inForce("article.id", ":day")}) version on true
  join knowledge_versions held on held.id = version.id
  join knowledge_texts words on words.version_id = version.id and words.language = :language
  where (:text = '' or exists (select 1 from knowledge_keywords word where word.version_id = version.id
      and (position(word.keyword in :text) > 0 or position(:text in word.keyword) > 0))
    or position(:text in lower(words.title)) > 0 or position(:text in lower(words.body)) > 0)
    and article.id > :afterId::bigint
  order by article.id limit :limit::integer`;
/** Articles in force whose keywords, title or body have the folded text; all of them for an empty one. */
export const searchArticles = (
  sql: Sql,
  query: { language: VoiceLanguage; day: Day; text: string; afterId: bigint; limit: number },
) => sql.rows<FoundArticle>(search, query);

const addArticle = `
  insert into knowledge_articles (code, menu_position, created_at) values (:code, :menuPosition, :now)
  on conflict (code) do nothing`;
export const insertArticle = (sql: Sql, row: { code: string; menuPosition: number | null; now: Date }) =>
  sql.run(addArticle, row);

const lockedArticle = `
  select id, (select coalesce(max(version), 0)::integer from knowledge_versions where article_id = article.id) as version
  from knowledge_articles article where code = :code for update`;
export const lockArticle = (sql: Sql, code: string) =>
  sql.maybeOne<{ id: bigint; version: number }>(lockedArticle, { code });

const place = `update knowledge_articles set menu_position = :menuPosition where id = :id`;
export const setMenuPosition = (sql: Sql, row: { id: bigint; menuPosition: number | null }) =>
  sql.run(place, row);

const placeTaken = `
  select 1 as one from knowledge_articles where menu_position = :menuPosition and code <> :code`;
export const isPlaceTaken = async (
  sql: Sql,
  query: { menuPosition: number; code: string },
): Promise<boolean> => (await sql.maybeOne(placeTaken, query)) !== null;

const addVersion = `
  with added as (
    insert into knowledge_versions (article_id, version, valid, written_by, written_at)
    values (:articleId, :version, daterange(:validFrom, :validUntil), :writtenBy, :now) returning id
  ), worded as (
    insert into knowledge_texts (version_id, language, title, spoken, body)
    select added.id, words.language, words.title, words.spoken, words.body
    from added, jsonb_to_recordset(:texts::jsonb) words (language text, title text, spoken text, body text)
  ), keyed as (
    insert into knowledge_keywords (version_id, keyword)
    select added.id, keyword from added, unnest(:keywords::text[]) keyword
  )
  select id from added`;
export const insertVersion = (
  sql: Sql,
  row: {
    articleId: bigint;
    version: number;
    validFrom: Day;
    validUntil: Day | null;
    writtenBy: bigint | null;
    texts: string;
    keywords: readonly string[];
    now: Date;
  },
) => sql.one<{ id: bigint }>(addVersion, row);

const lockedVersion = `
  select version.id, version.state, version.written_by as "writtenBy"
  from knowledge_versions version join knowledge_articles article on article.id = version.article_id
  where article.code = :code and version.version = :version for update of version`;
export const lockVersion = (sql: Sql, query: { code: string; version: number }) =>
  sql.maybeOne<{ id: bigint; state: "draft" | "approved" | "withdrawn"; writtenBy: bigint | null }>(
    lockedVersion,
    query,
  );

const decide = `
  update knowledge_versions set state = :state, decided_by = :decidedBy, decided_at = :now where id = :id`;
export const decideVersion = (
  sql: Sql,
  row: { id: bigint; state: "approved" | "withdrawn"; decidedBy: bigint | null; now: Date },
) => sql.run(decide, row);

const versionsOf = `
  select version.version, version.state, lower(version.valid) as "validFrom", upper(version.valid) as "validUntil",
    version.id in (${inForce("article.id", ":day")}) as "inForce",
    coalesce((select jsonb_agg(jsonb_build_object('language', words.language, 'title', words.title, 'spoken', words.spoken,
      'body', words.body) order by words.language desc) from knowledge_texts words where words.version_id = version.id), '[]')
      as texts,
    coalesce((select jsonb_agg(word.keyword order by word.keyword) from knowledge_keywords word
      where word.version_id = version.id), '[]') as keywords
  from knowledge_versions version join knowledge_articles article on article.id = version.article_id
  where article.code = :code order by version.version desc limit 50`;
export type VersionRow = {
  readonly version: number;
  readonly state: "draft" | "approved" | "withdrawn";
  readonly validFrom: Day;
  readonly validUntil: Day | null;
  readonly inForce: boolean;
  readonly texts: readonly { language: VoiceLanguage; title: string; spoken: string; body: string }[];
  readonly keywords: readonly string[];
};
export const listVersionsOf = (sql: Sql, query: { code: string; day: Day }) =>
  sql.rows<VersionRow>(versionsOf, query);
