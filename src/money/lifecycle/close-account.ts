/** Closing an account (销户): the town's state machine moves it, and here stands why it may not while money hangs on it. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { type Account, changeState, type StateChanged } from "#src/town/accounts/index.ts";
import { lockStanding, type Standing } from "./queries.ts";

export type Closing = {
  readonly account: Account;
  readonly reason: string;
  /** Paper behind it; '' = none. */
  readonly document?: string | undefined;
  readonly effectiveOn: Day;
  readonly expectedVersion?: number | undefined;
};

const refuseMoney = (standing: Standing): void => {
  if (standing.debtCount > 0n) {
    fail("account.has-debts", `${standing.debtCount} bills of this account are due and not paid`, {
      remedy: "have them paid or cancel them; a closed account takes no payment",
      facts: { bills: standing.debtCount, fen: standing.debtFen },
    });
  }
  if (standing.offerCount > 0n) {
    fail("account.has-offers", `${standing.offerCount} bills of this account are offered and not paid`, {
      remedy: "cancel them first (POST /bills/{id}/cancel); an offer to a closed account would become a debt",
      facts: { bills: standing.offerCount, fen: standing.offerFen },
    });
  }
  if (standing.prepaidFen > 0n) {
    fail("account.has-prepaid", "money is prepaid on this account", {
      remedy: "use it for a bill, or take the payment that brought it back or to another account, then close",
      facts: { fen: standing.prepaidFen },
    });
  }
};

/**
 * Closes an account on which no money hangs. Refuses, in this order: unpaid due bills, unpaid offers, prepaid money, then
 * what `changeState` refuses (a stale version, a state that does not close, a day ahead or before the opening). Locks the
 * account, so a payment of the same moment is counted or is refused. Repeating is refused by the state machine. Suspense
 * is not looked at: it belongs to nobody until it is claimed.
 * @throws DomainError `account.has-debts`, `account.has-offers`, `account.has-prepaid`, `version.stale`, `state.refused`,
 * `state.in-future`, `state.before-last-change`
 */
export const closeAccount = async (context: CommandContext, closing: Closing): Promise<StateChanged> => {
  refuseMoney(await lockStanding(context.sql, closing.account.id));
  return changeState(context, { ...closing, machine: "account", command: "close" });
};
