/** Asking the household after a closing (回访): what it says, and what that does to the case. */
import { both } from "#src/kernel/words.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { cancelClocks, stopClock } from "#src/service/clocks/index.ts";
import { addEntry } from "./entries.ts";
import { answerReturnVisit, missReturnVisit } from "./return-visit-queries.ts";
import { beginTicketChange, carryOut } from "./run-command.ts";
import { requireTransition } from "./states.ts";

const HOUR_MS = 3_600_000;
const MOST_ATTEMPTS = 3;
const AGAIN_AFTER_HOURS = 24;

export type Rating = {
  readonly solved: boolean;
  /** 1 to 5; left out when the household says only whether it is solved. */
  readonly satisfaction?: number | undefined;
  readonly remark?: string | undefined;
};

/**
 * What the household says of a closing, asked by us or told by itself. "Not solved" reopens the case, also after the window:
 * we asked. One answer a closing.
 * @throws DomainError `ticket.not-found`, `ticket.not-closed`, `return-visit.answered`
 */
export const rateTicket = async (
  context: CommandContext,
  ticketId: bigint,
  rating: Rating,
): Promise<{ readonly reopened: boolean }> => {
  const { actor, sql, now } = context;
  const ticket = await beginTicketChange(context, ticketId, undefined);
  if (ticket.state !== "closed") {
    fail("ticket.not-closed", `this case is ${ticket.state}; what is closed is asked about`, {
      facts: { state: ticket.state },
    });
  }
  const answered = await answerReturnVisit(sql, {
    ticketId,
    closingNo: ticket.reopenCount + 1,
    solved: rating.solved,
    satisfaction: rating.satisfaction ?? null,
    remark: rating.remark ?? "",
    now,
    by: staffIdOf(actor),
  });
  if (answered === null) fail("return-visit.answered", "the household has answered about this closing");
  await stopClock(context, ticketId, "call-back", `closing:${ticket.reopenCount + 1}`);
  await addEntry(context, ticketId, {
    kind: "return-visit",
    text: rating.remark ?? "",
    details: { solved: rating.solved, satisfaction: rating.satisfaction ?? null },
    ref: `return-visit:${answered.id}`,
  });
  if (rating.solved) return { reopened: false };
  const transition = requireTransition(ticket.state, "reopen");
  await carryOut(context, ticket, transition, {
    text: both("回访：用户表示未解决", "not solved, says the household"),
    details: { returnVisit: answered.id },
    to: "new",
  });
  context.emit({ type: "ticket.reopened", subject: `ticket:${ticketId}`, payload: { ticketId } });
  return { reopened: true };
};

/** What came of an attempt that gave no answer: nobody there, busy; no such number, or they do not want to be asked. */
export const MISSED_RESULTS = ["no-answer", "busy", "wrong-number", "refused"] as const;
export type MissedResult = (typeof MISSED_RESULTS)[number];

/** Asking once more would change nothing. */
const FINAL: ReadonlySet<MissedResult> = new Set(["wrong-number", "refused"]);

/**
 * Nobody answered: asked again the next day, three times in all. A number that is none, or people who do not want to be asked, are
 * not asked again.
 * @throws DomainError `ticket.not-found`, `return-visit.not-open`
 */
export const missedReturnVisit = async (
  context: CommandContext,
  ticketId: bigint,
  result: MissedResult = "no-answer",
): Promise<{ readonly state: string; readonly attempts: number }> => {
  const { actor, sql, now } = context;
  await beginTicketChange(context, ticketId, undefined);
  const missed = await missReturnVisit(sql, {
    ticketId,
    most: FINAL.has(result) ? 0 : MOST_ATTEMPTS,
    nextAt: new Date(now.getTime() + AGAIN_AFTER_HOURS * HOUR_MS),
    now,
    by: staffIdOf(actor),
  });
  if (missed === null) fail("return-visit.not-open", "nobody is to be asked about this case now");
  if (missed.state === "not-reached") await cancelClocks(context, ticketId, { kind: "call-back" });
  await addEntry(context, ticketId, { kind: "return-visit", details: { reached: false, result, ...missed } });
  return missed;
};
