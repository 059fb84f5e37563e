/**
 * What people decide about a difference. Nothing is adjusted by itself, and where money moves to or from a household two
 * people decide: the maker asks, the checker approves exactly that, the maker carries it out. Which answer fits which
 * difference is a table of its own (resolution-table.ts).
 *
 * back-post  长款 of a known household: posted with the bank's time and value date on our open day (two people)
 * suspense   the bank's money is held as money of nobody (one person: no household is touched)
 * reverse    短款, or a payment that the bank took back: reversed today, the bill is open again (two people)
 * dismiss    no money of ours moves: the bank corrects its side (one person, with the reason)
 */
import { assert, fail, must } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  collectionPolicyIn,
  correctPayment,
  openSeasonIn,
  requestReversal,
} from "#src/money/collection/index.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import { recallTask } from "#src/office/tasks/index.ts";
import { accessAccount, type Account } from "#src/town/accounts/index.ts";
import {
  type BreakFacts,
  type BreakRow,
  factsOfBreak,
  lockBreak,
  missingBreaksOf,
  resolveBreakRow,
  settleLine,
} from "./break-queries.ts";
import { BREAK_TASK, breakTaskSource } from "./break-task.ts";
import { isNextFilePosted } from "./day-queries.ts";
import {
  BREAK_CLASSES,
  type LineSort,
  planAnswer,
  type Resolution,
  type Situation,
} from "./resolution-table.ts";
import { holdAsSuspense } from "./suspense.ts";
import { backPostLine } from "./suspense-queries.ts";

export const BACK_POST_KIND = "bank-back-post";
registerApprovalKinds({ [BACK_POST_KIND]: "bank.certify" });

export type ResolveOrder = {
  readonly breakId: bigint;
  readonly action: Resolution;
  readonly reason: string;
  /** Back-post: the household, when the bank's number is not its number. */
  readonly accountNo?: string | undefined;
};

const SORTS = {
  payment: "payment",
  reversal: "reversal",
  refund: "reversal",
  credit: "credit",
  debit: "debit",
} as const satisfies Record<string, LineSort>;

/** A difference under its lock, what it is about, and what the answer does with the bank's money. */
type Case = {
  readonly found: BreakRow;
  /** The payment that a reversal takes back: ours of the serial, or what replaced it on another home. */
  readonly standingId: bigint | null;
  readonly heldFen: bigint;
};

const situationOf = (found: BreakRow, facts: BreakFacts): Situation => ({
  class: must(
    BREAK_CLASSES.find((one) => one === found.class),
    "the class of a break",
  ),
  line: found.lineKind === null ? "none" : SORTS[found.lineKind],
  lineState: found.lineState,
  realTime: found.realTime,
  bankFen: found.bankAmountFen ?? 0n,
  payment:
    facts.amountFen === null
      ? null
      : {
          amountFen: facts.amountFen,
          stands: facts.standingId !== null,
          proved: facts.proved === true,
          takenBack: facts.takenBack,
        },
  heldItemId: facts.heldItemId,
});

const openCase = async (context: CommandContext, order: ResolveOrder): Promise<Case> => {
  const found = await lockBreak(context.sql, order.breakId);
  if (found === null) fail("break.not-found", "there is no such difference");
  if (found.state !== "open") {
    fail("break.resolved", "this difference is resolved already", {
      facts: { resolution: found.resolution },
    });
  }
  const facts = await factsOfBreak(context.sql, found.id);
  const { heldFen } = planAnswer(situationOf(found, facts), order.action);
  if (order.reason.trim() === "") fail("break.reason-needed", "say why", { field: "reason" });
  return { found, standingId: facts.standingId, heldFen };
};

const lineOf = (found: BreakRow): { bankLineId: bigint; amountFen: bigint } => ({
  bankLineId: must(found.bankLineId, "the line of a difference that the table lets answer so"),
  amountFen: must(found.bankAmountFen, "the amount of a line"),
});

const standingOf = ({ standingId }: Case): bigint => must(standingId, "the payment that stands");

const backPostTarget = async (
  context: CommandContext,
  found: BreakRow,
  order: ResolveOrder,
): Promise<{ account: Account; bankLineId: bigint; amountFen: bigint }> => {
  const line = lineOf(found);
  const accountNo = order.accountNo ?? found.accountNo ?? "";
  const account = await accessAccount(context.sql, context.actor, accountNo, context.today);
  if (account.state === "closed") {
    fail("payment.account-closed", "this account is closed", {
      field: "accountNo",
      remedy: "hold the money as suspense, or name another account",
    });
  }
  return { ...line, account };
};

const backPostRequest = (found: BreakRow, account: Account, amountFen: bigint, order: ResolveOrder) => ({
  breakId: String(found.id),
  accountId: String(account.id),
  amountFen: String(amountFen),
  reason: order.reason,
});

/** 短款 may only be reversed when the file of the next day is there: until then the bank may still bring it. */
const refuseEarlyReversal = async (context: CommandContext, found: BreakRow): Promise<void> => {
  if (found.class !== "ours-only") return;
  if (await isNextFilePosted(context.sql, found.channelId, found.bankDay)) return;
  fail("break.wait-for-next-file", "the file of the next bank day is not posted yet", {
    remedy: "wait for it: the payment may have been booked after the bank's day cut",
    facts: { bankDay: found.bankDay },
  });
};

/**
 * Asks for the second person's approval where one is needed, and gives its id.
 * @throws DomainError `break.*`, `account.not-found`, `payment.*`, `break.no-approval-needed`
 */
export const requestResolution = async (context: CommandContext, order: ResolveOrder): Promise<bigint> => {
  const one = await openCase(context, order);
  const { found } = one;
  if (order.action === "back-post") {
    const { account, amountFen } = await backPostTarget(context, found, order);
    return requestApproval(context, {
      kind: BACK_POST_KIND,
      subject: `bank-break:${found.id}`,
      accountId: account.id,
      request: backPostRequest(found, account, amountFen, order),
    });
  }
  if (order.action === "reverse") {
    await refuseEarlyReversal(context, found);
    return requestReversal(context, standingOf(one), order.reason);
  }
  return fail("break.no-approval-needed", `${order.action} is decided by one person`, { field: "action" });
};

/** What the deed leaves on the break: its word, and the payment that came of it. */
type Deed = { readonly resolution: string; readonly paymentId: bigint | null };

const backPost = async (
  context: CommandContext,
  { found }: Case,
  order: ResolveOrder,
  approvalId: bigint,
): Promise<Deed> => {
  const { sql, today, now } = context;
  const { account, bankLineId, amountFen } = await backPostTarget(context, found, order);
  await useApproval(context, approvalId, BACK_POST_KIND, backPostRequest(found, account, amountFen, order));
  const posted = await backPostLine(sql, {
    lineId: bankLineId,
    accountId: account.id,
    tender: "transfer",
    accountingDate: today,
    actorId: staffIdOf(context.actor),
    now,
    policy: await collectionPolicyIn(sql),
    seasonId: await openSeasonIn(sql, today),
  });
  if (posted.outcome !== "posted") {
    fail("break.serial-posted", "a payment with this serial is there by now", {
      remedy: "reconcile the day again",
    });
  }
  const paymentId = must(posted.paymentId, "the payment just posted");
  const settled = await settleLine(sql, {
    id: bankLineId,
    state: "posted",
    paymentId,
    accountId: account.id,
  });
  assert(settled === 1, "a line that is posted afterwards was open");
  context.audit({ subject: `payment:${paymentId}`, details: { backPosted: amountFen, breakId: found.id } });
  context.emit({
    type: "payment.posted",
    subject: `account:${account.id}`,
    payload: { paymentId: String(paymentId) },
  });
  return { resolution: "back-posted", paymentId };
};

/** The bank's money that no payment of ours stands for becomes money of nobody; a line that is held whole says so. */
const holdMoney = async (
  context: CommandContext,
  { found, heldFen }: Case,
  order: ResolveOrder,
): Promise<void> => {
  if (heldFen <= 0n) return;
  const { bankLineId } = lineOf(found);
  await holdAsSuspense(context, {
    channelId: found.channelId,
    bankLineId,
    amountFen: heldFen,
    valueDate: found.bankDay,
    note: order.reason,
  });
  // Of another amount the line stays what it is: the day's bridge shows it as that.
  if (found.class === "amount") return;
  const settled = await settleLine(context.sql, {
    id: bankLineId,
    state: "suspense",
    paymentId: null,
    accountId: null,
  });
  assert(settled === 1, "a line that is held was open");
};

const hold = async (context: CommandContext, one: Case, order: ResolveOrder): Promise<Deed> => {
  await holdMoney(context, one, order);
  return { resolution: "suspense", paymentId: null };
};

/** The same payment may be named missing besides, because no line agrees with it: that is answered with it. */
const answerMissing = async (
  context: CommandContext,
  found: BreakRow,
  order: ResolveOrder,
  approvalId: bigint,
): Promise<void> => {
  if (found.paymentId === null || found.bankLineId === null) return;
  for (const { id } of await missingBreaksOf(context.sql, found.paymentId)) {
    await resolveBreakRow(context.sql, {
      id,
      resolution: "reversed",
      note: order.reason,
      paymentId: null,
      approvalId,
      resolvedBy: staffIdOf(context.actor),
      now: context.now,
    });
    await recallTask(context, BREAK_TASK, breakTaskSource(id), "reversed");
  }
};

const reverse = async (
  context: CommandContext,
  one: Case,
  order: ResolveOrder,
  approvalId: bigint,
): Promise<Deed> => {
  await refuseEarlyReversal(context, one.found);
  await correctPayment(context, standingOf(one), { reason: order.reason, approvalId });
  // The bank did bring something, or kept a part: it is nobody's until somebody says whose.
  await holdMoney(context, one, order);
  await answerMissing(context, one.found, order, approvalId);
  return { resolution: "reversed", paymentId: null };
};

const carryOut = async (
  context: CommandContext,
  one: Case,
  order: ResolveOrder,
  approvalId: bigint | null,
): Promise<Deed> => {
  if (order.action === "dismiss") return { resolution: "dismissed", paymentId: null };
  if (order.action === "suspense") return hold(context, one, order);
  if (approvalId === null) {
    fail("approval.needed", `${order.action} needs a second person`, {
      field: "approvalId",
      remedy: "ask for the approval first, then repeat with its id",
    });
  }
  return order.action === "back-post"
    ? backPost(context, one, order, approvalId)
    : reverse(context, one, order, approvalId);
};

/**
 * Carries out what was decided and closes the break with its task. Locks the break, and what the deed locks.
 * @throws DomainError `break.*`, `approval.*`, `payment.*`, `account.not-found`, `prepaid.spent`, `day.closed`
 */
export const resolveBreak = async (
  context: CommandContext,
  order: ResolveOrder & { readonly approvalId?: bigint | undefined },
): Promise<string> => {
  const one = await openCase(context, order);
  const { found } = one;
  const approvalId = order.approvalId ?? null;
  const deed = await carryOut(context, one, order, approvalId);
  await resolveBreakRow(context.sql, {
    id: found.id,
    resolution: deed.resolution,
    note: order.reason,
    paymentId: deed.paymentId,
    approvalId,
    resolvedBy: staffIdOf(context.actor),
    now: context.now,
  });
  await recallTask(context, BREAK_TASK, breakTaskSource(found.id), deed.resolution);
  context.audit({
    subject: `bank-break:${found.id}`,
    details: { class: found.class, resolution: deed.resolution, reason: order.reason },
  });
  return deed.resolution;
};
