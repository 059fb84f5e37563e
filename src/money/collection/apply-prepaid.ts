/** What was paid ahead goes to the bills that come later (冲抵预收). */
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { type AppliedShare, applyPrepaidRows, findPrepaidAccounts } from "./prepaid-queries.ts";
import { collectionPolicyIn, openSeasonIn } from "./reference.ts";

/**
 * Applies what these households have prepaid to their open bills, in the order that undesignated money takes.
 * Locks the accounts in id order. No fen is made or lost; repeating applies nothing.
 * @throws DomainError `day.closed`
 */
export const applyPrepaid = async (
  context: CommandContext,
  accountIds: readonly bigint[],
): Promise<AppliedShare[]> => {
  if (accountIds.length === 0) return [];
  const { sql, today, now } = context;
  const shares = await applyPrepaidRows(sql, {
    accountIds,
    policy: await collectionPolicyIn(sql),
    seasonId: await openSeasonIn(sql, today),
    accountingDate: today,
    actorId: staffIdOf(context.actor),
    now,
  });
  if (shares.length === 0) return [];
  const [only] = accountIds;
  const subject = accountIds.length === 1 ? `account:${only}` : `accounts:${only}-${accountIds.at(-1)}`;
  context.audit({
    subject,
    details: {
      postings: shares.length,
      appliedFen: shares.reduce((sum, share) => sum + share.amountFen, 0n),
    },
  });
  context.emit({
    type: "prepaid.applied",
    subject,
    payload: { billIds: shares.map((share) => String(share.billId)) },
  });
  return shares;
};

/**
 * The same for the households of an id range, as a chunk of a bill run names it (`bills.issued`): only those that have
 * something prepaid are touched. Repeating is safe.
 */
export const applyPrepaidInRange = async (
  context: CommandContext,
  range: { readonly fromAccount: bigint; readonly toAccount: bigint },
): Promise<AppliedShare[]> => applyPrepaid(context, await findPrepaidAccounts(context.sql, range));
