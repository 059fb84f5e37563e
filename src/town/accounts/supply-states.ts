/**
 * The season state of a charge point: 未定 undecided, 供热 supplied, 报停 suspended, 欠费关阀 closed for arrears, 违章停供 closed
 * for violation, 拆除断暖 cut off, 未开通 never opened. It says what is billed, not where the valve stands.
 */
import { type StateMachine, when } from "./state-machine.ts";

export const SUPPLY_STATES = [
  "undecided",
  "supplied",
  "suspended",
  "closed-for-arrears",
  "closed-for-violation",
  "cut-off",
  "never-opened",
] as const;
export type SupplyState = (typeof SUPPLY_STATES)[number];

export const SUPPLY_COMMANDS = [
  "supply",
  "suspend",
  "resume",
  "close-for-arrears",
  "settle-arrears",
  "close-for-violation",
  "end-violation",
  "cut-off",
  "restore",
  "declare-never-opened",
  "open-season",
] as const;
export type SupplyCommand = (typeof SUPPLY_COMMANDS)[number];

export const supplyMachine: StateMachine<SupplyState, SupplyCommand> = {
  name: "supply",
  states: SUPPLY_STATES,
  commands: SUPPLY_COMMANDS,
  transitions: [
    ...when<SupplyState, SupplyCommand>(["undecided", "never-opened"], "supply", "supplied"),
    ...when<SupplyState, SupplyCommand>(["undecided", "supplied"], "suspend", "suspended"),
    ...when<SupplyState, SupplyCommand>(["suspended"], "resume", "supplied"),
    ...when<SupplyState, SupplyCommand>(["undecided", "supplied"], "close-for-arrears", "closed-for-arrears"),
    ...when<SupplyState, SupplyCommand>(["closed-for-arrears"], "settle-arrears", "supplied"),
    // Heat taken while formally stopped is the commonest violation.
    ...when<SupplyState, SupplyCommand>(
      ["undecided", "supplied", "suspended"],
      "close-for-violation",
      "closed-for-violation",
    ),
    ...when<SupplyState, SupplyCommand>(["closed-for-violation"], "end-violation", "supplied"),
    ...when<SupplyState, SupplyCommand>(
      ["undecided", "supplied", "suspended", "closed-for-arrears", "closed-for-violation", "never-opened"],
      "cut-off",
      "cut-off",
    ),
    ...when<SupplyState, SupplyCommand>(["cut-off"], "restore", "undecided"),
    ...when<SupplyState, SupplyCommand>(["undecided"], "declare-never-opened", "never-opened"),
    // A new season asks again whether heat is used; a stop holds until it is resumed.
    ...when<SupplyState, SupplyCommand>(["supplied", "closed-for-arrears"], "open-season", "undecided"),
  ],
};
