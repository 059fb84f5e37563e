/** A state machine is a table of transitions. What the table does not list is refused; there is no other rule. */
import { fail } from "#src/kernel/errors.ts";

export type Transition<State extends string, Command extends string> = {
  readonly from: State;
  readonly command: Command;
  readonly to: State;
};

export type StateMachine<State extends string = string, Command extends string = string> = {
  readonly name: "account" | "supply" | "valve";
  readonly states: readonly State[];
  readonly commands: readonly Command[];
  readonly transitions: readonly Transition<State, Command>[];
};

/** One row of a table per `from`: `when(["open", "unknown"], "close", "closed")`. */
export const when = <State extends string, Command extends string>(
  from: readonly State[],
  command: Command,
  to: State,
): Transition<State, Command>[] => from.map((state) => ({ from: state, command, to }));

/**
 * The state after a command.
 * @throws DomainError `state.refused` for every pair that is not in the table; it names the commands that are
 */
export const nextState = (machine: StateMachine, from: string, command: string): string => {
  const found = machine.transitions.find((row) => row.from === from && row.command === command);
  if (found !== undefined) return found.to;
  const allowed = machine.transitions.filter((row) => row.from === from).map((row) => row.command);
  return fail("state.refused", `${machine.name} state ${from} does not take the command ${command}`, {
    field: "command",
    remedy:
      allowed.length === 0 ? "this state is final" : `from ${from} these are possible: ${allowed.join(", ")}`,
    facts: { machine: machine.name, from, command, allowed },
  });
};
