import { describe, expect, test } from "vitest";
import { claimSizes, nextWave } from "./pace.ts";
import { SENDING_SETTINGS } from "./settings.ts";

const bounds = { waveSize: 125, firstWave: 16, beginWithinMs: 2000 };
const times = (begun: number, lastBegunMs: number, late = false) => ({ begun, lastBegunMs, late });

describe("the pace of a channel", () => {
  test.each<[string, number, ReturnType<typeof times>, number]>([
    ["a fast provider gets four times as many, up to the most", 16, times(16, 20), 64],
    ["and no more than that", 64, times(64, 50), 125],
    ["one message that went in time takes nothing away", 125, times(1, 100), 125],
    ["a slow one gets what it begins in two seconds", 125, times(40, 4000, true), 20],
    ["also when nothing was left", 16, times(16, 4000), 8],
    ["one at a time, when one takes longer", 5, times(1, 4000, true), 1],
    [
      "nobody was called: the database was slow, not the provider, and the next is small",
      125,
      times(0, 0, true),
      1,
    ],
    ["in time, and not faster than that: it stays", 10, times(10, 2000), 10],
  ])("%s", (_, size, seen, expected) => expect(nextWave(size, seen, bounds)).toBe(expected));

  test("jobs of two waves, and no more than begin before their claim is over", () => {
    expect(claimSizes(125, SENDING_SETTINGS)).toEqual({ jobSize: 250, window: 2000 });
    expect(claimSizes(4, SENDING_SETTINGS)).toEqual({ jobSize: 8, window: 128 });
    expect(claimSizes(125, { jobSize: 2, window: 3 })).toEqual({ jobSize: 2, window: 3 });
  });
});
