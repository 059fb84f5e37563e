import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { PublicHoliday } from "./holidays-2026.ts";
import { findExceptions, findSeason, insertSeason, upsertException } from "./queries.ts";
import type { Season } from "./seasons.ts";
import { workingCalendar, type WorkingCalendar } from "./working-days.ts";

/** The season `id`. @throws DomainError `season.unknown` */
export const requireSeason = async (sql: Sql, id: number): Promise<Season> =>
  (await findSeason(sql, id)) ??
  fail("season.unknown", `there is no heating season ${id}`, {
    field: "season",
    remedy: "a season is named by the year in which it starts; define it first",
    facts: { season: id },
  });

/**
 * Defines a season. Repeating with the same dates is safe.
 * @throws DomainError `season.exists` when it is defined with other dates, `season.dates` when they are out of order
 */
export const defineSeason = async (context: CommandContext, season: Season): Promise<void> => {
  const startsInItsYear = season.startsOn.startsWith(`${season.id}-`);
  if (
    !startsInItsYear ||
    season.startsOn >= season.endsOn ||
    season.billsOpenOn > season.paymentWindowEndsOn
  ) {
    fail("season.dates", `these are not the dates of a season ${season.id}`, {
      field: "startsOn",
      remedy: "it starts in the year it is named by, ends later, and its bills open before the window ends",
    });
  }
  if ((await insertSeason(context.sql, season)) === 1) {
    context.audit({ subject: `season:${season.id}`, details: { ...season } });
    return;
  }
  const known = await requireSeason(context.sql, season.id);
  const keys = ["startsOn", "endsOn", "billsOpenOn", "paymentWindowEndsOn"] as const;
  if (keys.some((key) => known[key] !== season[key])) {
    fail("season.exists", `season ${season.id} is defined with other dates`, {
      field: "season",
      facts: { ...known },
    });
  }
};

/** Puts the public holidays of a notice into both calendars. Repeating is safe; a later notice wins. */
export const installHolidays = async (
  context: CommandContext,
  notice: { readonly document: string; readonly days: readonly PublicHoliday[] },
): Promise<void> => {
  for (const calendar of ["company", "bank"] as const) {
    for (const { day, working, name } of notice.days) {
      // Banks close on holidays, but do not work the weekend days that others work instead.
      if (calendar === "bank" && working) continue;
      await upsertException(context.sql, { calendar, day, working, name, document: notice.document });
    }
  }
  context.audit({ subject: "calendar", details: { document: notice.document, days: notice.days.length } });
};

/** The working days of the company or of the banks, as they are known now. */
export const loadWorkingCalendar = async (sql: Sql, calendar: "company" | "bank"): Promise<WorkingCalendar> =>
  workingCalendar(await findExceptions(sql, calendar));

/** A season as an API shows it. */
export const seasonJson = (season: Season) => ({
  season: season.id,
  startsOn: season.startsOn,
  endsOn: season.endsOn,
  billsOpenOn: season.billsOpenOn,
  paymentWindowEndsOn: season.paymentWindowEndsOn,
});
