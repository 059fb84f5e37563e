/**
 * Parts that are opened now and then: a dialog, the board of a call. They are no part of the first page; they are fetched once it is at
 * rest, so that the first press finds them there, or when they are first shown.
 */
import { type ComponentType, lazy, type ReactNode, Suspense, useLayoutEffect, useState } from "react";
import { queryClient } from "#web/api/client.ts";

type Load = () => Promise<unknown>;
const waiting: Load[] = [];
let isBegun = false;
let isFetching = false;

/** How long nothing may be read before a page is at rest. */
const REST_MS = 400;

const isAtRest = (): Promise<void> =>
  new Promise((resolve) => {
    let quiet = 0;
    const look = (): void => {
      quiet = queryClient.isFetching() === 0 && document.readyState === "complete" ? quiet + 1 : 0;
      if (quiet > 1) resolve();
      else window.setTimeout(look, REST_MS / 2);
    };
    look();
  });

/** Whoever pays for what is loaded fetches what he opens. */
const isSparing = (): boolean => {
  const line: unknown = Reflect.get(navigator, "connection");
  return line instanceof EventTarget && Reflect.get(line, "saveData") === true;
};

/** One after the other, behind everything that the page itself reads. */
const fetchWaiting = async (): Promise<void> => {
  if (!isBegun || isFetching || isSparing()) return;
  isFetching = true;
  while (waiting.length > 0) {
    await isAtRest();
    performance.mark("fetched-ahead");
    // Not come over the line: it is fetched when it is shown, and says so there.
    await waiting
      .shift()?.()
      .catch(() => undefined);
  }
  isFetching = false;
};

/** Somebody is signed in, and sees a page. */
export const beginFetchingAhead = (): void => {
  isBegun = true;
  void fetchWaiting();
};

const isFieldOfDialog = (one: Element | null): boolean =>
  (one instanceof HTMLTextAreaElement || one instanceof HTMLInputElement) &&
  one.closest("[role=dialog]") !== null;

/** How many frames a dialog that has come may take until the keys are in its first field; it may have none. */
const PATIENCE = 30;

/** Keys that are pressed before a dialog is there belong to its first field, in their order. */
const holdKeys = () => {
  let held = "";
  const hold = (event: KeyboardEvent): void => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.key === "Escape") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.key === "Backspace") held = held.slice(0, -1);
    else if (event.key.length === 1) held += event.key;
  };
  window.addEventListener("keydown", hold, true);
  /** The dialog stands: it puts the keys into its first field by itself, and what was typed follows them. */
  const give = (tries: number): void => {
    const isThere = isFieldOfDialog(document.activeElement);
    if (held !== "" && !isThere && tries < PATIENCE) {
      requestAnimationFrame(() => give(tries + 1));
      return;
    }
    window.removeEventListener("keydown", hold, true);
    // As if it were typed: the field hears of it, and it can be taken back.
    if (held !== "" && isThere) document.execCommand("insertText", false, held);
  };
  return () => give(0);
};

const Holding = () => {
  useLayoutEffect(holdKeys, []);
  return null;
};

const laterWith =
  (fallback: ReactNode) =>
  <Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> => {
    let known: ComponentType<Props> | undefined;
    const fetchIt = async (): Promise<ComponentType<Props>> => {
      known = await load();
      return known;
    };
    const Loaded: ComponentType<Props> = lazy(async () => ({ default: await fetchIt() }));
    waiting.push(fetchIt);
    void fetchWaiting();
    return (properties) => {
      // What is there already is shown at once; what was shown while it came stays as it is.
      const [{ Shown }] = useState(() => ({ Shown: known ?? Loaded }));
      return (
        <Suspense fallback={fallback}>
          <Shown {...properties} />
        </Suspense>
      );
    };
  };

/** `later(async () => (await import("./call-desk.tsx")).CallDesk)`: a part of a page. */
export const later = laterWith(null);

/** A dialog: what is typed while it comes goes into its first field. */
export const laterDialog = laterWith(<Holding />);
