/** When a channel is given a rest (熔断), and how fast it may go. Pure. */
import type { SendingSettings } from "./settings.ts";

export type Gate = {
  readonly channel: string;
  readonly provider: string;
  readonly ratePerSecond: number | null;
  readonly milliTokens: bigint;
  readonly tokensAt: Date;
  readonly pausedUntil: Date | null;
  readonly stoppedReason: string;
  readonly breaker: "closed" | "open" | "half-open";
  readonly failures: number;
  readonly openings: number;
  readonly openUntil: Date | null;
  /** Fences below are of claims by a rate that does not hold any more. */
  readonly claimsFrom: number;
  /** Of what people set. */
  readonly version: number;
};

/** What calls brought. A failure is a call that was refused for the moment or of which nobody knows. */
export type CallFigures = {
  readonly successes: number;
  readonly failures: number;
  /** The longest pause that the provider asked for. */
  readonly limitedUntil: Date | null;
  readonly trouble: string;
};

export type BreakerState = Pick<Gate, "breaker" | "failures" | "openings" | "openUntil">;

type Breaks = Pick<SendingSettings, "breakAfter" | "breakMs" | "longestBreakMs">;

/**
 * One success closes it. It opens after `breakAfter` failures without one, or at the first failed trial, and the pause
 * doubles with every opening.
 */
export const afterCalls = (
  gate: BreakerState,
  figures: CallFigures,
  now: Date,
  breaks: Breaks,
): BreakerState => {
  if (figures.successes > 0) return { breaker: "closed", failures: 0, openings: 0, openUntil: null };
  const failures = gate.failures + figures.failures;
  const opens = figures.failures > 0 && (gate.breaker === "half-open" || failures >= breaks.breakAfter);
  if (!opens) return { ...gate, failures };
  // Calls that were under way when it opened say nothing new.
  if (gate.breaker === "open") return { ...gate, failures };
  const pauseMs = Math.min(breaks.breakMs * 2 ** Math.min(gate.openings, 20), breaks.longestBreakMs);
  return {
    breaker: "open",
    failures,
    openings: Math.min(gate.openings + 1, 1000),
    openUntil: new Date(now.getTime() + pauseMs),
  };
};

/** Why nothing of this channel goes out now, or null. A broken one is tried again when its pause is over. */
export const closedBecause = (gate: Gate, now: Date): "stopped" | "paused" | "broken" | null => {
  if (gate.stoppedReason !== "") return "stopped";
  if (gate.pausedUntil !== null && gate.pausedUntil > now) return "paused";
  if (gate.breaker !== "closed" && gate.openUntil !== null && gate.openUntil > now) return "broken";
  return null;
};

/**
 * Whether what was claimed under a fence may be called now. The few that try a broken channel are on their way while it counts as
 * broken; what was claimed by another rate goes back, and is counted anew.
 */
export const letsGo = (gate: Gate, fence: number, now: Date): boolean =>
  fence >= gate.claimsFrom &&
  closedBecause(gate.breaker === "half-open" ? { ...gate, breaker: "closed" } : gate, now) === null;

/** A bucket holds what a second lets through, so that a pause is not made up for at once. */
export const tokensAt = (gate: Gate, now: Date): bigint => {
  if (gate.ratePerSecond === null) return 0n;
  const full = BigInt(gate.ratePerSecond) * 1000n;
  const passedMs = now.getTime() - gate.tokensAt.getTime();
  // A clock that was set back must not stop a channel.
  if (passedMs < 0 || passedMs >= 1000) return full;
  const grown = gate.milliTokens + BigInt(passedMs) * BigInt(gate.ratePerSecond);
  return grown > full ? full : grown;
};

/** How many messages may be claimed now: by the rate, by what is under way, and only a few to try a broken channel. */
export const allowance = (
  gate: Gate,
  underWay: number,
  now: Date,
  settings: Pick<SendingSettings, "window" | "jobSize" | "trialSize">,
): number => {
  if (closedBecause(gate, now) !== null) return 0;
  const room = settings.window - underWay;
  // A place here and there makes small jobs: the next claim waits until a whole one has room.
  if (room < Math.min(settings.jobSize, settings.window / 2)) return 0;
  const byRate = gate.ratePerSecond === null ? room : Number(tokensAt(gate, now) / 1000n);
  const most = gate.breaker === "closed" ? room : Math.min(room, settings.trialSize);
  return Math.max(0, Math.min(most, byRate));
};

/** How many of what somebody waits for may be claimed although the window is full; a broken channel is tried by its trials alone. */
export const urgentAllowance = (
  gate: Gate,
  urgentUnderWay: number,
  now: Date,
  settings: Pick<SendingSettings, "urgentWindow">,
): number => {
  if (closedBecause(gate, now) !== null || gate.breaker !== "closed") return 0;
  const room = settings.urgentWindow - urgentUnderWay;
  const byRate = gate.ratePerSecond === null ? room : Number(tokensAt(gate, now) / 1000n);
  return Math.max(0, Math.min(room, byRate));
};

const FIRST_RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 1_800_000;

/** The pause before a message that was surely not taken is tried again; `random` in [0, 1) spreads them. */
export const retryAfterMs = (attempts: number, random: number): number =>
  Math.round(
    Math.min(FIRST_RETRY_MS * 4 ** Math.max(0, attempts - 1), LONGEST_RETRY_MS) * (0.75 + random / 2),
  );
