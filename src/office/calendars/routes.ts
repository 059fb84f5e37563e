import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { today } from "#src/platform/clock.ts";
import { dayIn, defineRoute, type Route } from "#src/platform/route.ts";
import { findSeasons } from "./queries.ts";
import { billingSeasonOf, seasonOf } from "./seasons.ts";
import { defineSeason, seasonJson } from "./service.ts";
import { workingCalendarRoutes } from "./working-calendar-routes.ts";

const seasonOut = z.object({
  season: z.int(),
  startsOn: z.string(),
  endsOn: z.string(),
  billsOpenOn: z.string(),
  paymentWindowEndsOn: z.string(),
});

export const calendarRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/seasons",
    permission: "tariff.read",
    tag: "Seasons 采暖季",
    summary: "All heating seasons, the one that heats today, and the one whose bills are current",
    response: z.object({
      items: z.array(seasonOut),
      heatingNow: z.int().nullable(),
      billingNow: z.int().nullable(),
    }),
    handle: async ({ platform }) => {
      const seasons = await findSeasons(platform.database.sql);
      const now = today(platform.clock);
      return {
        body: {
          items: seasons.map(seasonJson),
          heatingNow: seasonOf(seasons, now)?.id ?? null,
          billingNow: billingSeasonOf(seasons, now)?.id ?? null,
        },
      };
    },
  }),
  defineRoute({
    method: "put",
    path: "/seasons/{season}",
    permission: "tariff.write",
    tag: "Seasons 采暖季",
    summary: "Define a heating season",
    params: z.strictObject({ season: z.coerce.number().int().min(1990).max(2100) }),
    body: z.strictObject({
      startsOn: dayIn,
      endsOn: dayIn,
      billsOpenOn: dayIn,
      paymentWindowEndsOn: dayIn,
    }),
    response: seasonOut,
    idempotency: "optional",
    handle: async ({ platform, actor, params, body, idempotency, requestId }) => {
      const season = {
        id: params.season,
        startsOn: day(body.startsOn),
        endsOn: day(body.endsOn),
        billsOpenOn: day(body.billsOpenOn),
        paymentWindowEndsOn: day(body.paymentWindowEndsOn),
      };
      const { result } = await platform.commands.run(
        { name: "season.define", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          await defineSeason(context, season);
          return seasonJson(season);
        },
      );
      return { body: result };
    },
  }),
  ...workingCalendarRoutes,
];
