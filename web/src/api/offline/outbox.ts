/**
 * What was tapped and written, in the order in which it was done, each with its own Idempotency-Key: on the disk before the screen
 * says so, sent one after another when there is a line, forgotten when the server has it. A reload, a kill and a second try lose
 * and repeat nothing. What the server fails at is set aside with its reason and tried again; only what is about the same thing waits
 * for it.
 */
import { useSyncExternalStore } from "react";
import { houseNow } from "../house-time.ts";
import { phoneOwner } from "./copies.ts";
import { handOverRefused, isSignedInAs, type Outcome, sendOne } from "./deliver.ts";
import { dueIn, nextOf } from "./due.ts";
import { readAll, readOne, remove, write } from "./store.ts";

export type Outgoing = {
  readonly seq: number;
  readonly key: string;
  readonly login: string;
  /** When it was done, by the clock of the house. */
  readonly madeAt: string;
  /** "order:12", "ticket:10020X": what stands on the screen as done already. */
  readonly about: string;
  readonly kind: "tap" | "visit" | "entry" | "fields" | "case" | "photo" | "task";
  /** For the list of what is not sent: in the language in which it was done. */
  readonly label: string;
  readonly path: string;
  readonly body?: unknown;
  readonly file?: Blob;
  /** Not sent before: until then it can be taken back. By this machine's clock. */
  readonly notBefore: number;
  /** The server failed at it; it is tried again after `notBefore`. */
  readonly trouble?: {
    readonly status: number;
    readonly code: string;
    readonly detail: string;
    readonly requestId?: string;
    readonly tries: number;
  };
  /** Refused for good; a person decides what becomes of it, and the house has a task of it (null until it was told). */
  readonly refusal?: { readonly code: string; readonly detail: string; readonly taskId: string | null };
};
export type NewOutgoing = Pick<Outgoing, "about" | "kind" | "label" | "path"> &
  Partial<Pick<Outgoing, "body" | "file" | "madeAt">> & { readonly holdMs?: number };

export type Sent = {
  readonly key: string;
  readonly login: string;
  readonly about: string;
  readonly kind: Outgoing["kind"];
  readonly label: string;
  readonly madeAt: string;
  readonly sentAt: number;
  /** `kept`: it did not fit any more; both stand, and there is a task to compare. */
  readonly result: "done" | "kept";
  readonly answer: unknown;
};

export type OutboxState = {
  /** Whether it was read at all: before that nothing can be said of what is done already. */
  readonly isRead: boolean;
  readonly waiting: readonly Outgoing[];
  readonly sent: readonly Sent[];
  /** How much waits here for other logins: only they see it, and only they send it. */
  readonly ofOthers: number;
  readonly failure: Failure | null;
};

/** The phone's own database refused: what was just tapped or written (`keeping`), or the note of what came of it (`noting`). */
export type Failure = { readonly at: "keeping" | "noting"; readonly error: unknown };

const KEPT_SENT_MS = 20 * 3_600_000;
const TRY_AGAIN_MS = 15_000;
const LOCK = "nuan-outbox";

const isPast = ({ sentAt }: Sent): boolean => sentAt <= Date.now() - KEPT_SENT_MS;

let state: OutboxState = { isRead: false, waiting: [], sent: [], ofOthers: 0, failure: null };
const listeners = new Set<() => void>();
const channel = new BroadcastChannel("nuan-outbox");

const read = async (): Promise<void> => {
  const login = await phoneOwner();
  const [waiting, sent] = await Promise.all([readAll<Outgoing>("outbox"), readAll<Sent>("sent")]);
  state = {
    isRead: true,
    failure: state.failure,
    waiting: waiting.filter((one) => one.login === login),
    ofOthers: login === undefined ? 0 : waiting.filter((one) => one.login !== login).length,
    sent: sent.filter((one) => one.login === login && !isPast(one)).toSorted((a, b) => b.sentAt - a.sentAt),
  };
  listeners.forEach((listener) => listener());
};
const changed = async (): Promise<void> => {
  await read();
  channel.postMessage("changed");
};
channel.addEventListener("message", () => void read());

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

const noteFailure = (failure: Failure | null): void => {
  if (state.failure === failure) return;
  state = { ...state, failure };
  listeners.forEach((listener) => listener());
};
const notNoted = (error: unknown): void => noteFailure({ at: "noting", error });

const tellRefused = async (): Promise<void> => {
  for (const one of state.waiting.filter(({ refusal }) => refusal?.taskId === null)) {
    if (!(await handOverRefused(one))) return;
    await changed();
  }
};

/** Everything that may go now, one after another. True: something became of at least one. */
const sendRound = async (): Promise<boolean> => {
  let hasArrived = false;
  const left = new Set<number>();
  // Under the lock nobody else takes anything away, and what is added has its own round.
  for (;;) {
    const next = nextOf(state.waiting, Date.now(), left);
    if (next === undefined) return hasArrived;
    let outcome: Outcome = "aside";
    try {
      outcome = await sendOne(next);
    } catch (error) {
      // This phone cannot write down what came of it; what stands behind it may still go, and makes room.
      left.add(next.seq);
      notNoted(error);
    }
    await changed();
    if (outcome === "later") return hasArrived;
    if (outcome !== "aside") hasArrived = true;
  }
};

const schedule = (): void => {
  const waiting = state.waiting.filter(({ refusal }) => refusal === undefined);
  if (waiting.length > 0) {
    const soonest = Math.min(...waiting.map((one) => dueIn(one, Date.now())));
    flushIn(soonest > 0 ? soonest : TRY_AGAIN_MS);
  } else if (state.waiting.some(({ refusal }) => refusal?.taskId === null)) flushIn(TRY_AGAIN_MS);
};

const sendAll = async (): Promise<void> => {
  try {
    await read();
    if (state.failure?.at === "noting") noteFailure(null);
    const login = await phoneOwner();
    const hasWork =
      nextOf(state.waiting, Date.now()) !== undefined ||
      state.waiting.some(({ refusal }) => refusal?.taskId === null);
    if (!hasWork || login === undefined || !(await isSignedInAs(login))) return;
    if (await sendRound()) sentListeners.forEach((listener) => listener());
    await tellRefused();
  } catch (error) {
    // The phone's own database: what is on it stays, and the next round asks again.
    notNoted(error);
  } finally {
    schedule();
  }
};

/** Sends what waits, one tab at a time. */
export const flush = (): Promise<void> => navigator.locks.request(LOCK, sendAll);

/** Everything that was set aside goes now, whatever its pause. */
export const sendNow = async (): Promise<void> => {
  for (const one of state.waiting.filter(({ trouble }) => trouble !== undefined)) await tryAgain(one);
  await flush();
};

/** Two taps within this time are one: a finger that trembles, a screen that is slow. */
const ONE_TAP_MS = 5000;
type Recent = { readonly putAt: number; readonly key: Promise<string> };
const recent = new Map<string, Recent>();

/** What makes two taps the same, whenever they were made. */
const samenessOf = ({ kind, path, body, file }: NewOutgoing): string | undefined =>
  file === undefined
    ? JSON.stringify([kind, path, body], (name, value: unknown) => (name === "madeAt" ? undefined : value))
    : undefined;

const keep = async (wanted: NewOutgoing): Promise<string> => {
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
  // From here on it is kept, whatever else fails.
  await changed().catch(notNoted);
  void flush();
  return entry.key;
};

/**
 * Puts it on the disk, then on its way; answers its key. Undefined when this phone could not keep it: `failure` says so above the
 * page, and what was typed stays where it is.
 */
export const putOut = async (wanted: NewOutgoing): Promise<string | undefined> => {
  const sameness = samenessOf(wanted);
  for (const [name, { putAt }] of recent) if (performance.now() - putAt >= ONE_TAP_MS) recent.delete(name);
  const before = sameness === undefined ? undefined : recent.get(sameness);
  const key = before?.key ?? keep(wanted);
  if (sameness !== undefined && before === undefined) recent.set(sameness, { putAt: performance.now(), key });
  try {
    const kept = await key;
    noteFailure(null);
    return kept;
  } catch (error) {
    if (sameness !== undefined) recent.delete(sameness);
    noteFailure({ at: "keeping", error });
    return undefined;
  }
};

/** Takes back what is not sent. Under the lock, so that nothing that is on its way is taken back. */
export const takeBack = (seq: number): Promise<void> =>
  navigator.locks.request(LOCK, async () => {
    await remove("outbox", seq);
    // Whoever takes it back may tap it again at once.
    recent.clear();
    await changed();
  });

/** Tries again what was refused or set aside: with the same key, so that it is done once. */
export const tryAgain = async ({ seq }: Pick<Outgoing, "seq">): Promise<void> => {
  await navigator.locks.request(LOCK, async () => {
    const one = await readOne<Outgoing>("outbox", seq);
    // Another tab may have sent or discarded it since this page was drawn.
    if (one === undefined) return;
    const { refusal: _refusal, trouble: _trouble, ...rest } = one;
    await write("outbox", { ...rest, notBefore: Date.now() });
  });
  await changed();
  void flush();
};

/** What arrived long ago: a season of it would be read at every tap. */
const forgetPast = async (): Promise<void> => {
  for (const one of await readAll<Sent>("sent")) if (isPast(one)) await remove("sent", one.key);
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
  void read()
    .then(forgetPast)
    .catch((error: unknown) => {
      // A browser that keeps nothing has nothing that is done already.
      state = { ...state, isRead: true };
      notNoted(error);
    })
    .then(flush);
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
const snapshot = (): OutboxState => state;
export const useOutbox = (): OutboxState => useSyncExternalStore(subscribe, snapshot);
