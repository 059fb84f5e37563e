/** Who has a case: given by routing, by nobody else. */
import { fail } from "#src/kernel/errors.ts";
import { type Role, staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import { announceLive } from "#src/platform/live-feed.ts";
import { giveOwner } from "./queries.ts";
import { requireTransition } from "./states.ts";

export type TicketOwner = {
  readonly staffId: bigint | null;
  /** Whose list it is on while no person has it. */
  readonly role: Role | null;
  readonly areaId: bigint | null;
  /** The level of the ladder: `manager`, `station`, `ruling-desk`. */
  readonly level: string;
};

/**
 * Puts a case on somebody's list: the command `assign` of the table. One statement; a case that waits or is to be closed keeps its
 * state. Announces `ticket.assigned`, also to the screen of whoever has it now. Repeating is harmless.
 * @throws DomainError `ticket.not-found`, `ticket.refused` when the case is closed, cancelled or merged
 */
export const setOwner = async (
  context: CommandContext,
  ticketId: bigint,
  owner: TicketOwner,
): Promise<void> => {
  const { actor, sql, now } = context;
  const facts = { staffId: owner.staffId, role: owner.role, areaId: owner.areaId, level: owner.level };
  const subject = `ticket:${ticketId}`;
  // One flight; what is refused below takes the announcement with it.
  const [given] = await Promise.all([
    giveOwner(sql, {
      ticketId,
      ...facts,
      details: canonicalJson({ command: "assign", ...facts }),
      now,
      by: staffIdOf(actor),
      byName: actor.name,
    }),
    announceLive(context, {
      topic: "ticket.assigned",
      audience: owner.staffId === null ? { areaId: owner.areaId } : { staffId: owner.staffId },
      permission: "ticket.read",
      subject,
    }),
  ]);
  if (given === null) fail("ticket.not-found", "there is no such case", { field: "ticketId" });
  if (given.to === null) return void requireTransition(given.from, "assign");
  context.audit({ subject, details: facts });
  context.emit({ type: "ticket.assigned", subject, payload: { ticketId, staffId: owner.staffId } });
  if (given.from !== given.to) {
    context.emit({
      type: "ticket.state-changed",
      subject,
      payload: { ticketId, from: given.from, to: given.to },
    });
  }
};
