/** SQL on what messages said: words of releases, and of the house. */
import type { Sql } from "#src/platform/sql.ts";
import type { TemplateKey } from "./catalog.ts";

const keep = `
  insert into program_words (channel, name, locale, digest, version, words, first_seen_at)
  select one.channel, one.name, one.locale, one.digest, one.version, one.words, :now::timestamptz
  from unnest(:channels::text[], :names::text[], :locales::text[], :digests::text[], :versions::integer[], :words::text[])
    one (channel, name, locale, digest, version, words)
  where not exists (select 1 from program_words known where known.channel = one.channel and known.name = one.name
    and known.locale = one.locale and known.version = one.version and known.digest = one.digest)
  on conflict do nothing returning name`;
export type ProgramWords = TemplateKey & {
  readonly digest: string;
  readonly version: number;
  readonly words: string;
};
/** Answers those that were not known. */
export const insertProgramWords = (sql: Sql, rows: readonly ProgramWords[], now: Date) =>
  sql.rows<{ name: string }>(keep, {
    channels: rows.map(({ channel }) => channel),
    names: rows.map(({ name }) => name),
    locales: rows.map(({ locale }) => locale),
    digests: rows.map(({ digest }) => digest),
    versions: rows.map(({ version }) => version),
    words: rows.map(({ words }) => words),
    now,
  });

const ofRelease = `
  select words from program_words
  where channel = :channel and name = :name and locale = :locale and version = :version and digest like :start || '%'`;
export const findProgramWords = (sql: Sql, key: TemplateKey & { version: number; start: string }) =>
  sql.maybeOne<{ words: string }>(ofRelease, key);

const ofHouse = `
  select case when :locale = 'en' then w.words_en else w.words_zh end as words from message_words w
  where w.channel = :channel and w.name = :name and w.revision = :revision and w.state = 'approved'`;
export const findHouseWords = (sql: Sql, key: TemplateKey & { revision: number }) =>
  sql.maybeOne<{ words: string | null }>(ofHouse, key);
