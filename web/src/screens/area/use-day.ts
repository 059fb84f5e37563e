/** What waits today, with signal or without; and what of it is done already, sent or not. */
import { useEffect } from "react";
import { call, forget } from "#web/api/client.ts";
import { ownPhone } from "#web/api/offline/copies.ts";
import { beginOutbox, onSent, type OutboxState, useOutbox } from "#web/api/offline/outbox.ts";
import { keepShell } from "#web/api/offline/shell-worker.ts";
import { useKept } from "#web/api/offline/use-kept.ts";
import { noAnswer } from "#web/api/problem.ts";
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

/** Every page of the area begins with it: the phone keeps the pages, and sends what waits. */
export const usePhone = (): OutboxState => {
  const { login, boundDevice } = useSession();
  useEffect(() => {
    // Whoever opens a page of an area owns the phone: a supervisor in the manager's place as well.
    void ownPhone(login, boundDevice).then(beginOutbox, beginOutbox);
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
  return useKept(["get", "/my-day"], "my-day", async (signal) =>
    answered((await call.GET("/my-day", { signal })).data),
  );
};

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

export const useStairwells = () =>
  useKept(["get", "/valve-rounds"], "stairwells", (signal) =>
    readOn((query) => call.GET("/valve-rounds", { params: { query }, signal })),
  );

/** Without the valves, which have their own list, and which would stand before everything else in November. */
export const useTasks = () =>
  useKept(["get", "/tasks", "my"], "tasks", (signal) =>
    readOn((query) =>
      call.GET("/tasks", { params: { query: { ...query, notKind: "valve-opening" } }, signal }),
    ),
  );

export const useOwing = () =>
  useKept(["get", "/arrears", "my"], "owing", async (signal) =>
    answered((await call.GET("/arrears", { params: { query: { limit: 200 } }, signal })).data),
  );

/** What became of what was done about something: the latest. */
export type Doing = { readonly state: "waiting" | "refused" | "done" | "kept"; readonly label: string };
export const doingOf = ({ waiting, sent }: OutboxState, about: string): Doing | undefined => {
  const mine = waiting.findLast((one) => one.about === about);
  if (mine !== undefined)
    return { state: mine.refusal === undefined ? "waiting" : "refused", label: mine.label };
  const done = sent.find((one) => one.about === about);
  return done === undefined ? undefined : { state: done.result, label: done.label };
};
