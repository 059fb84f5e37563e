/**
 * Which answer fits which difference, and how much of the bank's money is then money of nobody. Pure: facts in, a plan out or a
 * refusal that names the way out. What a line is decides as much as the class does: a bank that took money back brought none.
 */
import { fail } from "#src/kernel/errors.ts";

export const RESOLUTIONS = ["back-post", "suspense", "reverse", "dismiss"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** `none`: no line of the bank belongs to the difference. */
export const LINE_SORTS = ["none", "payment", "reversal", "credit", "debit"] as const;
export type LineSort = (typeof LINE_SORTS)[number];

export const BREAK_CLASSES = [
  "bank-only",
  "ours-only",
  "unknown-account",
  "amount",
  "duplicate",
  "state",
  "day-cut",
] as const;
export type BreakClass = (typeof BREAK_CLASSES)[number];

type Answers = { readonly live: readonly Resolution[]; readonly file: readonly Resolution[] };
const NEVER: Answers = { live: [], file: [] };
const both = (...answers: Resolution[]): Answers => ({ live: answers, file: answers });
const live = (...answers: Resolution[]): Answers => ({ live: answers, file: [] });

/**
 * By class and what the line is, for a channel in real time and for one that is told by files. What stands nowhere here is
 * refused. A file's unknown money, and every credit of a statement, is held already: it is claimed, returned or settled.
 */
export const ANSWERS: Readonly<Record<BreakClass, Readonly<Partial<Record<LineSort, Answers>>>>> = {
  "bank-only": { payment: live("back-post", "suspense", "dismiss") },
  "ours-only": { none: live("reverse", "dismiss") },
  "unknown-account": { payment: live("back-post", "suspense", "dismiss"), credit: NEVER },
  amount: {
    payment: both("suspense", "reverse", "dismiss"),
    reversal: both("suspense", "reverse", "dismiss"),
    credit: NEVER,
  },
  duplicate: { payment: both("suspense", "reverse", "dismiss") },
  state: {
    none: both("dismiss"),
    payment: both("suspense", "dismiss"),
    reversal: both("reverse", "dismiss"),
    debit: both("dismiss"),
  },
  "day-cut": { none: both("dismiss"), payment: both("dismiss"), reversal: both("dismiss") },
};

/** The payment of ours that bears the line's serial (or is the missing one), as it stands now. */
export type OurPayment = {
  readonly amountFen: bigint;
  /** It, or what replaced it when it was moved to another home, is not taken back. */
  readonly stands: boolean;
  /** Another line of the bank says that this money came. */
  readonly proved: boolean;
  /** A line of the bank, another than this, says that it took this payment back, and so did we. */
  readonly takenBack: boolean;
};

export type Situation = {
  readonly class: BreakClass;
  readonly line: LineSort;
  /** What the line has become; null without a line. */
  readonly lineState: string | null;
  readonly realTime: boolean;
  readonly bankFen: bigint;
  readonly payment: OurPayment | null;
  /** Money of the line that a reversal takes back, which we hold as nobody's. */
  readonly heldItemId: bigint | null;
};

export const allowedAnswers = (
  one: Pick<Situation, "class" | "line" | "realTime">,
): readonly Resolution[] => {
  const answers = ANSWERS[one.class][one.line] ?? NEVER;
  return one.realTime ? answers.live : answers.file;
};

const SORTS: Readonly<Record<LineSort, string>> = {
  none: "without a line of the bank",
  payment: "about a payment line",
  reversal: "about a line by which the bank took money back",
  credit: "about a credit of the statement",
  debit: "about a debit of the statement",
};

const wayOut = (one: Situation, allowed: readonly Resolution[]): string => {
  if (allowed.length > 0) return `answer it by ${allowed.join(", ")}`;
  return one.line === "credit"
    ? "the credit is held: settle it as a channel's day, claim it or return it (POST /suspense/{id}/...)"
    : "the money is held: claim it or return it (POST /suspense/{id}/claim, /return)";
};

const refuseHeld = (one: Situation): void => {
  if (one.lineState !== "suspense") return;
  fail("break.held-already", "this money is in suspense", {
    remedy: wayOut(one, []),
  });
};

const refuseStranger = (one: Situation, action: Resolution): void => {
  const allowed = allowedAnswers(one);
  if (allowed.includes(action)) return;
  fail(
    "break.wrong-answer",
    `a difference of the class ${one.class} ${SORTS[one.line]} is not answered by ${action}`,
    { field: "action", remedy: wayOut(one, allowed), facts: { allowed } },
  );
};

/** Of a payment line: what our payment does not stand for. */
const heldOfPayment = (one: Situation): bigint => {
  const { payment } = one;
  if (payment?.takenBack === true) {
    fail("break.taken-back", "the bank took this payment back, and so did we: no money is left to hold", {
      remedy: "dismiss it",
    });
  }
  const standing = payment !== null && payment.stands && !payment.proved ? payment.amountFen : 0n;
  if (one.class !== "amount" && standing > 0n) {
    fail("break.payment-stands", "a payment of ours with this serial stands: the bank has its money once", {
      remedy: "reverse the payment or move it where it belongs; what the bank brought is held then",
    });
  }
  return one.bankFen - standing;
};

/** Of a reversal line: what the bank kept of the payment that it took back in part, and not by another line as a whole. */
const keptByBank = (one: Situation): bigint =>
  one.class === "amount" && one.payment?.proved === true && !one.payment.takenBack
    ? one.payment.amountFen - one.bankFen
    : 0n;

const heldBySuspense = (one: Situation): bigint => {
  if (one.line === "reversal" && one.payment?.stands === true) {
    fail("break.payment-stands", "the payment that the bank took back in part stands", {
      remedy: "reverse it: what the bank kept of it is held then",
    });
  }
  const held = one.line === "reversal" ? keptByBank(one) : heldOfPayment(one);
  if (held <= 0n) {
    fail("break.bank-has-less", "the bank has no more than we posted: nothing is left to hold", {
      remedy: one.line === "reversal" ? "dismiss it" : "reverse our payment; the bank's amount is then held",
    });
  }
  return held;
};

const heldByReversing = (one: Situation): bigint => {
  if (one.payment === null) {
    fail("break.no-payment", "no payment of ours belongs to this difference", { field: "action" });
  }
  if (!one.payment.stands) {
    fail("payment.already-reversed", "this payment was reversed before", {
      remedy: one.line === "payment" ? "hold what the bank has, or dismiss it" : "dismiss it",
    });
  }
  if (one.line === "reversal") {
    const kept = keptByBank(one);
    return kept > 0n ? kept : 0n;
  }
  if (one.payment.proved) {
    fail("break.payment-proved", "another line of the bank says that our payment's money came", {
      remedy: "hold this line's money, or dismiss it: only the bank takes the other one back",
    });
  }
  return one.line === "payment" ? one.bankFen : 0n;
};

/**
 * What the answer does with the bank's money: so many fen of the line become money of nobody, 0 for none.
 * @throws DomainError `break.held-already`, `break.wrong-answer`, `break.taken-back`, `break.payment-stands`,
 * `break.payment-proved`, `break.bank-has-less`, `break.no-payment`, `break.serial-posted`, `break.return-held`,
 * `payment.already-reversed`
 */
export const planAnswer = (one: Situation, action: Resolution): { readonly heldFen: bigint } => {
  refuseHeld(one);
  refuseStranger(one, action);
  switch (action) {
    case "suspense":
      return { heldFen: heldBySuspense(one) };
    case "reverse":
      return { heldFen: heldByReversing(one) };
    case "back-post":
      if (one.payment !== null) {
        fail("break.serial-posted", "a payment with this serial is there by now", {
          remedy: "reconcile the day again",
        });
      }
      return { heldFen: 0n };
    case "dismiss":
      if (one.heldItemId !== null) {
        fail("break.return-held", "we hold the money that the bank took back", {
          remedy: "return it first (POST /suspense/{id}/return), then dismiss the difference",
          facts: { suspenseId: String(one.heldItemId) },
        });
      }
      return { heldFen: 0n };
  }
};
