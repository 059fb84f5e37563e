/** What somebody can be here. */
import type { Body } from "#web/api/types.ts";

export type StaffRole = Body<"post", "/staff">["roles"][number];
/** In the order of the lists. A role that the API knows and this page lacks does not compile. */
const EVERY: Readonly<Record<StaffRole, true>> = {
  agent: true,
  "area-manager": true,
  cashier: true,
  finance: true,
  "finance-approver": true,
  supervisor: true,
  auditor: true,
  admin: true,
};
export const STAFF_ROLES = Object.keys(EVERY) as readonly StaffRole[];
