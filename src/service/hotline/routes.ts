/** Every route of the hotline. */
import type { Route } from "#src/platform/route.ts";
import { agentRoutes } from "./agent-routes.ts";
import { boardRoutes } from "./board-routes.ts";
import { callBackRoutes } from "./call-back-routes.ts";
import { callRoutes } from "./call-routes.ts";
import { ctiRoutes } from "./cti-routes.ts";
import { dialRoutes } from "./dial-routes.ts";
import { logRoutes } from "./log-routes.ts";

export const hotlineRoutes: readonly Route[] = [
  ...boardRoutes,
  ...agentRoutes,
  ...logRoutes,
  ...callRoutes,
  ...callBackRoutes,
  ...dialRoutes,
  ...ctiRoutes,
];
