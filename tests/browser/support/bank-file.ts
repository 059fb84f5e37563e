/** Files of an invented bank, as a test of the bank's desk needs them. */
import { type DelimitedProfile, loadProfile, writeDelimitedPath } from "#src/bank/channels/index.ts";
import { day as dayFrom } from "#src/kernel/day.ts";

const delimited = async (): Promise<DelimitedProfile> => {
  const profile = await loadProfile("zz-bank-gb18030");
  if (profile.format !== "delimited") throw new Error("the invented profile is delimited");
  return profile;
};

export type BankRow = { readonly serial: string; readonly accountNo: string; readonly fen: number };
/** A file of a bank for a day, as it would write it. */
export const bankFile = async (target: string, day: string, rows: readonly BankRow[]): Promise<void> => {
  const bankDayOf = dayFrom(day);
  await writeDelimitedPath(
    await delimited(),
    rows.map(({ serial, accountNo, fen }) => ({
      day: bankDayOf,
      time: "12:00:00",
      serial,
      accountNo,
      amountMinor: BigInt(fen),
      kind: "payment",
    })),
    target,
    { bankDay: bankDayOf },
  );
};

/** Two neighbours of a number that differ, the other way round. */
export const slipped = (number: string): string => {
  const place = [...number].findIndex((digit, n) => n > 0 && digit !== number[n + 1]);
  return `${number.slice(0, place)}${number[place + 1] ?? ""}${number[place] ?? ""}${number.slice(place + 2)}`;
};
