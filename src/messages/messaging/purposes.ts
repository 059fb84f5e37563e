/** Why a message is sent (用途), and which consent it needs. Pure. */
import type { Purpose } from "#src/town/accounts/index.ts";

type PurposeRule = {
  /** The consent that is read when the message is claimed; null: the person asked for it, or must know. */
  readonly consent: Purpose | null;
};

export const MESSAGE_PURPOSES = {
  /** The answer to what somebody wrote or asked by menu: asked for, so nobody can have refused it. */
  reply: { consent: null },
  /** A leak, a burst, a duty phone that must be answered. */
  emergency: { consent: null },
  appointment: { consent: "service-notice" },
  "case-update": { consent: "service-notice" },
  "incident-update": { consent: "service-notice" },
  "call-back": { consent: "service-notice" },
  referral: { consent: "service-notice" },
  "service-notice": { consent: "service-notice" },
  "payment-notice": { consent: "payment-notice" },
  survey: { consent: "survey" },
  greeting: { consent: "greeting" },
} as const satisfies Record<string, PurposeRule>;

export type MessagePurpose = keyof typeof MESSAGE_PURPOSES;
export const MESSAGE_PURPOSE_NAMES = Object.keys(MESSAGE_PURPOSES) as readonly MessagePurpose[];

/** What STOP ends: what the carriers call marketing. Notices of service and payment go on. */
export const STOPPED_PURPOSES = ["greeting", "survey"] as const satisfies readonly Purpose[];
export type StoppedPurpose = (typeof STOPPED_PURPOSES)[number];

/**
 * Whether the last word of a person allows it. A notice goes to whoever has not refused it; a greeting or a survey only to
 * whoever has agreed (2015 ministry rule on commercial messages).
 */
export const allowedBy = (consent: Purpose | null, lastWord: boolean | null): boolean =>
  consent === null ||
  (consent === "greeting" || consent === "survey" ? lastWord === true : lastWord !== false);
