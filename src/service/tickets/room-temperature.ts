/** What is measured in a home (测温), in tenths of a degree: what lies outside was written in another unit, or misread. */
import { fail } from "#src/kernel/errors.ts";

/** **assumed**: 5.0 to 40.0 degrees. */
const LOWEST = 50;
const HIGHEST = 400;

export const isRoomTemperature = (deciCelsius: number): boolean =>
  deciCelsius >= LOWEST && deciCelsius <= HIGHEST;

const degrees = (tenths: number): string => {
  const size = Math.abs(tenths);
  return `${tenths < 0 ? "-" : ""}${Math.trunc(size / 10)}.${size % 10}`;
};

/** @throws DomainError `ticket.temperature-implausible` says what the figure was read as */
export const requireRoomTemperature = (deciCelsius: number): void => {
  if (isRoomTemperature(deciCelsius)) return;
  fail(
    "ticket.temperature-implausible",
    `deciCelsius is in tenths of a degree: ${deciCelsius} is ${degrees(deciCelsius)} ℃`,
    {
      field: "deciCelsius",
      remedy: `a home is ${degrees(LOWEST)} to ${degrees(HIGHEST)} ℃, ${LOWEST} to ${HIGHEST}: 19 ℃ is 190; what is really so cold or hot is written as a note`,
      facts: { deciCelsius, from: LOWEST, until: HIGHEST },
    },
  );
};
