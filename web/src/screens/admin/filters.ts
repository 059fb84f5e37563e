/** Filters of these pages as they stand in the address: codes and days. Names and numbers are typed, and stand nowhere. */
export type PeopleFilter = { readonly role?: string };

export const peopleFilterOf = (search: Record<string, unknown>): PeopleFilter => {
  const role = search["role"];
  return typeof role === "string" && /^[a-z-]{1,30}$/.test(role) ? { role } : {};
};

export type AuditFilter = { readonly from?: string; readonly until?: string };

const DAY = /^20\d\d-\d\d-\d\d$/;
const dayIn = (value: unknown): string | undefined =>
  typeof value === "string" && DAY.test(value) ? value : undefined;

export const auditFilterOf = (search: Record<string, unknown>): AuditFilter => {
  const [from, until] = [dayIn(search["from"]), dayIn(search["until"])];
  return from === undefined || until === undefined ? {} : { from, until };
};
