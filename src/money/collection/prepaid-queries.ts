/** SQL on what households have paid ahead. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type AllocationRule, inRoomWords } from "./queries.ts";

export type AppliedShare = {
  readonly accountId: bigint;
  readonly billId: bigint;
  readonly seasonId: number;
  readonly postingId: bigint;
  readonly amountFen: bigint;
};

const applyToBills = `
  select account_id as "accountId", bill_id as "billId", season_id as "seasonId", posting_id as "postingId",
    amount_fen as "amountFen"
  from apply_prepaid(:accountIds::bigint[], :policy::text::allocation_rule, :seasonId::smallint, :accountingDate::date,
    :actorId::bigint, :now::timestamptz)`;

export const applyPrepaidRows = (
  sql: Sql,
  order: {
    readonly accountIds: readonly bigint[];
    readonly policy: AllocationRule;
    readonly seasonId: number;
    readonly accountingDate: Day;
    readonly actorId: bigint | null;
    readonly now: Date;
  },
): Promise<AppliedShare[]> => inRoomWords(sql.rows<AppliedShare>(applyToBills, order));

const prepaidInRange = `
  select account_id as "accountId" from household_balances
  where account_id between :fromAccount and :toAccount and code = 'prepaid' and balance_fen > 0
  order by account_id`;

/** The accounts of an id range that have something prepaid. */
export const findPrepaidAccounts = async (
  sql: Sql,
  range: { readonly fromAccount: bigint; readonly toAccount: bigint },
): Promise<bigint[]> =>
  (await sql.rows<{ accountId: bigint }>(prepaidInRange, range)).map((row) => row.accountId);

const releaseFromBill = `
  select posting_id as "postingId", amount_fen as "amountFen"
  from release_prepaid(:billId::bigint, :accountingDate::date, :actorId::bigint, :now::timestamptz)`;

export const releasePrepaidRows = (
  sql: Sql,
  order: {
    readonly billId: bigint;
    readonly accountingDate: Day;
    readonly actorId: bigint | null;
    readonly now: Date;
  },
): Promise<{ postingId: bigint; amountFen: bigint }[]> => inRoomWords(sql.rows(releaseFromBill, order));
