/** Notices over HTTP until they run: writing, looking ahead, asking, approving. */
import { z } from "zod";
import { must } from "#src/kernel/errors.ts";
import { readTexts } from "#src/messages/messaging/index.ts";
import { defineRoute, idOfCursor, pageFrom, pageIn, pageOf, type Route } from "#src/platform/route.ts";
import { approveNotice, askNoticeApproval } from "./approve.ts";
import { accessNotice, boundsOf, cancelNotice, changeNotice, createNotice } from "./draft.ts";
import { countsOut, sameWordsJson, sameWordsOut } from "./preview-routes.ts";
import { findPlaces, NAMED_PLACES } from "./place-queries.ts";
import { listNotices } from "./queries.ts";
import { startApproved } from "./run.ts";
import {
  channelsIn,
  idParams,
  instantIn,
  noticeJson,
  noticeOut,
  noticesJson,
  reasonIn,
  tag,
  templateIn,
  variablesIn,
  versionOut,
} from "./route-parts.ts";
import { audienceIn, NOTICE_PURPOSES, NOTICE_STATES } from "./schema.ts";
import { requireTakenValues } from "./text.ts";

const content = {
  title: z.string().trim().min(1).max(120),
  channels: channelsIn,
  template: templateIn,
  locale: z.enum(["zh-CN", "en"]),
  variables: variablesIn,
  audience: audienceIn,
  passesQuietHours: z.boolean(),
};

const list = defineRoute({
  method: "get",
  path: "/notices",
  permission: "notice.read",
  tag,
  summary: "Notices of the company and of the caller's areas, the latest first",
  query: pageIn.extend({
    state: z.enum(NOTICE_STATES).optional(),
    kind: z.string().max(40).optional(),
  }),
  response: pageOf(noticeOut),
  handle: async ({ platform, actor, query }) => {
    const { sql } = platform.database;
    const rows = await listNotices(sql, {
      ...boundsOf(actor),
      beforeId: idOfCursor(query.cursor),
      states: query.state === undefined ? null : [query.state],
      kind: query.kind ?? null,
      limit: query.limit + 1,
    });
    const shown = new Map((await noticesJson(sql, rows, actor)).map((one) => [one.id, one]));
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.id)],
        (row) => must(shown.get(String(row.id)), "a listed notice"),
      ),
    };
  },
});

const show = defineRoute({
  method: "get",
  path: "/notices/{id}",
  permission: "notice.read",
  tag,
  summary:
    "A notice: its content, its audience as a question with the names of its places, and where it stands",
  params: idParams,
  response: noticeOut.extend({
    places: z.array(z.object({ key: z.enum(NAMED_PLACES), id: z.string(), name: z.string() })),
  }),
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const notice = await accessNotice(sql, actor, params.id);
    const places = await findPlaces(sql, notice.audience);
    return {
      headers: { ETag: `"${notice.version}"` },
      body: {
        ...(await noticeJson(sql, notice, actor)),
        places: places.map((place) => ({ ...place, id: String(place.id) })),
      },
    };
  },
});

const create = defineRoute({
  method: "post",
  path: "/notices",
  permission: "notice.write",
  tag,
  summary: "Write a notice: nothing is sent before it is sampled, approved by a second person and begun",
  body: z.strictObject({
    ...content,
    kind: z
      .string()
      .regex(/^[a-z][a-z-]{1,40}$/)
      .default("general"),
    purpose: z.enum(NOTICE_PURPOSES),
    channels: content.channels.default(["sms"]),
    locale: content.locale.default("zh-CN"),
    variables: variablesIn.default({}),
    passesQuietHours: content.passesQuietHours.default(false),
    emergency: z.boolean().default(false),
    startsAt: instantIn.optional(),
    expiresAt: instantIn.optional(),
  }),
  response: z.object({ id: z.string() }),
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, body, requestId, idempotency }) => {
    const { result } = await platform.commands.run(
      { name: "notice.create", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => {
        requireTakenValues(await readTexts(context.sql, context.now), body);
        return { id: String((await createNotice(context, body)).noticeId) };
      },
    );
    return { body: result };
  },
});

const change = defineRoute({
  method: "patch",
  path: "/notices/{id}",
  permission: "notice.write",
  tag,
  summary: "Change a notice that does not run; an approval that it had is gone",
  params: idParams,
  ifMatch: true,
  body: z.strictObject({
    title: content.title.optional(),
    channels: content.channels.optional(),
    template: templateIn.optional(),
    locale: content.locale.optional(),
    variables: variablesIn.optional(),
    audience: audienceIn.optional(),
    passesQuietHours: content.passesQuietHours.optional(),
    startsAt: instantIn.nullable().optional(),
    expiresAt: instantIn.nullable().optional(),
  }),
  response: versionOut,
  handle: async ({ platform, actor, params, body, ifMatch = 0, requestId }) => {
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const { result } = await platform.commands.run(
      { name: "notice.change", actor, requestId, pool: "bulk" },
      (context) => changeNotice(context, params.id, ifMatch, given),
    );
    return { headers: { ETag: `"${result}"` }, body: { id: String(params.id), version: result } };
  },
});

const ask = defineRoute({
  method: "post",
  path: "/notices/{id}/approval-requests",
  permission: "notice.write",
  tag,
  summary: "Ask a second person to approve exactly this, to about as many homes",
  params: idParams,
  ifMatch: true,
  response: z.object({ approvalId: z.string(), counts: countsOut, sameWords: sameWordsOut }),
  status: 201,
  handle: async ({ platform, actor, params, ifMatch = 0, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "notice.ask-approval", actor, requestId, pool: "bulk" },
      (context) => askNoticeApproval(context, params.id, ifMatch),
    );
    const { approvalId, counts, sameWords } = result;
    return { body: { approvalId: String(approvalId), counts, sameWords: sameWordsJson(sameWords) } };
  },
});

const approve = defineRoute({
  method: "post",
  path: "/notices/{id}/approval",
  permission: "notice.approve",
  tag,
  summary:
    "Approve as the second person: the audience is frozen now. An emergency text needs one person, and begins at once. Where it asks to go in the quiet hours, `atNight` is the duty officer's word; `again` lets homes get the same words twice within a day",
  params: idParams,
  ifMatch: true,
  body: z.strictObject({
    start: z.boolean().default(false),
    atNight: z.boolean().optional(),
    again: z.boolean().optional(),
  }),
  response: noticeOut,
  handle: async ({ platform, actor, params, body, ifMatch = 0, requestId }) => {
    await platform.commands.run(
      { name: "notice.approve", actor, requestId, pool: "bulk" },
      async (context) => {
        await approveNotice(context, params.id, ifMatch, { atNight: body.atNight, again: body.again });
        const { emergency } = await accessNotice(context.sql, actor, params.id);
        if (body.start || emergency) await startApproved(context, params.id);
      },
    );
    const { sql } = platform.database;
    const notice = await accessNotice(sql, actor, params.id);
    return { headers: { ETag: `"${notice.version}"` }, body: await noticeJson(sql, notice, actor) };
  },
});

const cancel = defineRoute({
  method: "post",
  path: "/notices/{id}/cancel",
  permission: "notice.write",
  tag,
  summary: "Throw a notice away that does not run",
  params: idParams,
  body: z.strictObject({ reason: reasonIn }),
  response: z.object({ id: z.string(), state: z.enum(NOTICE_STATES) }),
  handle: async ({ platform, actor, params, body, requestId }) => {
    await platform.commands.run({ name: "notice.cancel", actor, requestId }, (context) =>
      cancelNotice(context, params.id, null, body.reason),
    );
    return { body: { id: String(params.id), state: "cancelled" as const } };
  },
});

export const draftRoutes: Route[] = [list, show, create, change, ask, approve, cancel];
