/** The page of tasks. Its filter in the address is codes. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";

export type TaskSearch = { readonly show?: "all"; readonly kind?: string };
export const taskSearchOf = (search: Record<string, unknown>): TaskSearch => {
  const { show, kind } = search;
  return {
    ...(show === "all" ? { show } : {}),
    ...(typeof kind === "string" && /^[a-z-]{1,60}$/.test(kind) ? { kind } : {}),
  };
};

export const taskRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/tasks",
    validateSearch: taskSearchOf,
    component: lazyRouteComponent(() => import("./tasks-page.tsx"), "TasksPage"),
  }),
] as const;
