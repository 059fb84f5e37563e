/** A filter as it is kept: a few plain values by name, as they stand in an address or were typed. */
import type { Answer, Body } from "#web/api/types.ts";

export type Flat = Body<"post", "/saved-filters">["filter"];
export type Kept = Pick<
  Answer<"get", "/saved-filters">["items"][number],
  "id" | "name" | "filter" | "isDefault"
>;

const isPlain = (value: unknown): value is string | number | boolean =>
  (typeof value === "string" && value !== "") || typeof value === "number" || typeof value === "boolean";

/** The plain values, without those that say nothing and those that are left out. */
export const flatOf = (values: Readonly<Record<string, unknown>>, except: readonly string[]): Flat => {
  const flat: Flat = {};
  for (const [key, value] of Object.entries(values)) {
    if (isPlain(value) && !except.includes(key)) flat[key] = value;
  }
  return flat;
};

/** The same text for the same filter: "3" in an address is read as a number, and kept as one. */
export const asOne = (filter: Flat): string =>
  Object.entries(flatOf(filter, []))
    .map(([key, value]) => `${key}=${String(value)}`)
    .toSorted()
    .join("&");

/** The values of these names (each with "" where there is none), and the others. */
export const splitOff = (filter: Flat, names: readonly string[]): { own: Flat; rest: Flat } => ({
  own: Object.fromEntries(names.map((name) => [name, filter[name] ?? ""])),
  rest: flatOf(filter, names),
});

/** "/finance/breaks" > "finance.breaks" */
export const pageOf = (path: string): string =>
  path
    .split("/")
    .filter((part) => part !== "")
    .join(".");
