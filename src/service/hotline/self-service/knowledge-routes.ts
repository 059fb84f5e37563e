/** Routes of the knowledge: agents search and read, supervisors write and release. */
import { z } from "zod";
import { day, dayOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { dayIn, defineRoute, idOfCursor, pageFrom, pageOf, type Route } from "#src/platform/route.ts";
import { listVersionsOf, searchArticles, type VersionRow } from "./knowledge-queries.ts";
import { decideArticle, draftArticle, foldArticleWord } from "./knowledge.ts";
import { VOICE_LANGUAGES } from "./words.ts";

const codeIn = z.string().regex(/^[a-z0-9][a-z0-9-]{2,60}$/, "3 to 61 small letters, digits or hyphens");
const versionIn = z
  .string()
  .regex(/^[1-9]\d{0,5}$/)
  .transform(Number);

const found = z.object({
  code: z.string(),
  version: z.int(),
  menuPosition: z.int().nullable(),
  title: z.string(),
  spoken: z.string(),
});

const textIn = z.strictObject({
  language: z.enum(VOICE_LANGUAGES),
  title: z.string().trim().min(1).max(120),
  /** What the menu and a text message say. */
  spoken: z.string().trim().min(1).max(500),
  body: z.string().trim().min(1).max(8000),
});

const articleOut = z.object({
  code: z.string(),
  versions: z.array(
    z.object({
      version: z.int(),
      state: z.enum(["draft", "approved", "withdrawn"]),
      inForce: z.boolean(),
      validFrom: z.string(),
      validUntil: z.string().nullable(),
      keywords: z.array(z.string()),
      texts: z.array(
        z.object({
          language: z.enum(VOICE_LANGUAGES),
          title: z.string(),
          spoken: z.string(),
          body: z.string(),
        }),
      ),
    }),
  ),
});

const versionJson = (row: VersionRow) => ({
  version: row.version,
  state: row.state,
  inForce: row.inForce,
  validFrom: row.validFrom,
  validUntil: row.validUntil,
  keywords: [...row.keywords],
  texts: row.texts.map((text) => ({ ...text })),
});

const search = defineRoute({
  method: "post",
  path: "/knowledge/search",
  permission: "hotline.read",
  summary:
    "Search what may be told today, by keyword, title or text; what was typed is in no address; changes nothing",
  tag: "knowledge",
  body: z.strictObject({
    q: z.string().max(100).default(""),
    language: z.enum(VOICE_LANGUAGES).default("zh-CN"),
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().max(200).optional(),
  }),
  response: pageOf(found),
  handle: async ({ platform, body: query }) => {
    const rows = await searchArticles(platform.database.sql, {
      language: query.language,
      day: dayOfInstant(platform.clock.now()),
      text: foldArticleWord(query.q),
      afterId: idOfCursor(query.cursor) ?? 0n,
      limit: query.limit + 1,
    });
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.id)],
        ({ code, version, menuPosition, title, spoken }) => ({ code, version, menuPosition, title, spoken }),
      ),
    };
  },
});

const read = defineRoute({
  method: "get",
  path: "/knowledge/{code}",
  permission: "hotline.read",
  summary: "One article with its versions, the latest first",
  tag: "knowledge",
  params: z.strictObject({ code: codeIn }),
  response: articleOut,
  handle: async ({ platform, params }) => {
    const rows = await listVersionsOf(platform.database.sql, {
      code: params.code,
      day: dayOfInstant(platform.clock.now()),
    });
    if (rows.length === 0) fail("knowledge.not-found", "there is no such article");
    return { body: { code: params.code, versions: rows.map(versionJson) } };
  },
});

const draft = defineRoute({
  method: "post",
  path: "/knowledge/{code}/versions",
  permission: "hotline.supervise",
  summary: "Write the next version of an article, or its first",
  tag: "knowledge",
  params: z.strictObject({ code: codeIn }),
  body: z.strictObject({
    menuPosition: z.int().min(1).max(99).nullable().default(null),
    validFrom: dayIn.optional(),
    validUntil: dayIn.nullable().default(null),
    keywords: z.array(z.string().trim().min(1).max(40)).max(40).default([]),
    texts: z.array(textIn).min(1).max(2),
  }),
  response: z.object({ code: z.string(), version: z.int() }),
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, requestId, params, body, idempotency }) => {
    const { result } = await platform.commands.run(
      {
        name: "knowledge.draft",
        actor,
        requestId,
        ...(idempotency !== undefined && { idempotency }),
      },
      (context) =>
        draftArticle(context, {
          ...body,
          code: params.code,
          validFrom: day(body.validFrom ?? context.today),
          validUntil: body.validUntil === null ? null : day(body.validUntil),
        }),
    );
    return { body: { code: params.code, version: result } };
  },
});

const decideRoute = (verb: "approve" | "withdraw", summary: string) =>
  defineRoute({
    method: "post",
    path: `/knowledge/{code}/versions/{version}/${verb}`,
    permission: "hotline.supervise",
    summary,
    tag: "knowledge",
    params: z.strictObject({ code: codeIn, version: versionIn }),
    response: z.object({ code: z.string(), version: z.int(), state: z.string() }),
    handle: async ({ platform, actor, requestId, params }) => {
      const state = verb === "approve" ? ("approved" as const) : ("withdrawn" as const);
      await platform.commands.run({ name: `knowledge.${verb}`, actor, requestId }, (context) =>
        decideArticle(context, { ...params, state }),
      );
      return { body: { ...params, state } };
    },
  });

export const knowledgeRoutes: Route[] = [
  search,
  read,
  draft,
  decideRoute("approve", "Release a version that another person wrote"),
  decideRoute("withdraw", "Take a version back"),
];
