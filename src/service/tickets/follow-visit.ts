/** What a visit does to its case (上门之后): begun by having been there, resolved where the work is done. */
import { both } from "#src/kernel/words.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { isAnothers } from "./guards.ts";
import { runTicketCommand } from "./run-command.ts";
import type { Ticket } from "./schema.ts";
import { findTransition, type TicketState } from "./states.ts";

export type Followed = {
  readonly state: TicketState;
  /** Why it stays as it is: another person has it, or its state takes no visit. Null where it went on, or was there already. */
  readonly stays: "anothers" | "state" | null;
};

const BEGUN = both("已上门", "somebody was at the home");
const DONE = both("上门已办完", "done at the home");

/** The case is locked. What the table does not take is left, and said: a visit that was made is never refused for it. */
export const followVisit = async (
  context: CommandContext,
  ticket: Ticket,
  finished: boolean,
): Promise<Followed> => {
  const { state } = ticket;
  if (state === "resolved" && finished) return { state, stays: null };
  const takes = (from: TicketState, command: "start" | "resolve"): boolean =>
    findTransition(from, command) !== undefined;
  const begins = takes(state, "start");
  const after = begins ? "working" : state;
  if (!begins && after !== "working" && !(finished && takes(after, "resolve")))
    return { state, stays: "state" };
  if (isAnothers(context.actor, ticket)) return { state, stays: "anothers" };
  if (begins) await runTicketCommand(context, ticket.id, "start", { text: BEGUN });
  if (!finished) return { state: after, stays: null };
  await runTicketCommand(context, ticket.id, "resolve", { text: DONE });
  return { state: "resolved", stays: null };
};
