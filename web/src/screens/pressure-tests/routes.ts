/** Pages of pressure tests and cold runs. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";
import { TEST_STATES, type TestState } from "./states.ts";

export const TEST_KINDS = ["pressure", "cold-run"] as const;
export type TestFilter = { readonly state?: TestState; readonly kind?: (typeof TEST_KINDS)[number] };
export type CalendarFilter = TestFilter & { readonly month?: string; readonly day?: string };

const text = (value: unknown, form: RegExp): string | undefined =>
  typeof value === "string" && form.test(value) ? value : undefined;

export const calendarFilterOf = (search: Record<string, unknown>): CalendarFilter => {
  const month = text(search["month"], /^20\d\d-(0[1-9]|1[0-2])$/);
  const day = text(search["day"], /^20\d\d-\d\d-\d\d$/);
  const state = TEST_STATES.find((one) => one === search["state"]);
  const kind = TEST_KINDS.find((one) => one === search["kind"]);
  return {
    ...(month === undefined ? {} : { month }),
    ...(day === undefined ? {} : { day }),
    ...(state === undefined ? {} : { state }),
    ...(kind === undefined ? {} : { kind }),
  };
};

export const pressureRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/pressure-tests",
    validateSearch: calendarFilterOf,
    component: lazyRouteComponent(() => import("./calendar-page.tsx"), "CalendarPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/pressure-tests/plan",
    component: lazyRouteComponent(() => import("./plan-page.tsx"), "PlanPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/pressure-tests/rounds/$roundId",
    component: lazyRouteComponent(() => import("./round-page.tsx"), "RoundPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/pressure-tests/$testId",
    component: lazyRouteComponent(() => import("./test-page.tsx"), "TestPage"),
  }),
] as const;
