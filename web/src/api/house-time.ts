/** The time of the house, which in a demo is not that of this machine: every answer of the API says it. */
type Offset = { readonly sinceMs: number; readonly offsetMs: number };

/** What an answer takes on its way is no other time. */
const SAME_MS = 2000;

export const createHouseClock = (machineNow: () => number) => {
  /** The newest last; two clocks that run alike make one entry. */
  const known: Offset[] = [];
  let latest = -Infinity;
  const timeOf = (machineMs: number): number | undefined => {
    const then = known.findLast(({ sinceMs }) => sinceMs <= machineMs) ?? known[0];
    return then === undefined ? undefined : machineMs + then.offsetMs;
  };
  return {
    /** Told of each answer of the API. */
    set: (now: string): void => {
      const sinceMs = machineNow();
      const offsetMs = Date.parse(now) - sinceMs;
      const last = known.at(-1);
      if (Number.isNaN(offsetMs)) return;
      latest = -Infinity;
      if (last !== undefined && Math.abs(last.offsetMs - offsetMs) < SAME_MS) return;
      known.push({ sinceMs, offsetMs });
    },
    timeOf,
    /** Never earlier than it was: somebody may set the machine's clock back while nobody says the time. */
    now: (): number => {
      const now = timeOf(machineNow());
      if (now === undefined) throw new Error("the time of the house was asked before the house said it");
      latest = Math.max(latest, now);
      return latest;
    },
  };
};

const house = createHouseClock(() => Date.now());

/** Told of each answer of the API. */
export const setHouseTime = house.set;

/** What the house's clock showed when this machine's showed `machineMs`; undefined while no answer has said the time. */
export const houseTimeOf = house.timeOf;

/** Milliseconds since 1970, as the server counts them. A page stands behind the gate, which opens when the server has spoken. */
export const houseNow = house.now;
