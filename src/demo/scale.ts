/** How big the town's parts are for a number of households: the company of 260,000 households, made smaller. */
import { divideRounded } from "#src/kernel/money.ts";

export type TownScale = {
  readonly households: number;
  readonly communities: number;
  readonly stations: number;
  readonly heatSources: number;
  readonly branches: number;
  readonly areas: number;
};

const share = (households: number, of: number): number =>
  Number(divideRounded(BigInt(households) * BigInt(of), 260_000n, "half-up"));

/**
 * 2,600 households: 12 communities, 4 stations, 5 areas. 260,000: 403 communities (mean 645), 867 stations, 40 areas.
 */
export const scaleOf = (households: number): TownScale => {
  const most = Math.max(1, Math.ceil(households / 12));
  const atMost = (count: number): number => Math.min(count, most);
  return {
    households,
    communities: atMost(Math.max(12, share(households, 403))),
    stations: atMost(Math.max(4, share(households, households < 26_000 ? 400 : 867))),
    heatSources: Math.max(2, share(households, 9)),
    branches: 4,
    areas: Math.max(5, share(households, 40)),
  };
};
