/**
 * The states of a work order (工单), told once. It is raised open, gets a window and a crew, somebody goes there, and it
 * ends done or cancelled. Whoever was not at home, and what needs a second visit, is scheduled again: the order stays the
 * same and counts its visits. A payment that is taken back recalls what nobody has begun; who stands in the house already
 * is told when he writes his result down.
 */
import { fail } from "#src/kernel/errors.ts";

export const ORDER_STATES = [
  "open",
  "scheduled",
  "on-site",
  "done",
  "not-home",
  "cancelled",
  "follow-up",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const ORDER_COMMANDS = [
  /** A window and a crew. */
  "schedule",
  /** Arrived. */
  "start",
  "finish",
  /** A whole visit written down at once: from paper, or by one tap at the valve. */
  "report",
  /** Nobody was at home. */
  "miss",
  /** Needs a second visit. */
  "defer",
  "cancel",
  /** Its reason is gone. */
  "recall",
] as const;
export type OrderCommand = (typeof ORDER_COMMANDS)[number];

const WAITING: readonly OrderState[] = ["open", "scheduled", "not-home", "follow-up"];

type Transition = { readonly from: OrderState; readonly command: OrderCommand; readonly to: OrderState };

const when = (from: readonly OrderState[], command: OrderCommand, to: OrderState): Transition[] =>
  from.map((state) => ({ from: state, command, to }));

export const ORDER_TRANSITIONS: readonly Transition[] = [
  ...when(WAITING, "schedule", "scheduled"),
  ...when(WAITING, "start", "on-site"),
  ...when(["on-site"], "finish", "done"),
  ...when(WAITING, "report", "done"),
  ...when([...WAITING, "on-site"], "miss", "not-home"),
  ...when(["on-site"], "defer", "follow-up"),
  ...when(WAITING, "cancel", "cancelled"),
  ...when(WAITING, "recall", "cancelled"),
];

/** States in which an order still needs somebody. */
export const LIVE_STATES: readonly OrderState[] = [...WAITING, "on-site"];

/**
 * The state after a command.
 * @throws DomainError `work-order.state-refused` for every pair that the table does not list
 */
export const nextOrderState = (from: OrderState, command: OrderCommand): OrderState => {
  const found = ORDER_TRANSITIONS.find((row) => row.from === from && row.command === command);
  if (found !== undefined) return found.to;
  const allowed = ORDER_TRANSITIONS.filter((row) => row.from === from).map((row) => row.command);
  return fail(
    "work-order.state-refused",
    `a work order that is ${from} does not take the command ${command}`,
    {
      remedy:
        allowed.length === 0
          ? "this state is final"
          : `from ${from} these are possible: ${allowed.join(", ")}`,
      facts: { from, command, allowed },
    },
  );
};
