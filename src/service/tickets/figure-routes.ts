/** Figures over HTTP, and the lists behind them. */
import { z } from "zod";
import { addDays, type Day, dayOfInstant, instantOfDay } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import {
  dayIn,
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  type Route,
} from "#src/platform/route.ts";
import { reachOf } from "./access-ticket.ts";
import { countFigure, FIGURE_PARTS, type FigureBounds, listBehindFigure } from "./figure-queries.ts";
import { FIGURE_NAMES, FIGURES, percentDown } from "./figures.ts";
import { TICKET_SOURCES } from "./schema.ts";
import { eitherLevelIn } from "./ticket-input.ts";
import { ticketJson, ticketOut } from "./ticket-json.ts";

const tag = "Cases 工单";

const period = {
  /** First and last day; the seven days up to today unless said. */
  from: dayIn.optional(),
  to: dayIn.optional(),
  category: eitherLevelIn.optional(),
  source: z.enum(TICKET_SOURCES).optional(),
};
const figuresQuery = z.strictObject(period);
type Period = z.output<typeof figuresQuery>;

const boundsOf = (platform: Platform, actor: Actor, query: Period) => {
  const today = dayOfInstant(platform.clock.now());
  const to = (query.to ?? today) as Day;
  const from = (query.from ?? addDays(to, -6)) as Day;
  if (from > to) fail("figures.period", "the period ends before it begins", { field: "to" });
  const bounds: FigureBounds = {
    ...reachOf(actor, today),
    from: instantOfDay(from),
    to: instantOfDay(addDays(to, 1)),
    category: query.category ?? null,
    source: query.source ?? null,
  };
  return { from, to, bounds };
};

const figureOut = z.object({
  name: z.enum(FIGURE_NAMES),
  meaning: z.object({ "zh-CN": z.string(), en: z.string() }),
  numerator: z.int(),
  denominator: z.int(),
  /** Two decimals, rounded down; null when nothing counts. */
  percent: z.string().nullable(),
});

const figures = defineRoute({
  method: "get",
  path: "/ticket-figures",
  permission: "ticket.read",
  summary: "Figures over the cases in the caller's scope, each with what stands above and below the line",
  tag,
  query: figuresQuery,
  response: z.object({ from: z.string(), to: z.string(), items: z.array(figureOut) }),
  handle: async ({ platform, actor, query }) => {
    const { from, to, bounds } = boundsOf(platform, actor, query);
    const items = [];
    for (const name of FIGURE_NAMES) {
      const { counted, met } = await countFigure(platform.database.sql, name, bounds);
      items.push({
        name,
        meaning: FIGURES[name].meaning,
        numerator: Number(met),
        denominator: Number(counted),
        percent: percentDown(met, counted),
      });
    }
    return { body: { from, to, items } };
  },
});

const behind = defineRoute({
  method: "get",
  path: "/ticket-figures/{name}/tickets",
  permission: "ticket.read",
  summary: "The cases behind a figure: all that count, those that met it, those that did not",
  tag,
  params: z.strictObject({ name: z.enum(FIGURE_NAMES) }),
  query: pageIn.extend({ ...period, part: z.enum(FIGURE_PARTS).default("counted") }),
  response: pageOf(ticketOut),
  handle: async ({ platform, actor, params, query }) => {
    const { bounds } = boundsOf(platform, actor, query);
    const rows = await listBehindFigure(platform.database.sql, params.name, {
      ...bounds,
      part: query.part,
      beforeId: idOfCursor(query.cursor),
      now: platform.clock.now(),
      limit: query.limit + 1,
    });
    return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], ticketJson) };
  },
});

export const figureRoutes: readonly Route[] = [figures, behind];
