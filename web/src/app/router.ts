/** All pages. An area adds its routes by one line; every page is loaded when it is first opened. */
import { createRouter } from "@tanstack/react-router";
import { financeRoutes } from "#web/screens/finance/routes.ts";
import { inside, root, start } from "#web/shell/routes.tsx";
import { adminRoutes } from "#web/screens/admin/routes.ts";
import { counterRoutes } from "#web/screens/counter/routes.ts";
import { areaRoutes } from "#web/screens/area/routes.ts";
import { exportRoutes } from "#web/screens/exports/routes.ts";
import { managementRoutes } from "#web/screens/management/routes.ts";
import { messageRoutes } from "#web/screens/messages/routes.ts";
import { noticeRoutes } from "#web/screens/notices/routes.ts";
import { pressureRoutes } from "#web/screens/pressure-tests/routes.ts";
import { serviceRoutes } from "#web/screens/service/routes.ts";
import { taskRoutes } from "#web/screens/tasks/routes.ts";

const tree = root.addChildren([
  inside.addChildren([
    start,
    ...areaRoutes,
    ...serviceRoutes,
    ...financeRoutes,
    ...counterRoutes,
    ...noticeRoutes,
    ...pressureRoutes,
    ...messageRoutes,
    ...managementRoutes,
    ...adminRoutes,
    ...exportRoutes,
    ...taskRoutes,
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  scrollRestoration: true,
  // From one case to the next nothing is carried over: no revealed number, no half-typed note.
  defaultRemountDeps: ({ params }) => params,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
