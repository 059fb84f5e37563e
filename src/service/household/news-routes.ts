/** Routes without a login: what is known about a building, found by community and building. Nobody's name is in it. */
import { fail } from "#src/kernel/errors.ts";
import { noticesOfBuilding } from "#src/messages/notices/index.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { troubleOfBuilding } from "#src/service/incidents/index.ts";
import { findBuilding, findBuildings, findCommunities, findTests } from "./news-queries.ts";
import {
  buildingParams,
  buildingsOut,
  communitiesOut,
  communityParams,
  communityQuery,
  newsOut,
  tag,
} from "./schema.ts";

const DAY_MS = 86_400_000;
const MOST_COMMUNITIES = 20;
/** Notices of the last fortnight; tests from a week ago to two months ahead. */
const NOTICES_SINCE_DAYS = 14;
const TESTS_SINCE_DAYS = 7;
const TESTS_UNTIL_DAYS = 60;

export const householdNewsRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/me/communities",
    permission: "public",
    tag,
    summary: "Communities whose name holds a text",
    query: communityQuery,
    response: communitiesOut,
    handle: async ({ platform, query }) => {
      const rows = await findCommunities(platform.database.sql, { text: query.q, limit: MOST_COMMUNITIES });
      return { body: { items: rows.map((row) => ({ ...row, id: String(row.id) })) } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/me/communities/{communityId}/buildings",
    permission: "public",
    tag,
    summary: "The buildings of a community",
    params: communityParams,
    response: buildingsOut,
    handle: async ({ platform, params }) => {
      const rows = await findBuildings(platform.database.sql, params.communityId);
      return { body: { items: rows.map((row) => ({ ...row, id: String(row.id) })) } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/me/buildings/{buildingId}/news",
    permission: "public",
    tag,
    summary:
      "What is wrong with a building's heat now, pressure tests, and what was said to all of it lately",
    params: buildingParams,
    response: newsOut,
    handle: async ({ platform, params }) => {
      const { sql } = platform.database;
      const now = platform.clock.now();
      const building = await findBuilding(sql, params.buildingId);
      if (building === null)
        return fail("building.not-found", "there is no such building", { field: "buildingId" });
      const { id: buildingId } = building;
      const daysFrom = (days: number): Date => new Date(now.getTime() + days * DAY_MS);
      const [trouble, tests, notices, company] = await Promise.all([
        troubleOfBuilding(sql, buildingId, now),
        findTests(sql, { buildingId, from: daysFrom(-TESTS_SINCE_DAYS), until: daysFrom(TESTS_UNTIL_DAYS) }),
        noticesOfBuilding(sql, {
          buildingId,
          since: daysFrom(-NOTICES_SINCE_DAYS),
          now,
          place: `${building.community}${building.name}`,
        }),
        companyOnPaper(sql),
      ]);
      return {
        body: {
          community: building.community,
          building: building.name,
          hotline: company.hotline,
          trouble:
            trouble === null
              ? null
              : {
                  script: trouble.script,
                  scriptEn: trouble.scriptEn,
                  expectedBackAt: trouble.expectedBackAt?.toISOString() ?? null,
                },
          tests: tests.map((test) => ({
            ...test,
            id: String(test.id),
            startsAt: test.startsAt?.toISOString() ?? null,
            endsAt: test.endsAt?.toISOString() ?? null,
          })),
          notices: notices.map(({ id, title, text, locale, at }) => ({
            id: String(id),
            title,
            text,
            locale,
            at: at.toISOString(),
          })),
          readAt: now.toISOString(),
        },
      };
    },
  }),
];
