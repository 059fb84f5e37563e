/** Named calendars over HTTP: read them, draft the next version, approve it. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { today } from "#src/platform/clock.ts";
import { dayIn, defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { findHolidays } from "./queries.ts";
import { installHolidays } from "./service.ts";
import { approveCalendar, draftCalendar } from "./working-calendars.ts";
import { type Block, type DayKind, formatBlock, type Hours, parseBlock } from "./working-time.ts";
import { type CalendarRow, findCalendarVersions, HOLIDAY_SETS } from "./working-time-queries.ts";

const tag = "Calendars 日历";

/** In the order of their numbers, 1 to 9. */
const KIND_NAMES = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
  "holiday",
  "makeUpDay",
] as const;
type KindName = (typeof KIND_NAMES)[number];

const blocksIn = z.array(z.string().max(11)).max(12);
const hoursIn = z.strictObject(
  Object.fromEntries(KIND_NAMES.map((name) => [name, blocksIn.optional()])) as Record<
    KindName,
    z.ZodOptional<typeof blocksIn>
  >,
);
const hoursOut = z.record(z.string(), z.array(z.string()));

const readHours = (input: z.output<typeof hoursIn>): Hours => {
  const hours: Partial<Record<DayKind, Block[]>> = {};
  KIND_NAMES.forEach((name, index) => {
    const blocks = input[name];
    if (blocks !== undefined && blocks.length > 0) hours[(index + 1) as DayKind] = blocks.map(parseBlock);
  });
  return hours;
};

const hoursJson = (row: CalendarRow, season: "heating" | "other"): Record<string, string[]> => {
  const hours: Record<string, string[]> = {};
  for (const block of row.blocks) {
    if (block.season !== season) continue;
    (hours[KIND_NAMES[block.dayKind - 1] ?? ""] ??= []).push(formatBlock(block));
  }
  return hours;
};

const calendarOut = z.object({
  id: z.string(),
  name: z.string(),
  version: z.int(),
  title: z.string(),
  holidays: z.enum(HOLIDAY_SETS),
  heating: hoursOut,
  other: hoursOut,
  isDefault: z.boolean(),
  reason: z.string(),
  createdAt: z.string(),
  approvedAt: z.string().nullable(),
});

const calendarJson = (row: CalendarRow) => ({
  id: String(row.id),
  name: row.name,
  version: row.version,
  title: row.title,
  holidays: row.holidays,
  heating: hoursJson(row, "heating"),
  other: hoursJson(row, "other"),
  isDefault: row.isDefault,
  reason: row.reason,
  createdAt: row.createdAt.toISOString(),
  approvedAt: row.approvedAt?.toISOString() ?? null,
});

const calendarName = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, "small letters, digits and hyphens");

export const workingCalendarRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/calendars",
    permission: "ticket.rules",
    tag,
    summary:
      "Working time: every version of the named calendars; the newest approved one of a name is in force",
    query: z.strictObject({ name: calendarName.optional() }),
    response: z.object({ items: z.array(calendarOut) }),
    handle: async ({ platform, query }) => {
      const rows = await findCalendarVersions(platform.database.sql, query.name ?? null);
      return { body: { items: rows.map(calendarJson) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/calendars",
    permission: "ticket.settings",
    tag,
    summary: "Draft the next version of a calendar (hours like 08:30-12:00, past midnight 20:00-08:00)",
    body: z.strictObject({
      name: calendarName,
      title: z.string().trim().min(1).max(80),
      holidays: z.enum(HOLIDAY_SETS),
      heating: hoursIn,
      other: hoursIn,
      reason: z.string().trim().min(1).max(500),
    }),
    response: z.object({ id: z.string(), version: z.int() }),
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, requestId, body, idempotency }) => {
      const { result } = await platform.commands.run(
        { name: "calendar.draft", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          const hours = { heating: readHours(body.heating), other: readHours(body.other) };
          const { calendarId, version } = await draftCalendar(context, { ...body, ...hours });
          return { id: String(calendarId), version };
        },
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "post",
    path: "/calendars/{id}/approve",
    permission: "ticket.settings",
    tag,
    summary: "Put a drafted version into force; not by the person who drafted it",
    params: z.strictObject({ id: rowIdIn }),
    body: z.strictObject({}),
    response: z.object({ id: z.string() }),
    handle: async ({ platform, actor, requestId, params }) => {
      await platform.commands.run({ name: "calendar.approve", actor, requestId }, (context) =>
        approveCalendar(context, params.id),
      );
      return { body: { id: String(params.id) } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/holidays",
    permission: "ticket.rules",
    tag,
    summary:
      "Public holidays and weekend days worked instead (调休) of a year, this one by default, with their notice",
    query: z.strictObject({ year: z.coerce.number().int().min(1990).max(2100).optional() }),
    response: z.object({
      items: z.array(
        z.object({ day: z.string(), working: z.boolean(), name: z.string(), document: z.string() }),
      ),
    }),
    handle: async ({ platform, query }) => ({
      body: {
        items: await findHolidays(
          platform.database.sql,
          query.year ?? Number(today(platform.clock).slice(0, 4)),
        ),
      },
    }),
  }),
  defineRoute({
    method: "post",
    path: "/holiday-notices",
    permission: "ticket.settings",
    tag,
    summary:
      "Put the days of a notice into the calendars of the company and of the banks; a later notice wins",
    body: z.strictObject({
      document: z.string().trim().min(1).max(200),
      days: z
        .array(z.strictObject({ day: dayIn, working: z.boolean(), name: z.string().trim().min(1).max(40) }))
        .min(1)
        .max(120),
    }),
    response: z.object({ days: z.int() }),
    handle: async ({ platform, actor, requestId, body }) => {
      const days = body.days.map((entry) => ({ ...entry, day: day(entry.day) }));
      await platform.commands.run({ name: "holidays.install", actor, requestId }, (context) =>
        installHolidays(context, { document: body.document, days }),
      );
      return { body: { days: days.length } };
    },
  }),
];
