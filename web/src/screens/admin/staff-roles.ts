/** What somebody can be here. */
import type { Body } from "#web/api/types.ts";

export type StaffRole = Body<"post", "/staff">["roles"][number];
export const STAFF_ROLES: readonly StaffRole[] = [
  "agent",
  "area-manager",
  "cashier",
  "finance",
  "finance-approver",
  "supervisor",
  "auditor",
  "admin",
];
