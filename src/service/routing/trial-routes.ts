/** Who would get a case (派单试算): by the live table or a draft, with the chain that would be walked. Opens and moves nothing. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { today } from "#src/platform/clock.ts";
import { defineRoute, type Platform, type Route, rowIdIn } from "#src/platform/route.ts";
import { findCategories, TICKET_CHANNELS } from "#src/service/tickets/index.ts";
import { findStaffNames, findSupposedFacts } from "./facts-queries.ts";
import { supposeRoute } from "./plan-routes.ts";
import { findRows, findTable } from "./table-queries.ts";
import { BOUNDARIES, LEVELS, OUTCOMES, RULES } from "./vocabulary.ts";

const personOut = z.object({ login: z.string(), name: z.string() });

const draftOf = async (platform: Platform, tableId: bigint | undefined) => {
  if (tableId === undefined) return null;
  const { sql } = platform.database;
  if ((await findTable(sql, tableId)) === null) {
    fail("responsibility.not-found", "there is no such responsibility table", { field: "tableId" });
  }
  return { tableId, rows: await findRows(sql, tableId) };
};

export const trialRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/routing/trials",
    permission: "routing.settings",
    tag: "Routing 派单",
    summary: "Who would get a case of this category at this building now, and why nobody else; opens nothing",
    body: z.strictObject({
      category: z.string().max(60),
      channel: z.enum(TICKET_CHANNELS).default("phone"),
      buildingId: rowIdIn.nullable().default(null),
      /** A draft instead of the live table. */
      tableId: rowIdIn.optional(),
    }),
    response: z.object({
      person: personOut.nullable(),
      role: z.string(),
      roleName: z.string(),
      roleNameEn: z.string(),
      level: z.enum(LEVELS),
      boundary: z.enum(BOUNDARIES),
      station: z.string().nullable(),
      rule: z.enum(RULES),
      tableId: z.string().nullable(),
      precedentId: z.string().nullable(),
      chain: z.array(
        z.object({
          position: z.int(),
          step: z.string(),
          person: personOut.nullable(),
          outcome: z.enum(OUTCOMES),
          openCount: z.int().nullable(),
          openLimit: z.int().nullable(),
        }),
      ),
    }),
    handle: async ({ platform, body }) => {
      const { sql } = platform.database;
      const [now, day] = [platform.clock.now(), today(platform.clock)];
      const known = await findCategories(sql);
      if (!known.some(({ code, parentCode }) => code === body.category && parentCode !== null)) {
        fail("category.not-found", "there is no such category of the second level", { field: "category" });
      }
      const facts = await findSupposedFacts(sql, { ...body, day });
      if (body.buildingId !== null && facts.buildingId === null) {
        fail("building.not-found", "there is no such building", { field: "buildingId" });
      }
      const draft = await draftOf(platform, body.tableId);
      const route = await supposeRoute({ sql, now, today: day }, facts, draft);
      const ids = route.walk.chain.flatMap(({ staffId }) => (staffId === null ? [] : [staffId]));
      const names = new Map(
        (await findStaffNames(sql, ids)).map(({ id, login, name }) => [id, { login, name }]),
      );
      const personOf = (id: bigint | null) => (id === null ? null : (names.get(id) ?? null));
      return {
        body: {
          person: personOf(route.walk.staffId),
          role: route.role.role,
          roleName: route.role.name,
          roleNameEn: route.role.nameEn,
          level: route.decision.level,
          boundary: facts.boundary,
          station: facts.stationName,
          rule: route.decision.rule,
          tableId: route.tableId === null ? null : String(route.tableId),
          precedentId: route.decision.precedentId === null ? null : String(route.decision.precedentId),
          chain: route.walk.chain.map(({ position, step, staffId, outcome, openCount, openLimit }) => ({
            position,
            step,
            person: personOf(staffId),
            outcome,
            openCount: openCount ?? null,
            openLimit: openLimit ?? null,
          })),
        },
      };
    },
  }),
];
