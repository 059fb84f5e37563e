/** To which channel and day a credit on our account belongs. Pure: rules and figures in, one answer out. */
import { addDays, type Day, isDay } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { divideRounded } from "#src/kernel/money.ts";
import type { SettlingChannel } from "./statement-queries.ts";

export type Settlement = { readonly channel: SettlingChannel; readonly day: Day };

const dayNamed = (text: string | undefined): Day | null => {
  if (text === undefined) return null;
  const spelled = /^(\d{4})[-/]?(\d{2})[-/]?(\d{2})$/.exec(text);
  const found = spelled === null ? text : `${spelled[1]}-${spelled[2]}-${spelled[3]}`;
  return isDay(found) ? found : null;
};

const patternOf = (channel: SettlingChannel): RegExp => {
  try {
    return new RegExp(channel.pattern, "u");
  } catch {
    return fail(
      "channel.settlement-pattern",
      `the settlement pattern of channel "${channel.code}" is no pattern`,
      {
        field: "settlementPattern",
        remedy: "correct the channel's settings, then import the statement again",
      },
    );
  }
};

/**
 * The one channel whose pattern stands in the text, and its day: named by the text, else the value day less the channel's
 * delay. None or two channels: null, because money never follows a guess.
 * @throws DomainError `channel.settlement-pattern`
 */
export const findSettlement = (
  channels: readonly SettlingChannel[],
  text: string,
  valueDay: Day,
): Settlement | null => {
  const found = channels.flatMap((channel) => {
    const match = patternOf(channel).exec(text);
    if (match === null) return [];
    return [{ channel, day: dayNamed(match.groups?.["day"]) ?? addDays(valueDay, -channel.delayDays) }];
  });
  return found.length === 1 ? (found[0] ?? null) : null;
};

/** The fee that the contract gives the bank for a day's items and total, rounded half up. */
export const contractFee = (
  channel: Pick<SettlingChannel, "feePerItemFen" | "feeBasisPoints">,
  items: bigint,
  totalFen: bigint,
): bigint =>
  channel.feePerItemFen * items +
  divideRounded(totalFen * BigInt(channel.feeBasisPoints), 10_000n, "half-up");
