import { describe, expect, test } from "vitest";
import {
  offeredLoad,
  seatsForService,
  seatsSoThatFewerWait,
  shareAnsweredWithin,
  shareThatWaits,
} from "./erlang.ts";

/** Hour's calls, seconds each, seats, share that waits in percent. Rows 3 and 4 stand in every table of the formula. */
const TABLE = `
  750  180  30  100   5,000 calls a day, 15% in the busiest hour: more than 30 seats can carry
  750  180  45  17    with 45 seats less than a fifth waits
  540  180  30  47    4,500 calls a day, 12% in the busiest hour: almost half waits with 30 seats
  20   180  2   33    one erlang on two seats: a third
  20   180  1   100   one erlang on one seat never ends
  0    180  30  0     nobody calls
`;
const rows = TABLE.trim()
  .split("\n")
  .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
  .map(([, calls, seconds, seats, percent, why]) => ({
    calls: Number(calls),
    seconds: Number(seconds),
    seats: Number(seats),
    percent: Number(percent),
    why,
  }));

describe("share that waits", () => {
  test.each(rows)("$why", ({ calls, seconds, seats, percent }) => {
    expect(Math.round(shareThatWaits(offeredLoad(calls, seconds), seats) * 100)).toBe(percent);
  });
});

test("37.5 erlangs need 45 seats for less than 20% waiting", () => {
  expect(offeredLoad(750, 180)).toBe(37.5);
  expect(seatsSoThatFewerWait(37.5, 0.2)).toBe(45);
  expect(shareThatWaits(37.5, 44)).toBeGreaterThanOrEqual(0.2);
});

test("a seat more never makes it worse, and the aim is met by the figure given and by none smaller", () => {
  for (const erlangs of [0.5, 3, 12, 27, 37.5, 120]) {
    const load = { erlangs, handlingSeconds: 180 };
    const seats = seatsForService(load, 0.8, 20);
    expect(shareAnsweredWithin(load, seats, 20)).toBeGreaterThanOrEqual(0.8);
    expect(shareAnsweredWithin(load, seats - 1, 20)).toBeLessThan(0.8);
    expect(shareThatWaits(erlangs, seats + 1)).toBeLessThan(shareThatWaits(erlangs, seats));
  }
});
