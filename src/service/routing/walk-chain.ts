/**
 * Which person of a role gets a case. The steps are asked in the order of their rows (manager > deputy > chief > station >
 * head office); in a step whoever is free with the fewest open cases, then whoever has been idle longest. Everybody who was
 * looked at stays in the chain with the reason, because that is what people argue about. Pure.
 */
import type { Outcome, RoutingStep } from "./vocabulary.ts";

export type Candidate = {
  readonly position: number;
  readonly staffId: bigint;
  readonly disabled: boolean;
  readonly onLeave: boolean;
  readonly openCount: number;
  readonly openLimit: number;
  /** Null: never had a case. */
  readonly lastAssignedAt: Date | null;
};

/** One line of the chain: a person that was looked at, or a step with nobody in it (`staffId` null). */
export type ChainLink = {
  readonly position: number;
  readonly step: string;
  readonly staffId: bigint | null;
  readonly outcome: Outcome;
  readonly openCount?: number;
  readonly openLimit?: number;
};

export type Walk = {
  /** Null when nobody at all could take it: then it lies at the role itself. */
  readonly staffId: bigint | null;
  readonly position: number | null;
  readonly chain: readonly ChainLink[];
};

/** `manager`, `station`: how a step is called in the chain. */
export const nameOfStep = (step: RoutingStep): string => step.duty ?? step.source;

const skipReason = (
  candidate: Candidate,
  step: RoutingStep,
  excluded: ReadonlySet<bigint>,
): Outcome | null => {
  if (candidate.disabled) return "disabled";
  if (candidate.onLeave) return "on-leave";
  if (excluded.has(candidate.staffId)) return "excluded";
  if (step.heedsCapacity && candidate.openCount >= candidate.openLimit) return "over-capacity";
  return null;
};

const idleSince = (candidate: Candidate): number => candidate.lastAssignedAt?.getTime() ?? -Infinity;

/** Fewest open, then longest idle; the id makes the order complete. */
const inOrderOfAsking = (left: Candidate, right: Candidate): number => {
  if (left.openCount !== right.openCount) return left.openCount - right.openCount;
  const [leftIdle, rightIdle] = [idleSince(left), idleSince(right)];
  if (leftIdle !== rightIdle) return leftIdle < rightIdle ? -1 : 1;
  return left.staffId < right.staffId ? -1 : 1;
};

const linkOf = (step: RoutingStep, candidate: Candidate, outcome: Outcome): ChainLink => ({
  position: step.position,
  step: nameOfStep(step),
  staffId: candidate.staffId,
  outcome,
  openCount: candidate.openCount,
  ...(outcome === "over-capacity" && { openLimit: candidate.openLimit }),
});

/** @param excluded who must not get it: whoever gave it back, or whose cases are taken away */
export const walkChain = (
  steps: readonly RoutingStep[],
  candidates: readonly Candidate[],
  excluded: ReadonlySet<bigint> = new Set(),
): Walk => {
  const chain: ChainLink[] = [];
  for (const step of steps.toSorted((left, right) => left.position - right.position)) {
    const here = candidates
      .filter((candidate) => candidate.position === step.position)
      .toSorted(inOrderOfAsking);
    if (here.length === 0) {
      chain.push({ position: step.position, step: nameOfStep(step), staffId: null, outcome: "nobody" });
      continue;
    }
    let taken: Candidate | null = null;
    for (const candidate of here) {
      const skipped = skipReason(candidate, step, excluded);
      if (skipped !== null) chain.push(linkOf(step, candidate, skipped));
      else if (taken === null) {
        taken = candidate;
        chain.push(linkOf(step, candidate, "taken"));
      } else {
        const reason = candidate.openCount > taken.openCount ? "more-open" : "less-idle";
        chain.push(linkOf(step, candidate, reason));
      }
    }
    if (taken !== null) return { staffId: taken.staffId, position: step.position, chain };
  }
  return { staffId: null, position: null, chain };
};
