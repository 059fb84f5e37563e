/** Pages of finance. Filters in an address are codes, days and ids. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
/** A search value may be read as a number; a season and an id are. */
const word = (value: unknown): string | undefined =>
  typeof value === "number" ? String(value) : text(value);

export type BreakSearch = { channel?: string; day?: string; class?: string; id?: string; state?: string };

const DAY = /^20\d\d-\d\d-\d\d$/;
export type BankDaysSearch = { readonly until?: string; readonly channel?: string };
export const bankDaysSearchOf = (search: Record<string, unknown>): BankDaysSearch => {
  const [until, channel] = [text(search["until"]), word(search["channel"])];
  return {
    ...(until === undefined || !DAY.test(until) ? {} : { until }),
    ...(channel === undefined ? {} : { channel }),
  };
};

export type ArrearsSearch = { readonly asOf?: string; readonly of?: "open" | "debts" };
export const arrearsSearchOf = (search: Record<string, unknown>): ArrearsSearch => {
  const asOf = text(search["asOf"]);
  return {
    ...(asOf === undefined || !DAY.test(asOf) ? {} : { asOf }),
    ...(search["of"] === "debts" ? { of: "debts" } : {}),
  };
};

export const financeRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/bank-days",
    validateSearch: bankDaysSearchOf,
    component: lazyRouteComponent(() => import("./bank-days.tsx"), "BankDays"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/bank-days/$channel/$day",
    component: lazyRouteComponent(() => import("./bank-day.tsx"), "BankDay"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/imports",
    component: lazyRouteComponent(() => import("./imports.tsx"), "Imports"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/imports/$id",
    component: lazyRouteComponent(() => import("./import-draft.tsx"), "ImportDraft"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/corrections/$accountNo",
    component: lazyRouteComponent(() => import("./corrections.tsx"), "Corrections"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/imported/$id",
    component: lazyRouteComponent(() => import("./imported-file.tsx"), "ImportedFile"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/breaks",
    validateSearch: (search: Record<string, unknown>): BreakSearch => {
      const found: BreakSearch = {};
      for (const name of ["channel", "day", "class", "id", "state"] as const) {
        const value = word(search[name]);
        if (value !== undefined) found[name] = value;
      }
      return found;
    },
    component: lazyRouteComponent(() => import("./breaks.tsx"), "Breaks"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/suspense",
    validateSearch: (search: Record<string, unknown>): { state?: string; id?: string } => {
      const [state, id] = [text(search["state"]), word(search["id"])];
      return { ...(state === undefined ? {} : { state }), ...(id === undefined ? {} : { id }) };
    },
    component: lazyRouteComponent(() => import("./suspense.tsx"), "Suspense"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/approvals",
    validateSearch: (search: Record<string, unknown>): { show?: string } => {
      const show = text(search["show"]);
      return show === undefined ? {} : { show };
    },
    component: lazyRouteComponent(() => import("./approvals.tsx"), "Approvals"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/bill-runs",
    validateSearch: (search: Record<string, unknown>): { season?: string } => {
      const season = word(search["season"]);
      return season === undefined ? {} : { season };
    },
    component: lazyRouteComponent(() => import("./bill-runs.tsx"), "BillRuns"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/arrears",
    validateSearch: arrearsSearchOf,
    component: lazyRouteComponent(() => import("./arrears.tsx"), "Arrears"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/closing-lists",
    component: lazyRouteComponent(() => import("./closing-lists.tsx"), "ClosingLists"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/closing-lists/$id",
    component: lazyRouteComponent(() => import("./closing-list.tsx"), "ClosingList"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/shifts",
    validateSearch: (search: Record<string, unknown>): { state?: "open" | "closed" } => {
      const state = (["open", "closed"] as const).find((one) => one === search["state"]);
      return state === undefined ? {} : { state };
    },
    component: lazyRouteComponent(() => import("./shifts.tsx"), "Shifts"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/finance/ledger",
    component: lazyRouteComponent(() => import("./ledger.tsx"), "Ledger"),
  }),
] as const;
