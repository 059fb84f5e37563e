/** What an answer makes of a message. Pure. */
import { retryAfterMs } from "./breaker.ts";
import type { CallOutcome } from "./call-provider.ts";
import type { AnswerStep } from "./call-queries.ts";
import { ASK_ACCEPTED_AFTER_MS, ASK_UNKNOWN_AFTER_MS, type SendingSettings } from "./settings.ts";

type Message = {
  readonly id: bigint;
  /** Calls, this one included. */
  readonly attempts: number;
  readonly expiresAt: Date | null;
};

const after = (now: Date, ms: number | undefined): Date | null =>
  ms === undefined ? null : new Date(now.getTime() + ms);

const NOTHING = {
  reason: "",
  until: null,
  uncalled: false,
  providerMessageId: null,
  segments: null,
  costMilliFen: null,
  askAt: null,
  settled: false,
} as const;

const tryLater = (message: Message, code: string, now: Date, most: number, random: number): AnswerStep => {
  if (message.attempts >= most) {
    return { ...NOTHING, id: message.id, state: "rejected", reason: `gave-up:${code}`, settled: true };
  }
  const until = new Date(now.getTime() + retryAfterMs(message.attempts, random));
  return message.expiresAt !== null && message.expiresAt <= until
    ? { ...NOTHING, id: message.id, state: "skipped", reason: `too-late:${code}`, settled: true }
    : { ...NOTHING, id: message.id, state: "queued", reason: `try-again:${code}`, until };
};

export const answerStep = (
  message: Message,
  outcome: CallOutcome,
  around: {
    readonly now: Date;
    readonly receipts: boolean;
    readonly settings: Pick<SendingSettings, "mostAttempts">;
    readonly random: number;
  },
): AnswerStep => {
  const { now } = around;
  const { id } = message;
  switch (outcome.kind) {
    case "accepted":
      return {
        ...NOTHING,
        id,
        state: "accepted",
        providerMessageId: outcome.providerMessageId,
        segments: outcome.segments,
        costMilliFen: outcome.costMilliFen,
        askAt: around.receipts ? after(now, ASK_ACCEPTED_AFTER_MS[0]) : null,
        settled: !around.receipts,
      };
    case "rejected":
      return outcome.permanent
        ? { ...NOTHING, id, state: "rejected", reason: outcome.code, settled: true }
        : tryLater(message, outcome.code, now, around.settings.mostAttempts, around.random);
    case "unknown":
      return {
        ...NOTHING,
        id,
        state: "unknown",
        reason: outcome.code,
        askAt: after(now, ASK_UNKNOWN_AFTER_MS[0]),
      };
    case "limited":
    case "uncalled":
      return { ...NOTHING, id, state: "queued", uncalled: true };
  }
};
