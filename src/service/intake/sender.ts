/** Who wrote: the households behind a number or a mail address. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { addressOf, numberOf, type ReceivedMessage } from "#src/messages/messaging/index.ts";
import { findHouseholdsByMail, findHouseholdsByNumber, type Household } from "#src/town/accounts/index.ts";

export type Sender = {
  /** `tel:...`, `mailto:...`, or '' when it cannot be read. */
  readonly recipient: string;
  readonly number: string | null;
  readonly address: string | null;
  readonly households: readonly Household[];
  /** Distinct, ascending. */
  readonly accountIds: readonly bigint[];
  readonly personIds: readonly bigint[];
  /** The household, when there is one and no more. */
  readonly accountId: bigint | null;
};

const distinct = (ids: readonly bigint[]): bigint[] => [...new Set(ids)];

/** A tenant of two homes or an owner's child pays for both: such a sender has several homes, and none is guessed. */
export const findSender = async (sql: Sql, message: ReceivedMessage, day: Day): Promise<Sender> => {
  const number = numberOf(message.sender);
  const address = addressOf(message.sender);
  const households =
    number !== null
      ? await findHouseholdsByNumber(sql, number, day)
      : address !== null
        ? await findHouseholdsByMail(sql, address, day)
        : [];
  const accountIds = distinct(households.map((one) => one.accountId));
  return {
    recipient: message.sender,
    number,
    address,
    households,
    accountIds,
    personIds: distinct(households.map((one) => one.personId)),
    accountId: accountIds.length === 1 ? (accountIds[0] ?? null) : null,
  };
};
