import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  closeDayRow,
  dayState,
  firstOpenDayWithTransfers,
  lockDayExclusively,
  rollUpDay,
} from "./queries.ts";

/**
 * Closes an accounting day (日结): rolls its totals up and lets nothing be posted to it again. Days are closed in order.
 * Takes the day's lock exclusively, so payments in flight on that day finish first.
 * @throws DomainError `day.closed` when it is closed, `day.not-over` for today and later, `day.earlier-open`
 */
export const closeDay = async (context: CommandContext, day: Day): Promise<void> => {
  const { sql } = context;
  if (day >= context.today) {
    fail("day.not-over", `${day} is not over`, { field: "day", remedy: "close it tomorrow" });
  }
  await lockDayExclusively(sql, day);
  if ((await dayState(sql, day)) === "closed")
    fail("day.closed", `${day} is closed already`, { field: "day" });
  const earlier = await firstOpenDayWithTransfers(sql, day);
  if (earlier !== null) {
    fail("day.earlier-open", `${earlier.day} is still open`, {
      field: "day",
      remedy: `close ${earlier.day} first`,
    });
  }
  await closeDayRow(sql, day, context.now, staffIdOf(context.actor));
  await rollUpDay(sql, day);
  context.audit({ subject: `accounting-day:${day}`, details: { closed: true } });
  context.emit({ type: "accounting-day.closed", subject: `accounting-day:${day}`, payload: { day } });
};
