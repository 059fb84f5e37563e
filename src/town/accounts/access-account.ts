/** The door to an account. Every load on a person's or a machine's behalf goes through it. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { foldAccountText } from "./folding.ts";
import {
  type AccountRow,
  findAccountById,
  findAccountByNumberInScope,
  findAccountInScope,
  lockAccount,
} from "./queries.ts";
import { resolveAccountNo } from "./resolve-account.ts";

export type Account = AccountRow;

/**
 * Loads the account that `accountNo` names (an alias is as good) if it lies within the actor's scope on `day`.
 * Takes no lock; checks no permission, that is the route's.
 * @throws DomainError `account.not-found` also for what lies outside the scope: it does not exist for this actor
 * @throws DomainError `account.ambiguous` when the text is an alias of two accounts (told to unbounded actors only)
 */
export const accessAccount = async (
  sql: Sql,
  actor: Actor,
  accountNo: string,
  day: Day,
): Promise<Account> => {
  const scope = scopeBindings(actor.scope, day);
  // The 户号 goes before every alias, so one statement answers the common case; what it does not find takes the long way.
  const direct = await findAccountByNumberInScope(sql, foldAccountText(accountNo), scope);
  if (direct !== null) return direct;
  const resolved = await resolveAccountNo(sql, accountNo);
  if (resolved.accountId === null && resolved.reason === "ambiguous" && actor.scope.kind === "everything") {
    fail("account.ambiguous", "this number is an alias of more than one account", {
      field: "accountNo",
      remedy: "use the account number (户号)",
    });
  }
  const account =
    resolved.accountId === null ? null : await findAccountInScope(sql, resolved.accountId, scope);
  return (
    account ??
    fail("account.not-found", "there is no account with this number", {
      field: "accountNo",
      remedy: "check the number; old numbers, card and bank agreement numbers work too",
    })
  );
};

/** The account of an id that our own rows name: for subscribers and proofs, never for a person's input. */
export const accountOfId = (sql: Sql, accountId: bigint): Promise<Account | null> =>
  findAccountById(sql, accountId);

/**
 * Locks the account for the rest of the transaction and counts its version up.
 * @throws DomainError `version.stale` when `expectedVersion` is given and somebody changed the account since
 */
export const beginAccountChange = async (
  sql: Sql,
  account: Account,
  expectedVersion: number | undefined,
): Promise<number> => {
  const locked = await lockAccount(sql, account.id, expectedVersion ?? null);
  if (locked === null) {
    fail("version.stale", "somebody changed this account meanwhile", {
      field: "If-Match",
      remedy: "read the account again and repeat the change if it still makes sense",
      facts: { expected: expectedVersion },
    });
  }
  return locked.version;
};
