/** What is decided beforehand: texts that one person may send, and the calendar of festivals. */
import { z } from "zod";
import type { Day } from "#src/kernel/day.ts";
import { hasTemplate, readTexts } from "#src/messages/messaging/index.ts";
import { today } from "#src/platform/clock.ts";
import { withNames } from "#src/platform/people.ts";
import { dayIn, defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { approveEmergencyText, askEmergencyText } from "./emergency-text.ts";
import { removeFestival, setFestival } from "./festivals.ts";
import { listEmergencyTemplates, listFestivals } from "./queries.ts";
import { idParams, tag } from "./route-parts.ts";
import { NOTICE_CHANNELS } from "./schema.ts";

const templateIn = z.string().regex(/^[a-z0-9][a-z0-9-]{0,79}$/, "the name of a template");
const textIn = {
  template: templateIn,
  channel: z.enum(NOTICE_CHANNELS).default("sms"),
  locale: z.enum(["zh-CN", "en"]).default("zh-CN"),
};

const texts = defineRoute({
  method: "get",
  path: "/notice-emergency-texts",
  permission: "notice.set-up",
  tag,
  summary: "Texts that one person may send at once, and who approved them",
  response: z.object({
    items: z.array(
      withNames(
        z.object({
          template: z.string(),
          channel: z.string(),
          locale: z.string(),
          requestedBy: z.string(),
          approvedBy: z.string(),
          approvedAt: z.string(),
          /** Whether these are the words as they stand; else they were changed after it, and need two people again. */
          current: z.boolean(),
        }),
        "requestedBy",
        "approvedBy",
      ),
    ),
  }),
  handle: async ({ platform }) => {
    const { sql } = platform.database;
    const words = await readTexts(sql, platform.clock.now());
    const items = (await listEmergencyTemplates(sql)).map((row) => ({
      template: row.template,
      channel: row.channel,
      locale: row.locale,
      requestedBy: row.requester,
      approvedBy: row.approver,
      approvedAt: row.approvedAt.toISOString(),
      current: hasTemplate({ ...row, name: row.template })
        ? words.load(row.template, row.channel, row.locale).digest === row.digest
        : false,
    }));
    return { body: { items } };
  },
});

const setText = defineRoute({
  method: "post",
  path: "/notice-emergency-texts",
  permission: "notice.settings",
  tag,
  summary:
    "Without an approval: ask for one. With the approval of a second person: one person may send this text from now on",
  body: z.strictObject({ ...textIn, approvalId: rowIdIn.optional() }),
  response: z.object({ approvalId: z.string(), approved: z.boolean() }),
  handle: async ({ platform, actor, body, requestId }) => {
    const { approvalId, ...key } = body;
    const { result } = await platform.commands.run(
      { name: "notice.emergency-text", actor, requestId },
      async (context) => {
        if (approvalId === undefined)
          return { approvalId: await askEmergencyText(context, key), approved: false };
        await approveEmergencyText(context, key, approvalId);
        return { approvalId, approved: true };
      },
    );
    return { body: { ...result, approvalId: String(result.approvalId) } };
  },
});

const festivals = defineRoute({
  method: "get",
  path: "/notice-festivals",
  permission: "notice.set-up",
  tag,
  summary: "Festivals to come, and which greeting goes on which day",
  response: z.object({
    items: z.array(z.object({ id: z.string(), day: z.string(), name: z.string(), template: z.string() })),
  }),
  handle: async ({ platform }) => ({
    body: {
      items: (await listFestivals(platform.database.sql, { from: today(platform.clock), until: null })).map(
        (row) => ({ ...row, id: String(row.id) }),
      ),
    },
  }),
});

const text = (id: bigint | null): string | null => (id === null ? null : String(id));

const setDay = defineRoute({
  method: "put",
  path: "/notice-festivals",
  permission: "notice.settings",
  tag,
  summary:
    "Say which greeting goes on which festival; its draft is made seven days before, for two people to approve",
  body: z.strictObject({ day: dayIn, name: z.string().trim().min(1).max(40), template: templateIn }),
  response: z.object({ id: z.string(), drafted: z.string().nullable() }),
  handle: async ({ platform, actor, body, requestId }) => {
    const { result } = await platform.commands.run({ name: "notice.festival", actor, requestId }, (context) =>
      setFestival(context, { ...body, day: body.day as Day }),
    );
    return { body: { id: String(result.id), drafted: text(result.drafted) } };
  },
});

const removeDay = defineRoute({
  method: "delete",
  path: "/notice-festivals/{id}",
  permission: "notice.settings",
  tag,
  summary: "Take a festival out of the calendar; `drafted` is the draft that a person has to throw away",
  params: idParams,
  response: z.object({ drafted: z.string().nullable() }),
  handle: async ({ platform, actor, params, requestId }) => {
    const { result } = await platform.commands.run({ name: "notice.festival", actor, requestId }, (context) =>
      removeFestival(context, params.id),
    );
    return { body: { drafted: text(result.drafted) } };
  },
});

export const settingRoutes: Route[] = [texts, setText, festivals, setDay, removeDay];
