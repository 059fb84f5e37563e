/** What waits today, with signal or without; and what of it is done already, sent or not. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { call, forget, queryClient } from "#web/api/client.ts";
import { ownPhone } from "#web/api/offline/copies.ts";
import { beginOutbox, onSent, type OutboxState, useOutbox } from "#web/api/offline/outbox.ts";
import { keepShell } from "#web/api/offline/shell-worker.ts";
import { kept, useKept } from "#web/api/offline/use-kept.ts";
import { noAnswer, problemOf } from "#web/api/problem.ts";
import { useSession } from "#web/api/session.ts";
import type { Answer, Item } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";
import { loadProblemTexts } from "#web/words/problems.ts";

export type Day = Answer<"get", "/my-day">;
export type DayCase = Day["cases"][number];
export type DayVisit = Day["visits"][number];
export type Posting = Day["postings"][number];
export type Building = Day["buildings"][number];
export type Stairwell = Item<"/valve-rounds">;
export type Door = Stairwell["doors"][number];

const answered = <T>(data: T | undefined): T => {
  if (data === undefined) throw noAnswer();
  return data;
};

const myDay = kept(["get", "/my-day"], "my-day", async (signal) =>
  answered((await call.GET("/my-day", { signal })).data),
);

type Page<Row> = { readonly items: readonly Row[]; readonly nextCursor: string | null };
const MOST_PAGES = 20;
/** A list to its end: what is not on the phone is not there without signal. */
const readOn = async <Row>(
  ask: (query: { limit: number; cursor?: string }) => Promise<{ data?: Page<Row> | undefined }>,
): Promise<Row[]> => {
  const found: Row[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const asked = await ask({ limit: 100, ...(cursor === undefined ? {} : { cursor }) });
    const data = answered(asked.data);
    found.push(...data.items);
    if (data.nextCursor === null) break;
    cursor = data.nextCursor;
  }
  return found;
};

const stairwells = kept(["get", "/valve-rounds"], "stairwells", (signal) =>
  readOn((query) => call.GET("/valve-rounds", { params: { query }, signal })),
);

/** Without the valves, which have their own list, and which would stand before everything else in November. */
const tasks = kept(["get", "/tasks", "my"], "tasks", (signal) =>
  readOn((query) =>
    call.GET("/tasks", { params: { query: { ...query, notKind: "valve-opening" } }, signal }),
  ),
);

const categories = kept(
  ["get", "/ticket-categories"],
  "categories",
  async (signal) => answered((await call.GET("/ticket-categories", { signal })).data).items,
);

const OWING_PAGE = 100;
/** So many pages of those who owe, as of the last day that all banks have certified; the sums are those of all of them. */
const owing = (pages: number) =>
  kept(["get", "/arrears", "my", pages], "owing", async (signal) => {
    const ask = async (cursor: string | undefined) => {
      const query = { asOf: "last-certified" as const, limit: OWING_PAGE, ...(cursor && { cursor }) };
      return answered((await call.GET("/arrears", { params: { query }, signal })).data);
    };
    const first = await ask(undefined);
    let { items, nextCursor } = first;
    for (let page = 1; page < pages && nextCursor !== null; page += 1) {
      const next = await ask(nextCursor);
      items = [...items, ...next.items];
      ({ nextCursor } = next);
    }
    return { ...first, items, nextCursor };
  });

/** How long what was read ahead is good enough for a day without signal. */
const AHEAD_MS = 30 * 60_000;
let ahead: { readonly login: string; readonly at: number } | undefined;
/** Why the server did not give what was to be read ahead; null while all is well, or there is no line, which is said anyway. */
let aheadFailure: unknown = null;
const aheadListeners = new Set<() => void>();
const sayAhead = (failure: unknown): void => {
  aheadFailure = failure;
  aheadListeners.forEach((listener) => listener());
};
const onAhead = (listener: () => void): (() => void) => {
  aheadListeners.add(listener);
  return () => aheadListeners.delete(listener);
};
export const useAheadFailure = (): unknown => useSyncExternalStore(onAhead, () => aheadFailure);

/**
 * What somebody may open where there is no line is kept before he gets there, also where he has never opened it: one after the other,
 * once in half an hour. Where the line was lost on the way the next page that he opens goes on with it; nothing is tried by itself.
 */
export const readAhead = async (login: string): Promise<void> => {
  if (ahead?.login === login && Date.now() - ahead.at < AHEAD_MS) return;
  ahead = { login, at: Date.now() };
  sayAhead(null);
  const read = async <T>(what: ReturnType<typeof kept<T>>): Promise<void> => {
    if (ahead === undefined) return;
    try {
      const { isOld } = await queryClient.fetchQuery({
        ...what,
        networkMode: "always",
        retry: false,
        staleTime: AHEAD_MS,
      });
      if (isOld) ahead = undefined;
    } catch (error) {
      // What the server refuses it refuses on the page as well, which says why.
      const { status } = problemOf(error).facts;
      if (status === 0 || status >= 500) ahead = undefined;
      if (status >= 500) sayAhead(error);
    }
  };
  await read(myDay);
  await read(stairwells);
  await read(tasks);
  await read(categories);
  await read(owing(1));
};

/** Every page of the area begins with it: the phone keeps the pages and the lists of the day, and sends what waits. */
export const usePhone = (): OutboxState => {
  const { login, boundDevice } = useSession();
  useEffect(() => {
    // Whoever opens a page of an area owns the phone: a supervisor in the manager's place as well.
    void ownPhone(login, boundDevice)
      .then(beginOutbox, beginOutbox)
      .then(() => readAhead(login));
    // A browser that refuses a worker still works with a line.
    void keepShell().catch(() => undefined);
    // The words of refusals, which are met where there is no line to load them.
    void loadProblemTexts();
    return onSent(() => void forget("/my-day", "/valve-rounds", "/tasks"));
  }, [login, boundDevice]);
  return useOutbox();
};

export const useDay = () => {
  useLive(["ticket.changed", "ticket.assigned", "routing.notice"], () => void forget("/my-day"));
  return useKept(myDay);
};
export const useStairwells = () => useKept(stairwells);
export const useTasks = () => useKept(tasks);
export const useCategories = () => useKept(categories);
export const useOwing = (pages: number) => useKept(owing(pages));
/** What was read ahead of who owes; asks for nothing itself. */
export const useOwingTotals = () => useQuery({ ...owing(1), enabled: false }).data?.value.totals ?? undefined;

/** What became of what was done about something: the latest. */
export type Doing = { readonly state: "waiting" | "refused" | "done" | "kept"; readonly label: string };
export const doingOf = ({ waiting, sent }: OutboxState, about: string): Doing | undefined => {
  const mine = waiting.findLast((one) => one.about === about);
  if (mine !== undefined)
    return { state: mine.refusal === undefined ? "waiting" : "refused", label: mine.label };
  const done = sent.find((one) => one.about === about);
  return done === undefined ? undefined : { state: done.result, label: done.label };
};
