/** All routes of cases. What has its own word in the place of a number comes first. */
import type { Route } from "#src/platform/route.ts";
import { changeRoutes } from "./change-routes.ts";
import { figureRoutes } from "./figure-routes.ts";
import { duplicateRoutes, relationRoutes } from "./relation-routes.ts";
import { settingsRoutes } from "./settings-routes.ts";
import { viewRoutes } from "./ticket-routes.ts";

export const ticketRoutes: readonly Route[] = [
  ...duplicateRoutes,
  ...viewRoutes,
  ...changeRoutes,
  ...relationRoutes,
  ...figureRoutes,
  ...settingsRoutes,
];
