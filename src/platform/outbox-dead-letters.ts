/** Events that a subscriber failed five times: kept with their reason until a person has them tried again. */
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "./command.ts";
import { reviveDeadLetter } from "./outbox-queries.ts";
import type { Sql } from "./sql.ts";

export type DeadLetter = {
  readonly id: bigint;
  readonly eventId: bigint;
  readonly type: string;
  readonly subject: string;
  readonly subscriber: string;
  readonly reason: string;
  readonly attempts: number;
  readonly diedAt: Date;
};

/** Buried and not replayed, oldest first, at most `limit`. */
export const listDeadLetters = (sql: Sql, limit = 100): Promise<DeadLetter[]> =>
  sql.rows(
    `
    select d.id, d.event_id as "eventId", e.type, e.subject, d.subscriber, d.reason, d.attempts, d.died_at as "diedAt"
    from dead_letters d join outbox_events e on e.id = d.event_id
    where d.replayed_at is null order by d.id limit :limit`,
    { limit },
  );

/**
 * Has a buried event tried again by the subscriber that failed it, with all its tries; later events of its subject may have
 * been handled meanwhile. Audited. Refuses with `dead-letter.unknown` also when it was replayed before.
 */
export const replayDeadLetter = async (context: CommandContext, id: bigint): Promise<void> => {
  const revived = await reviveDeadLetter(context.sql, id);
  if (revived === null) {
    fail("dead-letter.unknown", `there is no dead letter ${id} waiting`, {
      remedy: "look at the list again",
    });
  }
  context.audit({
    subject: revived.subject,
    details: {
      deadLetterId: id,
      eventId: revived.eventId,
      event: revived.type,
      subscriber: revived.subscriber,
    },
  });
};
