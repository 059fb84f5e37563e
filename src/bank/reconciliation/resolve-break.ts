/**
 * What people decide about a difference. Nothing is adjusted by itself, and where money moves to or from a household two
 * people decide: the maker asks, the checker approves exactly that, the maker carries it out.
 *
 * back-post  长款 of a known household: posted with the bank's time and value date on our open day (two people)
 * suspense   the bank's money is held as money of nobody (one person: no household is touched)
 * reverse    短款, or a payment that the bank took back: reversed today, the bill is open again (two people)
 * dismiss    no money of ours moves: the bank corrects its side (one person, with the reason)
 */
import { fail, must } from "#src/kernel/errors.ts";
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
import { BREAK_TASK, breakTaskSource } from "./break-task.ts";
import { type BreakRow, isNextFilePosted, lockBreak, resolveBreakRow, settleLine } from "./day-queries.ts";
import { holdAsSuspense } from "./suspense.ts";
import { backPostLine } from "./suspense-queries.ts";

export const BACK_POST_KIND = "bank-back-post";
registerApprovalKinds({ [BACK_POST_KIND]: "bank.certify" });

export const RESOLUTIONS = ["back-post", "suspense", "reverse", "dismiss"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export type ResolveOrder = {
  readonly breakId: bigint;
  readonly action: Resolution;
  readonly reason: string;
  /** Back-post: the household, when the bank's number is not its number. */
  readonly accountNo?: string | undefined;
};

/** Which resolution answers which class; anything else is refused by name. */
const ANSWERS: Readonly<Record<string, readonly Resolution[]>> = {
  "bank-only": ["back-post", "suspense", "dismiss"],
  "unknown-account": ["back-post", "suspense", "dismiss"],
  "ours-only": ["reverse", "dismiss"],
  amount: ["suspense", "reverse", "dismiss"],
  duplicate: ["suspense", "dismiss"],
  state: ["back-post", "suspense", "reverse", "dismiss"],
  "day-cut": ["dismiss"],
};

const openBreak = async (context: CommandContext, order: ResolveOrder): Promise<BreakRow> => {
  const found = await lockBreak(context.sql, order.breakId);
  if (found === null) fail("break.not-found", "there is no such difference");
  if (found.state !== "open") {
    fail("break.resolved", "this difference is resolved already", {
      facts: { resolution: found.resolution },
    });
  }
  if (!(ANSWERS[found.class] ?? []).includes(order.action)) {
    fail(
      "break.wrong-answer",
      `a difference of the class ${found.class} is not answered by ${order.action}`,
      {
        field: "action",
        facts: { allowed: ANSWERS[found.class] ?? [] },
      },
    );
  }
  if (order.reason.trim() === "") fail("break.reason-needed", "say why", { field: "reason" });
  return found;
};

const lineOf = (found: BreakRow): { bankLineId: bigint; amountFen: bigint } => {
  if (found.bankLineId === null || found.bankAmountFen === null) {
    return fail("break.no-line", "no line of the bank belongs to this difference", { field: "action" });
  }
  return { bankLineId: found.bankLineId, amountFen: found.bankAmountFen };
};

const paymentOf = (found: BreakRow): bigint =>
  found.paymentId ??
  fail("break.no-payment", "no payment of ours belongs to this difference", { field: "action" });

const backPostTarget = async (
  context: CommandContext,
  found: BreakRow,
  order: ResolveOrder,
): Promise<{ account: Account; bankLineId: bigint; amountFen: bigint }> => {
  const line = lineOf(found);
  const { channelId, id } = found;
  if (!found.realTime) {
    fail("break.held-already", "this money is in suspense", {
      remedy: "claim it for the household: POST /suspense/{id}/claim",
      facts: { channelId, breakId: String(id) },
    });
  }
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
  const found = await openBreak(context, order);
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
    return requestReversal(context, paymentOf(found), order.reason);
  }
  return fail("break.no-approval-needed", `${order.action} is decided by one person`, { field: "action" });
};

/** What the deed leaves on the break: its word, and the payment that came of it. */
type Deed = { readonly resolution: string; readonly paymentId: bigint | null };

const backPost = async (
  context: CommandContext,
  found: BreakRow,
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
  await settleLine(sql, { id: bankLineId, state: "posted", paymentId, accountId: account.id });
  context.audit({ subject: `payment:${paymentId}`, details: { backPosted: amountFen, breakId: found.id } });
  context.emit({
    type: "payment.posted",
    subject: `account:${account.id}`,
    payload: { paymentId: String(paymentId) },
  });
  return { resolution: "back-posted", paymentId };
};

const hold = async (context: CommandContext, found: BreakRow, order: ResolveOrder): Promise<Deed> => {
  const { bankLineId, amountFen } = lineOf(found);
  if (!found.realTime && found.class !== "amount" && found.class !== "duplicate") {
    fail("break.held-already", "this money is in suspense", { remedy: "claim or return it" });
  }
  // Of a payment with another amount only the difference is nobody's; the rest is posted.
  const held = found.class === "amount" ? amountFen - (found.ourAmountFen ?? 0n) : amountFen;
  if (held <= 0n) {
    fail("break.bank-has-less", "the bank has less than we posted: nothing is left to hold", {
      remedy: "reverse our payment; the bank's amount is then held",
    });
  }
  await holdAsSuspense(context, {
    channelId: found.channelId,
    bankLineId,
    amountFen: held,
    valueDate: found.bankDay,
    note: order.reason,
  });
  if (found.class !== "amount") {
    await settleLine(context.sql, { id: bankLineId, state: "suspense", paymentId: null, accountId: null });
  }
  return { resolution: "suspense", paymentId: null };
};

const reverse = async (
  context: CommandContext,
  found: BreakRow,
  order: ResolveOrder,
  approvalId: bigint,
): Promise<Deed> => {
  await refuseEarlyReversal(context, found);
  await correctPayment(context, paymentOf(found), { reason: order.reason, approvalId });
  // The bank did bring something: it is nobody's until somebody says whose.
  if (found.class === "amount" && found.bankAmountFen !== null && found.bankLineId !== null) {
    await holdAsSuspense(context, {
      channelId: found.channelId,
      bankLineId: found.bankLineId,
      amountFen: found.bankAmountFen,
      valueDate: found.bankDay,
      note: order.reason,
    });
  }
  return { resolution: "reversed", paymentId: null };
};

const carryOut = async (
  context: CommandContext,
  found: BreakRow,
  order: ResolveOrder,
  approvalId: bigint | null,
): Promise<Deed> => {
  if (order.action === "dismiss") return { resolution: "dismissed", paymentId: null };
  if (order.action === "suspense") return hold(context, found, order);
  if (approvalId === null) {
    fail("approval.needed", `${order.action} needs a second person`, {
      field: "approvalId",
      remedy: "ask for the approval first, then repeat with its id",
    });
  }
  return order.action === "back-post"
    ? backPost(context, found, order, approvalId)
    : reverse(context, found, order, approvalId);
};

/**
 * Carries out what was decided and closes the break with its task. Locks the break, and what the deed locks.
 * @throws DomainError `break.*`, `approval.*`, `payment.*`, `account.not-found`, `prepaid.spent`, `day.closed`
 */
export const resolveBreak = async (
  context: CommandContext,
  order: ResolveOrder & { readonly approvalId?: bigint | undefined },
): Promise<string> => {
  const found = await openBreak(context, order);
  const approvalId = order.approvalId ?? null;
  const deed = await carryOut(context, found, order, approvalId);
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
