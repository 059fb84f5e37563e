/** Before buildings go to another area (片区调整预览): what moves, and what nobody would serve before and after. Moves nothing. */
import { z } from "zod";
import { day as dayOf } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { dayIn, defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import {
  COVERAGE_KINDS,
  type CoverageFinding,
  DUTIES,
  findArea,
  findCoverage,
} from "#src/town/grid/index.ts";
import { findMovedBuildings } from "./area-move-queries.ts";

/** As many as one command moves. */
const MOST_BUILDINGS = 1000;
const MOST_FINDINGS = 5000;
const SHOWN_FINDINGS = 100;

const ids = z.array(rowIdIn).max(MOST_BUILDINGS).default([]);
const findingOut = z.object({
  kind: z.enum(COVERAGE_KINDS),
  id: z.string(),
  name: z.string(),
  duty: z.enum(DUTIES).nullable(),
});

const keyOf = ({ kind, id, duty }: CoverageFinding): string => `${kind} ${id} ${duty ?? ""}`;
const onlyIn = (here: readonly CoverageFinding[], there: readonly CoverageFinding[]) => {
  const known = new Set(there.map(keyOf));
  return here
    .filter((finding) => !known.has(keyOf(finding)))
    .slice(0, SHOWN_FINDINGS)
    .map((finding) => ({ ...finding, id: String(finding.id) }));
};

export const areaMoveRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/network/areas/{areaId}/buildings/preview",
    permission: "network.write",
    tag: "Network 管网",
    summary:
      "What would move to a service area on a day, homes and open cases, and the coverage before and after; moves nothing",
    params: z.strictObject({ areaId: rowIdIn }),
    body: z.strictObject({ buildingIds: ids, communityIds: ids, areaIds: ids, from: dayIn }),
    response: z.object({
      buildings: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          areaId: z.string().nullable(),
          area: z.string().nullable(),
          homes: z.int(),
          openCases: z.int(),
          /** Serves it from then on already: the move is refused. */
          laterFrom: z.string().nullable(),
        }),
      ),
      homes: z.int(),
      openCases: z.int(),
      coverage: z.object({
        before: z.int(),
        after: z.int(),
        added: z.array(findingOut),
        removed: z.array(findingOut),
      }),
    }),
    handle: async ({ platform, params: { areaId }, body: { from, ...places } }) => {
      const { sql } = platform.database;
      const day = dayOf(from);
      if ((await findArea(sql, areaId)) === null) {
        fail("area.not-found", "there is no such service area", { field: "areaId" });
      }
      const found = await findMovedBuildings(sql, { ...places, day, limit: MOST_BUILDINGS + 1 });
      if (found.length > MOST_BUILDINGS) {
        fail("area.too-many-buildings", `${MOST_BUILDINGS} buildings are moved at once at most`, {
          field: "buildingIds",
          remedy: "move them community by community",
        });
      }
      // What stays in its area does not move.
      const moved = found.filter((building) => building.areaId !== areaId);
      const buildingIds = moved.map(({ id }) => id);
      const before = await findCoverage(sql, day, MOST_FINDINGS);
      const after = await findCoverage(sql, day, MOST_FINDINGS, { areaId, buildingIds });
      return {
        body: {
          buildings: moved.map((building) => ({
            ...building,
            id: String(building.id),
            areaId: building.areaId === null ? null : String(building.areaId),
          })),
          homes: moved.reduce((sum, { homes }) => sum + homes, 0),
          openCases: moved.reduce((sum, { openCases }) => sum + openCases, 0),
          coverage: {
            before: before.length,
            after: after.length,
            added: onlyIn(after, before),
            removed: onlyIn(before, after),
          },
        },
      };
    },
  }),
];
