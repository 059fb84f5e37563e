/** The line board, and what everybody who calls is told. */
import { z } from "zod";
import {
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { type Announcement, ANNOUNCEMENT_KINDS, listAnnouncements } from "./announcement-queries.ts";
import { announce, stopAnnouncing } from "./announcements.ts";
import { readBoard } from "./board.ts";

const tag = "Hotline 热线";

const seatsOut = z.object({
  callsAnHour: z.int(),
  handlingSeconds: z.int(),
  handlingMeasured: z.boolean(),
  milliErlangs: z.int(),
  aim: z.object({ percent: z.int(), seconds: z.int() }),
  seatsForAim: z.int(),
  seatsForFewWaiting: z.int(),
  seatsNow: z.int(),
  expectedPercentInTime: z.int(),
  absentFromRoster: z.int(),
});

const todayOut = z.object({
  calls: z.int(),
  selfServed: z.int(),
  answered: z.int(),
  abandoned: z.int(),
  live: z.int(),
  openCallBacks: z.int(),
  answeredPercent: z.number().nullable(),
  answeredInTimePercent: z.number().nullable(),
  base: z.int(),
});

const boardOut = z.object({
  at: z.string(),
  lines: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      state: z.string(),
      callId: z.string().nullable(),
      seconds: z.int().nullable(),
      agent: z.string().nullable(),
    }),
  ),
  queue: z.array(
    z.object({
      callId: z.string(),
      number: z.string().nullable(),
      line: z.string().nullable(),
      seconds: z.int(),
    }),
  ),
  longestWaitSeconds: z.int(),
  agents: z.array(
    z.object({
      staffId: z.string(),
      name: z.string(),
      extension: z.string(),
      state: z.enum(["available", "wrap-up", "break", "busy"]),
      reason: z.string(),
      seconds: z.int(),
      callId: z.string().nullable(),
      onRoster: z.boolean(),
    }),
  ),
  seats: seatsOut,
  today: todayOut,
  coldDay: z.boolean(),
  announcements: z.array(
    z.object({ id: z.string(), kind: z.enum(ANNOUNCEMENT_KINDS), textZh: z.string(), textEn: z.string() }),
  ),
});

const announcementOut = z.object({
  id: z.string(),
  kind: z.enum(ANNOUNCEMENT_KINDS),
  incidentId: z.string().nullable(),
  textZh: z.string(),
  textEn: z.string(),
  beginsAt: z.string(),
  begunBy: z.string().nullable(),
  endedAt: z.string().nullable(),
  endedBy: z.string().nullable(),
});

const announcementJson = (row: Announcement) => ({
  ...row,
  id: String(row.id),
  incidentId: row.incidentId === null ? null : String(row.incidentId),
  beginsAt: row.beginsAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
});

const words = z.string().trim().max(600);

export const boardRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/hotline/board",
    permission: "hotline.read",
    tag,
    summary: "Lines, queue with waiting times, agents, today's figures, and the seats that the load needs",
    response: boardOut,
    handle: async ({ platform }) => ({
      body: await readBoard(platform.database.sql, platform.clock.now()),
    }),
  }),
  defineRoute({
    method: "get",
    path: "/hotline/announcements",
    permission: "hotline.read",
    tag,
    summary: "What callers are and were told, the newest first",
    query: pageIn,
    response: pageOf(announcementOut),
    handle: async ({ platform, query }) => {
      const rows = await listAnnouncements(platform.database.sql, {
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], announcementJson) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/announcements",
    permission: "hotline.supervise",
    tag,
    summary:
      "Say something to everybody who calls, from now on: a greeting, a known incident, or cold-day mode (call-back instead of waiting)",
    body: z.strictObject({
      kind: z.enum(ANNOUNCEMENT_KINDS),
      incidentId: rowIdIn.optional(),
      textZh: words.min(1),
      textEn: words.default(""),
    }),
    response: z.object({ id: z.string() }),
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, requestId, body, idempotency }) => {
      const { result } = await platform.commands.run(
        { name: "announcement.begin", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => ({ id: String(await announce(context, body)) }),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/announcements/{id}/end",
    permission: "hotline.supervise",
    tag,
    summary: "Say it no more",
    params: z.strictObject({ id: rowIdIn }),
    response: z.object({ id: z.string() }),
    handle: async ({ platform, actor, requestId, params }) => {
      await platform.commands.run({ name: "announcement.end", actor, requestId }, (context) =>
        stopAnnouncing(context, params.id),
      );
      return { body: { id: String(params.id) } };
    },
  }),
];
