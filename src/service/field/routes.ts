/** Routes of field work. */
import type { Route } from "#src/platform/route.ts";
import { crewRoutes } from "./crew-routes.ts";
import { orderRoutes } from "./order-routes.ts";
import { printRoutes } from "./print-routes.ts";
import { raiseRoutes } from "./raise-routes.ts";
import { valveRoutes } from "./valve-routes.ts";

export const fieldRoutes: readonly Route[] = [
  ...orderRoutes,
  ...raiseRoutes,
  ...valveRoutes,
  ...printRoutes,
  ...crewRoutes,
];
