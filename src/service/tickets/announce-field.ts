/** Cases that send somebody to a door are announced by an event of their own, so that all the others wake nobody there. */
import type { CommandContext } from "#src/platform/command.ts";
import type { Severity } from "./schema.ts";

/** A leak or a burst (抢修), and a valve (开关阀): the field looks at the case and decides. */
export const announceField = (
  context: CommandContext,
  ticket: { readonly id: bigint; readonly category: string; readonly severity: Severity },
): void => {
  if (ticket.severity !== "emergency" && !ticket.category.startsWith("valve.")) return;
  context.emit({
    type: "ticket.field-asked",
    subject: `ticket:${ticket.id}`,
    payload: { ticketId: ticket.id },
  });
};
