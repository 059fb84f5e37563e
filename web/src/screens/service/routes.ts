/** Pages of service: the agent's desk, cases, households, calls. What stands in an address are ids and codes. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";
import { callFilterOf } from "./calls/call-filter.ts";
import { caseFilterOf } from "./cases/case-filter.ts";
import { referralFilterOf } from "./referrals/referral-filter.ts";

const text = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;

/** Without the keys that have no value, so that they do not stand in the address. */
const given = <Value extends object>(value: Value): Partial<Value> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<Value>;

export const serviceRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/desk",
    validateSearch: (search: Record<string, unknown>): { call?: number } => {
      const call = Number(search["call"]);
      return Number.isSafeInteger(call) && call > 0 ? { call } : {};
    },
    component: lazyRouteComponent(() => import("./desk/desk-page.tsx"), "DeskPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/tickets",
    validateSearch: caseFilterOf,
    component: lazyRouteComponent(() => import("./cases/ticket-list.tsx"), "TicketList"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/tickets/new",
    validateSearch: (search: Record<string, unknown>): { account?: string } =>
      given({ account: text(search["account"]) }),
    component: lazyRouteComponent(() => import("./cases/new-case.tsx"), "NewCase"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/tickets/$ticketNo",
    component: lazyRouteComponent(() => import("./cases/ticket-page.tsx"), "TicketPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/households/$accountNo",
    component: lazyRouteComponent(() => import("./households/household-page.tsx"), "HouseholdPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/calls",
    validateSearch: callFilterOf,
    component: lazyRouteComponent(() => import("./calls/calls-page.tsx"), "CallsPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/board",
    component: lazyRouteComponent(() => import("./calls/board-page.tsx"), "BoardPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/incidents",
    validateSearch: (search: Record<string, unknown>): { list?: "all" } =>
      search["list"] === "all" ? { list: "all" } : {},
    component: lazyRouteComponent(() => import("./incidents/incident-list.tsx"), "IncidentList"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/incidents/new",
    component: lazyRouteComponent(() => import("./incidents/new-incident.tsx"), "NewIncident"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/incidents/$id",
    component: lazyRouteComponent(() => import("./incidents/incident-page.tsx"), "IncidentPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/referrals",
    validateSearch: referralFilterOf,
    component: lazyRouteComponent(() => import("./referrals/referral-list.tsx"), "ReferralList"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/referrals/new",
    component: lazyRouteComponent(() => import("./referrals/new-referral.tsx"), "NewReferral"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/referrals/import",
    component: lazyRouteComponent(() => import("./referrals/import-referrals.tsx"), "ImportReferrals"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/referrals/$id",
    component: lazyRouteComponent(() => import("./referrals/referral-page.tsx"), "ReferralPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/return-visits",
    validateSearch: (search: Record<string, unknown>): { list?: "not-reached" | "answered" } =>
      search["list"] === "not-reached" || search["list"] === "answered" ? { list: search["list"] } : {},
    component: lazyRouteComponent(() => import("./return-visits/return-visits.tsx"), "ReturnVisits"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/knowledge",
    component: lazyRouteComponent(() => import("./desk/knowledge-page.tsx"), "KnowledgePage"),
  }),
] as const;
