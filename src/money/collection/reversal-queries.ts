/** SQL on reversals. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { inRoomWords } from "./queries.ts";

export type ReversalKind = "void-in-shift" | "correction" | "bank-reversal";

export type ReversalRow = {
  readonly paymentId: bigint;
  readonly amountFen: bigint;
  readonly kind: ReversalKind;
  readonly serial: string | null;
  readonly accountingDate: Day;
  readonly reversedAt: Date;
  /** Receipts that this reversal made void. */
  readonly voidedReceipts: string[];
};

const reverseOne = `
  select payment_id as "paymentId" from reverse_payments(array[:paymentId::bigint], :kind::text, :reason::text,
    :accountingDate::date, :valueDate::date, :requestedBy::bigint, :approvedBy::bigint, :now::timestamptz,
    :channelId::smallint, :serial::text, :approvalId::bigint)`;

/** False when there was nothing left to reverse. */
export const reverseOnePayment = async (
  sql: Sql,
  reversal: {
    readonly paymentId: bigint;
    readonly kind: ReversalKind;
    readonly reason: string;
    readonly accountingDate: Day;
    readonly valueDate: Day;
    readonly requestedBy: bigint | null;
    readonly approvedBy: bigint | null;
    readonly now: Date;
    readonly channelId: number | null;
    readonly serial: string | null;
    readonly approvalId: bigint | null;
  },
): Promise<boolean> => (await inRoomWords(sql.rows(reverseOne, reversal))).length === 1;

const reversalColumns = `
  select r.payment_id as "paymentId", p.amount_fen as "amountFen", r.kind, r.serial,
    g.accounting_date as "accountingDate", r.reversed_at as "reversedAt",
    coalesce((select array_agg(s.prefix || lpad(v.number::text, greatest(s.width, length(v.number::text)), '0') order by v.id)
      from receipt_payments named join receipts v on v.id = named.receipt_id
      join number_series s on s.code = v.series
      where named.payment_id = r.payment_id and v.voided_at = r.reversed_at), '{}') as "voidedReceipts"
  from payment_reversals r
  join payments p on p.id = r.payment_id
  join postings g on g.id = r.posting_id`;

export const findReversal = (sql: Sql, paymentId: bigint): Promise<ReversalRow | null> =>
  sql.maybeOne<ReversalRow>(`${reversalColumns} where r.payment_id = :paymentId`, { paymentId });

export const findReversalBySerial = (
  sql: Sql,
  channelId: number,
  serial: string,
): Promise<ReversalRow | null> =>
  sql.maybeOne<ReversalRow>(`${reversalColumns} where r.channel_id = :channelId and r.serial = :serial`, {
    channelId,
    serial,
  });

/** The payment that stands for this one's money: itself, or what replaced it on another home; null when all are reversed. */
export const findStandingPayment = async (sql: Sql, paymentId: bigint): Promise<bigint | null> =>
  (await sql.one<{ id: bigint | null }>("select live_payment(:paymentId::bigint) as id", { paymentId })).id;

const prepaidStanding = `
  select coalesce((select sum(l.amount_fen) from allocations l join postings g on g.id = l.posting_id
      where g.kind = 'payment' and g.source_id = :paymentId and l.bill_id is null), 0)::bigint as "broughtFen",
    coalesce((select h.balance_fen from household_balances h
      where h.account_id = :accountId and h.code = 'prepaid'), 0)::bigint as "balanceFen",
    coalesce((select array_agg(distinct l.bill_id) from allocations l
      where l.account_id = :accountId and l.rule = 'prepaid-applied'), '{}') as "billIds"`;

/** What the payment brought into prepaid, what the household has there now, and the bills that took prepaid money. */
export const findPrepaidStanding = (
  sql: Sql,
  payment: { readonly paymentId: bigint; readonly accountId: bigint },
): Promise<{ broughtFen: bigint; balanceFen: bigint; billIds: bigint[] }> =>
  sql.one(prepaidStanding, payment);
