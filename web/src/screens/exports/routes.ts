/** The page of what one has asked for as a table. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";

export const exportRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/exports",
    component: lazyRouteComponent(() => import("./exports-page.tsx"), "ExportsPage"),
  }),
];
