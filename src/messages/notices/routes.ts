/** Every route of this room. */
import type { Route } from "#src/platform/route.ts";
import { draftRoutes } from "./draft-routes.ts";
import { funnelRoutes } from "./funnel-routes.ts";
import { previewRoutes } from "./preview-routes.ts";
import { runRoutes } from "./run-routes.ts";
import { settingRoutes } from "./setting-routes.ts";

export const noticeRoutes: Route[] = [
  ...draftRoutes,
  ...previewRoutes,
  ...runRoutes,
  ...funnelRoutes,
  ...settingRoutes,
];
