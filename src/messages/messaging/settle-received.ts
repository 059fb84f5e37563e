/** What a person has done with (已处理): a message that no case took, put away with a reason or put under a case by hand. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { clearSettled, markSettled } from "./received-queries.ts";

/**
 * Takes a received message, read or in quarantine, off the list of what waits. The note says what became of it.
 * @throws DomainError `message.settled` when somebody has done with it, or it is not read yet
 */
export const settleReceived = async (context: CommandContext, id: bigint, note: string): Promise<void> => {
  const { sql, actor, now } = context;
  if (!(await markSettled(sql, { id, note, now, by: staffIdOf(actor) }))) {
    fail("message.settled", "somebody has done with this message, or it is not read yet", {
      remedy: "look at the message again",
    });
  }
  context.audit({ subject: `message:${id}`, details: { settled: true } });
};

/** Puts it back among what waits. @throws DomainError `message.not-settled` */
export const putBackReceived = async (context: CommandContext, id: bigint): Promise<void> => {
  if (!(await clearSettled(context.sql, id))) {
    fail("message.not-settled", "nobody has done with this message: it waits already");
  }
  context.audit({ subject: `message:${id}`, details: { settled: false } });
};
