import { expect, it } from "vitest";
import { SerialSieve } from "./serial-sieve.ts";

it("never misses a repetition and names hardly anything wrongly at the size of a large city's day", () => {
  const sieve = new SerialSieve();
  const serial = (index: number): string => `ZZ20261111${String(index).padStart(10, "0")}`;
  let wrong = 0;
  for (let index = 0; index < 500_000; index += 1) if (sieve.addAndTest(serial(index), 1)) wrong += 1;
  expect(wrong).toBeLessThan(10);
  let missed = 0;
  for (let index = 0; index < 500_000; index += 997) if (!sieve.addAndTest(serial(index), 1)) missed += 1;
  expect(missed).toBe(0);
  expect(sieve.addAndTest(serial(0), 2)).toBe(false);
});
