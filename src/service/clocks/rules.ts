/** Rules and pause reasons changed by people. A changed rule is a new row; running clocks keep theirs until counted anew. */
import { fail } from "#src/kernel/errors.ts";
import { loadWorkingTime } from "#src/office/calendars/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { RuleCriteria } from "./choose-rule.ts";
import { insertRule, lockRule, retireRuleRow, upsertPauseReason } from "./rule-queries.ts";
import type { CountedKind } from "./schema.ts";

export type RuleInput = RuleCriteria & {
  readonly kind: CountedKind;
  /** Working minutes of `calendar`; both null: cases of this sort have no such clock. */
  readonly targetMinutes: number | null;
  readonly calendar: string | null;
  readonly warnPercent: number;
  /** Who decided it, where it is written: `服务承诺 2026, 第 3 条`. */
  readonly source: string;
};

/**
 * Puts a rule into force for exactly these criteria, in place of the one before. Repeating with the same figures changes
 * nothing.
 * @throws DomainError `clock.rule-incomplete`, `calendar.unknown`, `version.stale` when two people write it at once
 */
export const setRule = async (
  context: CommandContext,
  input: RuleInput,
): Promise<{ readonly ruleId: bigint; readonly changed: boolean }> => {
  const { sql, now } = context;
  if ((input.targetMinutes === null) !== (input.calendar === null)) {
    fail("clock.rule-incomplete", "a target is counted in a calendar, and no target in none", {
      field: "calendar",
    });
  }
  if (input.stationId !== null && input.stationOwner !== null) {
    fail("clock.rule-incomplete", "a rule is for one station or for all of one owner", {
      field: "stationOwner",
    });
  }
  if (input.calendar !== null) await loadWorkingTime(sql, input.calendar);
  const staffId = staffIdOf(context.actor);
  const before = await lockRule(sql, input);
  const isSame =
    before !== null &&
    !before.isDefault &&
    before.targetMinutes === input.targetMinutes &&
    before.calendar === input.calendar &&
    before.warnPercent === input.warnPercent;
  if (isSame) return { ruleId: before.id, changed: false };
  if (before !== null) await retireRuleRow(sql, { id: before.id, now, retiredBy: staffId });
  const made = await insertRule(sql, { ...input, now, createdBy: staffId });
  if (made === null) {
    fail("version.stale", "somebody else changed this rule meanwhile", {
      remedy: "read the rules again and decide anew",
    });
  }
  context.audit({
    subject: `clock-rule:${made.id}`,
    details: {
      kind: input.kind,
      category: input.category,
      severity: input.severity,
      stationOwner: input.stationOwner,
      stationId: input.stationId,
      season: input.season,
      from: before === null ? null : { ruleId: before.id, targetMinutes: before.targetMinutes },
      targetMinutes: input.targetMinutes,
      calendar: input.calendar,
      source: input.source,
    },
  });
  return { ruleId: made.id, changed: true };
};

/** Takes a rule out of force; a less specific one takes over. @throws DomainError `clock.rule-not-found` */
export const retireRule = async (context: CommandContext, ruleId: bigint, reason: string): Promise<void> => {
  const row = { id: ruleId, now: context.now, retiredBy: staffIdOf(context.actor) };
  const retired = await retireRuleRow(context.sql, row);
  if (retired === null) fail("clock.rule-not-found", "there is no such rule in force");
  context.audit({ subject: `clock-rule:${ruleId}`, details: { kind: retired.kind, retired: true, reason } });
};

/** Adds or changes a reason to wait, and which clocks stand still for it. */
export const setPauseReason = async (
  context: CommandContext,
  input: {
    readonly code: string;
    readonly name: string;
    readonly nameEn: string;
    readonly active: boolean;
    readonly kinds: readonly CountedKind[];
  },
): Promise<void> => {
  await upsertPauseReason(context.sql, input);
  const { code, active, kinds } = input;
  context.audit({ subject: `pause-reason:${code}`, details: { active, kinds } });
};
