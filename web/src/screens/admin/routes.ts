/** Pages of those who look after logins, rules and the house itself. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";
import { auditFilterOf, peopleFilterOf } from "./filters.ts";
import { templateFilterOf } from "./templates.ts";

const under = { getParentRoute: () => inside } as const;

export const adminRoutes = [
  createRoute({
    ...under,
    path: "/admin/people",
    validateSearch: peopleFilterOf,
    component: lazyRouteComponent(() => import("./people-page.tsx"), "PeoplePage"),
  }),
  createRoute({
    ...under,
    path: "/admin/roles",
    component: lazyRouteComponent(() => import("./roles-page.tsx"), "RolesPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/areas",
    component: lazyRouteComponent(() => import("./areas-page.tsx"), "AreasPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/map",
    component: lazyRouteComponent(() => import("./map-page.tsx"), "MapPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/crews",
    component: lazyRouteComponent(() => import("./crews-page.tsx"), "CrewsPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/calendars",
    component: lazyRouteComponent(() => import("./calendars-page.tsx"), "CalendarsPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/categories",
    component: lazyRouteComponent(() => import("./categories-page.tsx"), "CategoriesPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/routing",
    component: lazyRouteComponent(() => import("./routing-page.tsx"), "RoutingPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/templates",
    validateSearch: templateFilterOf,
    component: lazyRouteComponent(() => import("./templates-page.tsx"), "TemplatesPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/queues",
    component: lazyRouteComponent(() => import("./queues-page.tsx"), "QueuesPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/audit",
    validateSearch: auditFilterOf,
    component: lazyRouteComponent(() => import("./audit-page.tsx"), "AuditPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/reveals",
    component: lazyRouteComponent(() => import("./reveals-page.tsx"), "RevealsPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/settings",
    component: lazyRouteComponent(() => import("./settings-page.tsx"), "SettingsPage"),
  }),
  createRoute({
    ...under,
    path: "/admin/tokens",
    component: lazyRouteComponent(() => import("./tokens-page.tsx"), "TokensPage"),
  }),
] as const;
