/** One command for the three state machines of an account. */
import type { Day } from "#src/kernel/day.ts";
import { assert, fail, must } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { type Account, beginAccountChange } from "./access-account.ts";
import { accountMachine } from "./account-states.ts";
import {
  type ChargePointRow,
  findAccountById,
  findChargePoints,
  findLatestSupply,
  findLatestValve,
  insertStateChange,
  moveState,
  updateAccountState,
} from "./queries.ts";
import { nextState, type StateMachine } from "./state-machine.ts";
import { supplyMachine } from "./supply-states.ts";
import { valveMachine } from "./valve-states.ts";

export const MACHINES: Readonly<Record<"account" | "supply" | "valve", StateMachine>> = {
  account: accountMachine,
  supply: supplyMachine,
  valve: valveMachine,
};

export type StateChange = {
  readonly account: Account;
  readonly machine: "account" | "supply" | "valve";
  readonly command: string;
  /** Which charge point; may be left out while the account has one. Not for the account machine. */
  readonly chargePointOrdinal?: number | undefined;
  readonly reason: string;
  /** Paper or work order behind it; '' = none. */
  readonly document?: string | undefined;
  readonly effectiveOn: Day;
  readonly expectedVersion?: number | undefined;
};

export type StateChanged = {
  readonly from: string;
  readonly to: string;
  readonly chargePointId: bigint | null;
  readonly version: number;
};

/**
 * The charge point of an ordinal, or the only one.
 * @throws DomainError `charge-point.not-found`, `charge-point.unnamed` when there are several and none is named
 */
export const chooseChargePoint = (
  points: readonly ChargePointRow[],
  ordinal: number | undefined,
): ChargePointRow => {
  const field = "chargePoint";
  if (ordinal === undefined) {
    const [only] = points;
    if (only !== undefined && points.length === 1) return only;
    fail("charge-point.unnamed", `this account has ${points.length} charge points; name one`, { field });
  }
  const found = points.find((point) => point.ordinal === ordinal);
  return found ?? fail("charge-point.not-found", `there is no charge point ${ordinal}`, { field });
};

const refuseDates = (change: StateChange, since: Day, today: Day): void => {
  const field = "effectiveOn";
  // A stop may be agreed ahead; a valve or an account is as it is today, not as it will be.
  if (change.effectiveOn > today && change.machine !== "supply") {
    fail("state.in-future", "this change cannot be dated ahead", { field, facts: { today } });
  }
  if (change.effectiveOn < since) {
    fail("state.before-last-change", `the last change was on ${since}; a later one cannot lie before it`, {
      field,
      remedy: `use ${since} or a later day`,
      facts: { since },
    });
  }
};

const changeAccountState = async (context: CommandContext, change: StateChange) => {
  const { sql, today } = context;
  // Read again under the lock: the account was loaded before it.
  const account = must(await findAccountById(sql, change.account.id), "the locked account");
  refuseDates(change, account.openedOn, today);
  const to = nextState(accountMachine, account.state, change.command);
  const moved = await updateAccountState(sql, {
    accountId: account.id,
    from: account.state,
    to,
    closedOn: to === "closed" ? change.effectiveOn : null,
  });
  must(moved, "the locked account in its state");
  return { from: account.state, to, chargePointId: null };
};

const changeDatedState = async (
  context: CommandContext,
  change: StateChange,
  machine: "supply" | "valve",
  point: ChargePointRow,
) => {
  const { sql, today } = context;
  const find = machine === "supply" ? findLatestSupply : findLatestValve;
  const current = must(await find(sql, point.id), `the ${machine} state of charge point ${point.id}`);
  const to = nextState(MACHINES[machine], current.state, change.command);
  refuseDates(change, current.from, today);
  const moved = await moveState(sql, machine, {
    chargePointId: point.id,
    from: current.state,
    to,
    effectiveOn: change.effectiveOn,
    document: change.document ?? "",
  });
  assert(moved, "the locked state is the one that was read");
  return { from: current.state, to, chargePointId: point.id };
};

const EVENT_TYPES = {
  account: "account.state-changed",
  supply: "supply.changed",
  valve: "valve.changed",
} as const;

/**
 * Moves one state machine of an account by a command. Refuses, in this order: a stale version, an unnamed or unknown
 * charge point, `state.refused` for a pair that the table does not list, a day before the last change or (account,
 * valve) after today. Locks the account row. Repeating is refused by the table, unless it lists the pair again.
 * Writes the dated row, state_changes, an audit row and `account.state-changed`, `supply.changed` or `valve.changed`.
 */
export const changeState = async (context: CommandContext, change: StateChange): Promise<StateChanged> => {
  const { sql, actor, now } = context;
  const version = await beginAccountChange(sql, change.account, change.expectedVersion);
  const changed =
    change.machine === "account"
      ? await changeAccountState(context, change)
      : await changeDatedState(
          context,
          change,
          change.machine,
          chooseChargePoint(await findChargePoints(sql, change.account.id), change.chargePointOrdinal),
        );
  await insertStateChange(sql, {
    machine: change.machine,
    accountId: change.account.id,
    ...changed,
    reason: change.reason,
    effectiveOn: change.effectiveOn,
    changedAt: now,
    changedBy: staffIdOf(actor),
  });
  const subject = `account:${change.account.id}`;
  const facts = { ...changed, command: change.command, effectiveOn: change.effectiveOn };
  context.audit({ subject, details: { machine: change.machine, ...facts, reason: change.reason } });
  context.emit({
    type: EVENT_TYPES[change.machine],
    subject,
    payload: { accountId: change.account.id, ...facts },
  });
  return { ...changed, version };
};
