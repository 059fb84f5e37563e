import { expect, test } from "vitest";
import { dueIn, nextOf, pauseAfter } from "./due.ts";

const NOW = 1_000_000_000;
const one = (seq: number, about: string, notBefore = NOW, more: object = {}) => ({
  seq,
  about,
  notBefore,
  ...more,
});

test("the pauses grow and end at a quarter of an hour", () => {
  expect([1, 2, 3, 4, 5, 99].map(pauseAfter)).toEqual([15_000, 60_000, 240_000, 900_000, 900_000, 900_000]);
});

test("what is held back by a clock that was set back a day goes at once", () => {
  expect(dueIn({ notBefore: NOW + 6000 }, NOW)).toBe(6000);
  expect(dueIn({ notBefore: NOW + 900_000 }, NOW)).toBe(900_000);
  expect(dueIn({ notBefore: NOW + 86_400_000 }, NOW)).toBe(0);
  expect(dueIn({ notBefore: NOW - 86_400_000 }, NOW)).toBe(0);
});

test("what is about the same thing goes in its order, the rest does not wait for it", () => {
  const waiting = [one(1, "order:1", NOW + 60_000), one(2, "order:1"), one(3, "order:2")];
  expect(nextOf(waiting, NOW)?.seq).toBe(3);
  expect(nextOf(waiting, NOW + 60_000)?.seq).toBe(1);
});

test("what was refused holds up nothing, not even about the same thing; what could not be set aside holds up its own", () => {
  const waiting = [
    one(1, "order:1", NOW, { refusal: {} }),
    one(2, "order:1"),
    one(3, "order:1"),
    one(4, "order:2"),
  ];
  expect(nextOf(waiting, NOW)?.seq).toBe(2);
  expect(nextOf(waiting, NOW, new Set([2]))?.seq).toBe(4);
  expect(nextOf(waiting.slice(0, 1), NOW)).toBeUndefined();
});

test("words go before photos, and a photo does not overtake what it is about", () => {
  const file = new Blob(["x"]);
  const waiting = [one(1, "shaft:1", NOW, { file }), one(2, "shaft:2", NOW, { file }), one(3, "order:2")];
  expect(nextOf(waiting, NOW)?.seq).toBe(3);
  expect(nextOf(waiting.slice(0, 2), NOW)?.seq).toBe(1);
  const same = [one(1, "ticket:1", NOW + 60_000), one(2, "ticket:1", NOW, { file })];
  expect(nextOf(same, NOW)).toBeUndefined();
});
