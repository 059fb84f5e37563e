import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CALL_EVENT_KINDS, type CallEvent, type CallEventKind, foldCall } from "./call-fold.ts";

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 15, 2, 0, second));
const event = (kind: CallEventKind, second: number, more: Partial<CallEvent> = {}): CallEvent => ({
  eventId: `${kind}-${second}`,
  kind,
  occurredAt: at(second),
  ...more,
});

const permutationsOf = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, index) =>
        permutationsOf([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
      );

const CALLS: readonly (readonly [string, string, string | null, readonly CallEvent[]])[] = [
  [
    "answered, held, taken up again, recorded",
    "ended",
    "answered",
    [
      event("ringing", 0, { direction: "inbound", from: "13812348000", line: "L07" }),
      event("queued", 1),
      event("answered", 9, { agent: "8001" }),
      event("held", 40),
      event("answered", 60, { agent: "8001" }),
      event("ended", 90),
      event("recorded", 91, { recording: "rec-1" }),
    ],
  ],
  [
    "given up in the queue, with an end told besides",
    "abandoned",
    "abandoned",
    [
      event("ringing", 0, { from: "13812348000" }),
      event("queued", 2),
      event("abandoned", 30),
      event("ended", 30),
    ],
  ],
  [
    "served by the menu",
    "ended",
    "self-served",
    [event("ringing", 0, { from: "13812348000" }), event("ended", 70, { selfServed: true })],
  ],
  [
    "told something by the menu, then gave up in the queue: lost, whatever the exchange calls it",
    "abandoned",
    "abandoned",
    [
      event("ringing", 0, { from: "13812348000" }),
      event("queued", 40),
      event("ended", 90, { selfServed: true }),
    ],
  ],
  [
    "rang, and nobody said what became of it: lost, not served",
    "abandoned",
    "abandoned",
    [event("ringing", 0, { from: "13812348000" }), event("ended", 12)],
  ],
  [
    "transferred and still speaking",
    "transferred",
    null,
    [
      event("ringing", 0, { from: "13812348000" }),
      event("answered", 5, { agent: "8001" }),
      event("transferred", 50, { agent: "8002" }),
    ],
  ],
  [
    "we called and nobody took it",
    "ended",
    "not-reached",
    [event("ringing", 0, { direction: "outbound", to: "13812348000" }), event("ended", 25)],
  ],
];

describe("every order of the same events is the same call", () => {
  test.each(CALLS)("%s", (_words, state, outcome, events) => {
    const expected = foldCall(events);
    expect([expected.state, expected.outcome]).toEqual([state, outcome]);
    for (const order of permutationsOf(events)) {
      expect(foldCall(order)).toEqual(expected);
      // Told twice changes nothing either.
      expect(foldCall([...order, ...order.toReversed()])).toEqual(expected);
    }
  });
});

const anyEvents = fc
  .uniqueArray(
    fc.record({
      eventId: fc.stringMatching(/^[a-z]{1,3}$/),
      kind: fc.constantFrom(...CALL_EVENT_KINDS),
      occurredAt: fc.integer({ min: 0, max: 5 }).map(at),
      agent: fc.option(fc.constantFrom("8001", "8002"), { nil: undefined }),
      selfServed: fc.option(fc.boolean(), { nil: undefined }),
      direction: fc.option(fc.constantFrom("inbound" as const, "outbound" as const), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8, selector: (one) => one.eventId },
  )
  .chain((events) =>
    fc.record({
      events: fc.constant(events),
      shuffled: fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
    }),
  );

test("any events in any order, also at one instant, fold to one call", () => {
  fc.assert(
    fc.property(anyEvents, ({ events, shuffled }) => {
      expect(foldCall(shuffled)).toEqual(foldCall(events));
    }),
  );
});

test("finished stays finished: what arrives afterwards never opens a call again", () => {
  fc.assert(
    fc.property(anyEvents, ({ events }) => {
      const end = event("ended", 3, { eventId: "end" });
      expect(foldCall([...events, end]).finishedAt).not.toBeNull();
      expect(["ended", "abandoned"]).toContain(foldCall([...events, end]).state);
    }),
  );
});

test("who was answered once is answered, whatever else is told", () => {
  fc.assert(
    fc.property(anyEvents, ({ events }) => {
      const told = [
        ...events,
        event("answered", 2, { eventId: "x1" }),
        event("abandoned", 4, { eventId: "x2" }),
      ];
      expect(foldCall(told).outcome).toBe("answered");
    }),
  );
});
