/** What narrows a board or a list, as it stands in the address: days, codes and ids, never a name or a number of a person. */
const KEYS = [
  "from",
  "to",
  "part",
  "area",
  "channel",
  "category",
  "authority",
  "station",
  "class",
  "staff",
  "by",
  "alone",
  "season",
  "before",
] as const;
export type Narrowing = { readonly [Key in (typeof KEYS)[number]]?: string };

/** The known ones as text; the router reads "3" as a number. */
export const narrowed = (search: Record<string, unknown>): Narrowing => {
  const found: { [Key in (typeof KEYS)[number]]?: string } = {};
  for (const key of KEYS) {
    const value = search[key];
    if (typeof value === "string" && value !== "") found[key] = value;
    if (typeof value === "number") found[key] = String(value);
  }
  return found;
};
