/** Pages of cases. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";

export const ticketRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/tickets",
    component: lazyRouteComponent(() => import("./ticket-list.tsx"), "TicketList"),
  }),
] as const;
