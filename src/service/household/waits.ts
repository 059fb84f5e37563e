/**
 * How long somebody has to wait before he may try again at a home (等待). Pure.
 *
 * Strangers share what a home lets through in a day, but one source (a network address) gets half of it at most and waits longer each
 * time, so that one who knows an account number locks out himself. A browser that proved the home before is no stranger: it has as much
 * for itself, whatever strangers did.
 */
import type { HouseholdPolicy } from "./policy.ts";

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A try that counts: when, and from where. The newest first. */
export type Past = { readonly at: Date; readonly source: string };

const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);
const latest = (waits: readonly (Date | null)[], now: Date): Date | null => {
  const open = waits.filter((until): until is Date => until !== null && until > now);
  return open.length === 0 ? null : open.reduce((one, other) => (one > other ? one : other));
};

/** When fewer than `most` lie within the window again; null: they do now. */
const roomAgain = (past: readonly Past[], most: number, windowMs: number): Date | null => {
  const full = past[most - 1];
  return full === undefined ? null : later(full.at, windowMs);
};

/** After the last of them, longer each time. */
const restAfter = (past: readonly Past[], free: number, firstMs: number, factor: number): Date | null => {
  const [last] = past;
  return last === undefined || past.length < free
    ? null
    : later(last.at, firstMs * factor ** (past.length - free));
};

type Who = { readonly source: string; readonly isKnown: boolean };
/** What one source may use of what a home lets through. */
const shareOf = (most: number, { isKnown }: Who): number => (isKnown ? most : Math.ceil(most / 2));
const split = (past: readonly Past[], { source, isKnown }: Who) => {
  const own = past.filter((one) => one.source === source);
  return { own, all: isKnown ? [] : past };
};

/** The next code may be asked for after a minute, then two, then four: a message may be late, and a telephone is not to be flooded. */
export const RESEND_MS = MINUTE_MS;
const inLastHour = (past: readonly Past[], now: Date): Past[] =>
  past.filter(({ at }) => now.getTime() - at.getTime() < HOUR_MS);

/** When a code for this home may be asked for; null: now. `past`: codes of a day, of strangers, or of this known browser alone. */
export const waitForCode = (
  past: readonly Past[],
  who: Who,
  now: Date,
  policy: Pick<HouseholdPolicy, "codesPerAccountAndHour" | "codesPerAccountAndDay">,
): Date | null => {
  const { own, all } = split(past, who);
  const { codesPerAccountAndHour: perHour, codesPerAccountAndDay: perDay } = policy;
  return latest(
    [
      restAfter(all.slice(0, 1), 1, RESEND_MS, 1),
      restAfter(inLastHour(own, now), 1, RESEND_MS, 2),
      roomAgain(all, perHour, HOUR_MS),
      roomAgain(all, perDay, DAY_MS),
      roomAgain(own, shareOf(perHour, who), HOUR_MS),
      roomAgain(own, shareOf(perDay, who), DAY_MS),
    ],
    now,
  );
};

/** Until when the codes of a home are used up for strangers; null: they are not. */
export const codesUsedUpUntil = (
  past: readonly Past[],
  now: Date,
  policy: Pick<HouseholdPolicy, "codesPerAccountAndHour" | "codesPerAccountAndDay">,
): Date | null =>
  latest(
    [
      roomAgain(past, policy.codesPerAccountAndHour, HOUR_MS),
      roomAgain(past, policy.codesPerAccountAndDay, DAY_MS),
    ],
    now,
  );

/** The first two wrong cards or receipts of a source cost nothing: who reads it off a crumpled paper errs. */
const FREE_WRONG_PAPERS = 2;

/** When a card or receipt is looked at again; null: now. `past`: wrong ones of a day, of strangers, or of this known browser alone. */
export const waitForPaper = (
  past: readonly Past[],
  who: Who,
  now: Date,
  policy: Pick<HouseholdPolicy, "wrongProofsPerAccountAndDay">,
): Date | null => {
  const { own, all } = split(past, who);
  const perDay = policy.wrongProofsPerAccountAndDay;
  return latest(
    [
      restAfter(own, FREE_WRONG_PAPERS, MINUTE_MS, 5),
      roomAgain(all, perDay, DAY_MS),
      roomAgain(own, shareOf(perDay, who), DAY_MS),
    ],
    now,
  );
};
