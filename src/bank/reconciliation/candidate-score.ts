/**
 * Whose money a line may be: how near the bank's number comes to a household's, and whether the amount is what it owes. Pure.
 * Names are never compared. A score explains itself by its reasons; only one that is alone at the top is proposed.
 */
export const CANDIDATE_REASONS = [
  /** 号码是该户的旧号、卡号或代扣协议号 */
  "alias",
  /** 相邻两位颠倒 */
  "swapped",
  /** 一位不同 */
  "one-digit",
  /** 少一位或多一位 */
  "one-missing",
  /** 欠费合计正好是这个数 */
  "debt-equal",
  /** 一张账单正好是这个数 */
  "bill-equal",
  /** 以前经这个渠道缴过 */
  "paid-before",
] as const;
export type CandidateReason = (typeof CANDIDATE_REASONS)[number];

const POINTS: Readonly<Record<CandidateReason, number>> = {
  alias: 60,
  swapped: 50,
  "one-digit": 45,
  "one-missing": 40,
  "debt-equal": 40,
  "bill-equal": 35,
  "paid-before": 10,
};
/** From here on, and alone, a candidate is proposed: a near number that owes just this, say. */
export const PROPOSED_FROM = 80;
const LONGEST_NUMBER = 20;

/** How a number came to be written as the bank wrote it; undefined when it is no slip of one key. */
export const slipOf = (
  written: string,
  meant: string,
): "swapped" | "one-digit" | "one-missing" | undefined => {
  const differing = [...written].flatMap((char, index) => (char === meant[index] ? [] : [index]));
  if (written.length === meant.length) {
    if (differing.length === 1) return "one-digit";
    const [first = 0, second = 0] = differing;
    const isSwap = differing.length === 2 && second === first + 1;
    return isSwap && written[first] === meant[second] && written[second] === meant[first]
      ? "swapped"
      : undefined;
  }
  const [short, long] = written.length < meant.length ? [written, meant] : [meant, written];
  if (long.length - short.length !== 1) return undefined;
  const at = [...long].findIndex((char, index) => char !== short[index]);
  return long.slice(0, at) + long.slice(at + 1) === short ? "one-missing" : undefined;
};

/** Every number from which one slip of a key leads to `written`, and itself: what is looked up. Digits only. */
export const nearNumbers = (written: string): string[] => {
  if (!/^\d+$/.test(written) || written.length > LONGEST_NUMBER) return written === "" ? [] : [written];
  const near = new Set([written]);
  for (let at = 0; at <= written.length; at += 1) {
    const [head, tail] = [written.slice(0, at), written.slice(at)];
    for (const digit of "0123456789") {
      near.add(head + digit + tail);
      if (tail !== "") near.add(head + digit + tail.slice(1));
    }
    if (tail !== "") near.add(head + tail.slice(1));
    if (tail.length > 1) near.add(head + (tail[1] ?? "") + (tail[0] ?? "") + tail.slice(2));
  }
  near.delete("");
  return [...near];
};

export type CandidateFacts = {
  readonly accountNo: string;
  readonly openFen: bigint;
  readonly billEqual: boolean;
  readonly isAlias: boolean;
  readonly paidBefore: boolean;
};

export const scoreOf = (
  written: string,
  amountFen: bigint,
  one: CandidateFacts,
): { readonly score: number; readonly reasons: readonly CandidateReason[] } => {
  const slip = slipOf(written, one.accountNo);
  const debtEqual = one.openFen === amountFen;
  const reasons: CandidateReason[] = [
    ...(one.isAlias ? (["alias"] as const) : slip === undefined ? [] : [slip]),
    ...(debtEqual ? (["debt-equal"] as const) : one.billEqual ? (["bill-equal"] as const) : []),
    ...(one.paidBefore ? (["paid-before"] as const) : []),
  ];
  return {
    score: Math.min(
      99,
      reasons.reduce((sum, reason) => sum + POINTS[reason], 0),
    ),
    reasons,
  };
};
