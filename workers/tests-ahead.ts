/** Every morning: tests and cold runs whose window comes near and of which people were not told, and those whose window went by. */
import type { Day } from "#src/kernel/day.ts";
import { announceDue, lookAfterUnused } from "#src/service/pressure-tests/index.ts";
import type { Services } from "./services.ts";

/** Repeating is safe: a window is told once at each stage. What may be refused comes last. */
export const tellOfTests = async (
  { platform }: Services,
  businessDate: Day,
): Promise<Readonly<Record<string, unknown>>> => ({
  unused: await lookAfterUnused(platform),
  notices: await announceDue(platform, businessDate),
});
