/** The sheets of the morning: yesterday is frozen at half past seven and sent at eight. A missed morning is made up for once. */
import { addDays, type Day } from "#src/kernel/day.ts";
import { systemActor } from "#src/platform/actor.ts";
import { freezeSheets, sendSheets } from "#src/sheets/index.ts";
import type { Services } from "./services.ts";

/** Repeating is safe: a sheet that is frozen stays as it is. */
export const freezeMorning = async (
  { platform, log }: Pick<Services, "platform" | "log">,
  businessDate: Day,
): Promise<Readonly<Record<string, unknown>>> => {
  const { day, made, red } = await freezeSheets(
    platform,
    systemActor("morning-sheets"),
    addDays(businessDate, -1),
  );
  if (red.length > 0) log.warn({ day, red }, "a morning sheet is red");
  return { day, made, red };
};

/** Repeating is safe: nobody gets the same day twice. */
export const sendMorning = async (
  { platform, log }: Pick<Services, "platform" | "log">,
  businessDate: Day,
): Promise<Readonly<Record<string, unknown>>> => {
  // Frozen here when the first of the two was missed.
  await freezeMorning({ platform, log }, businessDate);
  return sendSheets(platform, systemActor("morning-sheets"), addDays(businessDate, -1));
};
