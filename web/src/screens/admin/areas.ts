/** Service areas as a tree: each below what it belongs to. */
import type { Answer } from "#web/api/types.ts";

export type Areas = Answer<"get", "/network/areas">;
export type Area = Areas["areas"][number] & { readonly depth: number };
export type Finding = Areas["findings"][number];
export const DUTIES = ["manager", "deputy", "chief"] as const;

export const inTree = (areas: Areas["areas"], parentId: string | null = null, depth = 0): Area[] =>
  areas
    .filter((area) => area.parentId === parentId)
    .flatMap((area) => [{ ...area, depth }, ...inTree(areas, area.id, depth + 1)]);
