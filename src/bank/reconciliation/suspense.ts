/** Money of nobody we know (待核销): held, then claimed for a household or returned, each by two people. */
import { fail, must } from "#src/kernel/errors.ts";
import { parseBillNo } from "#src/kernel/ids.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { collectionPolicyIn, openSeasonIn } from "#src/money/collection/index.ts";
import { postTransfers } from "#src/money/ledger/index.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import { recallTask } from "#src/office/tasks/index.ts";
import { accessAccount, type Account } from "#src/town/accounts/index.ts";
import { BREAK_TASK, breakTaskSource } from "./break-task.ts";
import { resolveBreakRow } from "./break-queries.ts";
import {
  breaksOfLine,
  claimItem,
  insertSuspense,
  isTakenBack,
  lockSuspense,
  markReturned,
  type SuspenseItem,
} from "./suspense-queries.ts";

export const CLAIM_KIND = "suspense-claim";
export const RETURN_KIND = "suspense-return";
registerApprovalKinds({ [CLAIM_KIND]: "bank.certify", [RETURN_KIND]: "bank.certify" });

/**
 * Puts money of a bank line into suspense (docs/postings.md row 10), valued on the bank's day. Part of a line may be
 * meant: the rest belongs to a payment.
 */
export const holdAsSuspense = async (
  context: CommandContext,
  money: {
    readonly channelId: number;
    readonly bankLineId: bigint;
    readonly amountFen: bigint;
    readonly valueDate: SuspenseItem["receivedOn"];
    readonly note: string;
  },
): Promise<bigint> => {
  const id = await insertSuspense(context.sql, {
    channelId: money.channelId,
    bankLineId: money.bankLineId,
    amountFen: money.amountFen,
    receivedOn: context.today,
    note: money.note,
  });
  await postTransfers(context, {
    kind: "suspense-received",
    sourceId: money.bankLineId,
    valueDate: money.valueDate,
    transfers: [
      {
        debit: "channel_clearing",
        credit: "suspense",
        amountFen: money.amountFen,
        channelId: money.channelId,
      },
    ],
  });
  context.audit({ subject: `suspense:${id}`, details: { held: money.amountFen } });
  return id;
};

/** Locked, and open. @throws DomainError `suspense.not-found`, `suspense.settled` */
export const openItem = async (context: CommandContext, id: bigint): Promise<SuspenseItem> => {
  const item = await lockSuspense(context.sql, id);
  if (item === null) fail("suspense.not-found", "there is no such suspense item");
  if (item.state !== "open") {
    fail("suspense.settled", `this money was ${item.state} before`, { facts: { state: item.state } });
  }
  return item;
};

export const answerBreaks = async (
  context: CommandContext,
  item: SuspenseItem,
  resolution: string,
  approvalId: bigint,
): Promise<void> => {
  if (item.bankLineId === null) return;
  for (const { id } of await breaksOfLine(context.sql, item.bankLineId)) {
    await resolveBreakRow(context.sql, {
      id,
      resolution,
      note: "",
      paymentId: null,
      approvalId,
      resolvedBy: staffIdOf(context.actor),
      now: context.now,
    });
    await recallTask(context, BREAK_TASK, breakTaskSource(id), resolution);
  }
};

export type ClaimOrder = {
  readonly itemId: bigint;
  readonly accountNo: string;
  /** The bill that the payer meant; the rest follows the company's policy. */
  readonly billNo?: string | undefined;
  /** Why this household: evidence, without personal data. */
  readonly reason: string;
};

const claimRequest = (item: SuspenseItem, account: Account, order: ClaimOrder) => ({
  itemId: String(item.id),
  amountFen: String(item.amountFen),
  accountId: String(account.id),
  billNo: order.billNo ?? null,
  reason: order.reason,
});

const claimTarget = async (
  context: CommandContext,
  order: ClaimOrder,
): Promise<{ item: SuspenseItem; account: Account; billId: bigint | null }> => {
  const item = await openItem(context, order.itemId);
  if (await isTakenBack(context.sql, item.id)) {
    fail("suspense.taken-back", "the bank took this money back", {
      remedy: "return it: POST /suspense/{id}/return",
    });
  }
  const account = await accessAccount(context.sql, context.actor, order.accountNo, context.today);
  if (account.state === "closed") {
    fail("suspense.account-closed", "this account is closed", {
      field: "accountNo",
      remedy: "return the money, or name the account that took its place",
    });
  }
  const bill = order.billNo === undefined ? null : parseBillNo(order.billNo);
  if (order.billNo !== undefined && bill === null) {
    fail("payment.bill-unknown", "this is no number of a bill", { field: "billNo" });
  }
  return { item, account, billId: bill?.billId ?? null };
};

/** Asks for the approval of a claim. @throws DomainError `suspense.*`, `account.not-found` */
export const requestClaim = async (context: CommandContext, order: ClaimOrder): Promise<bigint> => {
  const { item, account } = await claimTarget(context, order);
  return requestApproval(context, {
    kind: CLAIM_KIND,
    subject: `suspense:${item.id}`,
    accountId: account.id,
    request: claimRequest(item, account, order),
  });
};

/**
 * Gives the money to a household (docs/postings.md row 11), by an approval of exactly this, used once. Open bills are
 * paid, the rest is prepaid. Locks item and account; a second claim is refused.
 * @throws DomainError `suspense.not-found`, `suspense.settled`, `suspense.taken-back`, `suspense.account-closed`,
 * `approval.*`, `day.closed`
 */
export const claimSuspense = async (
  context: CommandContext,
  order: ClaimOrder & { readonly approvalId: bigint },
): Promise<void> => {
  const { sql, now, today } = context;
  const { item, account, billId } = await claimTarget(context, order);
  await useApproval(context, order.approvalId, CLAIM_KIND, claimRequest(item, account, order));
  must(
    await claimItem(sql, {
      itemId: item.id,
      accountId: account.id,
      billId,
      approvalId: order.approvalId,
      accountingDate: today,
      actorId: staffIdOf(context.actor),
      now,
      policy: await collectionPolicyIn(sql),
      seasonId: await openSeasonIn(sql, today),
    }),
    "the claim of a locked open item",
  );
  await answerBreaks(context, item, "claimed", order.approvalId);
  context.audit({
    subject: `suspense:${item.id}`,
    details: { claimedFor: account.id, amountFen: item.amountFen, approvalId: order.approvalId },
  });
  context.emit({
    type: "suspense.claimed",
    subject: `account:${account.id}`,
    payload: { itemId: String(item.id), accountId: String(account.id) },
  });
};

export type ReturnOrder = { readonly itemId: bigint; readonly reason: string };

const returnRequest = (item: SuspenseItem, order: ReturnOrder) => ({
  itemId: String(item.id),
  amountFen: String(item.amountFen),
  reason: order.reason,
});

/** Asks for the approval of a return. @throws DomainError `suspense.*` */
export const requestReturn = async (context: CommandContext, order: ReturnOrder): Promise<bigint> => {
  const item = await openItem(context, order.itemId);
  return requestApproval(context, {
    kind: RETURN_KIND,
    subject: `suspense:${item.id}`,
    request: returnRequest(item, order),
  });
};

/**
 * Gives the money back through its channel (docs/postings.md row 12), by an approval of exactly this, used once.
 * @throws DomainError `suspense.not-found`, `suspense.settled`, `suspense.no-channel`, `approval.*`, `day.closed`
 */
export const returnSuspense = async (
  context: CommandContext,
  order: ReturnOrder & { readonly approvalId: bigint },
): Promise<void> => {
  const item = await openItem(context, order.itemId);
  if (item.channelId === null) {
    fail(
      "suspense.no-channel",
      "this money came with the opening balances and has no channel to go back through",
      {
        remedy: "claim it for a household",
      },
    );
  }
  await useApproval(context, order.approvalId, RETURN_KIND, returnRequest(item, order));
  await markReturned(context.sql, {
    id: item.id,
    approvalId: order.approvalId,
    note: order.reason,
    now: context.now,
  });
  await postTransfers(context, {
    kind: "suspense-returned",
    sourceId: item.id,
    transfers: [
      {
        debit: "suspense",
        credit: "channel_clearing",
        amountFen: item.amountFen,
        channelId: item.channelId,
      },
    ],
  });
  await answerBreaks(context, item, "returned", order.approvalId);
  context.audit({
    subject: `suspense:${item.id}`,
    details: { returned: item.amountFen, approvalId: order.approvalId },
  });
};
