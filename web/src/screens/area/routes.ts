/** Pages of the area manager. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";

const getParentRoute = () => inside;

export const areaRoutes = [
  createRoute({
    getParentRoute,
    path: "/my",
    component: lazyRouteComponent(() => import("./day-page.tsx"), "DayPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/my/stairwells",
    component: lazyRouteComponent(() => import("./stairwells-page.tsx"), "StairwellsPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/my/cases/$ticketNo",
    component: lazyRouteComponent(() => import("./case-page.tsx"), "CasePage"),
  }),
  createRoute({
    getParentRoute,
    path: "/my/visits/$id",
    component: lazyRouteComponent(() => import("./visit-page.tsx"), "VisitPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/my/chat",
    validateSearch: (search: Record<string, unknown>): { paste?: "refused" } =>
      search["paste"] === "refused" ? { paste: "refused" } : {},
    component: lazyRouteComponent(() => import("./chat-page.tsx"), "ChatPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/my/tasks",
    component: lazyRouteComponent(() => import("./tasks-page.tsx"), "TasksPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/my/owing",
    component: lazyRouteComponent(() => import("./owing-page.tsx"), "OwingPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/my/outbox",
    component: lazyRouteComponent(() => import("./outbox-page.tsx"), "OutboxPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/my/phone",
    component: lazyRouteComponent(() => import("./phone-page.tsx"), "PhonePage"),
  }),
] as const;
