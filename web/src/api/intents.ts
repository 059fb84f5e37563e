/**
 * Intents: what somebody is about to do, its `Idempotency-Key` and whether it is answered, kept as one thing in this tab.
 * The key follows the content and survives a reload; it is given up only for an answer that settles the matter, so that whoever
 * presses again after a lost answer asks for the same thing and gets it once.
 */
import { problemOf } from "./problem.ts";

/** `sending`: on its way. `unanswered`: it may have been done; the content stands as it was asked until an answer comes. */
export type IntentState = "open" | "sending" | "unanswered";

export type SeenIntent = {
  /** Null while nothing was changed yet. */
  readonly content: object | null;
  readonly state: IntentState;
  /** What the last try was refused with. */
  readonly error: unknown;
};

type Kept = { readonly content: object; readonly key: string | null; readonly isPending: boolean };
type Place = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Below the drafts: who leaves forgets both. */
const PREFIX = "nuan.draft.intent.";

/** Refusals that come before the key is looked up (who is it, too often), or that speak of the first try. */
const TELL_NOTHING = new Set([401, 403, 408, 425, 429]);
const STILL_OPEN = new Set(["request.in-flight", "request.key-reused"]);

type Verdict = "nothing-done" | "as-before" | "unanswered";
const verdictOf = (error: unknown): Verdict => {
  const { code, facts } = problemOf(error);
  if (facts.status < 400 || facts.status >= 500 || STILL_OPEN.has(code)) return "unanswered";
  return TELL_NOTHING.has(facts.status) ? "as-before" : "nothing-done";
};

export type Work<Answer> = (content: object, key: string) => Promise<Answer>;

/** What is kept of each, and what this page knows besides: who is on the way, and what was refused. */
const createShelf = (place: () => Place) => {
  const sending = new Set<string>();
  const errors = new Map<string, unknown>();
  const seen = new Map<string, { readonly raw: string | null; readonly intent: SeenIntent }>();
  const listeners = new Set<() => void>();

  const raw = (name: string): string | null => place().getItem(PREFIX + name);
  const read = (name: string): Kept | null => {
    const text = raw(name);
    return text === null ? null : (JSON.parse(text) as Kept);
  };
  const tell = (): void => listeners.forEach((listener) => listener());
  const write = (name: string, kept: Kept | null): void => {
    if (kept === null) place().removeItem(PREFIX + name);
    else place().setItem(PREFIX + name, JSON.stringify(kept));
    tell();
  };
  const stateOf = (name: string, kept: Kept | null): IntentState =>
    sending.has(name) ? "sending" : kept?.isPending === true ? "unanswered" : "open";

  /** The same object until something of it changes. */
  const view = (name: string): SeenIntent => {
    const text = raw(name);
    const before = seen.get(name);
    const kept = read(name);
    const state = stateOf(name, kept);
    const error = errors.get(name) ?? null;
    if (before?.raw === text && before.intent.state === state && before.intent.error === error) {
      return before.intent;
    }
    const content = before?.raw === text ? before.intent.content : (kept?.content ?? null);
    const intent = { content, state, error };
    seen.set(name, { raw: text, intent });
    return intent;
  };
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return { sending, errors, read, write, tell, stateOf, view, subscribe };
};

/** `place` is asked each time: a browser has it only when it runs. */
export const createIntents = (place: () => Place, newKey: () => string) => {
  const { sending, errors, read, write, tell, stateOf, view, subscribe } = createShelf(place);

  /** False while it is pending: what was asked stands as it was asked. */
  const change = (name: string, empty: object, part: (before: object) => object): boolean => {
    const kept = read(name);
    if (stateOf(name, kept) !== "open") return false;
    const before = kept?.content ?? empty;
    const content = { ...before, ...part(before) };
    if (JSON.stringify(content) === JSON.stringify(before)) return true;
    errors.delete(name);
    write(name, { content, key: null, isPending: false });
    return true;
  };

  /** Lets go of a pending intent: it is done, or nothing of it was. */
  const settle = (name: string, isDone: boolean): void => {
    const kept = read(name);
    if (sending.has(name) || kept?.isPending !== true) return;
    errors.delete(name);
    write(name, isDone ? null : { ...kept, key: null, isPending: false });
  };

  /** What an answer makes of the intent that was sent; somebody else's, stored meanwhile, is left alone. */
  const hear = (name: string, sent: Kept, wasPending: boolean, verdict: Verdict | "done" | "held"): void => {
    if (read(name)?.key !== sent.key) return;
    if (verdict === "done") write(name, null);
    else if (verdict === "nothing-done") write(name, { ...sent, key: null, isPending: false });
    else if (verdict === "as-before") write(name, { ...sent, isPending: wasPending });
  };

  /** One at a time: whoever presses twice gets nothing the second time. A refusal is kept as the error, and undefined comes of it. */
  const send = async <Answer>(
    name: string,
    empty: object,
    work: Work<Answer>,
    isHeld: (answer: Answer) => boolean,
  ): Promise<Answer | undefined> => {
    if (sending.has(name)) return undefined;
    const before = read(name);
    const key = before?.key ?? newKey();
    const sent: Kept = { content: before?.content ?? empty, key, isPending: true };
    // Kept before it goes out: a page that dies on the way finds it again.
    write(name, sent);
    sending.add(name);
    errors.delete(name);
    tell();
    try {
      const answer = await work(sent.content, key);
      hear(name, sent, false, isHeld(answer) ? "held" : "done");
      return answer;
    } catch (error) {
      errors.set(name, error);
      hear(name, sent, before?.isPending === true, verdictOf(error));
      return undefined;
    } finally {
      sending.delete(name);
      tell();
    }
  };

  /** Empty again; a pending one stands until it is answered or settled. */
  const clear = (name: string): void => {
    if (stateOf(name, read(name)) !== "open") return;
    errors.delete(name);
    write(name, null);
  };
  return { view, change, send, settle, clear, subscribe };
};
