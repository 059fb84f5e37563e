/** Calls a provider for messages whose `calling` is committed, some at a time, and says of each what is surely known. */
import { monotonicMs } from "#src/platform/clock.ts";
import { codesOf } from "../ports/failures.ts";
import type { SendAnswer } from "../ports/port.ts";
import type { MayCall } from "./gate-watch.ts";

export type Order = { readonly id: bigint; send(): Promise<SendAnswer> };

export type CallOutcome =
  | SendAnswer
  /** Nobody knows whether the provider has it. */
  | { readonly kind: "unknown"; readonly code: string }
  /** Surely not called: the channel was limited or failing, or its time was over. */
  | { readonly kind: "uncalled" };

export type Called = { readonly id: bigint; readonly outcome: CallOutcome };

/** Of an error only what names no person: its code or that of its cause, the status that was answered, or its kind. */
const codeOf = (error: unknown): string => {
  const code = codesOf(error).find((one) => /^[A-Za-z0-9._-]{1,60}$/.test(one));
  if (code !== undefined) return code;
  const { status, name } = error as { readonly status?: unknown; readonly name?: unknown };
  if (typeof status === "number") return `http-${status}`;
  return typeof name === "string" && /^[A-Za-z]{1,60}$/.test(name) ? name : "error";
};

const callOne = (order: Order, answerWithinMs: number): Promise<CallOutcome> =>
  new Promise((resolve) => {
    const late = setTimeout(() => resolve({ kind: "unknown", code: "no-answer" }), answerWithinMs);
    const settle = (outcome: CallOutcome): void => {
      clearTimeout(late);
      resolve(outcome);
    };
    order.send().then(settle, (error: unknown) => settle({ kind: "unknown", code: codeOf(error) }));
  });

const isFailure = (outcome: CallOutcome): boolean =>
  outcome.kind === "unknown" || (outcome.kind === "rejected" && !outcome.permanent);

/** The code of what was refused for good, else null. */
const finalCodeOf = (outcome: CallOutcome): string | null =>
  outcome.kind === "rejected" && outcome.permanent ? outcome.code : null;

/**
 * Begins no call after `until` (monotonic), after its gate says no, after the provider said that it is too much, or after `breakAfter` failures in a
 * row: what is left was surely not called. The same refusal for good, so often in a row, is a failure of the channel too (a
 * signature or a contract that the provider does not know), and must not end a whole notice.
 */
export const callProvider = async (
  orders: readonly Order[],
  bounds: {
    readonly concurrency: number;
    readonly until: number;
    readonly answerWithinMs: number;
    readonly breakAfter: number;
    readonly mayCall: MayCall;
  },
): Promise<Called[]> => {
  const called: Called[] = [];
  let next = 0;
  let failuresInRow = 0;
  let lastFinal: string | null = null;
  let finalsInRow = 0;
  let limited = false;
  let closed = false;
  const isOver = (): boolean =>
    limited ||
    closed ||
    Math.max(failuresInRow, finalsInRow) >= bounds.breakAfter ||
    monotonicMs() > bounds.until;
  const one = async (): Promise<void> => {
    for (let order = orders[next++]; order !== undefined; order = orders[next++]) {
      if (!isOver() && !(await bounds.mayCall())) closed = true;
      // Another may have heard meanwhile that it is too much.
      if (isOver()) {
        called.push({ id: order.id, outcome: { kind: "uncalled" } });
        continue;
      }
      const outcome = await callOne(order, bounds.answerWithinMs);
      limited ||= outcome.kind === "limited";
      failuresInRow = isFailure(outcome) ? failuresInRow + 1 : 0;
      const final = finalCodeOf(outcome);
      if (final === null) finalsInRow = 0;
      else finalsInRow = final === lastFinal ? finalsInRow + 1 : 1;
      lastFinal = final;
      called.push({ id: order.id, outcome });
    }
  };
  await Promise.all(Array.from({ length: Math.min(bounds.concurrency, orders.length) }, one));
  return called;
};

/** What a wave means for the breaker and the pause of its channel. */
export const figuresOf = (
  called: readonly Called[],
  now: Date,
): { successes: number; failures: number; limitedUntil: Date | null; trouble: string } => {
  let successes = 0;
  let failures = 0;
  let pauseMs = 0;
  let trouble = "";
  // Nothing but one and the same refusal for good says more about the channel than about the messages.
  const finals = called.map(({ outcome }) => finalCodeOf(outcome));
  const answered = called.filter(({ outcome }) => outcome.kind !== "uncalled").length;
  const [oneFinal] = new Set(finals.filter((code) => code !== null));
  const allRefused =
    answered > 0 && finals.filter((code) => code === oneFinal && code !== undefined).length === answered;
  for (const { outcome } of called) {
    if (outcome.kind === "limited") {
      pauseMs = Math.max(pauseMs, outcome.retryAfterMs);
      trouble = "429";
    } else if (isFailure(outcome) || (allRefused && outcome.kind !== "uncalled")) {
      failures += 1;
      if ("code" in outcome) trouble = outcome.code;
    } else if (outcome.kind !== "uncalled") successes += 1;
  }
  return {
    successes,
    failures,
    limitedUntil: pauseMs > 0 ? new Date(now.getTime() + pauseMs) : null,
    trouble: trouble.slice(0, 60),
  };
};
