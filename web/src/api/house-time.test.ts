/** A till whose clock is wrong shows the time of the house, or none: never its own. */
import { expect, test } from "vitest";
import { createHouseClock } from "./house-time.ts";

const MACHINE = Date.parse("2026-11-27T05:00:00Z");
const clockAt = () => {
  let machine = MACHINE;
  const house = createHouseClock(() => machine);
  return { house, pass: (ms: number) => (machine += ms), machine: () => machine };
};
const text = (ms: number | undefined): string => new Date(ms ?? 0).toISOString();

test("nothing is known, and nothing is shown, before an answer has said the time", () => {
  const { house } = clockAt();
  expect(() => house.now()).toThrow("before the house said it");
  expect(house.timeOf(MACHINE)).toBeUndefined();
});

test("the clock of the house goes on from what an answer said", () => {
  const { house, pass } = clockAt();
  house.set("2026-11-25T10:00:00.000Z");
  pass(90_000);
  expect(text(house.now())).toBe("2026-11-25T10:01:30.000Z");
});

test("what an answer takes on its way moves no clock; another time does, and what was read before keeps its hour", () => {
  const { house, pass, machine } = clockAt();
  house.set("2026-11-25T10:00:00.000Z");
  pass(10_000);
  house.set("2026-11-25T10:00:09.000Z");
  expect(text(house.now())).toBe("2026-11-25T10:00:10.000Z");
  const readAt = machine();
  pass(10_000);
  house.set("2026-12-01T08:00:00.000Z");
  expect(text(house.now())).toBe("2026-12-01T08:00:00.000Z");
  expect(text(house.timeOf(readAt))).toBe("2026-11-25T10:00:10.000Z");
});

test("a machine's clock that is set back takes nothing back; what the house says next does", () => {
  const { house, pass } = clockAt();
  house.set("2026-11-25T10:00:00.000Z");
  pass(60_000);
  expect(text(house.now())).toBe("2026-11-25T10:01:00.000Z");
  pass(-86_400_000);
  expect(text(house.now())).toBe("2026-11-25T10:01:00.000Z");
  house.set("2026-11-25T10:02:00.000Z");
  pass(1000);
  expect(text(house.now())).toBe("2026-11-25T10:02:01.000Z");
});

test("a machine's clock that ran a day ahead and was set right holds nothing up once the house speaks again", () => {
  const { house, pass } = clockAt();
  house.set("2026-11-25T10:00:00.000Z");
  pass(86_400_000);
  expect(text(house.now())).toBe("2026-11-26T10:00:00.000Z");
  pass(-86_400_000 + 60_000);
  house.set("2026-11-25T10:01:00.000Z");
  expect(text(house.now())).toBe("2026-11-25T10:01:00.000Z");
  pass(3_600_000);
  expect(text(house.now())).toBe("2026-11-25T11:01:00.000Z");
});

test("what is no time changes nothing", () => {
  const { house } = clockAt();
  house.set("2026-11-25T10:00:00.000Z");
  house.set("");
  expect(text(house.now())).toBe("2026-11-25T10:00:00.000Z");
});
