/** Who is asked after a closing (回访抽样). */
import { createHash } from "node:crypto";
import type { CommandContext } from "#src/platform/command.ts";
import { readSetting } from "#src/platform/settings.ts";
import { startMoreClocks } from "./clock-effects.ts";
import { ticketPolicy } from "./policy.ts";
import { dropReturnVisits, findShare, insertReturnVisit } from "./return-visit-queries.ts";
import type { Ticket } from "./schema.ts";

const HOUR_MS = 3_600_000;

/**
 * Whether a closing is asked about: a share of them, decided by the case and the closing alone, so that nobody can choose and
 * everybody can check.
 */
export const isSampled = (ticketId: bigint, closingNo: number, basisPoints: number): boolean =>
  createHash("sha256").update(`${ticketId}:${closingNo}`).digest().readUInt32BE(0) % 10_000 < basisPoints;

/** After a closing. One return visit a closing at most. */
export const planReturnVisit = async (context: CommandContext, ticket: Ticket): Promise<void> => {
  const { sql, now } = context;
  const closingNo = ticket.reopenCount + 1;
  const { basisPoints } = await findShare(sql, ticket.categoryCode);
  if (!isSampled(ticket.id, closingNo, basisPoints)) return;
  const { returnVisitAfterHours } = await readSetting(sql, ticketPolicy);
  const [clock] = await startMoreClocks(context, ticket, {
    subject: `closing:${closingNo}`,
    openedAt: now,
    kinds: ["call-back"],
  });
  // A company without a rule for it still asks.
  const dueAt = clock?.dueAt ?? new Date(now.getTime() + returnVisitAfterHours * HOUR_MS);
  await insertReturnVisit(sql, { ticketId: ticket.id, closingNo, dueAt });
};

/** After a reopening: nobody is asked about a case that is open. */
export const dropPlannedVisits = (context: CommandContext, ticketId: bigint): Promise<number> =>
  dropReturnVisits(context.sql, ticketId);
