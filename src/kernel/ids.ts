/** Identifiers. Row ids are bigints from the database and leave it as decimal text; they are never computed with. */
import { randomBytes, randomUUID } from "node:crypto";
import type { Brand } from "./errors.ts";

export type Id<Name extends string> = Brand<string, Name>;
export type AccountId = Id<"AccountId">;
export type ChargePointId = Id<"ChargePointId">;
export type PremisesId = Id<"PremisesId">;
export type SeasonId = Brand<number, "SeasonId">;
export type BillId = Id<"BillId">;
export type PaymentId = Id<"PaymentId">;
export type PostingId = Id<"PostingId">;
export type StaffId = Id<"StaffId">;
export type AreaId = Id<"AreaId">;

/** Names decimal text (or a number) as an id of its kind. */
export const asId = <T extends Id<string>>(value: string | number | bigint): T => String(value) as T;

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
