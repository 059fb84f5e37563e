/** Every night: offers whose due day has come become debts. */
import type { Day } from "#src/kernel/day.ts";
import { fallDue, seasonsWithOffersDue } from "#src/money/billing/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { Services } from "./services.ts";

/** Repeating is safe: a bill falls due once. */
export const fallDueAll = async (
  { platform }: Services,
  businessDate: Day,
): Promise<Readonly<Record<string, unknown>>> => {
  const seasons = await seasonsWithOffersDue(platform.database.sql, businessDate);
  let bills = 0n;
  for (const { season } of seasons) {
    const fallen = await fallDue(platform, { actor: systemActor("fall-due"), season, day: businessDate });
    bills += fallen.bills;
  }
  return { seasons: seasons.length, bills: String(bills) };
};
