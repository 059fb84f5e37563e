/**
 * The account (户号): 待入网 pending, 已入网 connected, 正常 active, 过户中 transferring, 销户 closed. The number belongs to
 * the flat, so a flat that joins again takes its old number back (`reconnect`).
 */
import { type StateMachine, when } from "./state-machine.ts";

export const ACCOUNT_STATES = ["pending", "connected", "active", "transferring", "closed"] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

export const ACCOUNT_COMMANDS = [
  "connect",
  "activate",
  "begin-transfer",
  "complete-transfer",
  "cancel-transfer",
  "close",
  "reconnect",
] as const;
export type AccountCommand = (typeof ACCOUNT_COMMANDS)[number];

export const accountMachine: StateMachine<AccountState, AccountCommand> = {
  name: "account",
  states: ACCOUNT_STATES,
  commands: ACCOUNT_COMMANDS,
  transitions: [
    ...when<AccountState, AccountCommand>(["pending"], "connect", "connected"),
    ...when<AccountState, AccountCommand>(["connected"], "activate", "active"),
    ...when<AccountState, AccountCommand>(["active"], "begin-transfer", "transferring"),
    ...when<AccountState, AccountCommand>(["transferring"], "complete-transfer", "active"),
    ...when<AccountState, AccountCommand>(["transferring"], "cancel-transfer", "active"),
    ...when<AccountState, AccountCommand>(["pending", "connected", "active"], "close", "closed"),
    ...when<AccountState, AccountCommand>(["closed"], "reconnect", "connected"),
  ],
};
