/** The nightly proof of cases and pressure tests: what their timelines, clocks, merges and windows say agrees. What breaks it is a task for the supervisor. */
import type { Day } from "#src/kernel/day.ts";
import { runProofs } from "#src/money/ledger/index.ts";
import { openTask } from "#src/office/tasks/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import { pressureProofs } from "#src/service/pressure-tests/index.ts";
import { ticketProofs } from "#src/service/tickets/index.ts";
import type { Services } from "./services.ts";

const ROWS_NAMED = 20;

/** Read-only but for the task; repeating opens no second task for the same business date. */
export const proveTickets = async (
  { platform, log }: Pick<Services, "platform" | "log">,
  businessDate: Day,
): Promise<Readonly<Record<string, unknown>>> => {
  const offenders = await runProofs(platform.database, [...ticketProofs, ...pressureProofs]);
  if (offenders.length > 0) {
    const rules = [...new Set(offenders.map(({ rule }) => rule))];
    log.error({ businessDate, offenders: offenders.length, rules }, "the cases do not prove");
    await platform.commands.run({ name: "ticket.check", actor: systemActor("ticket-check") }, (context) =>
      openTask(context, {
        kind: "tickets-not-proven",
        source: `ticket-check:${businessDate}`,
        title: `${businessDate} 夜间核对：工单 ${offenders.length} 条不符 The nightly check found cases that do not prove`,
        details: { rules, first: offenders.slice(0, ROWS_NAMED) },
        ownerRole: "supervisor",
      }),
    );
  }
  return { offenders: offenders.length };
};
