/** Cases that send somebody to a door, or into a cellar, are announced by an event of their own, so that all the others wake nobody there. */
import type { CommandContext } from "#src/platform/command.ts";
import type { Severity } from "./schema.ts";

/** Water where none belongs, however little of it: whoever has a building under pressure looks whether it is his. */
export const LEAK_CATEGORIES: readonly string[] = ["fault.leak", "fault.network-leak"];

/** A leak or a burst (抢修), and a valve (开关阀): the field and the pressure tests look at the case and decide. */
export const announceField = (
  context: CommandContext,
  ticket: { readonly id: bigint; readonly category: string; readonly severity: Severity },
): void => {
  const { severity, category } = ticket;
  if (severity !== "emergency" && !category.startsWith("valve.") && !LEAK_CATEGORIES.includes(category))
    return;
  context.emit({
    type: "ticket.field-asked",
    subject: `ticket:${ticket.id}`,
    payload: { ticketId: ticket.id },
  });
};
