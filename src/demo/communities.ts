/** The communities (小区) of the town: name, phase, place, year and size. */
import { must } from "#src/kernel/errors.ts";
import { communityBaseName, type CommunityShape, DISTRICTS } from "./names.ts";
import { type Random, randomStream } from "./random.ts";
import type { TownScale } from "./scale.ts";

export type PlannedCommunity = {
  /** Row id, from 1. */
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly baseName: string;
  /** 一期, 二期, 东院: twins that people and banks confuse. */
  readonly phase: string;
  readonly district: string;
  readonly street: string;
  readonly shape: CommunityShape;
  readonly households: number;
  /** The year in which its first winter began. */
  readonly openedYear: number;
};

/** exp(0.95 z) in thousandths at every twentieth of the normal distribution: sizes from 30 to 5,000 with mean 645. */
const SIZE_QUANTILES = [
  85, 210, 296, 374, 449, 527, 608, 694, 786, 887, 1000, 1127, 1272, 1442, 1645, 1897, 2225, 2676, 3380, 4771,
  10750,
];

const shuffled = <T>(random: Random, list: readonly T[]): T[] => {
  const out = [...list];
  for (let last = out.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const kept = must(out[last], "an element");
    out[last] = must(out[other], "an element");
    out[other] = kept;
  }
  return out;
};

/** Sizes that sum to the households exactly; one from every slice of the distribution, so that few look like many. */
const planSizes = (random: Random, scale: TownScale): number[] => {
  const steps = SIZE_QUANTILES.length - 1;
  const weights = shuffled(
    random,
    Array.from({ length: scale.communities }, (_, index) => {
      const place = Math.trunc(((index * 1000 + random.below(1000)) * steps) / scale.communities);
      const from = must(SIZE_QUANTILES[Math.trunc(place / 1000)], "a quantile");
      const to = SIZE_QUANTILES[Math.trunc(place / 1000) + 1] ?? from;
      return from + Math.trunc(((to - from) * (place % 1000)) / 1000);
    }),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const sizes = weights.map((weight) => Math.max(1, Math.trunc((weight * scale.households) / total)));
  let left = scale.households - sizes.reduce((sum, size) => sum + size, 0);
  for (let index = 0; left !== 0; index = (index + 1) % sizes.length) {
    const size = must(sizes[index], "a size");
    if (left < 0 && size === 1) continue;
    sizes[index] = size + Math.sign(left);
    left -= Math.sign(left);
  }
  return sizes;
};

const PHASES: Readonly<Record<CommunityShape, readonly [string, string]>> = {
  estate: ["一期", "二期"],
  compound: ["东院", "西院"],
  resettled: ["一期", "二期"],
};
const EARLIEST: Readonly<Record<CommunityShape, readonly [number, number]>> = {
  estate: [2003, 2021],
  compound: [1995, 2004],
  resettled: [2008, 2019],
};

const freshBaseName = (random: Random, shape: CommunityShape, taken: Set<string>): string => {
  for (let tries = 0; ; tries += 1) {
    // The shorter lists run dry in a large town.
    const name = communityBaseName(random, tries < 20 ? shape : "estate");
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
};

/** Every sixth community is the second phase of the one before it. */
export const planCommunities = (seed: number, scale: TownScale): PlannedCommunity[] => {
  const random = randomStream(seed, "communities");
  const sizes = planSizes(random, scale);
  const taken = new Set<string>();
  const planned: PlannedCommunity[] = [];
  for (const [index, households] of sizes.entries()) {
    const id = index + 1;
    const code = `C${String(id).padStart(4, "0")}`;
    const before = planned.at(-1);
    if (index % 6 === 5 && before !== undefined) {
      const [first, second] = PHASES[before.shape];
      planned[index - 1] = { ...before, phase: first, name: before.baseName + first };
      const openedYear = Math.min(2025, before.openedYear + random.between(1, 4));
      planned.push({
        ...before,
        id,
        code,
        phase: second,
        name: before.baseName + second,
        households,
        openedYear,
      });
      continue;
    }
    const shape = (["estate", "compound", "resettled"] as const)[random.weighted([72, 20, 8])] ?? "estate";
    const baseName = freshBaseName(random, shape, taken);
    const district = random.pick(DISTRICTS);
    const openedYear = random.between(...EARLIEST[shape]);
    const place = { district: district.name, street: random.pick(district.streets) };
    planned.push({ id, code, name: baseName, baseName, phase: "", ...place, shape, households, openedYear });
  }
  return planned;
};
