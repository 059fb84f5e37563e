/** Who has a case: given by routing, by nobody else. */
import { fail } from "#src/kernel/errors.ts";
import { type Role, staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import { announceAllLive, type LiveAnnouncement } from "#src/platform/live-feed.ts";
import { giveOwners } from "./queries.ts";
import { requireTransition, type TicketState } from "./states.ts";

export type TicketOwner = {
  readonly staffId: bigint | null;
  /** Whose list it is on while no person has it. */
  readonly role: Role | null;
  readonly areaId: bigint | null;
  /** The level of the ladder: `manager`, `station`, `ruling-desk`. */
  readonly level: string;
};

export type OwnerGiven = {
  readonly ticketId: bigint;
  readonly from: TicketState;
  /** Null: closed, cancelled or merged, and given to nobody. */
  readonly to: TicketState | null;
};

const factsOf = ({ staffId, role, areaId, level }: TicketOwner) => ({ staffId, role, areaId, level });

/**
 * Puts cases on somebody's list, any number in one statement: the command `assign` of the table. A case that waits or is to be
 * closed keeps its state; one that takes no owner is left alone, and answered as such. Locks in the order of their ids.
 * Announces `ticket.assigned` for each, also to the screen of whoever has it now. Repeating is harmless.
 */
export const setOwners = async (
  context: CommandContext,
  owners: readonly (TicketOwner & { readonly ticketId: bigint })[],
): Promise<OwnerGiven[]> => {
  if (owners.length === 0) return [];
  const { actor, sql, now } = context;
  const given = await giveOwners(sql, {
    rows: canonicalJson(
      owners.map((owner) => {
        const facts = factsOf(owner);
        return { ticketId: owner.ticketId, ...facts, details: { command: "assign", ...facts } };
      }),
    ),
    now,
    by: staffIdOf(actor),
    byName: actor.name,
  });
  const byId = new Map(owners.map((owner) => [owner.ticketId, owner]));
  const announced: LiveAnnouncement[] = [];
  for (const { ticketId, from, to } of given) {
    const owner = byId.get(ticketId);
    if (owner === undefined || to === null) continue;
    const subject = `ticket:${ticketId}`;
    const { staffId, areaId } = owner;
    context.audit({ subject, details: factsOf(owner) });
    context.emit({ type: "ticket.assigned", subject, payload: { ticketId, staffId } });
    if (from !== to) {
      context.emit({ type: "ticket.state-changed", subject, payload: { ticketId, from, to } });
    }
    const audience = staffId === null ? { areaId } : { staffId };
    announced.push({ topic: "ticket.assigned", audience, permission: "ticket.read", subject });
  }
  await announceAllLive(context, announced);
  return given;
};

/**
 * `setOwners` for one case.
 * @throws DomainError `ticket.not-found`, `ticket.refused` when the case is closed, cancelled or merged
 */
export const setOwner = async (
  context: CommandContext,
  ticketId: bigint,
  owner: TicketOwner,
): Promise<void> => {
  const [given] = await setOwners(context, [{ ...owner, ticketId }]);
  if (given === undefined) fail("ticket.not-found", "there is no such case", { field: "ticketId" });
  if (given.to === null) requireTransition(given.from, "assign");
};
