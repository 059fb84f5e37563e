/** What a work order is about, and how it can end. */
import { fail } from "#src/kernel/errors.ts";

export const ORDER_KINDS = ["valve", "repair", "temperature", "emergency"] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

/** Stands as the place of an emergency that nobody could place yet: whoever is on duty asks who reported it. */
export const PLACE_UNKNOWN = "地点待核实，请联系报修人 Place unknown: ask who reported it";

/** The results (处理结果) of each kind. What is not listed is no result: an order that needs more is a follow-up. */
export const RESULTS = {
  valve: ["opened", "already-open"],
  repair: ["repaired", "no-fault", "not-ours"],
  temperature: ["measured"],
  emergency: ["repaired", "no-fault", "not-ours"],
} as const satisfies Record<OrderKind, readonly string[]>;
export const ORDER_RESULTS = [
  "opened",
  "already-open",
  "repaired",
  "no-fault",
  "not-ours",
  "measured",
] as const;
export type OrderResult = (typeof ORDER_RESULTS)[number];

/** @throws DomainError `work-order.result-refused` */
export const checkResult = (kind: OrderKind, result: OrderResult): void => {
  const possible: readonly string[] = RESULTS[kind];
  if (possible.includes(result)) return;
  fail("work-order.result-refused", `${result} is no result of a ${kind} order`, {
    field: "result",
    remedy: `one of: ${possible.join(", ")}`,
    facts: { kind, result },
  });
};

/** `W000123`: short enough for the phone, and what the paper and its QR code carry. */
export const formatOrderNo = (id: bigint): string => `W${String(id).padStart(6, "0")}`;
