/** Reports of the payment gateway, as they came: the payments stay. */
import type { Database } from "#src/platform/database.ts";
import { forgetInBatches, forgottenBefore } from "#src/platform/retention.ts";
import { removeWalletEvents } from "./order-queries.ts";

export const WALLET_RETENTION_DAYS = {
  /** A quarrel with a provider about a payment ends with the season that it was for. */
  walletEvents: 400,
} as const;

/** Repeating is safe; `now` is the business clock. */
export const forgetWalletEvents = async (
  database: Pick<Database, "bulk">,
  now: Date,
): Promise<{ readonly walletEvents: number }> => {
  const before = forgottenBefore(now, WALLET_RETENTION_DAYS.walletEvents);
  return {
    walletEvents: await forgetInBatches(database, (sql, limit) => removeWalletEvents(sql, { before, limit })),
  };
};
