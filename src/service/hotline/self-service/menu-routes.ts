/** The menu as supervisors see and change it: sentences, live with the next reply, and versions of its keys. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { changeSeen } from "#src/platform/seen-change.ts";
import type { VoiceLanguage } from "#src/platform/telephony/index.ts";
import { MENU_ACTIONS } from "./menu-machine.ts";
import {
  findLatestVersion,
  findVersionInForce,
  insertVersion,
  insertWords,
  listLatestWords,
  listVersions,
  type OptionRow,
} from "./menu-queries.ts";
import {
  checkWords,
  isMenuWord,
  MENU_WORDS,
  type MenuWord,
  standardWords,
  VOICE_LANGUAGES,
} from "./words.ts";

/**
 * Writes a sentence anew, or takes it back to the standard (null). Audited. `version` is the one that was read.
 * @throws DomainError `menu.text-refused`, `version.stale`
 */
export const changeWords = async (
  context: CommandContext,
  change: {
    readonly word: MenuWord;
    readonly language: VoiceLanguage;
    readonly words: string | null;
    readonly version: number;
  },
): Promise<number> => {
  const { sql, now } = context;
  if (change.words !== null) checkWords(change.word, change.words);
  const latest = await findLatestVersion(sql, change.word, change.language);
  const version = latest + 1;
  const row = {
    key: change.word,
    language: change.language,
    words: change.words,
    version,
    now,
    changedBy: staffIdOf(context.actor),
  };
  if (latest !== change.version || !(await insertWords(sql, row))) {
    fail("version.stale", "somebody else changed this sentence meanwhile", {
      remedy: "read it again and decide anew",
      facts: { version: latest },
    });
  }
  context.audit({
    subject: `menu-text:${change.word}`,
    details: { language: change.language, version, standard: change.words === null },
  });
  return version;
};

const optionOut = z.object({ key: z.string(), action: z.enum(MENU_ACTIONS) });
const optionJson = (options: readonly OptionRow[]) => options.map(({ key, action }) => ({ key, action }));

const textOut = z.object({
  key: z.string(),
  language: z.enum(VOICE_LANGUAGES),
  /** What is said now. */
  words: z.string(),
  standard: z.string(),
  values: z.array(z.string()),
  version: z.int(),
  changedAt: z.string().nullable(),
});

const listTexts = defineRoute({
  method: "get",
  path: "/hotline/menu/texts",
  permission: "hotline.read",
  summary: "Every sentence of the menu: what is said now, and the standard",
  tag: "hotline",
  response: z.object({ items: z.array(textOut) }),
  handle: async ({ platform }) => {
    const latest = new Map(
      (await listLatestWords(platform.database.sql)).map((row) => [`${row.language}:${row.key}`, row]),
    );
    const items = VOICE_LANGUAGES.flatMap((language) =>
      Object.entries(MENU_WORDS).flatMap(([key, values]) => {
        if (!isMenuWord(key)) return [];
        const own = latest.get(`${language}:${key}`);
        const standard = standardWords(language)[key];
        return [
          {
            key,
            language,
            words: own?.words ?? standard,
            standard,
            values: [...values],
            version: own?.version ?? 0,
            changedAt: own?.changedAt.toISOString() ?? null,
          },
        ];
      }),
    );
    return { body: { items } };
  },
});

const changeText = defineRoute({
  method: "put",
  path: "/hotline/menu/texts/{key}/{language}",
  permission: "hotline.supervise",
  summary: "Write a sentence of the menu anew; the next caller hears it. null: back to the standard",
  tag: "hotline",
  params: z.strictObject({ key: z.string().max(60), language: z.enum(VOICE_LANGUAGES) }),
  body: z.strictObject({ words: z.string().trim().min(1).max(600).nullable() }),
  response: z.object({ key: z.string(), version: z.int() }),
  ifMatch: true,
  handle: async (request) => {
    const { key, language } = request.params;
    if (!isMenuWord(key)) return fail("menu.text-unknown", "the menu has no such sentence");
    const version = await changeSeen(request, "menu.change-text", (context, seen) =>
      changeWords(context, { word: key, language, words: request.body.words, version: seen }),
    );
    return { body: { key, version } };
  },
});

const readMenu = defineRoute({
  method: "get",
  path: "/hotline/menu",
  permission: "hotline.read",
  summary: "Which key does what now, and in earlier and coming versions",
  tag: "hotline",
  response: z.object({
    current: z.string(),
    versions: z.array(
      z.object({ id: z.string(), liveFrom: z.string(), note: z.string(), options: z.array(optionOut) }),
    ),
  }),
  handle: async ({ platform }) => {
    const { sql } = platform.database;
    const current = await findVersionInForce(sql, platform.clock.now());
    const versions = await listVersions(sql);
    return {
      body: {
        current: String(current.id),
        versions: versions.map((row) => ({
          id: String(row.id),
          liveFrom: row.liveFrom.toISOString(),
          note: row.note,
          options: optionJson(row.options),
        })),
      },
    };
  },
});

const changeMenu = defineRoute({
  method: "post",
  path: "/hotline/menu/versions",
  permission: "hotline.supervise",
  summary: "Give the keys anew; calls that are in the menu keep the keys they began with",
  tag: "hotline",
  body: z.strictObject({
    note: z.string().trim().min(1).max(200),
    liveFrom: z.iso.datetime({ offset: true }).optional(),
    options: z
      .array(z.strictObject({ key: z.string().regex(/^[0-9]$/), action: z.enum(MENU_ACTIONS) }))
      .min(1)
      .max(10),
  }),
  response: z.object({ id: z.string() }),
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, requestId, body, idempotency }) => {
    const keys = body.options.map(({ key }) => key);
    const actions = body.options.map(({ action }) => action);
    if (new Set(keys).size < keys.length || new Set(actions).size < actions.length) {
      fail("menu.keys-refused", "each key and each action stands once", { field: "options" });
    }
    if (!actions.includes("agent")) {
      fail("menu.keys-refused", "a menu without a way to a person is none of ours", { field: "options" });
    }
    const { result } = await platform.commands.run(
      {
        name: "menu.change-keys",
        actor,
        requestId,
        ...(idempotency !== undefined && { idempotency }),
      },
      async (context) => {
        const liveFrom = body.liveFrom === undefined ? context.now : new Date(body.liveFrom);
        const createdBy = staffIdOf(actor);
        const row = await insertVersion(context.sql, {
          note: body.note,
          liveFrom,
          createdBy,
          keys,
          actions,
        });
        context.audit({ subject: `menu-version:${row.id}`, details: { liveFrom, options: body.options } });
        return { id: String(row.id) };
      },
    );
    return { body: result };
  },
});

export const menuRoutes: Route[] = [listTexts, changeText, readMenu, changeMenu];
