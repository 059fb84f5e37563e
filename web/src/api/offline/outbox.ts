/**
 * What was tapped and written, in the order in which it was done, each with its own Idempotency-Key: on the disk before the screen
 * says so, sent one after another when there is a line, forgotten when the server has it. A reload, a kill and a second try lose
 * and repeat nothing.
 */
import { useSyncExternalStore } from "react";
import { houseNow } from "../house-time.ts";
import { problemOfResponse } from "../problem.ts";
import { withBoundPhone } from "./bound-phone.ts";
import { phoneOwner } from "./copies.ts";
import { readAll, remove, write } from "./store.ts";

export type Outgoing = {
  readonly seq: number;
  readonly key: string;
  readonly login: string;
  /** When it was done, by the clock of the house. */
  readonly madeAt: string;
  /** "order:12", "ticket:10020X": what stands on the screen as done already. */
  readonly about: string;
  readonly kind: "tap" | "visit" | "entry" | "fields" | "case" | "photo";
  /** For the list of what is not sent: in the language in which it was done. */
  readonly label: string;
  readonly path: string;
  readonly body?: unknown;
  readonly file?: Blob;
  /** Not sent before: until then it can be taken back. By this machine's clock. */
  readonly notBefore: number;
  /** Refused for good; a person decides what becomes of it. */
  readonly refusal?: { readonly code: string; readonly detail: string };
};
export type NewOutgoing = Pick<Outgoing, "about" | "kind" | "label" | "path"> &
  Partial<Pick<Outgoing, "body" | "file" | "madeAt">> & { readonly holdMs?: number };

export type Sent = {
  readonly key: string;
  readonly about: string;
  readonly kind: Outgoing["kind"];
  readonly label: string;
  readonly madeAt: string;
  readonly sentAt: number;
  /** `kept`: it did not fit any more; both stand, and there is a task to compare. */
  readonly result: "done" | "kept";
  readonly answer: unknown;
};

export type OutboxState = { readonly waiting: readonly Outgoing[]; readonly sent: readonly Sent[] };

const KEPT_SENT_MS = 20 * 3_600_000;
const TRY_AGAIN_MS = 15_000;
const LOCK = "nuan-outbox";

let state: OutboxState = { waiting: [], sent: [] };
const listeners = new Set<() => void>();
const channel = new BroadcastChannel("nuan-outbox");

const read = async (): Promise<void> => {
  const login = await phoneOwner();
  const [waiting, sent] = await Promise.all([readAll<Outgoing>("outbox"), readAll<Sent>("sent")]);
  state = {
    waiting: waiting.filter((one) => one.login === login),
    sent: sent
      .filter(({ sentAt }) => sentAt > Date.now() - KEPT_SENT_MS)
      .toSorted((a, b) => b.sentAt - a.sentAt),
  };
  listeners.forEach((listener) => listener());
};
const changed = async (): Promise<void> => {
  await read();
  channel.postMessage("changed");
};
channel.addEventListener("message", () => void read());

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};

/** Of a tap the one door of its request, of everything else the answer itself. */
const verdictOf = (answer: unknown): Record<string, unknown> => {
  const { doors, fields } = record(answer);
  if (Array.isArray(doors)) return record(doors[0]);
  const conflicts = Array.isArray(fields) && fields.some((one) => record(one)["result"] === "conflict");
  return conflicts ? { result: "kept" } : record(answer);
};

const post = (one: Outgoing): Promise<Response> =>
  withBoundPhone(() =>
    fetch(`/api/v1${one.path}`, {
      method: "POST",
      credentials: "same-origin",
      headers: {
        "X-Nuan": "1",
        "Idempotency-Key": one.key,
        "Content-Type": one.file === undefined ? "application/json" : one.file.type,
      },
      body: one.file ?? JSON.stringify(one.body ?? {}),
    }),
  );

/** The photo of this paper is there: somebody's, or ours of a try whose answer was lost. */
const DONE_BEFORE: readonly string[] = ["pressure-test.posted-already"];

const isForLater = (status: number): boolean => status === 401 || status === 429 || status >= 500;

const arrived = async (one: Outgoing, result: Sent["result"], answer: unknown): Promise<"sent"> => {
  const { key, about, kind, label, madeAt } = one;
  await write("sent", { key, about, kind, label, madeAt, sentAt: Date.now(), result, answer } satisfies Sent);
  await remove("outbox", one.seq);
  return "sent";
};

/** "later": the line or the login is not there; everything behind it waits too, so that the order is kept. */
const sendOne = async (one: Outgoing): Promise<"sent" | "refused" | "later"> => {
  let response: Response;
  try {
    response = await post(one);
  } catch {
    // No line: what was asked may have been done, and the same key does it once.
    return "later";
  }
  if (!response.ok) {
    const { facts } = await problemOfResponse(response);
    if (isForLater(response.status) || facts.code === "request.in-flight") return "later";
    if (DONE_BEFORE.includes(facts.code)) return arrived(one, "done", null);
    const refusal = { code: facts.code, detail: facts.detail ?? facts.title };
    await write("outbox", { ...one, refusal });
    return "refused";
  }
  const answer: unknown = await response.json();
  const verdict = verdictOf(answer);
  if (verdict["result"] === "refused" || verdict["result"] === "conflict") {
    const refusal = { code: String(verdict["code"]), detail: String(verdict["message"]) };
    await write("outbox", { ...one, refusal });
    return "refused";
  }
  return arrived(one, verdict["result"] === "kept" ? "kept" : "done", answer);
};

const sentListeners = new Set<() => void>();
/** Told when something arrived, so that what the server says is read anew. */
export const onSent = (listener: () => void): (() => void) => {
  sentListeners.add(listener);
  return () => void sentListeners.delete(listener);
};

let timer: number | undefined;
const flushIn = (ms: number): void => {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void flush(), ms);
};

const sendAll = async (): Promise<void> => {
  let hasArrived = false;
  for (;;) {
    await read();
    const next = state.waiting.find(({ refusal }) => refusal === undefined);
    if (next === undefined) break;
    const wait = next.notBefore - Date.now();
    if (wait > 0) {
      flushIn(wait);
      break;
    }
    const outcome = await sendOne(next);
    await changed();
    if (outcome === "later") {
      flushIn(TRY_AGAIN_MS);
      break;
    }
    hasArrived = true;
  }
  if (hasArrived) sentListeners.forEach((listener) => listener());
};

/** Sends what waits, one tab at a time. */
export const flush = (): Promise<void> => navigator.locks.request(LOCK, sendAll);

/** Puts it on the disk, then on its way; answers its key. */
export const putOut = async (wanted: NewOutgoing): Promise<string> => {
  const login = await phoneOwner();
  if (login === undefined) throw new Error("nobody is signed in on this phone");
  const { holdMs = 0, madeAt, ...rest } = wanted;
  const entry: Omit<Outgoing, "seq"> = {
    ...rest,
    key: crypto.randomUUID(),
    login,
    madeAt: madeAt ?? new Date(houseNow()).toISOString(),
    notBefore: Date.now() + holdMs,
  };
  await write("outbox", entry);
  await changed();
  void flush();
  return entry.key;
};

/** Takes back what is not sent. Under the lock, so that nothing that is on its way is taken back. */
export const takeBack = (seq: number): Promise<void> =>
  navigator.locks.request(LOCK, async () => {
    await remove("outbox", seq);
    await changed();
  });

/** Tries again what was refused: with the same key, so that it is done once. */
export const tryAgain = async (one: Outgoing): Promise<void> => {
  const { refusal: _refusal, ...rest } = one;
  await write("outbox", rest);
  await changed();
  void flush();
};

let began = false;
/** From now on what waits is sent whenever there is a line. Once per page. */
export const beginOutbox = (): void => {
  if (began) return;
  began = true;
  window.addEventListener("online", () => void flush());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void flush();
  });
  void read().then(flush);
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
const snapshot = (): OutboxState => state;
export const useOutbox = (): OutboxState => useSyncExternalStore(subscribe, snapshot);
