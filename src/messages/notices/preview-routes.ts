/** A notice before it goes, over HTTP: how many homes, at what cost, what it looks like; and one to the own phone. */
import { z } from "zod";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { accessNotice, boundsOf } from "./draft.ts";
import { type NoticePreview, previewDraft, previewNotice, sendSample } from "./preview.ts";
import { channelsIn, idParams, tag, templateIn, variablesIn } from "./route-parts.ts";
import type { SameWords } from "./same-words.ts";
import { audienceIn, NOTICE_CHANNELS, NOTICE_PURPOSES } from "./schema.ts";

export const countsOut = z.object({
  households: z.int(),
  reachable: z.int(),
  messages: z.int(),
  byChannel: z.record(z.string(), z.int()),
  gaps: z.record(z.string(), z.int()),
  mostHomes: z.int(),
});

export const sameWordsOut = z.object({ homes: z.int(), noticeIds: z.array(z.string()) });
export const sameWordsJson = ({ homes, noticeIds }: SameWords) => ({
  homes,
  noticeIds: noticeIds.map(String),
});

const previewOut = z.object({
  counts: countsOut,
  segments: z.int(),
  costMilliFen: z.int(),
  samples: z.array(
    z.object({
      channel: z.enum(NOTICE_CHANNELS),
      accountNo: z.string(),
      homeCount: z.int(),
      text: z.string(),
      segments: z.int().nullable(),
    }),
  ),
  sameWords: sameWordsOut,
  isPart: z.boolean(),
});

const previewJson = (seen: NoticePreview): z.input<typeof previewOut> => ({
  counts: seen.counts,
  segments: seen.segments,
  costMilliFen: Number(seen.costMilliFen),
  samples: [...seen.samples],
  sameWords: sameWordsJson(seen.sameWords),
  isPart: seen.isPart,
});

const preview = defineRoute({
  method: "get",
  path: "/notices/{id}/preview",
  permission: "notice.preview",
  tag,
  summary: "Whom it would reach at this instant, by which way, at what cost, and some of its messages",
  params: idParams,
  response: previewOut,
  handle: async ({ platform, actor, params }) => {
    const notice = await accessNotice(platform.database.sql, actor, params.id);
    return { body: previewJson(await previewNotice(platform, notice, boundsOf(actor))) };
  },
});

const ahead = defineRoute({
  method: "post",
  path: "/notice-previews",
  permission: "notice.write",
  tag,
  summary:
    "The same of what is being written, before anything is stored; without a text the homes alone are counted",
  body: z.strictObject({
    purpose: z.enum(NOTICE_PURPOSES),
    channels: channelsIn.default(["sms"]),
    audience: audienceIn,
    text: z
      .strictObject({
        template: templateIn,
        locale: z.enum(["zh-CN", "en"]).default("zh-CN"),
        variables: variablesIn.default({}),
      })
      .optional(),
  }),
  response: previewOut,
  handle: async ({ platform, actor, body }) => ({
    body: previewJson(await previewDraft(platform, body, boundsOf(actor))),
  }),
});

const sample = defineRoute({
  method: "post",
  path: "/notices/{id}/samples",
  permission: "notice.write",
  tag,
  summary:
    "Send a sample, with a home that does not exist, to the mobile or mail address of the caller's login",
  params: idParams,
  body: z.strictObject({ channel: z.enum(NOTICE_CHANNELS).optional() }),
  response: z.object({ messageId: z.string() }),
  status: 201,
  handle: async ({ platform, actor, params, body, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "notice.sample", actor, requestId, pool: "bulk" },
      async (context) => ({ messageId: String(await sendSample(context, params.id, body.channel)) }),
    );
    return { body: result };
  },
});

export const previewRoutes: Route[] = [ahead, preview, sample];
