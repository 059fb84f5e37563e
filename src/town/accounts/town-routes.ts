/** Every route of the town, for the HTTP edge: this room stands above the network and the grid. */
import type { Route } from "#src/platform/route.ts";
import { gridRoutes } from "#src/town/grid/index.ts";
import { networkRoutes } from "#src/town/network/index.ts";
import { mailRoutes } from "./mail-routes.ts";
import { accountRevealRoutes } from "./reveal-routes.ts";
import { accountRoutes } from "./routes.ts";

export const townRoutes: readonly Route[] = [
  ...networkRoutes,
  ...gridRoutes,
  ...accountRoutes,
  ...mailRoutes,
  ...accountRevealRoutes,
];
