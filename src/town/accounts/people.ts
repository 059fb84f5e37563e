/** People in dated roles on an account, their numbers and their consent. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { type ParsedPhone, parsePhone } from "#src/kernel/phone.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { type Account, beginAccountChange } from "./access-account.ts";
import { foldName } from "./folding.ts";
import { refreshSearchTerms } from "./keep-search-terms.ts";
import {
  closeRole,
  findRole,
  insertConsent,
  insertPerson,
  insertPhone,
  insertRole,
  type PersonRole,
  personOnAccount,
  type Purpose,
} from "./people-queries.ts";

export type PhoneInput = {
  readonly number: string;
  /** true: somebody answered; false: known to be wrong, kept so that it is not called again; null: nobody knows. */
  readonly confirmed?: boolean | null | undefined;
};

export type PersonInput = {
  readonly account: Account;
  readonly role: PersonRole;
  readonly kind: "person" | "organisation";
  readonly name: string;
  readonly phones: readonly PhoneInput[];
  readonly consents?: readonly { readonly purpose: Purpose; readonly granted: boolean }[] | undefined;
  readonly from: Day;
  /** Where the consent was given: `counter`, `contract 12`. */
  readonly source: string;
  readonly expectedVersion?: number | undefined;
};

/** @throws DomainError `phone.unreadable` for the first that is none */
export const readPhones = (
  phones: readonly PhoneInput[],
): (ParsedPhone & { written: string; confirmed: boolean | null })[] =>
  phones.map((phone, index) => {
    try {
      return { ...parsePhone(phone.number), written: phone.number, confirmed: phone.confirmed ?? null };
    } catch {
      // parsePhone does not know which of the numbers it was given; the reader needs to.
      return fail("phone.unreadable", "this is not a telephone number", {
        field: `phones[${index}].number`,
        remedy: "give a mobile, a landline with its area code, or a foreign number with +",
      });
    }
  });

/**
 * Puts a person into a role of an account from a day on. An owner and a payer are one at a time: the one before has the
 * role until that day; tenants may be several. Numbers are normalised here, once. Locks the account row.
 * Never reuses a person by name: names are no keys (domain rule 17).
 * @throws DomainError `version.stale`, `phone.unreadable`, `role.before-last-change`, `person.no-name`
 */
export const setPerson = async (
  context: CommandContext,
  input: PersonInput,
): Promise<{ personId: bigint; version: number }> => {
  const { sql, now } = context;
  const phones = readPhones(input.phones);
  const foldedName = foldName(input.name);
  if (foldedName === "") fail("person.no-name", "a person has a name", { field: "name" });
  const version = await beginAccountChange(sql, input.account, input.expectedVersion);
  const before = input.role === "tenant" ? null : await findRole(sql, input.account.id, input.role);
  if (before !== null && input.from <= before.from) {
    fail("role.before-last-change", `the ${input.role} has this role since ${before.from}`, {
      field: "from",
      remedy: "use a later day",
      facts: { since: before.from },
    });
  }
  if (before !== null) await closeRole(sql, before.id, input.from);
  const personId = await insertPerson(sql, { kind: input.kind, name: input.name.trim(), foldedName });
  for (const { number, kind, written, confirmed } of phones) {
    await insertPhone(sql, { personId, number, kind, asWritten: written, confirmed });
  }
  for (const consent of input.consents ?? []) {
    await insertConsent(sql, { personId, ...consent, source: input.source, recordedAt: now });
  }
  await insertRole(sql, { accountId: input.account.id, personId, role: input.role, from: input.from });
  await refreshSearchTerms(sql, [input.account.id], context.today);
  const subject = `account:${input.account.id}`;
  const facts = { personId, role: input.role, from: input.from, replaced: before?.personId ?? null };
  context.audit({ subject, details: { ...facts, phones: phones.length } });
  context.emit({
    type: "account.person-changed",
    subject,
    payload: { accountId: input.account.id, ...facts },
  });
  return { personId, version };
};

/**
 * Records what a person on this account agreed to or refused, per purpose; the last word counts.
 * @throws DomainError `person.not-found` for somebody who has no role on the account
 */
export const recordConsent = async (
  context: CommandContext,
  input: { account: Account; personId: bigint; purpose: Purpose; granted: boolean; source: string },
): Promise<void> => {
  if (!(await personOnAccount(context.sql, input.account.id, input.personId))) {
    fail("person.not-found", "this person has no role on this account", { field: "personId" });
  }
  const { personId, purpose, granted, source } = input;
  await insertConsent(context.sql, { personId, purpose, granted, source, recordedAt: context.now });
  context.audit({ subject: `person:${personId}`, details: { purpose, granted, source } });
};
