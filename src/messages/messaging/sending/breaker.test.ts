import { describe, expect, test } from "vitest";
import {
  afterCalls,
  allowance,
  type BreakerState,
  closedBecause,
  type Gate,
  letsGo,
  retryAfterMs,
  tokensAt,
  urgentAllowance,
} from "./breaker.ts";
import { SENDING_SETTINGS } from "./settings.ts";

const now = new Date("2026-11-20T09:00:00+08:00");
const later = (ms: number): Date => new Date(now.getTime() + ms);
const gate = (changes: Partial<Gate> = {}): Gate => ({
  channel: "sms",
  provider: "gateway",
  ratePerSecond: null,
  milliTokens: 0n,
  tokensAt: now,
  pausedUntil: null,
  stoppedReason: "",
  breaker: "closed",
  failures: 0,
  openings: 0,
  openUntil: null,
  claimsFrom: 0,
  version: 1,
  ...changes,
});
const calls = (successes: number, failures: number) => ({
  successes,
  failures,
  limitedUntil: null,
  trouble: "",
});
const breaks = { breakAfter: 10, breakMs: 30_000, longestBreakMs: 600_000 };
const run = (state: BreakerState, ...rounds: readonly (readonly [number, number])[]): BreakerState =>
  rounds.reduce((before, [good, bad]) => afterCalls(before, calls(good, bad), now, breaks), state);

describe("the breaker", () => {
  test("opens after ten failures without a success between, in however many waves they came", () => {
    expect(run(gate(), [0, 9])).toMatchObject({ breaker: "closed", failures: 9 });
    expect(run(gate(), [0, 4], [0, 5], [0, 1])).toMatchObject({ breaker: "open", openUntil: later(30_000) });
    expect(run(gate(), [0, 9], [1, 0], [0, 9])).toMatchObject({ breaker: "closed", failures: 9 });
  });

  test("one success closes it, also among failures", () => {
    expect(run(gate({ breaker: "half-open", failures: 30, openings: 3 }), [1, 5])).toEqual({
      breaker: "closed",
      failures: 0,
      openings: 0,
      openUntil: null,
    });
  });

  test("a failed trial doubles the pause, up to ten minutes", () => {
    const trial = (openings: number) => gate({ breaker: "half-open", failures: 12, openings });
    expect(run(trial(1), [0, 1]).openUntil).toEqual(later(60_000));
    expect(run(trial(3), [0, 1]).openUntil).toEqual(later(240_000));
    expect(run(trial(500), [0, 1]).openUntil).toEqual(later(600_000));
  });

  test("calls that were under way when it opened do not make the pause longer", () => {
    const open = run(gate(), [0, 10]);
    expect(run(open, [0, 10])).toMatchObject({ openUntil: open.openUntil, openings: 1 });
  });
});

describe("a gate", () => {
  test("is closed by a person, by the provider's pause, by the breaker until its pause is over", () => {
    expect(closedBecause(gate(), now)).toBeNull();
    expect(closedBecause(gate({ stoppedReason: "contract ended" }), now)).toBe("stopped");
    expect(closedBecause(gate({ pausedUntil: later(1) }), now)).toBe("paused");
    expect(closedBecause(gate({ pausedUntil: now }), now)).toBeNull();
    expect(closedBecause(gate({ breaker: "open", openUntil: later(1) }), now)).toBe("broken");
    expect(closedBecause(gate({ breaker: "open", openUntil: now }), now)).toBeNull();
  });

  test("lets through its rate, a window, and two to try a broken channel", () => {
    expect(allowance(gate(), 500, now, SENDING_SETTINGS)).toBe(1500);
    expect(allowance(gate(), 2500, now, SENDING_SETTINGS)).toBe(0);
    // a whole job has no room yet
    expect(allowance(gate(), 1751, now, SENDING_SETTINGS)).toBe(0);
    expect(allowance(gate(), 1750, now, SENDING_SETTINGS)).toBe(250);
    expect(allowance(gate({ breaker: "open", openUntil: now }), 0, now, SENDING_SETTINGS)).toBe(2);
    const limited = gate({ ratePerSecond: 50, tokensAt: later(-200) });
    expect(allowance(limited, 0, now, SENDING_SETTINGS)).toBe(10);
    expect(allowance(gate({ ratePerSecond: 50, tokensAt: later(-60_000) }), 0, now, SENDING_SETTINGS)).toBe(
      50,
    );
  });

  test("a clock that was set back does not stop it", () =>
    expect(tokensAt(gate({ ratePerSecond: 7, tokensAt: later(3_600_000) }), now)).toBe(7000n));
});

test("tries again after a quarter of a minute, then ever later, spread by a half", () => {
  expect(retryAfterMs(1, 0.5)).toBe(15_000);
  expect(retryAfterMs(2, 0.5)).toBe(60_000);
  expect([retryAfterMs(1, 0), retryAfterMs(1, 1)]).toEqual([11_250, 18_750]);
  expect(retryAfterMs(50, 0.5)).toBe(1_800_000);
});

test("what somebody waits for has a window of its own, within the rate, and tries no broken channel", () => {
  const settings = { urgentWindow: 250 };
  expect(urgentAllowance(gate(), 0, now, settings)).toBe(250);
  expect(urgentAllowance(gate(), 249, now, settings)).toBe(1);
  expect(urgentAllowance(gate(), 300, now, settings)).toBe(0);
  expect(urgentAllowance(gate({ ratePerSecond: 3, milliTokens: 2000n }), 0, now, settings)).toBe(2);
  expect(urgentAllowance(gate({ stoppedReason: "contract" }), 0, now, settings)).toBe(0);
  expect(urgentAllowance(gate({ breaker: "open", openUntil: later(-1) }), 0, now, settings)).toBe(0);
});

describe("what was claimed", () => {
  test("goes by the rate that it was claimed by, and not by one that was set later", () => {
    expect(letsGo(gate({ claimsFrom: 8 }), 8, now)).toBe(true);
    expect(letsGo(gate({ claimsFrom: 8 }), 7, now)).toBe(false);
  });

  test.each([
    ["stopped by a person", { stoppedReason: "contract" }, false],
    ["the provider asked for a pause", { pausedUntil: later(1) }, false],
    ["the pause is over", { pausedUntil: now }, true],
    ["broken", { breaker: "open", openUntil: later(1) }, false],
    ["the few that try it", { breaker: "half-open", openUntil: later(1) }, true],
    ["the few that try it, and it was stopped", { breaker: "half-open", stoppedReason: "contract" }, false],
  ] as const)("%s", (_, changes, goes) => {
    expect(letsGo(gate(changes), 5, now)).toBe(goes);
  });
});
