import { fail } from "#src/kernel/errors.ts";
import type { Day } from "#src/kernel/day.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { seriesOf, startSeries } from "./receipt-queries.ts";

/**
 * When a company moves in with receipts already numbered: the till's series of the day's year goes on after the last
 * number of the old system. To be done before the first receipt of that series.
 * @throws DomainError `receipt.series-in-use`
 */
export const startNumberSeries = async (
  context: CommandContext,
  start: { readonly till: string; readonly lastNumber: bigint; readonly day: Day },
): Promise<void> => {
  const code = seriesOf(start.till, start.day);
  if ((await startSeries(context.sql, { code, firstNumber: start.lastNumber + 1n })) === 0) {
    fail("receipt.series-in-use", `the series ${code} has begun`, { field: "till" });
  }
  context.audit({ subject: `number-series:${code}`, details: { lastNumber: start.lastNumber } });
};
