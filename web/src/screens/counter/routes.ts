/** Pages of the counter. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";

export const counterRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/counter",
    component: lazyRouteComponent(() => import("./counter-page.tsx"), "CounterPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/counter/shift",
    component: lazyRouteComponent(() => import("./shift-page.tsx"), "ShiftPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/receipts",
    validateSearch: (search: Record<string, unknown>): { day?: string } => {
      const day = search["day"];
      return typeof day === "string" && /^\d{4}-\d{2}-\d{2}$/.test(day) ? { day } : {};
    },
    component: lazyRouteComponent(() => import("./receipts-page.tsx"), "ReceiptsPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/receipts/$receiptId",
    component: lazyRouteComponent(() => import("./receipts-page.tsx"), "ReceiptPage"),
  }),
] as const;
