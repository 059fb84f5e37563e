/** All routes of messaging. */
import type { Route } from "#src/platform/route.ts";
import { outboxRoutes } from "./outbox-routes.ts";
import { outboxViewerRoutes } from "./ports/outbox-viewer-routes.ts";
import { quarantineRoutes } from "./quarantine-routes.ts";
import { receiptRoutes } from "./receipt-routes.ts";
import { sendingRoutes } from "./sending/routes.ts";
import { smsRoutes } from "./sms-routes.ts";
import { templateRoutes } from "./templates/routes.ts";

export const messagingRoutes: readonly Route[] = [
  ...outboxRoutes,
  ...sendingRoutes,
  ...outboxViewerRoutes,
  ...smsRoutes,
  ...receiptRoutes,
  ...templateRoutes,
  ...quarantineRoutes,
];
