import type { Route } from "#src/platform/route.ts";
import { channelRoutes } from "./channel-routes.ts";
import { paymentRoutes } from "./payment-routes.ts";
import { receiptRoutes } from "./receipt-routes.ts";
import { reversalRoutes } from "./reversal-routes.ts";
import { shiftRoutes } from "./shift-routes.ts";
import { terminalRoutes } from "./terminal-routes.ts";
import { walletCallbackRoute } from "./wallet/callback-route.ts";

export const collectionRoutes: Route[] = [
  ...channelRoutes,
  ...paymentRoutes,
  ...reversalRoutes,
  ...shiftRoutes,
  ...receiptRoutes,
  ...terminalRoutes,
  walletCallbackRoute,
];
