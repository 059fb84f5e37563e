/** The filter of the case list as it stands in the address: codes and ids, nothing that names a person. */
import { SEVERITIES } from "#web/words/severities.ts";

const STATES = [
  "open",
  "new",
  "assigned",
  "accepted",
  "working",
  "waiting",
  "resolved",
  "closed",
  "cancelled",
  "merged",
] as const;
const OWNER_ROLES = ["agent", "area-manager", "cashier", "finance", "supervisor"] as const;
const SOURCES = ["reported", "found"] as const;
const DUES = ["overdue", "today"] as const;
export const FILTER_CODES = {
  state: STATES,
  severity: SEVERITIES,
  ownerRole: OWNER_ROLES,
  source: SOURCES,
  due: DUES,
} as const;

export type CaseFilter = {
  /** Left out: everything in which something is still to be done; `all` is every case. */
  readonly state?: (typeof STATES)[number] | "all";
  readonly owner?: "me";
  readonly severity?: (typeof SEVERITIES)[number];
  readonly ownerRole?: (typeof OWNER_ROLES)[number];
  readonly source?: (typeof SOURCES)[number];
  readonly due?: (typeof DUES)[number];
  readonly category?: string;
  readonly account?: string;
  readonly building?: number;
};

const oneOf = <Code extends string>(codes: readonly Code[], value: unknown): Code | undefined =>
  codes.find((code) => code === value);

const CATEGORY = /^[a-z][a-z-]*(\.[a-z][a-z-]*)?$/;

/** Reads it; what is no filter is left out. */
export const caseFilterOf = (search: Record<string, unknown>): CaseFilter => {
  const category = search["category"];
  const account = search["account"];
  const building = Number(search["building"]);
  const read = {
    state: search["state"] === "all" ? ("all" as const) : oneOf(STATES, search["state"]),
    owner: search["owner"] === "me" ? ("me" as const) : undefined,
    severity: oneOf(SEVERITIES, search["severity"]),
    ownerRole: oneOf(OWNER_ROLES, search["ownerRole"]),
    source: oneOf(SOURCES, search["source"]),
    due: oneOf(DUES, search["due"]),
    category: typeof category === "string" && CATEGORY.test(category) ? category : undefined,
    account: typeof account === "string" || typeof account === "number" ? String(account) : undefined,
    building: Number.isSafeInteger(building) && building > 0 ? building : undefined,
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
};
