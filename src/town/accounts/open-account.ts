/** A new heat account with its charge points. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { findStationOfPremises } from "#src/town/network/index.ts";
import type { AccountState } from "./account-states.ts";
import { type Account, beginAccountChange } from "./access-account.ts";
import { type TermsInput, writeTerms } from "./change-terms.ts";
import { foldAccountText } from "./folding.ts";
import { refreshSearchTerms } from "./keep-search-terms.ts";
import {
  findAccountInScope,
  insertAccount,
  insertChargePoint,
  insertSupply,
  insertValve,
} from "./queries.ts";
import type { SupplyState } from "./supply-states.ts";
import type { ValveState } from "./valve-states.ts";

export type ChargePointInput = TermsInput & {
  /** `shop`, `home`: where an account has several. */
  readonly name?: string | undefined;
  readonly supplyState?: SupplyState | undefined;
  readonly valveState?: ValveState | undefined;
};

export type AccountInput = {
  readonly accountNo: string;
  readonly premisesId: bigint;
  readonly state?: AccountState | undefined;
  readonly openedOn: Day;
  readonly chargePoints: readonly ChargePointInput[];
};

const writeChargePoint = async (
  context: CommandContext,
  accountId: bigint,
  from: Day,
  input: ChargePointInput,
): Promise<{ id: bigint; ordinal: number }> => {
  const { sql } = context;
  const point = await insertChargePoint(sql, { accountId, name: input.name ?? "" });
  await writeTerms(context, point.id, from, input);
  const dated = { chargePointId: point.id, effectiveOn: from, document: input.document };
  await insertSupply(sql, { ...dated, to: input.supplyState ?? "undecided" });
  await insertValve(sql, { ...dated, to: input.valveState ?? "unknown" });
  return point;
};

const refusePremises = (): never =>
  fail("premises.not-found", "there are no such premises", { field: "premisesId" });

/**
 * Opens an account on premises with 1..n charge points, each with its first terms, supply and valve state.
 * An alias of another account does not take a number. Premises outside the actor's scope do not exist for it.
 * @throws DomainError `account.number-taken`,
 * `account.no-charge-point`, `premises.not-found`, `area.missing`
 */
export const openAccount = async (
  context: CommandContext,
  input: AccountInput,
): Promise<{ accountId: bigint; chargePointIds: readonly bigint[] }> => {
  const { sql } = context;
  if (input.chargePoints.length === 0) {
    fail("account.no-charge-point", "an account has at least one charge point", { field: "chargePoints" });
  }
  if ((await findStationOfPremises(sql, input.premisesId)) === null) return refusePremises();
  const account = await insertAccount(sql, {
    accountNo: foldAccountText(input.accountNo),
    premisesId: input.premisesId,
    state: input.state ?? "active",
    openedOn: input.openedOn,
  });
  if (account === null) {
    fail("account.number-taken", "there is an account with this number", {
      field: "accountNo",
      remedy: "use another number; the number belongs to the flat that has it",
    });
  }
  if (
    (await findAccountInScope(sql, account.id, scopeBindings(context.actor.scope, context.today))) === null
  ) {
    return refusePremises();
  }
  const chargePointIds: bigint[] = [];
  for (const point of input.chargePoints) {
    chargePointIds.push((await writeChargePoint(context, account.id, input.openedOn, point)).id);
  }
  await refreshSearchTerms(sql, [account.id], context.today);
  const subject = `account:${account.id}`;
  context.audit({ subject, details: { accountNo: input.accountNo, chargePointIds } });
  context.emit({ type: "account.opened", subject, payload: { accountId: account.id, chargePointIds } });
  return { accountId: account.id, chargePointIds };
};

/**
 * Adds a charge point to an account (a shop below, a home above), from a day on. Locks the account row.
 * @throws DomainError `version.stale`, `account.closed`, `area.missing`
 */
export const addChargePoint = async (
  context: CommandContext,
  change: {
    readonly account: Account;
    readonly effectiveOn: Day;
    readonly chargePoint: ChargePointInput;
    readonly expectedVersion?: number | undefined;
  },
): Promise<{ chargePointId: bigint; ordinal: number; version: number }> => {
  const version = await beginAccountChange(context.sql, change.account, change.expectedVersion);
  if (change.account.state === "closed") {
    fail("account.closed", "this account is closed", { remedy: "reconnect it first" });
  }
  const point = await writeChargePoint(context, change.account.id, change.effectiveOn, change.chargePoint);
  const subject = `account:${change.account.id}`;
  context.audit({ subject, details: { chargePointId: point.id, ordinal: point.ordinal } });
  context.emit({
    type: "terms.changed",
    subject,
    payload: { accountId: change.account.id, chargePointId: point.id, effectiveOn: change.effectiveOn },
  });
  return { chargePointId: point.id, ordinal: point.ordinal, version };
};
