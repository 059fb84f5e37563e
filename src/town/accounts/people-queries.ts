/** All SQL on people, their numbers, roles and consent, and on holds. */
import type { Day } from "#src/kernel/day.ts";
import type { PhoneKind, PhoneNumber } from "#src/kernel/phone.ts";
import type { Sql } from "#src/platform/sql.ts";

export const PERSON_ROLES = ["owner", "payer", "tenant"] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];
export const PURPOSES = ["service-notice", "payment-notice", "greeting", "survey"] as const;
export type Purpose = (typeof PURPOSES)[number];
export const HOLD_KINDS = ["dispute", "care", "payment-plan", "mourning"] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

const addPerson = `
  insert into people (kind, name, folded_name) values (:kind, :name, :foldedName) returning id`;
export const insertPerson = async (
  sql: Sql,
  row: { kind: "person" | "organisation"; name: string; foldedName: string },
): Promise<bigint> => (await sql.one<{ id: bigint }>(addPerson, row)).id;

const addPhone = `
  insert into person_phones (person_id, number, kind, as_written, confirmed)
  values (:personId, :number, :kind, :asWritten, :confirmed)
  on conflict (person_id, number) do update set confirmed = excluded.confirmed, as_written = excluded.as_written`;
export const insertPhone = (
  sql: Sql,
  row: {
    personId: bigint;
    number: PhoneNumber;
    kind: PhoneKind;
    asWritten: string;
    confirmed: boolean | null;
  },
) => sql.run(addPhone, row);

const roleInForce = `
  select id, person_id as "personId", lower(valid) as "from" from account_roles
  where account_id = :accountId and role = :role and upper_inf(valid)`;
export const findRole = (sql: Sql, accountId: bigint, role: PersonRole) =>
  sql.maybeOne<{ id: bigint; personId: bigint; from: Day }>(roleInForce, { accountId, role });

const endRole = `
  update account_roles set valid = daterange(lower(valid), :until) where id = :id`;
export const closeRole = (sql: Sql, id: bigint, until: Day) => sql.run(endRole, { id, until });

const addRole = `
  insert into account_roles (account_id, person_id, role, valid)
  values (:accountId, :personId, :role, daterange(:from, null))`;
export const insertRole = (
  sql: Sql,
  row: { accountId: bigint; personId: bigint; role: PersonRole; from: Day },
) => sql.run(addRole, row);

const roleOf = `
  select id, lower(valid) as "from" from account_roles
  where account_id = :accountId and person_id = :personId and role = :role and upper_inf(valid) for update`;
/** The role of this person that has no end yet, locked. */
export const lockRoleOf = (sql: Sql, row: { accountId: bigint; personId: bigint; role: PersonRole }) =>
  sql.maybeOne<{ id: bigint; from: Day }>(roleOf, row);

const phonesOf = `
  select number from person_phones where person_id = :personId order by number for update`;
/** In the order in which the account lists them, locked. */
export const lockPhones = (sql: Sql, personId: bigint) =>
  sql.rows<{ number: PhoneNumber }>(phonesOf, { personId });

const markPhoneRow = `
  update person_phones set confirmed = :confirmed where person_id = :personId and number = :number`;
export const markPhone = (
  sql: Sql,
  row: { personId: bigint; number: PhoneNumber; confirmed: boolean | null },
) => sql.run(markPhoneRow, row);

const addConsent = `
  insert into consents (person_id, purpose, granted, source, recorded_at)
  values (:personId, :purpose, :granted, :source, :recordedAt)`;
export const insertConsent = (
  sql: Sql,
  row: { personId: bigint; purpose: Purpose; granted: boolean; source: string; recordedAt: Date },
) => sql.run(addConsent, row);

/** The last word of a person on a purpose; absent = never asked. */
const consentOf = `
  select granted from consents where person_id = :personId and purpose = :purpose order by id desc limit 1`;
export const findConsent = (sql: Sql, personId: bigint, purpose: Purpose) =>
  sql.maybeOne<{ granted: boolean }>(consentOf, { personId, purpose });

export type ConsentRow = {
  readonly personId: bigint;
  readonly purpose: Purpose;
  readonly granted: boolean;
  readonly source: string;
  readonly recordedAt: Date;
};
const consentsOn = `
  select distinct on (consent.person_id, consent.purpose) consent.person_id as "personId", consent.purpose,
    consent.granted, consent.source, consent.recorded_at as "recordedAt"
  from consents consent
  where consent.person_id in (select role.person_id from account_roles role
    where role.account_id = :accountId and role.valid @> :day::date)
  order by consent.person_id, consent.purpose, consent.id desc`;
/** The last word per purpose of everybody who has a role on the account on `day`. */
export const findConsentsOn = (sql: Sql, accountId: bigint, day: Day): Promise<ConsentRow[]> =>
  sql.rows<ConsentRow>(consentsOn, { accountId, day });

const roleOfPerson = `
  select 1 as one from account_roles where account_id = :accountId and person_id = :personId limit 1`;
export const personOnAccount = async (sql: Sql, accountId: bigint, personId: bigint): Promise<boolean> =>
  (await sql.maybeOne(roleOfPerson, { accountId, personId })) !== null;

export type PersonRow = {
  readonly personId: bigint;
  readonly kind: "person" | "organisation";
  readonly name: string;
  readonly role: PersonRole;
  readonly from: Day;
  readonly until: Day | null;
  readonly phones: readonly { number: PhoneNumber; kind: PhoneKind; confirmed: boolean | null }[];
};
const peopleOn = `
  select person.id as "personId", person.kind, person.name, role.role, lower(role.valid) as "from",
    upper(role.valid) as until,
    coalesce((select jsonb_agg(jsonb_build_object('number', phone.number, 'kind', phone.kind,
        'confirmed', phone.confirmed) order by phone.number)
      from person_phones phone where phone.person_id = person.id), '[]') as phones
  from account_roles role join people person on person.id = role.person_id
  where role.account_id = :accountId and role.valid @> :day::date
  order by role.role, role.id`;
export const findPeople = (sql: Sql, accountId: bigint, day: Day) =>
  sql.rows<PersonRow>(peopleOn, { accountId, day });

const addHold = `
  insert into account_holds (account_id, kind, reason, starts_on, ends_on, placed_by)
  values (:accountId, :kind, :reason, :startsOn, :endsOn, :placedBy) returning id`;
export const insertHold = async (
  sql: Sql,
  row: {
    accountId: bigint;
    kind: HoldKind;
    reason: string;
    startsOn: Day;
    endsOn: Day | null;
    placedBy: bigint | null;
  },
): Promise<bigint> => (await sql.one<{ id: bigint }>(addHold, row)).id;

const endHold = `
  update account_holds set released_at = :now
  where id = :holdId and account_id = :accountId and released_at is null returning id`;
export const releaseHoldRow = (sql: Sql, row: { holdId: bigint; accountId: bigint; now: Date }) =>
  sql.maybeOne<{ id: bigint }>(endHold, row);

export type HoldRow = {
  readonly id: bigint;
  readonly kind: HoldKind;
  readonly reason: string;
  readonly startsOn: Day;
  readonly endsOn: Day | null;
};
const holdsInForce = `
  select id, kind, reason, starts_on as "startsOn", ends_on as "endsOn" from account_holds
  where account_id = :accountId and released_at is null and starts_on <= :day::date
    and (ends_on is null or ends_on >= :day::date)
  order by id`;
export const findHolds = (sql: Sql, accountId: bigint, day: Day) =>
  sql.rows<HoldRow>(holdsInForce, { accountId, day });

/** The same as a condition for statements over many accounts: a hold of these kinds is in force on a day. */
export const accountOnHold = (accountId: string, day: string, kinds: readonly HoldKind[]): string => `exists (
  select 1 from account_holds hold where hold.account_id = ${accountId} and hold.released_at is null
    and hold.kind in (${kinds.map((kind) => `'${kind}'`).join(", ")})
    and hold.starts_on <= ${day} and (hold.ends_on is null or hold.ends_on >= ${day}))`;
