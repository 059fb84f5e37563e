/** What a message said, by the version that it names (消息原文): words of the house, or of the release that sent it. */
import { fail } from "#src/kernel/errors.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { allTemplateKeys, digestOf, hasTemplate, readTemplate, type TemplateKey } from "./catalog.ts";
import { loadTemplate } from "./load-template.ts";
import {
  findHouseWords,
  findProgramWords,
  insertProgramWords,
  type ProgramWords,
} from "./said-words-queries.ts";

const programNow = (): ProgramWords[] =>
  allTemplateKeys()
    .filter(hasTemplate)
    .map((key) => {
      const { words, digest, declaration } = readTemplate(key);
      return { ...key, words, digest, version: declaration.version };
    });

/** Keeps the words that this release sends; a worker claims none before. Repeating is safe and writes nothing. */
export const keepProgramWords = async (platform: Pick<Platform, "commands">): Promise<number> => {
  const { result } = await platform.commands.run(
    { name: "template.keep-words", actor: systemActor("messages") },
    async (context) => {
      const kept = await insertProgramWords(context.sql, programNow(), context.now);
      if (kept.length > 0) context.audit({ subject: "template:program", details: { kept: kept.length } });
      return kept.length;
    },
  );
  return result;
};

const labelNow = ({ name, channel, locale }: TemplateKey): string =>
  loadTemplate(name, channel, locale).label;

const LABEL = /^(\d{1,5})(?:\.(\d{1,6}))?-([0-9a-f]{8})$/;

/** The words behind `1-0a1b2c3d` or `1.3-0a1b2c3d`. @throws DomainError `template.words-unknown` */
export const wordsSaid = async (
  sql: Sql,
  { label, ...key }: TemplateKey & { readonly label: string },
): Promise<string> => {
  const [, version = "0", revision, start = ""] = LABEL.exec(label) ?? [];
  // Of this very release: also before a worker has begun.
  if (hasTemplate(key) && labelNow(key) === label) return readTemplate(key).words;
  const found =
    revision === undefined
      ? await findProgramWords(sql, { ...key, version: Number(version), start })
      : await findHouseWords(sql, { ...key, revision: Number(revision) });
  const words = found?.words ?? null;
  return words !== null && digestOf(words).startsWith(start)
    ? words
    : fail("template.words-unknown", "there is no such version of this template", { field: "label" });
};
