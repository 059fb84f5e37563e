/** What is dear to read is asked for by who opens its page, not by a mouse on its way past the menu. */
import { createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { afterEach, expect, test } from "vitest";
import { ASKED_WHEN_OPENED, beginToRead } from "./begin-to-read.ts";
import { queryClient } from "./client.ts";
import { SESSION } from "./session.ts";

let reads = 0;
afterEach(() => {
  queryClient.clear();
  reads = 0;
});
const routerOf = () => {
  const root = createRootRoute();
  const menu = createRoute({ getParentRoute: () => root, path: "/" });
  const board = createRoute({
    getParentRoute: () => root,
    path: "/board",
    ...ASKED_WHEN_OPENED,
    loader: ({ preload }) =>
      beginToRead({ queryKey: ["board"], queryFn: () => Promise.resolve((reads += 1)) }, { preload }),
  });
  return createRouter({
    routeTree: root.addChildren([menu, board]),
    history: createMemoryHistory({ initialEntries: ["/"] }),
    defaultPreload: "intent",
    isServer: false,
    origin: "http://localhost",
  });
};

test("a link under the mouse asks for nothing; the press asks, also right after it, and once", async () => {
  queryClient.setQueryData(SESSION, {});
  const router = routerOf();
  await router.load();
  await router.preloadRoute({ to: "/board" });
  expect(reads).toBe(0);
  await router.navigate({ to: "/board" });
  expect(reads).toBe(1);
  await router.navigate({ to: "/" });
  await router.navigate({ to: "/board" });
  expect(reads).toBe(1);
});

test("nobody signed in asks for nothing", async () => {
  const router = routerOf();
  await router.load();
  await router.navigate({ to: "/board" });
  expect(reads).toBe(0);
});
