/** Whether a claimed message still goes, to whom, and which homes it names. Pure: everything it needs was read just before. */
import { fen, formatYuan, sumFen } from "#src/kernel/money.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import { allowedBy, MESSAGE_PURPOSES } from "../purposes.ts";
import { addressOf, numberOf } from "../recipient.ts";
import type { ClaimVerdict } from "./face.ts";
import type { ClaimFact } from "./facts-queries.ts";

export type Hours = {
  readonly now: Date;
  /** When people may be written to again; null while they may. */
  readonly quietUntil: Date | null;
  /** The first such hour of tomorrow. */
  readonly tomorrow: Date;
  /** Messages of capped purposes that one address gets on a day. */
  readonly dailyCap: number;
};

export type Verdict =
  | {
      readonly kind: "go";
      readonly address: string;
      readonly values: Readonly<Record<string, string | number>>;
      readonly leftOut: readonly { readonly ordinal: number; readonly reason: string }[];
      /** The words that were approved with it; undefined: those of now. */
      readonly pin: string | undefined;
    }
  | { readonly kind: "skip"; readonly reason: string }
  | { readonly kind: "put-off"; readonly until: Date; readonly reason: string };

const CHINESE_MOBILE = /^tel:\+861[3-9]\d{9}$/;

/** A landline takes no text message. Most numbers are mobiles, and are told without a look into the tables. */
const takesText = (address: string): boolean => {
  if (CHINESE_MOBILE.test(address)) return true;
  const number = numberOf(address);
  if (number === null) return false;
  try {
    return parsePhone(number).kind !== "landline";
  } catch {
    // Written before numbers were checked: nobody can send to it.
    return false;
  }
};

const fits = (fact: ClaimFact, address: string): boolean => {
  if (fact.channel === "email") return addressOf(address) !== null;
  return fact.channel === "sms" ? takesText(address) : numberOf(address) !== null;
};

/** Who is told for a home by now, where that is somebody else; asked of what the recorded person allows and has no more. */
const otherWay = (fact: ClaimFact, verdicts: readonly ClaimVerdict[]): string | null => {
  for (const verdict of verdicts) {
    if ("to" in verdict && verdict.accountId === fact.accountId) return verdict.to;
  }
  return null;
};

/** Why the person that it was queued for is not told, or null. */
const personReason = (fact: ClaimFact): string | null => {
  const rule = MESSAGE_PURPOSES[fact.purpose];
  if (fact.knownWrong) return "number-wrong";
  if (rule.fromRoll && fact.moved) return "number-moved";
  if (rule.fromRoll && !fact.atHome) return "moved-out";
  if (fact.refused) return "stopped";
  if (!allowedBy(fact.consent === "" ? null : fact.consent, fact.lastWord)) return "no-consent";
  return null;
};

/** Where all homes of a message are told by now; null when that is not one and the same other way. */
const turnedTo = (facts: readonly ClaimFact[], verdicts: readonly ClaimVerdict[]): string | null => {
  const ways = new Set(facts.map((fact) => otherWay(fact, verdicts)));
  const [way = null] = ways;
  return ways.size === 1 ? way : null;
};

/** Why this home is not told, or null. `turned`: the message goes another way as a whole; one home of it alone cannot. */
const homeReason = (
  fact: ClaimFact,
  verdicts: readonly ClaimVerdict[],
  turned: string | null,
): string | null => {
  if (turned === null && otherWay(fact, verdicts) !== null) return "way-changed";
  const reason = turned === null ? personReason(fact) : null;
  if (reason !== null) return reason;
  for (const verdict of verdicts) {
    if ("reason" in verdict && verdict.accountId === fact.accountId) return verdict.reason;
  }
  return null;
};

/** The amount as other rooms read it just now; what was queued stands where none of them says one. */
const amountOf = (told: readonly ClaimFact[], verdicts: readonly ClaimVerdict[]): Record<string, string> => {
  const amounts = verdicts.flatMap((verdict) =>
    "amountFen" in verdict && told.some((fact) => fact.accountId === verdict.accountId)
      ? [fen(verdict.amountFen)]
      : [],
  );
  return amounts.length === 0 ? {} : { amount: formatYuan(sumFen(amounts)) };
};

const pinOf = ({ channel }: ClaimFact, verdicts: readonly ClaimVerdict[]): string | undefined => {
  for (const verdict of verdicts) if ("pins" in verdict) return verdict.pins[channel];
  return undefined;
};

const valuesOf = (
  first: ClaimFact,
  told: readonly ClaimFact[],
  verdicts: readonly ClaimVerdict[],
): Record<string, string | number> => ({
  ...first.variables,
  ...(first.homeCount === 0
    ? {}
    : { homes: told.map((fact) => fact.label).join("、"), homeCount: told.length }),
  ...amountOf(told, verdicts),
});

const putOff = (first: ClaimFact, until: Date, reason: string): Verdict =>
  first.expiresAt !== null && first.expiresAt <= until
    ? { kind: "skip", reason: `too-late-${reason}` }
    : { kind: "put-off", until, reason };

/**
 * @param facts all homes of one message
 * @param verdicts of other rooms on this message
 * @param toldInWave called to the same address in the same wave, before it
 */
export const judgeClaim = (
  facts: readonly [ClaimFact, ...ClaimFact[]],
  verdicts: readonly ClaimVerdict[],
  hours: Hours,
  toldInWave: number,
): Verdict => {
  const [first] = facts;
  // Queued by another version of this program: it must not stop the others of its job.
  if (!Object.hasOwn(MESSAGE_PURPOSES, first.purpose)) return { kind: "skip", reason: "purpose-unknown" };
  const rule = MESSAGE_PURPOSES[first.purpose];
  if (first.expiresAt !== null && first.expiresAt <= hours.now) return { kind: "skip", reason: "too-late" };
  const turned = turnedTo(facts, verdicts);
  const address = turned ?? first.address;
  if (address === null) return { kind: "skip", reason: "no-address" };
  if (!fits(first, address)) return { kind: "skip", reason: "address-unfit" };
  const reasons = facts.map((fact) => homeReason(fact, verdicts, turned));
  const told = facts.filter((_, n) => reasons[n] === null);
  if (told.length === 0) return { kind: "skip", reason: reasons[0] ?? "no-consent" };
  for (const verdict of verdicts) {
    if ("until" in verdict) return putOff(first, verdict.until, "put-off");
  }
  if (hours.quietUntil !== null && !rule.atNight && !(first.hasQuietWord && rule.onWord)) {
    return putOff(first, hours.quietUntil, "quiet-hours");
  }
  if (rule.capped && first.toldToday + toldInWave >= hours.dailyCap) {
    return putOff(first, hours.tomorrow, "daily-cap");
  }
  const leftOut = facts.flatMap((fact, n) => {
    const reason = reasons[n];
    return reason === null || reason === undefined || fact.ordinal === null
      ? []
      : [{ ordinal: fact.ordinal, reason }];
  });
  const values = valuesOf(first, told, verdicts);
  return { kind: "go", address, values, leftOut, pin: pinOf(first, verdicts) };
};
