/** Degrees as people write them. They are kept as whole tenths: 16.8 ℃ is 168. */

/** `16.8`, `-0.5`. */
export const formatTenths = (tenths: number): string => {
  const size = Math.abs(tenths);
  return `${tenths < 0 ? "-" : ""}${Math.trunc(size / 10)}.${size % 10}`;
};
