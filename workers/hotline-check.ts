/** The nightly proof of the hotline: nobody who was lost is forgotten. What breaks it is a task for the supervisor, with the first rows. */
import type { Day } from "#src/kernel/day.ts";
import { openTask } from "#src/office/tasks/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import { checkHotline } from "#src/service/hotline/index.ts";
import type { Services } from "./services.ts";

const ROWS_NAMED = 20;

/** Read-only but for the task; repeating opens no second task for the same business date. */
export const proveHotline = async (
  { platform, log }: Pick<Services, "platform" | "log">,
  businessDate: Day,
): Promise<Readonly<Record<string, unknown>>> => {
  const offenders = await checkHotline(platform.database.sql);
  if (offenders.length > 0) {
    const rules = [...new Set(offenders.map(({ rule }) => rule))];
    log.error({ businessDate, offenders: offenders.length, rules }, "the hotline does not prove");
    await platform.commands.run({ name: "hotline.check", actor: systemActor("hotline-check") }, (context) =>
      openTask(context, {
        kind: "hotline-not-proven",
        source: `hotline-check:${businessDate}`,
        title: `${businessDate} 夜间核对：热线 ${offenders.length} 条不符 The nightly check found calls or call-backs that do not prove`,
        details: { rules, first: offenders.slice(0, ROWS_NAMED) },
        ownerRole: "supervisor",
      }),
    );
  }
  return { offenders: offenders.length };
};
