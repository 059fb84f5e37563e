/** Absences (请假、离岗): days on which a person is not there. Whoever gives out work looks at them. */
import { addDays, type Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  type AbsenceKind,
  dropAbsence,
  findStaffByLogin,
  insertAbsence,
  lockAbsence,
  shortenAbsence,
} from "./absence-queries.ts";

export type NewAbsence = {
  readonly login: string;
  readonly from: Day;
  /** The last day of absence; null: nobody knows yet. */
  readonly until: Day | null;
  readonly kind: AbsenceKind;
};

/**
 * Enters an absence, ahead or afterwards. Work that the person already has stays until somebody moves it: the event tells
 * who has to look. The kind stays in its row: why somebody is away is nobody else's business.
 * @throws DomainError `staff.not-found`, `absence.days`, `absence.overlaps`
 */
export const enterAbsence = async (
  context: CommandContext,
  wanted: NewAbsence,
): Promise<{ readonly absenceId: bigint; readonly staffId: bigint }> => {
  const person = await findStaffByLogin(context.sql, wanted.login);
  if (person === null) fail("staff.not-found", "there is no such login", { field: "login" });
  if (wanted.until !== null && wanted.until < wanted.from) {
    fail("absence.days", "an absence ends on its first day or later", { field: "until" });
  }
  const absence = await insertAbsence(context.sql, {
    staffId: person.id,
    from: wanted.from,
    until: wanted.until,
    kind: wanted.kind,
    now: context.now,
    enteredBy: staffIdOf(context.actor),
  });
  if (absence === null) {
    fail("absence.overlaps", "this person is entered as absent on some of these days", {
      field: "from",
      remedy: "end the other absence first",
    });
  }
  const subject = `staff:${person.id}`;
  context.audit({
    subject,
    details: { absenceId: absence.id, from: wanted.from, until: wanted.until },
  });
  context.emit({ type: "duty.changed", subject, payload: { staffId: person.id } });
  return { absenceId: absence.id, staffId: person.id };
};

/**
 * The person is back on a day: the absence ends the day before, or was none. Locks the absence. Repeating is safe.
 * @throws DomainError `absence.not-found`
 */
export const endAbsence = async (context: CommandContext, id: bigint, backOn: Day): Promise<void> => {
  const absence = await lockAbsence(context.sql, id);
  if (absence === null) fail("absence.not-found", "there is no such absence");
  if (absence.backOn !== null && absence.backOn <= backOn) return;
  if (backOn <= absence.from) await dropAbsence(context.sql, id);
  else await shortenAbsence(context.sql, { id, backOn });
  const subject = `staff:${absence.staffId}`;
  context.audit({ subject, details: { absenceId: id, lastDay: addDays(backOn, -1) } });
  context.emit({ type: "duty.changed", subject, payload: { staffId: absence.staffId } });
};
