/**
 * Parts that are opened now and then: a dialog, the board of a call. They are no part of the first page; they are fetched once it is at
 * rest, so that the first press finds them there, or when they are first shown.
 */
import { Button } from "antd";
import { type ComponentType, type ReactNode, useEffect, useLayoutEffect, useState } from "react";
import { queryClient } from "#web/api/client.ts";
import { noAnswer } from "#web/api/problem.ts";
import { common } from "#web/words/common.ts";
import styles from "./above.module.css";
import { Problem } from "./problem.tsx";

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

/** Longer than this nobody's keys are held, whether the dialog has come or not. */
const HELD_MS = 2000;

/** Letters and signs that are pressed before a dialog is there belong to its first field, in their order. */
const holdKeys = () => {
  let held = "";
  const hold = (event: KeyboardEvent): void => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key.length !== 1) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held += event.key;
  };
  const letGo = (): void => window.removeEventListener("keydown", hold, true);
  window.addEventListener("keydown", hold, true);
  const timer = window.setTimeout(letGo, HELD_MS);
  const until = performance.now() + HELD_MS;
  /** The dialog puts the keys into its first field as it opens; what was typed follows them. */
  const give = (): void => {
    const isThere = isFieldOfDialog(document.activeElement);
    if (held !== "" && !isThere && performance.now() < until) {
      requestAnimationFrame(give);
      return;
    }
    window.clearTimeout(timer);
    letGo();
    // As if it were typed: the field hears of it, and it can be taken back.
    if (held !== "" && isThere) document.execCommand("insertText", false, held);
  };
  return give;
};

const Holding = () => {
  useLayoutEffect(holdKeys, []);
  return null;
};

const isServerThere = (): Promise<boolean> =>
  fetch("/livez").then(
    ({ ok }) => ok,
    () => false,
  );

/** The keys stand here, also above a drawer that holds them, and go back to where they were. */
const takeKeys = (box: HTMLElement | null) => {
  const before = document.activeElement;
  // A drawer hears of it at the window, and would take them back.
  box?.addEventListener("focusin", (event) => event.stopPropagation());
  box?.querySelector("button")?.focus();
  return () => {
    if (before instanceof HTMLElement) before.focus();
  };
};

/** The part did not come over the line, or a newer version of the console has taken its place at the server. */
const NotCome = ({
  again,
  close,
  children,
}: {
  again: () => Promise<void>;
  close: (() => void) | undefined;
  children: ReactNode;
}) => {
  const t = common.useWords();
  return (
    <div className={styles["notCome"]} ref={close === undefined ? undefined : takeKeys}>
      {children}
      <Problem error={noAnswer()} again={() => void again()} />
      {close === undefined ? null : <Button onClick={close}>{t("close")}</Button>}
    </div>
  );
};

/** How a dialog is told to go, where it has a way. */
const closeOf = (properties: object): (() => void) | undefined => {
  const close: unknown = Reflect.get(properties, "close");
  return typeof close === "function" ? () => void Reflect.apply(close, undefined, []) : undefined;
};

type Fetched<Props> = { readonly Part?: ComponentType<Props> | undefined; readonly hasFailed?: boolean };

const laterWith =
  (coming: ReactNode) =>
  <Props extends object>(
    load: () => Promise<ComponentType<Props>>,
    /** What it means for whoever asked for the part that it did not come. */
    meaning?: (properties: Props) => ReactNode,
  ): ComponentType<Props> => {
    let known: ComponentType<Props> | undefined;
    const fetchIt = async (): Promise<ComponentType<Props>> => {
      known ??= await load();
      return known;
    };
    waiting.push(fetchIt);
    void fetchWaiting();
    return (properties) => {
      // What is there already is shown at once.
      const [{ Part, hasFailed }, become] = useState<Fetched<Props>>(() => ({ Part: known }));
      useEffect(() => {
        if (Part !== undefined) return;
        let isShown = true;
        fetchIt().then(
          (fetched) => isShown && become({ Part: fetched }),
          () => isShown && become({ hasFailed: true }),
        );
        return () => {
          isShown = false;
        };
      }, [Part]);
      const again = async (): Promise<void> => {
        try {
          become({ Part: await fetchIt() });
        } catch {
          // A browser remembers what it could not import, and a newer version has other files: the page is loaded anew. Drafts stay.
          if (await isServerThere()) window.location.reload();
        }
      };
      if (Part !== undefined) return <Part {...properties} />;
      if (hasFailed !== true) return coming;
      return (
        <NotCome again={again} close={closeOf(properties)}>
          {meaning?.(properties)}
        </NotCome>
      );
    };
  };

/** `later(async () => (await import("./call-desk.tsx")).CallDesk)`: a part of a page. */
export const later = laterWith(null);

/** A dialog: what is typed while it comes goes into its first field. */
export const laterDialog = laterWith(<Holding />);
