/** Pages of notices. What stands in an address are ids and codes. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";
import { listFilterOf, recipientFilterOf } from "./filters.ts";

const idText = (value: unknown): string | undefined =>
  (typeof value === "string" || typeof value === "number") && /^\d{1,18}$/.test(String(value))
    ? String(value)
    : undefined;

export const noticeRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/notices",
    validateSearch: listFilterOf,
    component: lazyRouteComponent(() => import("./notice-list.tsx"), "NoticeList"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/notices/new",
    validateSearch: (search: Record<string, unknown>): { missedBy?: string } => {
      const missedBy = idText(search["missedBy"]);
      return missedBy === undefined ? {} : { missedBy };
    },
    component: lazyRouteComponent(() => import("./edit-pages.tsx"), "NewNotice"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/notices/settings",
    component: lazyRouteComponent(() => import("./settings-page.tsx"), "NoticeSettings"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/notices/$noticeId",
    validateSearch: recipientFilterOf,
    component: lazyRouteComponent(() => import("./notice-page.tsx"), "NoticePage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/notices/$noticeId/edit",
    component: lazyRouteComponent(() => import("./edit-pages.tsx"), "EditNotice"),
  }),
] as const;
