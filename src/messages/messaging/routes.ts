/** All routes of messaging. */
import type { Route } from "#src/platform/route.ts";
import { outboxRoutes } from "./outbox-routes.ts";
import { quarantineRoutes } from "./quarantine-routes.ts";
import { smsRoutes } from "./sms-routes.ts";

export const messagingRoutes: readonly Route[] = [...outboxRoutes, ...smsRoutes, ...quarantineRoutes];
