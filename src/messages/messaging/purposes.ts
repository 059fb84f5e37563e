/** Why a message is sent (用途), which consent it needs, and how it behaves at night. Pure. */
import type { Purpose } from "#src/town/accounts/index.ts";

type PurposeRule = {
  /** The consent that is read when the message is claimed; null: the person asked for it, or must know. */
  readonly consent: Purpose | null;
  /** Smaller goes first. */
  readonly priority: number;
  /** Goes in quiet hours too: somebody waits for it, or it must be known. */
  readonly atNight: boolean;
  /** Goes in quiet hours when the duty officer said so; nothing else does, whatever its row says. */
  readonly onWord: boolean;
  /** Counts against the most that one phone gets on a day (`messages.daily-cap`). */
  readonly capped: boolean;
  /** Its recipients come from the roll: whoever is no longer of the home, or whose number moved, is not told. */
  readonly fromRoll: boolean;
};

const asked = {
  consent: null,
  priority: 1,
  atNight: true,
  onWord: false,
  capped: false,
  fromRoll: false,
} as const;
const service = {
  consent: "service-notice",
  priority: 3,
  atNight: false,
  onWord: false,
  capped: false,
  fromRoll: false,
} as const;

export const MESSAGE_PURPOSES = {
  /** The answer to what somebody wrote or asked by menu: asked for, so nobody can have refused it. */
  reply: asked,
  /** A leak, a burst, a duty phone that must be answered. */
  emergency: { ...asked, priority: 0 },
  /** Whoever queues it has chosen the hour: a visit tomorrow at seven is told tonight. */
  appointment: { ...service, atNight: true },
  "case-update": service,
  "incident-update": { ...service, onWord: true },
  "call-back": service,
  referral: service,
  "service-notice": { ...service, priority: 4, onWord: true, fromRoll: true },
  "payment-notice": { ...service, consent: "payment-notice", priority: 6, capped: true, fromRoll: true },
  /** Money has arrived: a person who paid, not the roll. */
  "payment-receipt": { ...service, consent: "payment-notice", priority: 4 },
  /** A report to somebody of the house, who asked for it. */
  "staff-report": { ...asked, priority: 5 },
  survey: { ...service, consent: "survey", priority: 8, capped: true, fromRoll: false },
  greeting: { ...service, consent: "greeting", priority: 9, capped: true, fromRoll: true },
} as const satisfies Record<string, PurposeRule>;

export type MessagePurpose = keyof typeof MESSAGE_PURPOSES;
export const MESSAGE_PURPOSE_NAMES = Object.keys(MESSAGE_PURPOSES) as readonly MessagePurpose[];

/** Every priority that there is, in order: a claim walks through them. */
export const PRIORITIES: readonly number[] = [
  ...new Set(Object.values(MESSAGE_PURPOSES).map((rule) => rule.priority)),
].toSorted((a, b) => a - b);

/** What STOP ends: what the carriers call marketing. Notices of service and payment go on. */
export const STOPPED_PURPOSES = ["greeting", "survey"] as const satisfies readonly Purpose[];

/**
 * Whether the last word of a person allows it. A notice goes to whoever has not refused it; a greeting or a survey only to
 * whoever has agreed (2015 ministry rule on commercial messages).
 */
export const allowedBy = (consent: Purpose | null, lastWord: boolean | null): boolean =>
  consent === null ||
  (consent === "greeting" || consent === "survey" ? lastWord === true : lastWord !== false);
