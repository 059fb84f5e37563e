/**
 * Calls that the house places: asked for inside a command, placed by the worker outside of it, and told back as an event.
 *
 *   wanted > calling > placed > ringing > answered > settled (acknowledged | delivered | not-acknowledged | busy |
 *   unanswered | refused | unknown | recorded)
 *
 * Results come late, twice and in any order: a state only moves forward, and an outcome only rises (unanswered < answered <
 * acknowledged), so every order of the same reports ends the same. `calling` is committed before anybody dials: if the dialler
 * dies, the call may have rung, so it is `unknown` and never dialled again by itself; who asked decides what follows.
 */
import { fail } from "#src/kernel/errors.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { VoiceLanguage } from "./port.ts";
import {
  type CallOutcome,
  findCallByKey,
  insertCall,
  lockOutgoingCall,
  markProgress,
  markSettled,
  raiseOutcome,
} from "./queries.ts";

export type AcknowledgedCall = {
  /** `emergency-duty`: what sort of call, for lists and figures. */
  readonly purpose: string;
  /** `work-order:17`: what it is about. */
  readonly about: string;
  /** As written; normalised here. */
  readonly number: string;
  readonly language?: VoiceLanguage;
  /** Read to whoever answers, then read again with the question for the key. At most 20 sentences. */
  readonly words: readonly string[];
  /** The key that says "understood"; null only delivers. */
  readonly expectedKey?: string | null;
  readonly ringSeconds?: number;
  /** `emergency:17:2`: the same key places the same call once. */
  readonly uniqueKey: string;
};

/**
 * Asks for a call that is acknowledged by a key press. The worker places it within a second or two; the end is announced as
 * `outgoing-call.settled` (outgoingCallId, outcome). Repeating with the same `uniqueKey` answers the first call. Audited
 * without the number.
 * @throws DomainError `phone.unreadable`, `telephony.no-words`
 */
export const placeAcknowledgedCall = async (
  context: CommandContext,
  wanted: AcknowledgedCall,
): Promise<{ readonly outgoingCallId: bigint; readonly placed: boolean }> => {
  const { number } = parsePhone(wanted.number);
  const words = wanted.words.map((sentence) => sentence.trim()).filter((sentence) => sentence !== "");
  if (words.length === 0) fail("telephony.no-words", "a call needs something to say");
  const inserted = await insertCall(context.sql, {
    uniqueKey: wanted.uniqueKey,
    purpose: wanted.purpose,
    about: wanted.about,
    toNumber: number,
    language: wanted.language ?? "zh-CN",
    words: words.slice(0, 20),
    expectedKey: wanted.expectedKey === undefined ? "1" : wanted.expectedKey,
    ringSeconds: wanted.ringSeconds ?? 30,
    now: context.now,
  });
  if (inserted === null) {
    const known = await findCallByKey(context.sql, wanted.uniqueKey);
    return { outgoingCallId: known.id, placed: false };
  }
  context.audit({
    subject: `outgoing-call:${inserted.id}`,
    details: { purpose: wanted.purpose, about: wanted.about },
  });
  return { outgoingCallId: inserted.id, placed: true };
};

/** What a provider reports about a call that we placed. */
export const CALL_RESULTS = ["ringing", "answered", "key", "busy", "unanswered", "failed", "ended"] as const;
export type CallResult = (typeof CALL_RESULTS)[number];

/**
 * Applies one report; repeating and disorder are harmless. Emits `outgoing-call.settled` with the report that ended the call,
 * and again only when a late report raises the outcome. Locks the call. False when there is no such call or nothing changed.
 */
export const applyCallResult = async (
  context: CommandContext,
  report: { readonly outgoingCallId: bigint; readonly result: CallResult; readonly key?: string | undefined },
): Promise<boolean> => {
  const { sql } = context;
  const call = await lockOutgoingCall(sql, report.outgoingCallId);
  if (call === null) return false;
  if (call.outcome !== null) {
    const raised = raisedOutcome(call.outcome, report, call.expectedKey);
    return raised === null
      ? false
      : announce(context, call.id, raised, await raiseOutcome(sql, call.id, raised));
  }
  if (report.result === "ringing") {
    return (
      (await markProgress(sql, { id: call.id, state: "ringing", from: ["wanted", "calling", "placed"] })) > 0
    );
  }
  if (report.result === "answered") {
    const from = ["wanted", "calling", "placed", "ringing"] as const;
    return (await markProgress(sql, { id: call.id, state: "answered", from })) > 0;
  }
  const outcome = outcomeOf(report.result, report.key, call.expectedKey, call.state === "answered");
  if (outcome === null) return false;
  return settleCall(context, call.id, outcome);
};

/** What a late report makes of an outcome; null when it adds nothing. */
const raisedOutcome = (
  outcome: CallOutcome,
  report: { readonly result: CallResult; readonly key?: string | undefined },
  expectedKey: string | null,
): CallOutcome | null => {
  if (report.result === "key" && expectedKey !== null && report.key === expectedKey) {
    return outcome === "acknowledged" ? null : "acknowledged";
  }
  const wasHeard = report.result === "answered" || report.result === "key";
  if (!wasHeard || !["unanswered", "unknown", "busy", "refused"].includes(outcome)) return null;
  return expectedKey === null ? "delivered" : "not-acknowledged";
};

/** Null: a wrong key ends nothing, the person may press again. */
const outcomeOf = (
  result: Exclude<CallResult, "ringing" | "answered">,
  key: string | undefined,
  expectedKey: string | null,
  answered: boolean,
): CallOutcome | null => {
  if (result === "key") return key !== undefined && key === expectedKey ? "acknowledged" : null;
  if (result === "busy") return "busy";
  if (result === "unanswered") return "unanswered";
  if (result === "failed") return "refused";
  if (expectedKey === null) return answered ? "delivered" : "unanswered";
  return answered ? "not-acknowledged" : "unanswered";
};

/** Ends a call once; the second time is nothing. Announces `outgoing-call.settled`. */
export const settleCall = async (
  context: CommandContext,
  outgoingCallId: bigint,
  outcome: CallOutcome,
): Promise<boolean> =>
  announce(
    context,
    outgoingCallId,
    outcome,
    await markSettled(context.sql, { id: outgoingCallId, outcome, now: context.now }),
  );

const announce = (
  context: CommandContext,
  outgoingCallId: bigint,
  outcome: CallOutcome,
  changed: number,
): boolean => {
  if (changed === 0) return false;
  context.audit({ subject: `outgoing-call:${outgoingCallId}`, details: { outcome } });
  context.emit({
    type: "outgoing-call.settled",
    subject: `outgoing-call:${outgoingCallId}`,
    payload: { outgoingCallId: String(outgoingCallId), outcome },
  });
  return true;
};
