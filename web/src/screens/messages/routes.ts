/** What we send: all messages, what waits for a person, dead letters, the outbox viewer, channels, costs. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";

export const LISTS = ["all", "unknown", "rejected", "outbox", "channels", "costs"] as const;
export type ListName = (typeof LISTS)[number];
export const PURPOSES = [
  "reply",
  "emergency",
  "appointment",
  "case-update",
  "incident-update",
  "call-back",
  "referral",
  "service-notice",
  "payment-notice",
  "payment-receipt",
  "staff-report",
  "survey",
  "greeting",
] as const;
export type Purpose = (typeof PURPOSES)[number];
export type MessageFilter = {
  readonly list?: ListName;
  readonly purpose?: Purpose;
  readonly message?: string;
};

export const messageFilterOf = (search: Record<string, unknown>): MessageFilter => {
  const list = LISTS.find((one) => one === search["list"]);
  const purpose = PURPOSES.find((one) => one === search["purpose"]);
  const id = search["message"];
  const isId = (typeof id === "string" || typeof id === "number") && /^\d{1,18}$/.test(String(id));
  return {
    ...(list === undefined || list === "all" ? {} : { list }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(isId ? { message: String(id) } : {}),
  };
};

/** `waiting`: without a case; `quarantine`: could not be read; `settled` and `put-away`: what people have done with of either. */
export const RECEIVED_LISTS = ["waiting", "quarantine", "all", "settled", "put-away"] as const;
export type ReceivedListName = (typeof RECEIVED_LISTS)[number];
export type ReceivedFilter = { readonly list?: ReceivedListName; readonly open?: string };

export const receivedFilterOf = (search: Record<string, unknown>): ReceivedFilter => {
  const list = RECEIVED_LISTS.find((one) => one === search["list"]);
  const id = search["open"];
  const isId = (typeof id === "string" || typeof id === "number") && /^\d{1,18}$/.test(String(id));
  return {
    ...(list === undefined || list === "waiting" ? {} : { list }),
    ...(isId ? { open: String(id) } : {}),
  };
};

export const messageRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/messages",
    validateSearch: messageFilterOf,
    component: lazyRouteComponent(() => import("./messages-page.tsx"), "MessagesPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/received",
    validateSearch: receivedFilterOf,
    component: lazyRouteComponent(() => import("./received-page.tsx"), "ReceivedPage"),
  }),
] as const;
