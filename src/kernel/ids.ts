/** Identifiers. Row ids are bigints from the database and leave the house as decimal text; they are never computed with. */
import { randomBytes, randomUUID } from "node:crypto";

/** A random identifier for requests and idempotency keys that we make ourselves. */
export const newUuid = (): string => randomUUID();

/** A secret of `bytes` random bytes in base64url: session references, machine tokens. 24 bytes = 192 bits. */
export const newSecret = (bytes = 24): string => randomBytes(bytes).toString("base64url");

/**
 * A bill's number as people and banks write it: the season's first year and the bill's row, `2026-4711`.
 */
export const formatBillNo = (seasonId: number, billId: bigint): string => `${seasonId}-${billId}`;

/** Inverse of `formatBillNo`; null for anything else. */
export const parseBillNo = (text: string): { readonly seasonId: number; readonly billId: bigint } | null => {
  const match = /^(\d{4})-(\d{1,18})$/.exec(text);
  return match === null ? null : { seasonId: Number(match[1]), billId: BigInt(match[2] ?? "0") };
};
