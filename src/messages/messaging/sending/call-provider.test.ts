import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { monotonicMs } from "#src/platform/clock.ts";
import type { SendAnswer } from "../ports/port.ts";
import { answerStep } from "./answer-step.ts";
import { callProvider, figuresOf } from "./call-provider.ts";

const accepted: SendAnswer = { kind: "accepted", providerMessageId: "p", segments: 1, costMilliFen: 4500n };
const now = new Date("2026-11-20T10:00:00+08:00");
const bounds = () => ({
  concurrency: 1,
  until: monotonicMs() + 10_000,
  answerWithinMs: 5000,
  breakAfter: 3,
  mayCall: (): boolean | Promise<boolean> => true,
});
const orders = (...answers: readonly (() => Promise<SendAnswer>)[]) =>
  answers.map((send, n) => ({ id: BigInt(n + 1), send }));
const kinds = (called: Awaited<ReturnType<typeof callProvider>>) => called.map(({ outcome }) => outcome.kind);
const refuse = async (): Promise<SendAnswer> => {
  throw Object.assign(new Error("to +8613812348000"), { code: "ECONNRESET" });
};

describe("calling a provider", () => {
  test.each([
    [
      "a cut line is named by its cause",
      new TypeError("fetch failed", { cause: { code: "ECONNRESET" } }),
      "ECONNRESET",
    ],
    [
      "an answer by its status",
      Object.assign(new Error("the gateway answered 500"), { status: 500 }),
      "http-500",
    ],
    ["the rest by its kind", new SyntaxError("no JSON"), "SyntaxError"],
  ])("what is thrown is unknown: %s", async (_, error, code) => {
    const called = await callProvider(
      orders(() => Promise.reject(error)),
      bounds(),
    );
    expect(called).toEqual([{ id: 1n, outcome: { kind: "unknown", code } }]);
  });

  test("what is thrown is unknown, and its reason names no number", async () => {
    const called = await callProvider(orders(refuse), bounds());
    expect(called).toEqual([{ id: 1n, outcome: { kind: "unknown", code: "ECONNRESET" } }]);
  });

  test("when its gate closes, what is on the wire is answered and nobody else is called", async () => {
    let open = true;
    const called = await callProvider(
      orders(
        async () => accepted,
        async () => {
          open = false;
          return accepted;
        },
        async () => accepted,
      ),
      { ...bounds(), mayCall: async () => open },
    );
    expect(kinds(called)).toEqual(["accepted", "accepted", "uncalled"]);
  });

  test("after a 429 nobody is called any more", async () => {
    const limited = async (): Promise<SendAnswer> => ({ kind: "limited", retryAfterMs: 60_000 });
    const called = await callProvider(
      orders(
        async () => accepted,
        limited,
        async () => accepted,
      ),
      bounds(),
    );
    expect(kinds(called)).toEqual(["accepted", "limited", "uncalled"]);
    expect(figuresOf(called, now)).toEqual({
      successes: 1,
      failures: 0,
      limitedUntil: new Date(now.getTime() + 60_000),
      trouble: "429",
    });
  });

  test("after three failures in a row nobody is called any more", async () => {
    const called = await callProvider(orders(refuse, refuse, refuse, refuse, refuse), bounds());
    expect(kinds(called)).toEqual(["unknown", "unknown", "unknown", "uncalled", "uncalled"]);
  });

  test("one refusal for good after the other, always the same: the rest is not called, and it is trouble of the channel", async () => {
    const no = (code: string) => async (): Promise<SendAnswer> => ({
      kind: "rejected",
      code,
      permanent: true,
    });
    const same = await callProvider(orders(...Array.from({ length: 6 }, () => no("no-signature"))), bounds());
    expect(kinds(same)).toEqual(["rejected", "rejected", "rejected", "uncalled", "uncalled", "uncalled"]);
    expect(figuresOf(same, now)).toMatchObject({ successes: 0, failures: 3, trouble: "no-signature" });
    const others = await callProvider(
      orders(no("black-list"), no("no-number"), no("black-list"), async () => accepted),
      bounds(),
    );
    expect(kinds(others)).toEqual(["rejected", "rejected", "rejected", "accepted"]);
    expect(figuresOf(others, now)).toMatchObject({ failures: 0, successes: 4 });
  });

  test("whose time is over is not called", async () => {
    const called = await callProvider(
      orders(async () => accepted),
      { ...bounds(), until: monotonicMs() - 1 },
    );
    expect(kinds(called)).toEqual(["uncalled"]);
  });

  test("an answer that takes too long is unknown", async () => {
    const slow = async (): Promise<SendAnswer> => {
      await delay(2000);
      return accepted;
    };
    const called = await callProvider(orders(slow), { ...bounds(), answerWithinMs: 20 });
    expect(called[0]?.outcome).toEqual({ kind: "unknown", code: "no-answer" });
  });

  test("at most so many at once", async () => {
    let open = 0;
    let most = 0;
    const one = async (): Promise<SendAnswer> => {
      open += 1;
      most = Math.max(most, open);
      await delay(5);
      open -= 1;
      return accepted;
    };
    await callProvider(orders(...Array.from({ length: 20 }, () => one)), { ...bounds(), concurrency: 4 });
    expect(most).toBe(4);
  });
});

describe("an answer", () => {
  const message = { id: 1n, attempts: 1, expiresAt: null };
  const around = { now, receipts: true, settings: { mostAttempts: 8 }, random: 0.5 };
  const after = (ms: number): Date => new Date(now.getTime() + ms);
  test("accepted is the end where no receipts follow, else it is asked about in an hour", () => {
    expect(answerStep(message, accepted, around)).toMatchObject({
      state: "accepted",
      askAt: after(3_600_000),
    });
    expect(answerStep(message, accepted, { ...around, receipts: false })).toMatchObject({
      askAt: null,
      settled: true,
    });
  });
  test("refused for good is a dead letter; refused for now is tried again, until it was too often or too late", () => {
    const refused = { kind: "rejected", code: "E1", permanent: true } as const;
    const busy = { ...refused, permanent: false };
    expect(answerStep(message, refused, around)).toMatchObject({ state: "rejected", reason: "E1" });
    expect(answerStep(message, busy, around)).toMatchObject({ state: "queued", until: after(15_000) });
    expect(answerStep({ ...message, attempts: 8 }, busy, around)).toMatchObject({
      state: "rejected",
      reason: "gave-up:E1",
    });
    expect(answerStep({ ...message, expiresAt: after(10_000) }, busy, around)).toMatchObject({
      state: "skipped",
    });
  });
  test("unknown is asked about in five minutes; not called goes back as if nothing had been", () => {
    expect(answerStep(message, { kind: "unknown", code: "x" }, around)).toMatchObject({
      askAt: after(300_000),
    });
    expect(answerStep(message, { kind: "uncalled" }, around)).toMatchObject({
      state: "queued",
      uncalled: true,
    });
  });
});
