/** What the boards read. Their routes begin it with the change of the address, their pages show it: one key for both. */
import { api } from "#web/api/client.ts";
import type { Narrowing } from "./narrowing.ts";

export const boardReads = {
  service: ({ from, to, area }: Narrowing) =>
    api.queryOptions("get", "/boards/service", { params: { query: { from, to, area } } }),
  collection: ({ from, to, area, by }: Narrowing) =>
    api.queryOptions("get", "/boards/collection", { params: { query: { from, to, area, by: wayOf(by) } } }),
  closures: ({ from, to, area }: Narrowing) =>
    api.queryOptions("get", "/boards/closures", { params: { query: { from, to, area } } }),
} as const;

export const WAYS = ["branch", "area", "manager", "channel"] as const;
export type Way = (typeof WAYS)[number];
/** How the board of collection is grouped, as its address says. */
export const wayOf = (text: string | undefined): Way => WAYS.find((way) => way === text) ?? "branch";
