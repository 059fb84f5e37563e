/**
 * Whether a responsibility table leaves a hole (覆盖检查): every building has one area; every category, boundary and level
 * has a role; and wherever that role may be asked, somebody of it is there on the day before head office has to step in.
 */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findResponsible, type ResponsibilityRow } from "./choose-role.ts";
import { type AskedRole, findCandidates, findRoles } from "./facts-queries.ts";
import {
  findCategories,
  findCompanyArea,
  findServedPlaces,
  findUnservedBuildings,
  type ServedPlace,
} from "./table-queries.ts";
import { type Boundary, BOUNDARIES, type Level, LEVELS } from "./vocabulary.ts";

export type CoverageFinding =
  | { readonly kind: "hole"; readonly category: string; readonly boundary: Boundary; readonly level: Level }
  | {
      readonly kind: "building-without-area" | "building-in-two-areas";
      readonly buildingId: string;
      readonly name: string;
    }
  | {
      readonly kind: "role-without-people";
      readonly role: string;
      readonly boundary: Boundary;
      readonly level: Level;
      /** Null: where no area is known, or at a desk. */
      readonly area: string | null;
    };

/** Categories, boundaries and levels of which no row speaks. Pure. */
export const findHoles = (
  rows: readonly ResponsibilityRow[],
  categories: readonly string[],
): Extract<CoverageFinding, { kind: "hole" }>[] =>
  categories.flatMap((category) =>
    BOUNDARIES.flatMap((boundary) =>
      LEVELS.filter((level) => findResponsible(rows, { category, boundary, level }) === null).map(
        (level) => ({ kind: "hole" as const, category, boundary, level }),
      ),
    ),
  );

type Use = { readonly role: string; readonly boundary: Boundary; readonly level: Level };

/** Where which role is asked, each once. */
const usesOf = (rows: readonly ResponsibilityRow[], categories: readonly string[]): Use[] => {
  const uses = new Map<string, Use>();
  for (const category of categories) {
    for (const boundary of BOUNDARIES) {
      for (const level of LEVELS) {
        const row = findResponsible(rows, { category, boundary, level });
        if (row !== null) uses.set(`${row.role} ${boundary} ${level}`, { role: row.role, boundary, level });
      }
    }
  }
  return [...uses.values()];
};

type Asked = AskedRole & { readonly use: Use; readonly areaCode: string | null };

const askEverywhere = (
  uses: readonly Use[],
  desks: ReadonlySet<string>,
  places: readonly ServedPlace[],
  companyId: bigint | null,
): Asked[] =>
  uses.flatMap((use): Asked[] => {
    const key = `${use.role} ${use.boundary} ${use.level}`;
    if (use.boundary === "unknown" || desks.has(use.role)) {
      return [{ use, key, role: use.role, areaId: null, companyId, stationId: null, areaCode: null }];
    }
    return places.map((place) => ({
      use,
      key: `${key} ${place.areaId}`,
      role: use.role,
      areaId: { area: place.areaId, branch: place.branchId, company: place.companyId }[use.level],
      companyId: place.companyId,
      stationId: null,
      areaCode: place.areaCode,
    }));
  });

const findIdleRoles = async (
  sql: Sql,
  uses: readonly Use[],
  day: Day,
): Promise<Extract<CoverageFinding, { kind: "role-without-people" }>[]> => {
  const roles = await findRoles(sql, [...new Set(uses.map((use) => use.role))]);
  const desks = new Set(roles.filter((role) => role.desk).map((role) => role.role));
  const asked = askEverywhere(uses, desks, await findServedPlaces(sql, day), await findCompanyArea(sql));
  const candidates = await findCandidates(sql, asked, day);
  // A role whose only step is head office is meant to be there; for the others head office is who steps in.
  const counted = new Set(
    roles.flatMap((role) => {
      const own = role.steps.filter((step) => step.source !== "head-office");
      return (own.length === 0 ? role.steps : own).map((step) => `${role.role} ${step.position}`);
    }),
  );
  const roleOfKey = new Map(asked.map((one) => [one.key, one.role]));
  const manned = new Set(
    candidates
      .filter((one) => !one.disabled && !one.onLeave)
      .filter((one) => counted.has(`${roleOfKey.get(one.key)} ${one.position}`))
      .map((one) => one.key),
  );
  return asked
    .filter((one) => !manned.has(one.key))
    .map(({ use, areaCode }) => ({ kind: "role-without-people", ...use, area: areaCode }));
};

const MOST_BUILDINGS = 500;

/** What a table would leave uncovered on a day; empty when it may go live. Reads only. */
export const checkCoverage = async (
  sql: Sql,
  rows: readonly ResponsibilityRow[],
  day: Day,
): Promise<CoverageFinding[]> => {
  const categories = await findCategories(sql);
  const buildings = await findUnservedBuildings(sql, { day, limit: MOST_BUILDINGS });
  return [
    ...findHoles(rows, categories),
    ...buildings.map((row) => ({ kind: row.kind, buildingId: String(row.id), name: row.name })),
    ...(await findIdleRoles(sql, usesOf(rows, categories), day)),
  ];
};
