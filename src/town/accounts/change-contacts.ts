/** What households tell of themselves: a number that changed, somebody who has left. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { maskPhone } from "#src/kernel/phone.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { type Account, beginAccountChange } from "./access-account.ts";
import { refreshSearchTerms } from "./keep-search-terms.ts";
import {
  closeRole,
  findPeople,
  insertPhone,
  lockPhones,
  lockRoleOf,
  markPhone,
  type PersonRole,
} from "./people-queries.ts";
import { type PhoneInput, readPhones } from "./people.ts";

export type PhoneChange = {
  readonly account: Account;
  readonly personId: bigint;
  readonly add?: PhoneInput | undefined;
  /** One of the numbers that are there, as the account lists and masks it: it is reached, or known to be wrong. */
  readonly mark?:
    | { readonly position: number; readonly shown: string; readonly confirmed: boolean }
    | undefined;
  readonly expectedVersion?: number | undefined;
};

/**
 * Adds a number, says of one that it is reached or wrong, or both at once. A wrong number stays, so that nobody takes it for a new one.
 * Locks the account, then the numbers that are there.
 * @throws DomainError `version.stale`, `person.not-found`, `phone.unreadable`, `phone.changed`
 */
export const changePhones = async (
  context: CommandContext,
  input: PhoneChange,
): Promise<{ version: number }> => {
  const { sql, today } = context;
  const { account, personId, add, mark } = input;
  const added = add === undefined ? [] : readPhones([add]);
  const version = await beginAccountChange(sql, account, input.expectedVersion);
  if (!(await findPeople(sql, account.id, today)).some((one) => one.personId === personId)) {
    fail("person.not-found", "this person has no role on this account today", { field: "personId" });
  }
  if (mark !== undefined) {
    const number = (await lockPhones(sql, personId))[mark.position]?.number;
    // Another account of the same person may have changed the list.
    if (number === undefined || maskPhone(number) !== mark.shown) {
      fail("phone.changed", "the numbers of this person were changed meanwhile", {
        field: "mark",
        remedy: "read the account again and repeat the change if it still makes sense",
      });
    }
    await markPhone(sql, { personId, number, confirmed: mark.confirmed });
  }
  for (const { number, kind, written, confirmed } of added) {
    await insertPhone(sql, { personId, number, kind, asWritten: written, confirmed });
  }
  const subject = `account:${account.id}`;
  context.audit({
    subject,
    details: { personId, added: added.length, ...(mark !== undefined && { confirmed: mark.confirmed }) },
  });
  context.emit({
    type: "account.person-changed",
    subject,
    payload: { accountId: account.id, personId, phones: true },
  });
  return { version };
};

/**
 * Ends the role of a tenant or payer: `from` is the first day without it. An owner is followed by the next one (`setPerson`).
 * @throws DomainError `version.stale`, `role.owner-stays`, `person.not-found`, `role.before-last-change`
 */
export const endPersonRole = async (
  context: CommandContext,
  input: {
    readonly account: Account;
    readonly personId: bigint;
    readonly role: PersonRole;
    readonly from: Day;
    readonly reason: string;
    readonly expectedVersion?: number | undefined;
  },
): Promise<{ version: number }> => {
  const { sql } = context;
  const { account, personId, role, from } = input;
  if (role === "owner") {
    fail("role.owner-stays", "an account has an owner", {
      field: "role",
      remedy: "put the new owner into the role: the one before has it until that day",
    });
  }
  const version = await beginAccountChange(sql, account, input.expectedVersion);
  const held = await lockRoleOf(sql, { accountId: account.id, personId, role });
  if (held === null) fail("person.not-found", `this person is no ${role} of this account`, { field: "role" });
  if (from <= held.from) {
    fail("role.before-last-change", `the person has this role since ${held.from}`, {
      field: "from",
      remedy: "use a later day",
      facts: { since: held.from },
    });
  }
  await closeRole(sql, held.id, from);
  await refreshSearchTerms(sql, [account.id], context.today);
  const subject = `account:${account.id}`;
  const facts = { personId, role, from, ended: true };
  context.audit({ subject, details: { ...facts, reason: input.reason } });
  context.emit({ type: "account.person-changed", subject, payload: { accountId: account.id, ...facts } });
  return { version };
};
