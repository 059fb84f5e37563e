/**
 * Which role and level a cause sends a case to, before anybody is asked. Pure: one rule per cause, in one place.
 *
 * opened, swept, corrected: precedent, else the responsibility table. First return: where its reason sends it, else a level up; second:
 * the ruling desk. Ruled: as ruled. Escalated: a level up, or where the step of a ladder says. Reassigned: the same role, somebody else. Reopened: whoever had it.
 */
import { chooseRole, type PrecedentRow, type ResponsibilityRow, type RoleChoice } from "./choose-role.ts";
import type { CaseFacts } from "./facts-queries.ts";
import { HEAD_OFFICE, type Level, levelAbove, RULING_DESK } from "./vocabulary.ts";

export type RouteCause =
  | { readonly cause: "opened" | "swept" | "reopened" }
  | {
      readonly cause: "returned";
      readonly number: number;
      readonly sendsTo: string | null;
      /** Who gave it back. */
      readonly role: string | null;
      readonly level: Level | null;
      readonly staffId: bigint | null;
    }
  | {
      readonly cause: "ruled";
      readonly role: string;
      readonly level: Level;
      readonly precedentId: bigint | null;
    }
  /** At its level when it was taken up, else where its channel begins. */
  | { readonly cause: "corrected"; readonly level: Level | null }
  | { readonly cause: "escalated" }
  /** To the role and level that the step tells; without one a level up. */
  | { readonly cause: "ladder"; readonly role: string | null; readonly level: Level | null }
  | { readonly cause: "reassigned"; readonly fromStaffId: bigint; readonly toStaffId: bigint | null };

export type Decision = RoleChoice & {
  /** Must not get it. */
  readonly excluded: readonly bigint[];
  /** Gets it before the steps are asked, when free. */
  readonly preferred: bigint | null;
};

type Known = {
  readonly rows: readonly ResponsibilityRow[] | null;
  readonly precedents: readonly PrecedentRow[];
};

const everybody = { excluded: [], preferred: null } as const;

/** A level up, by the table; precedents speak of the level at which a case begins. At the top it is head office's. */
const levelUp = (facts: CaseFacts, from: Level, known: Known): RoleChoice => {
  if (from === "company") {
    return { role: HEAD_OFFICE, level: "company", rule: "level-up", precedentId: null };
  }
  const asked = { category: facts.category, boundary: facts.boundary, level: levelAbove(from) };
  const chosen = chooseRole(asked, known.rows, []);
  return chosen.rule === "responsibility" ? { ...chosen, rule: "level-up" } : chosen;
};

const afterReturn = (
  facts: CaseFacts,
  cause: Extract<RouteCause, { cause: "returned" }>,
  known: Known,
): Decision => {
  const excluded = cause.staffId === null ? [] : [cause.staffId];
  if (cause.number >= 2) {
    const choice = { role: RULING_DESK, level: "company", rule: "second-return", precedentId: null } as const;
    return { ...choice, excluded: [], preferred: null };
  }
  const level = cause.level ?? facts.lastLevel ?? facts.startLevel;
  if (cause.sendsTo !== null && cause.sendsTo !== cause.role) {
    return {
      role: cause.sendsTo,
      level,
      rule: "return-reason",
      precedentId: null,
      excluded,
      preferred: null,
    };
  }
  return { ...levelUp(facts, level, known), excluded, preferred: null };
};

export const decideRole = (facts: CaseFacts, cause: RouteCause, known: Known): Decision => {
  const present = facts.lastLevel ?? facts.startLevel;
  switch (cause.cause) {
    case "returned":
      return afterReturn(facts, cause, known);
    case "ruled":
      return {
        role: cause.role,
        level: cause.level,
        rule: "ruling",
        precedentId: cause.precedentId,
        ...everybody,
      };
    case "ladder":
      if (cause.role !== null && cause.level !== null) {
        const { role, level } = cause;
        return { role, level, rule: "level-up", precedentId: null, ...everybody };
      }
      return { ...levelUp(facts, present, known), ...everybody };
    case "corrected": {
      const asked = { ...facts, level: cause.level ?? facts.startLevel };
      return { ...chooseRole(asked, known.rows, known.precedents), ...everybody };
    }
    case "escalated":
      return { ...levelUp(facts, present, known), ...everybody };
    case "reassigned":
      if (facts.lastRole !== null) {
        const kept = { role: facts.lastRole, level: present, rule: "kept", precedentId: null } as const;
        return { ...kept, excluded: [cause.fromStaffId], preferred: cause.toStaffId };
      }
      return {
        ...chooseRole({ ...facts, level: present }, known.rows, known.precedents),
        excluded: [cause.fromStaffId],
        preferred: cause.toStaffId,
      };
    case "reopened":
      if (facts.workRole !== null && facts.workLevel !== null) {
        const kept = {
          role: facts.workRole,
          level: facts.workLevel,
          rule: "kept",
          precedentId: null,
        } as const;
        return { ...kept, excluded: [], preferred: facts.workStaffId };
      }
      return { ...chooseRole({ ...facts, level: present }, known.rows, known.precedents), ...everybody };
    default:
      return {
        ...chooseRole({ ...facts, level: facts.startLevel }, known.rows, known.precedents),
        ...everybody,
      };
  }
};
