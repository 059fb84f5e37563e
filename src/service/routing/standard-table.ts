/**
 * A responsibility table to begin with (assumed, to be changed): what is ours goes to the area's own people, what is the
 * property firm's to the property desk, money and papers to their offices, complaints and damage to head office.
 */
import type { ResponsibilityRow } from "./choose-role.ts";

export const STANDARD_TABLE: readonly ResponsibilityRow[] = [
  { category: "*", boundary: "ours", level: "area", role: "area-manager" },
  { category: "*", boundary: "ours", level: "branch", role: "area-manager" },
  { category: "*", boundary: "ours", level: "company", role: "head-office" },
  { category: "*", boundary: "property-firm", level: "*", role: "property-desk" },
  { category: "*", boundary: "unknown", level: "*", role: "service-desk" },
  { category: "payment", boundary: "*", level: "*", role: "service-desk" },
  { category: "payment.wrong-account", boundary: "*", level: "*", role: "finance" },
  { category: "payment.double", boundary: "*", level: "*", role: "finance" },
  { category: "payment.refund-progress", boundary: "*", level: "*", role: "finance" },
  { category: "business", boundary: "*", level: "*", role: "service-desk" },
  { category: "invoice", boundary: "*", level: "*", role: "cashier" },
  { category: "enquiry", boundary: "*", level: "*", role: "service-desk" },
  { category: "complaint", boundary: "*", level: "*", role: "head-office" },
  { category: "praise", boundary: "*", level: "*", role: "service-desk" },
  { category: "suggestion", boundary: "*", level: "*", role: "service-desk" },
  { category: "damage", boundary: "*", level: "*", role: "head-office" },
];
