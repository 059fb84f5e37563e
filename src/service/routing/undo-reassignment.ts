/**
 * Taking a bulk reassignment back (撤销改派) while it is soft: the cases that nobody has put a hand to go back to whom they were taken from;
 * what was taken up stays where it is, and is answered as such.
 */
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { planRoutes } from "./plan-routes.ts";
import { listSoft, lockReassignment } from "./reassignment-queries.ts";
import { carryOutRoutes } from "./route-cases.ts";

const CHUNK = 100;
const NOBODY = 0n;

/** One chunk; how many went back. */
const undoChunk = async (context: CommandContext, id: bigint): Promise<number> => {
  const order = await lockReassignment(context.sql, id);
  if (order === null) fail("reassign.not-found", "there is no such reassignment");
  if (order.state !== "moved") {
    fail("reassign.not-moved", "this reassignment has not been carried out to its end", {
      remedy: "carry it out first; repeating goes on where it stopped",
    });
  }
  const soft = await listSoft(context.sql, { id, limit: CHUNK });
  const plans = await planRoutes(
    context,
    soft.map(({ ticketId, staffId }) => ({
      ticketId,
      causeKey: `reassignment-undone:${id}`,
      cause: { cause: "reassigned", fromStaffId: staffId ?? NOBODY, toStaffId: order.fromStaffId },
      reason: "撤销改派 The reassignment was taken back",
    })),
  );
  // One audit row tells the chunk; timeline and assignment of each case tell the rest.
  await carryOutRoutes({ ...context, audit: () => undefined }, plans);
  if (plans.length > 0) context.audit({ subject: `reassignment:${id}`, details: { undone: plans.length } });
  return plans.length;
};

/**
 * Repeating is safe, also after a kill and by two at once: a case goes back once.
 * @throws DomainError `reassign.not-found`, `reassign.not-moved`
 */
export const undoReassignment = async (
  platform: Platform,
  actor: Actor,
  id: bigint,
  requestId?: string,
): Promise<number> => {
  let undone = 0;
  for (;;) {
    const { result } = await platform.commands.run(
      { name: "routing.undo-reassignment", actor, ...(requestId !== undefined && { requestId }) },
      (context) => undoChunk(context, id),
    );
    undone += result;
    if (result < CHUNK) break;
  }
  return undone;
};
