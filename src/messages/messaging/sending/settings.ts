/** Times and sizes of sending, in one place; tests give smaller ones. */
export type SendingSettings = {
  /** How long a claimed message may wait in a queue before it is claimed anew, and a job at work may say nothing. */
  readonly claimLeaseMs: number;
  /** How long a called one may be without an answer before nobody knows. Longer than `callWithinMs` and `answerWithinMs`. */
  readonly callLeaseMs: number;
  /** After the re-read a provider is called within this time or not at all: so soon a stop, a payment or a refusal holds. */
  readonly callWithinMs: number;
  /** Before each call a job looks at its gate, if its last look is older than this: so soon a stop or another rate holds in any process. */
  readonly lookAgainMs: number;
  /** Waves are cut so that their last call begins within this time after the re-read. */
  readonly beginWithinMs: number;
  /** A job that takes longer gives back what it has left: an emergency waits for a worker no longer than this. */
  readonly jobWithinMs: number;
  /** An answer that takes longer counts as unknown. */
  readonly answerWithinMs: number;
  /** Claimed and called at once, of one channel: what a lost queue delays, and what Redis holds. */
  readonly window: number;
  /** What somebody waits for is claimed also while the window is full, so many at once. */
  readonly urgentWindow: number;
  /**
   * Spoken ones that wait for the dialler, who reads nothing again: what a stop comes too late for, and what a call of the duty chain
   * stands behind. Dialled within a few seconds.
   */
  readonly callsAhead: number;
  readonly jobSize: number;
  /** The most messages whose `calling` is committed together, where the provider can be asked what became of them; else its concurrency. */
  readonly waveSize: number;
  /** The first wave of a process, which does not know yet how fast its provider is. */
  readonly firstWave: number;
  /** Jobs that one process works on at the same time; they share the calls that a provider takes at once. */
  readonly jobsAtOnce: number;
  /** Calls that were refused for the moment, or jobs that died with it, before a message is a dead letter. */
  readonly mostAttempts: number;
  /** With so many dead jobs a message is a job of its own: what it does to a worker it does alone. */
  readonly aloneFromFailed: number;
  /** Failures without a success between before the breaker opens. */
  readonly breakAfter: number;
  readonly breakMs: number;
  readonly longestBreakMs: number;
  /** Messages that try a broken channel. */
  readonly trialSize: number;
};

export const SENDING_SETTINGS: SendingSettings = {
  claimLeaseMs: 60_000,
  callLeaseMs: 90_000,
  callWithinMs: 4000,
  lookAgainMs: 500,
  beginWithinMs: 2000,
  jobWithinMs: 10_000,
  answerWithinMs: 30_000,
  window: 2000,
  urgentWindow: 250,
  callsAhead: 8,
  jobSize: 250,
  waveSize: 125,
  firstWave: 16,
  jobsAtOnce: 4,
  mostAttempts: 8,
  aloneFromFailed: 3,
  breakAfter: 10,
  breakMs: 30_000,
  longestBreakMs: 600_000,
  trialSize: 2,
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** When a provider is asked about a message of which nobody knows, counted from the call. Then a person decides. */
export const ASK_UNKNOWN_AFTER_MS: readonly number[] = [5 * MINUTE_MS, HOUR_MS, DAY_MS];
/** When it is asked about an accepted one without a receipt: callbacks can be lost. At the last it is expired. */
export const ASK_ACCEPTED_AFTER_MS: readonly number[] = [HOUR_MS, DAY_MS, 3 * DAY_MS];
