/** What we send: all messages, what waits for a person, dead letters, the outbox viewer, channels, costs. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "#web/shell/routes.tsx";

export const LISTS = ["all", "unknown", "rejected", "outbox", "channels", "costs"] as const;
export type ListName = (typeof LISTS)[number];
export type MessageFilter = { readonly list?: ListName; readonly message?: string };

export const messageFilterOf = (search: Record<string, unknown>): MessageFilter => {
  const list = LISTS.find((one) => one === search["list"]);
  const id = search["message"];
  const isId = (typeof id === "string" || typeof id === "number") && /^\d{1,18}$/.test(String(id));
  return {
    ...(list === undefined || list === "all" ? {} : { list }),
    ...(isId ? { message: String(id) } : {}),
  };
};

export const messageRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/messages",
    validateSearch: messageFilterOf,
    component: lazyRouteComponent(() => import("./messages-page.tsx"), "MessagesPage"),
  }),
] as const;
