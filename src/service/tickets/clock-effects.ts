/** What a command of the table does to the clocks of its case. A given clock (转办) is its order's, and untouched here. */
import { must } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  cancelClocks,
  type ClockKind,
  type CountedKind,
  pauseClocks,
  reclassifyClocks,
  restoreClocks,
  resumeClocks,
  startClocks,
  type StartedClock,
  stopClock,
} from "#src/service/clocks/index.ts";
import { findStationOfBuilding } from "./place-queries.ts";
import type { Ticket } from "./schema.ts";
import type { TicketCommand } from "./states.ts";

const OWN_KINDS = ["first-response", "on-site", "solution"] as const satisfies readonly ClockKind[];

const factsOf = async (context: CommandContext, ticket: Ticket) => {
  const station =
    ticket.buildingId === null ? null : await findStationOfBuilding(context.sql, ticket.buildingId);
  return {
    ticketId: ticket.id,
    category: ticket.categoryCode,
    severity: ticket.severity,
    stationId: station?.stationId ?? null,
    stationOwner: station?.stationOwner ?? null,
  };
};

const cancelOwn = async (context: CommandContext, ticketId: bigint, kinds: readonly ClockKind[]) => {
  for (const kind of kinds) await cancelClocks(context, ticketId, { kind });
};

/** More clocks of one case: after a reopening, for the call after a closing. */
export const startMoreClocks = async (
  context: CommandContext,
  ticket: Ticket,
  more: { readonly subject: string; readonly openedAt: Date; readonly kinds?: readonly CountedKind[] },
): Promise<StartedClock[]> => startClocks(context, { ...(await factsOf(context, ticket)), ...more });

/** The clocks that count since the case was opened, or opened again. */
const currentRound = (ticket: Ticket): { readonly subject: string; readonly openedAt: Date } => ({
  subject: ticket.reopenCount > 0 ? `reopen:${ticket.reopenCount}` : "",
  openedAt: ticket.reopenedAt ?? ticket.openedAt,
});

/** The category, the severity or the place of a case is another: its clocks are counted anew from its opening. */
export const recountClocks = async (
  context: CommandContext,
  ticket: Ticket,
  after: Pick<Ticket, "categoryCode" | "severity" | "buildingId">,
): Promise<void> => {
  const facts = await factsOf(context, { ...ticket, ...after });
  await reclassifyClocks(context, { ...facts, ...currentRound(ticket), reason: "corrected" });
};

/**
 * Before the case is moved. Accepting answers; resolving and closing solve; what never came (a visit where none was needed) ends
 * without having been met or missed; a reopening starts a new round; an unmerging goes on with the one that the merge cut short: what ran
 * runs, and the time between counts, because the household has waited; what stood still stands. What was answered before stays so.
 * @throws DomainError `pause.reason-unknown`
 */
export const moveClocks = async (
  context: CommandContext,
  ticket: Ticket,
  command: TicketCommand,
  done: { readonly pauseReason?: string | undefined; readonly mergedAt?: Date },
): Promise<void> => {
  const { id } = ticket;
  if (command === "accept" || command === "start") await stopClock(context, id, "first-response");
  if (command === "wait") await pauseClocks(context, id, done.pauseReason ?? "");
  if (ticket.state === "waiting" && (command === "resume" || command === "resolve")) {
    await resumeClocks(context, id);
  }
  if (command === "resolve" || command === "close") await stopClock(context, id, "solution");
  if (command === "close") await cancelOwn(context, id, ["first-response", "on-site"]);
  if (command === "cancel" || command === "merge") await cancelOwn(context, id, OWN_KINDS);
  if (command === "reopen") {
    await cancelOwn(context, id, [...OWN_KINDS, "call-back"]);
    const subject = `reopen:${ticket.reopenCount + 1}`;
    await startMoreClocks(context, ticket, { subject, openedAt: context.now });
  }
  if (command === "unmerge") {
    const start = { ...(await factsOf(context, ticket)), ...currentRound(ticket) };
    await restoreClocks(context, start, must(done.mergedAt, "when the merge was made"));
  }
};
