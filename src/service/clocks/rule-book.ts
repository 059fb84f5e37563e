/**
 * Rules and calendars as one thing that is kept in memory. Case after case falls under the same few rows, so they are read
 * once; the statement that writes clocks compares the marks under which they were read (`working_time_revision`,
 * `clock_rules_revision`) with those of the database and writes nothing when they differ. Then they are read again: no
 * clock is ever started by a rule that was changed before it.
 */
import { dayOfInstant } from "#src/kernel/day.ts";
import {
  loadWorkingTimes,
  seasonOf,
  type StoredWorkingTime,
  type WorkingTimes,
} from "#src/office/calendars/index.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type CaseFacts, chooseRule, type ClockRule } from "./choose-rule.ts";
import { addWorkingMs } from "#src/office/calendars/index.ts";
import { dueTimeOf, type Pause, warnMsOf } from "./due-time.ts";
import { findRulesInForce, findRulesRevision } from "./rule-queries.ts";
import type { CountedKind, RuleSeason } from "./schema.ts";

export type RuleBook = {
  readonly rulesRevision: string;
  readonly rules: readonly ClockRule[];
  readonly times: WorkingTimes;
};

/** A clock as the rules have it: the rule, its calendar, and the instants. */
export type CountedClock = {
  readonly kind: CountedKind;
  readonly ruleId: bigint;
  readonly calendarId: bigint;
  readonly calendarStamp: string;
  readonly targetMs: number;
  readonly warnMs: number;
  readonly dueAt: Date;
  readonly warnAt: Date;
};

/** The latest that was read; another database's marks never equal its own, so it cannot be taken for theirs. */
let kept: RuleBook | undefined;

export const keptRuleBook = (): RuleBook | undefined => kept;

export const loadRuleBook = async (sql: Sql): Promise<RuleBook> => {
  const rulesRevision = await findRulesRevision(sql);
  const book = { rulesRevision, rules: await findRulesInForce(sql), times: await loadWorkingTimes(sql) };
  kept = book;
  return book;
};

/** Which hours' season a case falls under: by the day on which its clock starts. */
export const ruleSeasonAt = (book: RuleBook, at: Date): RuleSeason =>
  seasonOf(book.times.seasons, dayOfInstant(at)) === null ? "other" : "heating";

export const calendarOf = (book: RuleBook, name: string): StoredWorkingTime =>
  book.times.find(name) ??
  fail("calendar.unknown", `there is no approved calendar ${name}`, {
    field: "calendar",
    remedy: "define it and have it approved",
    facts: { calendar: name },
  });

/** Due and warning instants of a target in a calendar. */
export const countIn = (
  calendar: StoredWorkingTime,
  terms: { startedAt: Date; targetMs: number; warnMs: number; pauses: readonly Pause[] },
): { dueAt: Date; warnAt: Date } => ({
  dueAt: dueTimeOf(calendar, terms),
  warnAt:
    terms.pauses.length === 0
      ? addWorkingMs(calendar, terms.startedAt, terms.warnMs)
      : dueTimeOf(calendar, { ...terms, targetMs: terms.warnMs }),
});

/** The clock of a kind that a case has by the rules in force; null when it has none. */
export const countClock = (
  book: RuleBook,
  kind: CountedKind,
  facts: CaseFacts,
  startedAt: Date,
  pauses: readonly Pause[] = [],
): CountedClock | null => {
  const rule = chooseRule(book.rules, kind, facts);
  if (rule === null || rule.targetMinutes === null || rule.calendar === null) return null;
  const calendar = calendarOf(book, rule.calendar);
  const targetMs = rule.targetMinutes * 60_000;
  const warnMs = warnMsOf(targetMs, rule.warnPercent);
  return {
    kind,
    ruleId: rule.id,
    calendarId: calendar.calendarId,
    calendarStamp: calendar.stamp,
    targetMs,
    warnMs,
    ...countIn(calendar, { startedAt, targetMs, warnMs, pauses }),
  };
};
