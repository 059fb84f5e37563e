/**
 * Freezing the sheets of a day (定格): all five of one moment, once. What is corrected later stands beside the frozen number as an
 * adjustment; the sheet itself is never written again.
 */
import { type Day, dayOfInstant } from "#src/kernel/day.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { keepOneMoment, makeSheet, type SheetName, SHEETS, spanOf } from "#src/reports/index.ts";
import { findFrozenNames, insertSheet } from "./queries.ts";

export type Frozen = {
  readonly day: Day;
  readonly made: readonly SheetName[];
  readonly red: readonly SheetName[];
};

/** Repeating is safe: what stands stays. Takes seconds for a town of 260,000 homes, on a connection for long work. */
export const freezeSheets = async (platform: Platform, actor: Actor, day: Day): Promise<Frozen> => {
  const { result } = await platform.commands.run(
    { name: "sheets.freeze", actor, pool: "bulk" },
    async (context): Promise<Frozen> => {
      const { sql, now } = context;
      await keepOneMoment(sql);
      const standing = await findFrozenNames(sql, day);
      const span = await spanOf(sql, actor, { from: day, to: day, today: dayOfInstant(now), now });
      const made: SheetName[] = [];
      const red: SheetName[] = [];
      for (const sheet of SHEETS.filter((name) => !standing.includes(name))) {
        const report = await makeSheet(sql, sheet, span);
        const isRed = report.findings.length > 0;
        await insertSheet(sql, { day, sheet, body: JSON.stringify(report), red: isRed, now });
        made.push(sheet);
        if (isRed) red.push(sheet);
      }
      if (made.length > 0) context.audit({ subject: `sheets:${day}`, details: { made, red } });
      return { day, made, red };
    },
  );
  return result;
};
