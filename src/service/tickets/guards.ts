/** What must hold besides the pair of state and command. Each refuses with its own word. */
import { fail } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { readSetting } from "#src/platform/settings.ts";
import { hasGivenClock } from "#src/service/clocks/index.ts";
import { findFamilyIds, findStandingWorkOrder } from "./relation-queries.ts";
import { missingFields, refuseMissing } from "./category-fields.ts";
import { findCategoryFields } from "./category-queries.ts";
import { ticketPolicy } from "./policy.ts";
import { countEvidence } from "./queries.ts";
import type { ClosingClass, Ticket } from "./schema.ts";

const DAY_MS = 86_400_000;

/** @throws DomainError `ticket.reason-needed` */
export const requireReason = (text: string | undefined, what: string): string =>
  text === undefined || text.trim() === ""
    ? fail("ticket.reason-needed", `${what} needs its reason in words`, {
        field: "text",
        remedy: "say why, as `text`",
      })
    : text;

/** Whether another person has it. Who begins a case that is only on a list has it from then on. */
export const isAnothers = (actor: Actor, { ownerId }: Pick<Ticket, "ownerId">): boolean => {
  const self = staffIdOf(actor);
  return ownerId !== null && self !== null && ownerId !== self;
};

/**
 * Beginning a case answers the household: it is done by whoever has it. Another person who does it says why, and it stands on the timeline.
 * @throws DomainError `ticket.anothers`
 */
export const requireOwnHand = (
  { actor }: CommandContext,
  ticket: Pick<Ticket, "ownerId">,
  text: string,
): void => {
  if (!isAnothers(actor, ticket) || text.trim() !== "") return;
  fail("ticket.anothers", "another person has this case", {
    field: "text",
    remedy: "leave it to whoever has it, or say why you begin it, as `text`",
  });
};

export type Closing = { readonly closingClass: ClosingClass; readonly firstVisit: boolean | null };

/**
 * What a closing rests on. Solved: something of this round proves it (a stored file, a finished visit or work order, a measured
 * slip, a call back), and the fields that the category needs are there. Explained: the explanation in words.
 * @throws DomainError `ticket.class-needed`, `ticket.reason-needed`, `ticket.work-order-stands`, `ticket.fields-missing`,
 * `ticket.evidence-needed`
 */
export const requireClosing = async (
  context: CommandContext,
  ticket: Ticket,
  input: { readonly closingClass?: ClosingClass | undefined; readonly text?: string | undefined },
): Promise<Closing> => {
  const { sql } = context;
  const closingClass =
    input.closingClass ??
    fail("ticket.class-needed", "a closing says whether it was solved or explained", {
      field: "closingClass",
      remedy: "solved, or explained (cannot be done, and the household was told why)",
    });
  const proven = await countEvidence(sql, ticket.id, ticket.reopenedAt ?? ticket.openedAt);
  if (closingClass === "explained") {
    requireReason(input.text, "cannot do, explained,");
    await requireNoWorkOrder(context, ticket.id, closingClass);
    return { closingClass, firstVisit: null };
  }
  await requireNoWorkOrder(context, ticket.id, closingClass);
  const missing = missingFields(await findCategoryFields(sql, ticket.categoryCode), ticket.fields);
  if (missing.length > 0) refuseMissing(ticket.categoryCode, missing);
  if (proven.evidence === 0) {
    fail("ticket.evidence-needed", "nothing shows that this was solved", {
      remedy:
        "attach a photo or paper, record the finished visit or the measured slip, or call the household back; or close it as explained",
    });
  }
  // Without a visit there is nothing to count.
  const firstVisit = proven.visits === 0 ? null : proven.visits === 1 && ticket.reopenCount === 0;
  return { closingClass, firstVisit };
};

/**
 * Orders from outside that are not answered yet need their case: on one that is over they would be on nobody's list.
 * @throws DomainError `ticket.order-stands` also for the orders of cases that were merged into it
 */
export const requireNoOrder = async ({ sql }: CommandContext, ticketId: bigint): Promise<void> => {
  if (!(await hasGivenClock(sql, await findFamilyIds(sql, ticketId), "referral"))) return;
  fail("ticket.order-stands", "an order from outside on this case is not answered yet", {
    remedy: "resolve it, and report the order back first, or have it taken back",
  });
};

/**
 * Whoever is still to go to a door goes there for a case that is open. What is explained needs nobody: its emergency is called off by
 * the field, unless people are there already; a valve order stands on its payment. What is solved waits for all of them.
 * @throws DomainError `ticket.work-order-stands` names the order
 */
export const requireNoWorkOrder = async (
  { sql }: CommandContext,
  ticketId: bigint,
  closingClass: ClosingClass,
): Promise<void> => {
  const ticketIds = await findFamilyIds(sql, ticketId);
  const standing = await findStandingWorkOrder(sql, { ticketIds, explained: closingClass === "explained" });
  if (standing === null) return;
  const { id, orderNo, kind, state } = standing;
  fail("ticket.work-order-stands", `the ${kind} order ${orderNo} of this case is ${state}`, {
    remedy: `write down how it ended (POST /work-orders/${id}/finish), or say that nobody has to go (POST /work-orders/${id}/cancel), then close the case`,
    facts: { workOrderId: String(id), orderNo, kind, state },
  });
};

/**
 * Cases that were merged into this one would be nobody's, and in no list.
 * @throws DomainError `ticket.others-merged`
 */
export const requireNoneMerged = async ({ sql }: CommandContext, ticketId: bigint): Promise<void> => {
  const others = (await findFamilyIds(sql, ticketId)).length - 1;
  if (others === 0) return;
  fail("ticket.others-merged", `${others} other cases were merged into this one`, {
    remedy: "take them out first (POST /tickets/{ticketNo}/unmerge), or close it",
    facts: { others },
  });
};

/** @throws DomainError `ticket.reopen-too-late` */
export const requireReopenWindow = async (
  context: CommandContext,
  ticket: { readonly closedAt: Date | null },
): Promise<void> => {
  if (ticket.closedAt === null) return;
  const { reopenWindowDays } = await readSetting(context.sql, ticketPolicy);
  const until = new Date(ticket.closedAt.getTime() + reopenWindowDays * DAY_MS);
  if (context.now >= until) {
    fail(
      "ticket.reopen-too-late",
      `what is closed may be reopened for ${reopenWindowDays} days after its closing`,
      {
        remedy: "open a new one and link it to this one",
        facts: { until: until.toISOString() },
      },
    );
  }
};
