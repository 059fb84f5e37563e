/** SQL from a number or a mail address to the households behind it, and on mail addresses. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { PersonRole } from "./people-queries.ts";

export type Household = {
  readonly accountId: bigint;
  readonly personId: bigint;
  readonly role: PersonRole;
  readonly buildingId: bigint;
};

const householdsOf = (contact: string): string => `
  select account.id as "accountId", role.person_id as "personId", role.role, premises.building_id as "buildingId"
  from ${contact}
  join account_roles role on role.person_id = contact.person_id and role.valid @> :day::date
  join heat_accounts account on account.id = role.account_id and account.state <> 'closed'
  join premises on premises.id = account.premises_id
  order by account.id, role.person_id, role.role limit 50`;

const byNumber = householdsOf(`(select person_id from person_phones
    where number = :contact and confirmed is distinct from false) contact`);
const byMail = householdsOf(`(select person_id from person_mails
    where address = :contact and confirmed is distinct from false) contact`);

/** Who has this number in a role on `day`; not of closed accounts, not where the number is known to be wrong. No scope: for rooms. */
export const findHouseholdsByNumber = (sql: Sql, number: string, day: Day): Promise<Household[]> =>
  sql.rows<Household>(byNumber, { contact: number, day });

/** The same by a mail address in lower case. */
export const findHouseholdsByMail = (sql: Sql, address: string, day: Day): Promise<Household[]> =>
  sql.rows<Household>(byMail, { contact: address, day });

const setMail = `
  insert into person_mails (person_id, address, confirmed, source, recorded_at)
  values (:personId, :address, :confirmed, :source, :recordedAt)
  on conflict (person_id, address) do update
    set confirmed = excluded.confirmed, source = excluded.source, recorded_at = excluded.recorded_at`;
export const upsertMail = (
  sql: Sql,
  row: { personId: bigint; address: string; confirmed: boolean | null; source: string; recordedAt: Date },
) => sql.run(setMail, row);

const mailsOf = `
  select address, confirmed from person_mails where person_id = :personId order by address`;
export const findMailAddresses = (sql: Sql, personId: bigint) =>
  sql.rows<{ address: string; confirmed: boolean | null }>(mailsOf, { personId });
