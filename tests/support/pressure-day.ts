/** Who lives in the twelve buildings of 30 October, and what becomes of a message to each: the figures of that day. */
import { homeId, numberOf } from "./test-town.ts";

export const BUILDINGS = 12;
/** Nobody hangs a paper here. */
export const BARE = { building: 1, stairwell: 1 };
/** They leak. */
export const LEAKY = [3, 4] as const;
export const MOVED = 12;

/** Every stairwell but the bare one, in order. */
export const stairwells = Array.from({ length: BUILDINGS * 4 }, (_unused, index) => ({
  building: Math.floor(index / 4) + 1,
  stairwell: (index % 4) + 1,
}));
export const others = stairwells.filter(
  (one) => one.building !== BARE.building || one.stairwell !== BARE.stairwell,
);
export const home = (place: { building: number; stairwell: number }, n: number): bigint =>
  homeId(place.building, place.stairwell, n);

/** 60 without a number, 37 whose message fails, 22 without a receipt; one of each in the bare stairwell. */
export const silent = [
  home(BARE, 1),
  ...others.map((place) => home(place, 1)),
  ...others.slice(0, 12).map((place) => home(place, 2)),
];
export const failing = new Set(
  [home(BARE, 3), ...others.slice(0, 36).map((place) => home(place, 3))].map(numberOf),
);
export const unsure = new Set(
  [home(BARE, 4), ...others.slice(0, 21).map((place) => home(place, 4))].map(numberOf),
);
/** Three homes of one person, in three buildings. */
export const three = [homeId(5, 1, 20), homeId(6, 2, 20), homeId(7, 3, 20)] as const;
export const stopped = [
  ...stairwells.flatMap((place) => [home(place, 5), home(place, 6)]),
  ...stairwells.slice(0, 6).map((place) => home(place, 7)),
];
export const vacant = [
  ...stairwells.map((place) => home(place, 8)),
  ...stairwells.slice(0, 2).map((place) => home(place, 9)),
];
export const fateOf = (number: string) =>
  failing.has(number) ? "undelivered" : unsure.has(number) ? "no-receipt" : "delivered";
