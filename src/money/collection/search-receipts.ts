/** The search box's share of this room: the receipt whose printed number was typed (收据号). */
import type { Day } from "#src/kernel/day.ts";
import { toHalfWidth } from "#src/kernel/half-width.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";
import { paymentScope } from "./access-payment.ts";
import {
  findReceiptByNumber,
  findReceiptsOfAccount,
  formatReceiptNo,
  type NumberedReceipt,
} from "./receipt-queries.ts";

export type NamedReceipt = {
  readonly receiptId: bigint;
  readonly receiptNo: string;
  readonly totalFen: bigint;
  readonly issuedAt: Date;
  readonly voided: boolean;
};

const named = (found: NumberedReceipt): NamedReceipt => ({
  receiptId: found.id,
  receiptNo: formatReceiptNo(found),
  totalFen: found.totalFen,
  issuedAt: found.issuedAt,
  voided: found.voidedAt !== null,
});

/** `T1-2026-000123`, with or without its zeros: what stands before the number is the series. */
const PRINTED = /^(?:收据号?|No\.?)?[:：]?\s*(\S*[^0-9\s])([0-9]{1,15})$/i;

/**
 * None for a text that is no number of a receipt, and for a receipt with a household that the actor does not see on `day`.
 * Checks no permission, that is the route's. Reads only.
 */
export const searchReceipts = async (
  sql: Sql,
  actor: Actor,
  day: Day,
  text: string,
): Promise<readonly NamedReceipt[]> => {
  const [, prefix, number] = PRINTED.exec(toHalfWidth(text).trim()) ?? [];
  if (prefix === undefined || number === undefined) return [];
  const query = { prefix, number: BigInt(number), ...paymentScope(actor, day) };
  const found = await findReceiptByNumber(sql, query);
  if (found === null) return [];
  return [named(found)];
};

/** The last receipts of a household, those with a household that the actor does not see left out. Reads only. */
export const lastReceipts = async (
  sql: Sql,
  actor: Actor,
  day: Day,
  query: { readonly accountId: bigint; readonly limit: number },
): Promise<readonly NamedReceipt[]> =>
  (await findReceiptsOfAccount(sql, { ...query, ...paymentScope(actor, day) })).map(named);
