/** What the cases (工单) that hang under an order are told: entries of the timeline and stopped clocks. */
import type { CommandContext } from "#src/platform/command.ts";
import { stopClock } from "#src/service/clocks/index.ts";
import { addEntry, type EntryText } from "#src/service/tickets/index.ts";

export type CaseNews = {
  /** None for what is said about an order that was not raised. */
  readonly orderId?: bigint | undefined;
  /** A visit is told once, when it ends: the case counts them. */
  readonly kind: "order" | "visit" | "note";
  /** What a closing may rest on. */
  readonly evidence?: "visit" | "order" | "slip" | undefined;
  /** For people. */
  readonly text: EntryText;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
};

/** One entry for each case, whatever its state: a case that was merged or closed keeps its own timeline. */
export const tellCases = async (
  context: CommandContext,
  ticketIds: readonly bigint[],
  { orderId, ...entry }: CaseNews,
): Promise<void> => {
  const ref = orderId === undefined ? undefined : `work-order:${orderId}`;
  for (const ticketId of ticketIds) await addEntry(context, ticketId, { ...entry, ref });
};

/** What was promised of a case is kept from now on: somebody answered, or somebody is there. Repeating is harmless. */
export const stopCaseClocks = async (
  context: CommandContext,
  ticketIds: readonly bigint[],
  clock: "first-response" | "on-site",
): Promise<void> => {
  for (const ticketId of ticketIds) await stopClock(context, ticketId, clock);
};
