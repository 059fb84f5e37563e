/** The valve (阀门) as it stands: open, closed, sealed (铅封/封堵), unknown. Only evidence moves it. */
import { type StateMachine, when } from "./state-machine.ts";

export const VALVE_STATES = ["open", "closed", "sealed", "unknown"] as const;
export type ValveState = (typeof VALVE_STATES)[number];

export const VALVE_COMMANDS = ["open", "close", "seal", "unseal", "lose-track"] as const;
export type ValveCommand = (typeof VALVE_COMMANDS)[number];

export const valveMachine: StateMachine<ValveState, ValveCommand> = {
  name: "valve",
  states: VALVE_STATES,
  commands: VALVE_COMMANDS,
  transitions: [
    ...when<ValveState, ValveCommand>(["closed", "unknown"], "open", "open"),
    ...when<ValveState, ValveCommand>(["open", "unknown"], "close", "closed"),
    ...when<ValveState, ValveCommand>(["open", "closed", "unknown"], "seal", "sealed"),
    // A seal is taken off before the valve is turned, so that both are seen and written down.
    ...when<ValveState, ValveCommand>(["sealed"], "unseal", "closed"),
    ...when<ValveState, ValveCommand>(["open", "closed", "sealed"], "lose-track", "unknown"),
  ],
};
