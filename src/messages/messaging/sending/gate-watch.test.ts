import { describe, expect, test } from "vitest";
import { watchGate } from "./gate-watch.ts";

/** A gate whose looks take `tookMs` by a clock of the test. */
const watched = (answers: readonly boolean[], tookMs = 0) => {
  const at = { now: 1000 };
  const looks: number[] = [];
  const mayCall = watchGate(
    async () => {
      looks.push(at.now);
      at.now += tookMs;
      return answers[looks.length - 1] ?? true;
    },
    { lookedAt: 1000, lookAgainMs: 100, until: 5000 },
    () => at.now,
  );
  return { at, looks, mayCall };
};

describe("the gate while a wave calls", () => {
  test("a fresh look is believed without asking, an old one is not", async () => {
    const { at, looks, mayCall } = watched([true, false]);
    at.now = 1100;
    expect(mayCall()).toBe(true);
    expect(looks).toEqual([]);
    at.now = 1101;
    expect(await mayCall()).toBe(true);
    at.now = 1201;
    expect(mayCall()).toBe(true);
    at.now = 1202;
    expect(await mayCall()).toBe(false);
    expect(looks).toEqual([1101, 1202]);
  });

  test("once closed it stays closed for this wave", async () => {
    const { at, looks, mayCall } = watched([false, true]);
    at.now = 1500;
    expect(await mayCall()).toBe(false);
    at.now = 2500;
    expect(mayCall()).toBe(false);
    expect(looks).toHaveLength(1);
  });

  test("all callers share one look", async () => {
    const { at, looks, mayCall } = watched([true]);
    at.now = 1500;
    expect(await Promise.all([mayCall(), mayCall(), mayCall(), mayCall()])).toEqual([true, true, true, true]);
    expect(looks).toHaveLength(1);
  });

  test("what a look said that took too long is old; nobody calls by it, and nobody asks for ever", async () => {
    const { at, looks, mayCall } = watched([], 400);
    at.now = 1500;
    expect(await mayCall()).toBe(false);
    expect(looks).toEqual([1500, 1900, 2300, 2700, 3100, 3500, 3900, 4300, 4700]);
  });

  test("a look that fails is no leave to call", async () => {
    const mayCall = watchGate(
      () => Promise.reject(new Error("the database is away")),
      { lookedAt: 0, lookAgainMs: 100, until: 5000 },
      () => 1000,
    );
    expect(await mayCall()).toBe(false);
  });
});
