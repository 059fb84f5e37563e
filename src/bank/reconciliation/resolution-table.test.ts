/** Which answer fits which difference: the whole cross product against a table that people can read. */
import { describe, expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import {
  allowedAnswers,
  BREAK_CLASSES,
  LINE_SORTS,
  type OurPayment,
  planAnswer,
  RESOLUTIONS,
  type Resolution,
  type Situation,
} from "./resolution-table.ts";

/** class, line, then what is allowed on a channel in real time and on one told by files. */
const TABLE = `
bank-only        payment   back-post,suspense,dismiss  -
ours-only        none      reverse,dismiss             -
unknown-account  payment   back-post,suspense,dismiss  -
unknown-account  credit    -                           -
amount           payment   suspense,reverse,dismiss    suspense,reverse,dismiss
amount           reversal  suspense,reverse,dismiss    suspense,reverse,dismiss
amount           credit    -                           -
duplicate        payment   suspense,reverse,dismiss    suspense,reverse,dismiss
state            none      dismiss                     dismiss
state            payment   suspense,dismiss            suspense,dismiss
state            reversal  reverse,dismiss             reverse,dismiss
state            debit     dismiss                     dismiss
day-cut          none      dismiss                     dismiss
day-cut          payment   dismiss                     dismiss
day-cut          reversal  dismiss                     dismiss
`;
const listed = new Map(
  TABLE.trim()
    .split("\n")
    .map((row) => {
      const [kind = "", line = "", live = "", file = ""] = row.split(/\s+/);
      return [`${kind} ${line}`, { live: live.split(","), file: file.split(",") }] as const;
    }),
);

const ours: OurPayment = { amountFen: 100n, stands: true, proved: false, takenBack: false };
const base: Situation = {
  class: "state",
  line: "payment",
  lineState: "break",
  realTime: true,
  bankFen: 100n,
  payment: null,
  heldItemId: null,
};
/** The refusal's code, or the fen that are held. */
const outcome = (change: Partial<Situation>, action: Resolution): bigint | string => {
  try {
    return planAnswer({ ...base, ...change }, action).heldFen;
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

test("every pair that the table does not list is refused, with what is allowed instead", () => {
  let pairs = 0;
  for (const kind of BREAK_CLASSES) {
    for (const line of LINE_SORTS) {
      for (const realTime of [true, false]) {
        const row = listed.get(`${kind} ${line}`)?.[realTime ? "live" : "file"] ?? [];
        const allowed = RESOLUTIONS.filter((action) => row.includes(action));
        expect([kind, line, realTime, allowedAnswers({ class: kind, line, realTime })]).toEqual([
          kind,
          line,
          realTime,
          allowed,
        ]);
        for (const action of RESOLUTIONS.filter((one) => !row.includes(one))) {
          expect(outcome({ class: kind, line, realTime }, action)).toBe("break.wrong-answer");
          pairs += 1;
        }
      }
    }
  }
  expect(pairs).toBeGreaterThan(200);
});

test("a line that is held already is answered by nothing", () => {
  for (const action of RESOLUTIONS) {
    expect(outcome({ lineState: "suspense", class: "bank-only" }, action)).toBe("break.held-already");
  }
});

describe("what is held of the bank's money", () => {
  const rows: readonly [string, Partial<Situation>, Resolution, bigint | string][] = [
    ["a line without a payment: all of it", { class: "bank-only" }, "suspense", 100n],
    [
      "more than we posted: the difference",
      { class: "amount", bankFen: 130n, payment: ours },
      "suspense",
      30n,
    ],
    [
      "less than we posted: nothing",
      { class: "amount", bankFen: 90n, payment: ours },
      "suspense",
      "break.bank-has-less",
    ],
    [
      "less than we posted, ours reversed: the bank's",
      { class: "amount", bankFen: 90n, payment: ours },
      "reverse",
      90n,
    ],
    [
      "another amount of a payment that another line proves: all of it",
      { class: "amount", bankFen: 130n, payment: { ...ours, proved: true } },
      "suspense",
      130n,
    ],
    [
      "and that payment is not ours to reverse",
      { class: "amount", bankFen: 130n, payment: { ...ours, proved: true } },
      "reverse",
      "break.payment-proved",
    ],
    [
      "one serial, two homes, our payment stands: nothing",
      { class: "duplicate", payment: ours },
      "suspense",
      "break.payment-stands",
    ],
    ["the same, ours reversed: all of it", { class: "duplicate", payment: ours }, "reverse", 100n],
    ["reversed here, not there: all of it", { payment: { ...ours, stands: false } }, "suspense", 100n],
    [
      "reversed here and there: nothing",
      { payment: { ...ours, stands: false, takenBack: true } },
      "suspense",
      "break.taken-back",
    ],
    ["taken back, unknown to us: nothing", { line: "reversal" }, "suspense", "break.wrong-answer"],
    ["taken back, unknown to us: no payment", { line: "reversal" }, "reverse", "break.no-payment"],
    ["taken back there, ours reversed", { line: "reversal", payment: ours }, "reverse", 0n],
    [
      "taken back in part: what the bank kept",
      { class: "amount", line: "reversal", bankFen: 90n, payment: { ...ours, proved: true } },
      "reverse",
      10n,
    ],
    [
      "taken back in part of a payment that is reversed here: what the bank kept",
      {
        class: "amount",
        line: "reversal",
        bankFen: 90n,
        payment: { ...ours, proved: true, stands: false },
      },
      "suspense",
      10n,
    ],
    [
      "taken back in part, ours stands: nothing yet",
      { class: "amount", line: "reversal", bankFen: 90n, payment: { ...ours, proved: true } },
      "suspense",
      "break.payment-stands",
    ],
    [
      "taken back more than it brought: nothing",
      { class: "amount", line: "reversal", bankFen: 110n, payment: { ...ours, proved: true } },
      "reverse",
      0n,
    ],
    [
      "a serial that is posted by now",
      { class: "bank-only", payment: ours },
      "back-post",
      "break.serial-posted",
    ],
    [
      "money that we hold and the bank took back",
      { line: "reversal", heldItemId: 7n },
      "dismiss",
      "break.return-held",
    ],
  ];
  test.each(rows)("%s", (_what, change, action, expected) => {
    expect(outcome(change, action)).toBe(expected);
  });
});
