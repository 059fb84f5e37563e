/** Hundredths of a per cent, as the server rounds them. */
export const share = (basisPoints: number): string =>
  `${Math.floor(basisPoints / 100)}.${String(basisPoints % 100).padStart(2, "0")}%`;
