import type { Route } from "#src/platform/route.ts";
import { paymentRoutes } from "./payment-routes.ts";

export const collectionRoutes: Route[] = [...paymentRoutes];
