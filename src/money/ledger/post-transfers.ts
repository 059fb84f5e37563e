import type { Day } from "#src/kernel/day.ts";
import { assert, fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { insertPosting, insertTransfer, lockOpenDay, type TransferRow } from "./queries.ts";

export type PostTransfers = {
  /** A row of docs/postings.md. */
  readonly kind: string;
  /** With the kind unique: the same source posts once. */
  readonly sourceId: bigint;
  /** The bank's or the till's day; default: the accounting day. */
  readonly valueDate?: Day;
  readonly correctsId?: bigint;
  readonly transfers: readonly TransferRow[];
};

const HOUSEHOLD_CODES = new Set(["offered", "receivable", "prepaid"]);

/**
 * Posts transfers that touch no household balance (channels, tills, suspense) on today's accounting day.
 * Money of households moves through the set-based routines of billing and collection, which keep the balances.
 * @returns the posting's id
 * @throws DomainError `posting.exists` when this source has posted before, `day.closed` when today is closed
 */
export const postTransfers = async (context: CommandContext, input: PostTransfers): Promise<bigint> => {
  assert(input.transfers.length > 0, "a posting has transfers");
  for (const transfer of input.transfers) {
    assert(
      !HOUSEHOLD_CODES.has(transfer.debit) && !HOUSEHOLD_CODES.has(transfer.credit),
      "household balances move through billing and collection only",
    );
  }
  const { sql, today, now } = context;
  await lockOpenDay(sql, today);
  const postingId = await insertPosting(sql, {
    kind: input.kind,
    sourceId: input.sourceId,
    accountingDate: today,
    valueDate: input.valueDate ?? today,
    actorId: staffIdOf(context.actor),
    correctsId: input.correctsId ?? null,
    now,
  });
  if (postingId === null) fail("posting.exists", `${input.kind} of ${input.sourceId} is posted already`);
  for (const transfer of input.transfers) await insertTransfer(sql, postingId, today, transfer);
  return postingId;
};
