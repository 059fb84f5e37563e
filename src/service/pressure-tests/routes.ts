/** Every route of the room. */
import type { Route } from "#src/platform/route.ts";
import { figureRoutes } from "./figure-routes.ts";
import { reachRoutes } from "./reach-routes.ts";
import { recordRoutes } from "./record-routes.ts";
import { roundRoutes } from "./round-routes.ts";
import { testRoutes } from "./test-routes.ts";

export const pressureTestRoutes: readonly Route[] = [
  ...roundRoutes,
  ...testRoutes,
  ...reachRoutes,
  ...recordRoutes,
  ...figureRoutes,
];
