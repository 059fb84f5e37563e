/** Pages of supervisors and management. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { ASKED_WHEN_OPENED, beginToRead } from "#web/api/begin-to-read.ts";
import { inside } from "#web/shell/routes.tsx";
import { boardReads } from "./board-reads.ts";
import { narrowed } from "./narrowing.ts";

const page = { getParentRoute: () => inside } as const;

export const managementRoutes = [
  createRoute({
    ...page,
    path: "/overview",
    component: lazyRouteComponent(() => import("./overview.tsx"), "Overview"),
  }),
  createRoute({
    ...page,
    path: "/sheets",
    component: lazyRouteComponent(() => import("./sheet-days.tsx"), "SheetDays"),
  }),
  createRoute({
    ...page,
    path: "/sheets/receivers",
    component: lazyRouteComponent(() => import("./receivers.tsx"), "Receivers"),
  }),
  createRoute({
    ...page,
    path: "/sheets/$day/$sheet",
    component: lazyRouteComponent(() => import("./sheet-page.tsx"), "SheetPage"),
  }),
  createRoute({
    ...page,
    path: "/boards/service",
    validateSearch: narrowed,
    loaderDeps: ({ search }) => search,
    ...ASKED_WHEN_OPENED,
    loader: ({ deps, preload }) => beginToRead(boardReads.service(deps), { preload }),
    component: lazyRouteComponent(() => import("./service-board.tsx"), "ServiceBoard"),
  }),
  createRoute({
    ...page,
    path: "/boards/collection",
    validateSearch: narrowed,
    loaderDeps: ({ search }) => search,
    ...ASKED_WHEN_OPENED,
    loader: ({ deps, preload }) => beginToRead(boardReads.collection(deps), { preload }),
    component: lazyRouteComponent(() => import("./collection-board.tsx"), "CollectionBoard"),
  }),
  createRoute({
    ...page,
    path: "/closures",
    validateSearch: narrowed,
    loaderDeps: ({ search }) => search,
    ...ASKED_WHEN_OPENED,
    loader: ({ deps, preload }) => beginToRead(boardReads.closures(deps), { preload }),
    component: lazyRouteComponent(() => import("./closures.tsx"), "Closures"),
  }),
  createRoute({
    ...page,
    path: "/lists/$name",
    validateSearch: narrowed,
    component: lazyRouteComponent(() => import("./report-list.tsx"), "ReportList"),
  }),
  createRoute({
    ...page,
    path: "/reassign",
    validateSearch: (search: Record<string, unknown>): { order?: number } =>
      typeof search["order"] === "number" ? { order: search["order"] } : {},
    component: lazyRouteComponent(() => import("./reassign.tsx"), "Reassign"),
  }),
] as const;
