/** Where the page stands, by its address below `/me`. Addresses hold ids of homes, buildings and orders, and nothing of a person. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
const tell = (): void => listeners.forEach((listener) => listener());
window.addEventListener("popstate", tell);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** `["homes", "17", "report"]` of `/me/homes/17/report`. */
export const usePath = (): readonly string[] => {
  const path = useSyncExternalStore(subscribe, () => location.pathname);
  return path
    .split("/")
    .filter((part) => part !== "")
    .slice(1);
};

/** `go("/homes/17")`; the page begins at its top. */
export const go = (to: string, replace = false): void => {
  const address = `/me${to === "/" ? "" : to}`;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  tell();
  window.scrollTo(0, 0);
};
