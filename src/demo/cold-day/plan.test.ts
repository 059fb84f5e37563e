import fc from "fast-check";
import { expect, test } from "vitest";
import { ANSWERED_KINDS, planColdDay, shareOut } from "./plan.ts";

test("5,000 calls are the day as it was", () => {
  const plan = planColdDay(5000, 1);
  const of = (kind: string) => plan.answered.filter((call) => call.kind === kind).length;
  expect(Object.fromEntries(ANSWERED_KINDS.map((kind) => [kind, of(kind)]))).toEqual({
    incident: 212,
    "other-company": 75,
    "no-case": 1813,
    valve: 560,
    cold: 490,
    leak: 140,
    fee: 210,
  });
  expect(plan.selfServed).toHaveLength(900);
  expect(plan.answered).toHaveLength(3500);
  expect(plan.lostByDay.length + plan.lostAtNight.length).toBe(600);
  expect(new Set([...plan.lostByDay, ...plan.lostAtNight]).size).toBe(510);
  expect(plan.answered.filter(({ again }) => again)).toHaveLength(180);
  expect([plan.callBacks, plan.lostAtNight.length]).toEqual([290, 40]);
});

test("any number of calls sums to itself, and the same seed is the same day", () => {
  fc.assert(
    fc.property(fc.integer({ min: 50, max: 12_000 }), fc.integer(), (calls, seed) => {
      const plan = planColdDay(calls, seed);
      const lost = [...plan.lostByDay, ...plan.lostAtNight];
      expect(plan.selfServed.length + plan.answered.length + lost.length).toBe(calls);
      const again = plan.answered.filter((call) => call.again);
      expect(new Set(lost).size).toBe(again.length + plan.callBacks + plan.lostAtNight.length);
      for (const call of again) expect(plan.lostByDay).toContain(call.number);
      expect(planColdDay(calls, seed)).toEqual(plan);
    }),
    { numRuns: 25 },
  );
});

test("shares are whole and lose nobody", () => {
  expect(shareOut({ a: 1, b: 1, c: 1 }, 10)).toEqual({ a: 4, b: 3, c: 3 });
  expect(shareOut({ a: 1, b: 8 }, 1)).toEqual({ a: 0, b: 1 });
});
