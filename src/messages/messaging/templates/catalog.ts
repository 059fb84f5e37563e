/**
 * The templates as files (模板目录): `templates/sms/NAME.yaml` declares, `templates/sms/zh-CN/NAME.hbs` and `.../en/NAME.hbs` are
 * the words. Mail: the first line is `Subject: ...`, then an empty line. What a voice says stands in `voice/zh-CN/messages`, a
 * sentence a line, because the menu's files stand beside it. Papers are sheets of office/documents, in `templates/print`.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { parse as parseYaml } from "yaml";
import { fail } from "#src/kernel/errors.ts";
import {
  declarationSchema,
  TEMPLATE_CHANNELS,
  TEMPLATE_LOCALES,
  TEMPLATE_NAME,
  type TemplateChannel,
  type TemplateDeclaration,
  type TemplateLocale,
} from "./declaration.ts";

export const TEMPLATES_FOLDER = fileURLToPath(new URL("../../../../templates/", import.meta.url));

const BELOW_LANGUAGE: Readonly<Record<TemplateChannel, string>> = {
  sms: "",
  email: "",
  voice: "messages",
};

export type TemplateKey = {
  readonly channel: TemplateChannel;
  readonly name: string;
  readonly locale: TemplateLocale;
};

export type TemplateSource = TemplateKey & {
  readonly declaration: TemplateDeclaration;
  /** The words as they stand in the file, without white space at the end. */
  readonly words: string;
  /** SHA-256 of the words, hex: what a provider approved is this. */
  readonly digest: string;
};

const wordsFolder = (channel: TemplateChannel, locale: TemplateLocale): string =>
  path.join(TEMPLATES_FOLDER, channel, locale, BELOW_LANGUAGE[channel]);

export const wordsFile = ({ channel, name, locale }: TemplateKey): string =>
  path.join(wordsFolder(channel, locale), `${name}.hbs`);

export const declarationFile = (channel: TemplateChannel, name: string): string =>
  path.join(TEMPLATES_FOLDER, channel, `${name}.yaml`);

const declarations = new Map<string, TemplateDeclaration>();

/** @throws DomainError `template.not-found`, `template.undeclared` */
const declarationOf = (channel: TemplateChannel, name: string): TemplateDeclaration => {
  const file = declarationFile(channel, name);
  const known = declarations.get(file);
  if (known !== undefined) return known;
  if (!existsSync(file)) {
    fail("template.undeclared", `templates/${channel}/${name}.yaml is missing`, {
      remedy: "declare its version, purpose and variables there (docs/messages.md)",
    });
  }
  const read = declarationSchema.safeParse(parseYaml(readFileSync(file, "utf8")));
  if (!read.success) {
    const [issue] = read.error.issues;
    fail("template.undeclared", `templates/${channel}/${name}.yaml: ${issue?.message ?? "unreadable"}`, {
      field: issue?.path.map(String).join(".") ?? "",
    });
  }
  declarations.set(file, read.data);
  return read.data;
};

/** Whether somebody has written this template in this channel and language. */
export const hasTemplate = (key: TemplateKey): boolean =>
  TEMPLATE_NAME.test(key.name) && existsSync(wordsFile(key));

export const digestOf = (words: string): string => createHash("sha256").update(words).digest("hex");

/** One template in one language, as the program has it. @throws DomainError `template.not-found`, `template.undeclared` */
export const readTemplate = (key: TemplateKey): TemplateSource => {
  const file = wordsFile(key);
  if (!TEMPLATE_NAME.test(key.name) || !existsSync(file)) {
    fail("template.not-found", `there is no template ${key.channel}/${key.locale}/${key.name}`, {
      field: "template",
    });
  }
  const words = readFileSync(file, "utf8").trimEnd();
  return {
    ...key,
    declaration: declarationOf(key.channel, key.name),
    words,
    digest: digestOf(words),
  };
};

const namesIn = (folder: string, ending: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(ending) && !file.startsWith("layout."))
        .map((file) => file.slice(0, -ending.length))
    : [];

/** Names of a channel, from its declarations and its words: what stands in one and not in the other is found by the lint. */
export const templateNames = (channel: TemplateChannel): string[] =>
  [
    ...new Set([
      ...namesIn(path.join(TEMPLATES_FOLDER, channel), ".yaml"),
      ...TEMPLATE_LOCALES.flatMap((locale) => namesIn(wordsFolder(channel, locale), ".hbs")),
    ]),
  ].toSorted();

/** Every template that can be asked for, in both languages. */
export const allTemplateKeys = (): TemplateKey[] =>
  TEMPLATE_CHANNELS.flatMap((channel) =>
    templateNames(channel).flatMap((name) => TEMPLATE_LOCALES.map((locale) => ({ channel, name, locale }))),
  );
