import { describe, expect, test } from "vitest";
import {
  nextOrderState,
  ORDER_COMMANDS,
  ORDER_STATES,
  ORDER_TRANSITIONS,
  type OrderCommand,
  type OrderState,
} from "./order-states.ts";

/** Rows are states, columns commands; `.` is refused. To be read by people who argue about it. */
const TABLE = `
             schedule   start    finish  report  miss      defer      cancel     recall
  open       scheduled  on-site  .       done    not-home  .          cancelled  cancelled
  scheduled  scheduled  on-site  .       done    not-home  .          cancelled  cancelled
  on-site    .          .        done    .       not-home  follow-up  .          .
  done       .          .        .       .       .         .          .          .
  not-home   scheduled  on-site  .       done    not-home  .          cancelled  cancelled
  cancelled  .          .        .       .       .         .          .          .
  follow-up  scheduled  on-site  .       done    not-home  .          cancelled  cancelled
`;

const [head = [], ...rows] = TABLE.trim()
  .split("\n")
  .map((line) => line.trim().split(/\s+/));
const cells = rows.flatMap(([state = "", ...outcomes]) =>
  outcomes.map((to, index): [string, string, string] => [state, head[index] ?? "", to]),
);

describe("every pair of state and command", () => {
  test("stands in the table above", () => {
    expect(cells).toHaveLength(ORDER_STATES.length * ORDER_COMMANDS.length);
    expect(new Set(cells.map(([state]) => state))).toEqual(new Set(ORDER_STATES));
    expect(head).toEqual(ORDER_COMMANDS);
    expect(new Set(ORDER_TRANSITIONS.map((row) => `${row.from} ${row.command}`)).size).toBe(
      ORDER_TRANSITIONS.length,
    );
  });

  /** The state after it, or `.` when it is refused with its code. */
  const outcome = (state: string, command: string): string => {
    try {
      return nextOrderState(state as OrderState, command as OrderCommand);
    } catch (error) {
      return (error as { code: string }).code === "work-order.state-refused" ? "." : String(error);
    }
  };

  test.each(cells)("%s, %s: %s", (state, command, to) => {
    expect(outcome(state, command)).toBe(to);
  });

  test("done and cancelled are final", () => {
    for (const state of ["done", "cancelled"] as const) {
      for (const command of ORDER_COMMANDS) {
        expect(() => nextOrderState(state, command)).toThrow(
          expect.objectContaining({ detail: expect.objectContaining({ remedy: "this state is final" }) }),
        );
      }
    }
  });
});
