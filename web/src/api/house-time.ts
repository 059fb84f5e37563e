/** The time of the house, which in a demo is not that of this machine. */
let offsetMs = 0;

/** Told by whoever reads the session. */
export const setHouseTime = (now: string): void => {
  offsetMs = Date.parse(now) - Date.now();
};

/** Milliseconds since 1970, as the server counts them. */
export const houseNow = (): number => Date.now() + offsetMs;
