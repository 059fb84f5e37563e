/** The board of bank days (对账日历): days by channels, what has come, what is late, what is left to do. Each cell opens its day. */
import { z } from "zod";
import { addDays, day } from "#src/kernel/day.ts";
import { today } from "#src/platform/clock.ts";
import { withNames } from "#src/platform/people.ts";
import { dayIn, defineRoute, fenJson, fenOut, type Route } from "#src/platform/route.ts";
import { boardCells } from "./board-queries.ts";

const cellOut = withNames(
  z.object({
    channel: z.string(),
    day: z.string(),
    state: z.enum(["none", "open", "reconciled", "certified"]),
    files: z.int(),
    items: z.int(),
    fileFen: fenOut,
    /** A file of the day that is not posted to its end. */
    unfinished: z.boolean(),
    openBreaks: z.int(),
    openBreaksFen: fenOut,
    /** Due and not there. */
    late: z.boolean(),
    dueAt: z.string().nullable(),
    certifiedAt: z.string().nullable(),
    certifiedBy: z.string().nullable(),
  }),
  "certifiedBy",
);

export const boardRoute: Route = defineRoute({
  method: "get",
  path: "/bank-board",
  permission: "bank.read",
  tag: "Bank 银行对账",
  summary: "Bank days of every channel that sends files: files, differences, certificates, and what is late",
  query: z.strictObject({
    until: dayIn.optional(),
    days: z.coerce.number().int().min(1).max(31).default(10),
  }),
  response: z.object({
    channels: z.array(
      z.object({ code: z.string(), name: z.string(), nameEn: z.string().nullable(), realTime: z.boolean() }),
    ),
    /** The latest first. */
    days: z.array(z.string()),
    cells: z.array(cellOut),
  }),
  handle: async ({ platform, query }) => {
    const until = query.until === undefined ? addDays(today(platform.clock), -1) : day(query.until);
    const days = Array.from({ length: query.days }, (_, back) => addDays(until, -back));
    const rows = await boardCells(platform.database.sql, {
      since: days.at(-1) ?? until,
      until,
    });
    const channels = new Map(
      rows.map((row) => [
        row.channel,
        { code: row.channel, name: row.channelName, nameEn: row.channelNameEn, realTime: row.realTime },
      ]),
    );
    return {
      body: {
        channels: [...channels.values()],
        days,
        cells: rows.map((row) => ({
          channel: row.channel,
          day: row.day,
          state: row.state,
          files: Number(row.files),
          items: Number(row.items),
          fileFen: fenJson(row.fileFen),
          unfinished: row.unfinished,
          openBreaks: Number(row.openBreaks),
          openBreaksFen: fenJson(row.openBreaksFen),
          late: row.dueAt !== null && row.dueAt <= platform.clock.now() && row.files === 0n,
          dueAt: row.dueAt?.toISOString() ?? null,
          certifiedAt: row.certifiedAt?.toISOString() ?? null,
          certifiedBy: row.certifiedBy,
        })),
      },
    };
  },
});
