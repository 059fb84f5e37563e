/** All SQL of the staff room: people, roles, areas and passwords. Sessions and tokens are in `session-queries.ts`. */
import type { Role } from "#src/platform/actor.ts";
import { storedSetting } from "#src/platform/settings.ts";
import type { PhoneNumber } from "#src/kernel/phone.ts";
import type { Sql } from "#src/platform/sql.ts";
import { passwordPolicySetting } from "./password-policy.ts";

export type PersonRow = {
  readonly id: bigint;
  readonly login: string;
  readonly displayName: string;
  readonly passwordHash: string | null;
  readonly mustChangePassword: boolean;
  readonly passwordChangedAt: Date;
  readonly totpSecretSealed: Buffer | null;
  readonly totpConfirmedAt: Date | null;
  readonly roles: readonly Role[];
  readonly disabledAt: Date | null;
  readonly version: number;
};

const PERSON_COLUMNS = `
  m.id, m.login, m.display_name as "displayName", m.password_hash as "passwordHash",
  m.must_change_password as "mustChangePassword", m.password_changed_at as "passwordChangedAt",
  m.totp_secret_sealed as "totpSecretSealed", m.totp_confirmed_at as "totpConfirmedAt",
  array(select r.role from staff_roles r where r.staff_id = m.id order by r.role) as roles,
  m.disabled_at as "disabledAt", m.version`;

/**
 * Counts an attempt before it is checked, and locks at the tenth: one minute, doubled by each further failure, an hour
 * at most. No row: unknown, disabled, or locked. Counting first means that parallel guesses cannot slip through.
 */
export const countAttempt = (sql: Sql, attempt: { login: string; now: Date }) =>
  sql.maybeOne<PersonRow>(
    `update staff_members m set
       failed_logins = m.failed_logins + 1,
       locked_until = case when m.failed_logins + 1 >= 10
         then :now::timestamptz + least(power(2, least(m.failed_logins - 9, 6)), 60) * interval '1 minute' end
     where m.login = :login and m.disabled_at is null
       and (m.locked_until is null or m.locked_until <= :now::timestamptz)
     returning ${PERSON_COLUMNS}`,
    attempt,
  );

export const forgetFailures = (sql: Sql, staffId: bigint) =>
  sql.run("update staff_members set failed_logins = 0, locked_until = null where id = :staffId", { staffId });

/** A code's time step works once: the second use of a step changes no row. */
export const useTimeStep = (sql: Sql, use: { staffId: bigint; step: number }) =>
  sql.run(
    `update staff_members set totp_last_step = :step::bigint
     where id = :staffId and (totp_last_step is null or totp_last_step < :step::bigint)`,
    use,
  );

/** An initial password opens one session and no second one. */
export const spendInitialPassword = (sql: Sql, staffId: bigint) =>
  sql.run(
    "update staff_members set password_hash = null where id = :staffId and must_change_password and password_hash is not null",
    { staffId },
  );

export const storePassword = (
  sql: Sql,
  change: { staffId: bigint; passwordHash: string; mustChange: boolean; now: Date },
) =>
  sql.run(
    `update staff_members set password_hash = :passwordHash, must_change_password = :mustChange,
       password_changed_at = :now, failed_logins = 0, locked_until = null, version = version + 1
     where id = :staffId`,
    change,
  );

export const storeTotpSecret = (sql: Sql, change: { staffId: bigint; sealed: Uint8Array }) =>
  sql.run(
    `update staff_members set totp_secret_sealed = :sealed, totp_last_step = null, version = version + 1
     where id = :staffId and totp_confirmed_at is null`,
    change,
  );

export const confirmTotp = (sql: Sql, change: { staffId: bigint; now: Date }) =>
  sql.run(
    `update staff_members set totp_confirmed_at = :now, version = version + 1
     where id = :staffId and totp_confirmed_at is null and totp_secret_sealed is not null`,
    change,
  );

export const removeTotp = (sql: Sql, staffId: bigint) =>
  sql.run(
    `update staff_members set totp_secret_sealed = null, totp_confirmed_at = null, totp_last_step = null
     where id = :staffId`,
    { staffId },
  );

export const lockPerson = (sql: Sql, staffId: bigint) =>
  sql.maybeOne<PersonRow>(
    `select ${PERSON_COLUMNS} from staff_members m where m.id = :staffId for update of m`,
    {
      staffId,
    },
  );

/** Every login that is not disabled and is an admin, locked in id order so that two cannot remove each other. */
export const lockAdmins = (sql: Sql) =>
  sql.rows<{ id: bigint }>(
    `select m.id from staff_members m
     where m.disabled_at is null and exists (select 1 from staff_roles r where r.staff_id = m.id and r.role = 'admin')
     order by m.id for update of m`,
  );

export type SecurityFacts = {
  readonly demo: boolean;
  /** As it is stored; `policyOf` reads it. */
  readonly passwordPolicy: unknown;
};

export const securityFacts = (sql: Sql) =>
  sql.one<SecurityFacts>(
    `select f.demo, ${storedSetting(passwordPolicySetting)} as "passwordPolicy" from database_facts f`,
  );

export const insertPerson = (
  sql: Sql,
  person: { login: string; displayName: string; passwordHash: string; mustChange: boolean; now: Date },
) =>
  sql.maybeOne<{ id: bigint }>(
    `insert into staff_members (login, display_name, password_hash, must_change_password, password_changed_at, created_at)
     values (:login, :displayName, :passwordHash, :mustChange, :now, :now)
     on conflict (login) do nothing returning id`,
    person,
  );

export const changePerson = (
  sql: Sql,
  change: {
    staffId: bigint;
    displayName: string | null;
    /** Undefined leaves it; null takes it away. */
    mobile: PhoneNumber | null | undefined;
    mail: string | null | undefined;
    disabled: boolean | null;
    now: Date;
  },
) =>
  sql.run(
    `update staff_members set
       display_name = coalesce(:displayName::text, display_name),
       mobile = case when :keepsMobile::boolean then mobile else :mobile::text end,
       mail = case when :keepsMail::boolean then mail else :mail::text end,
       disabled_at = case :disabled::boolean when true then coalesce(disabled_at, :now::timestamptz)
         when false then null else disabled_at end,
       version = version + 1
     where id = :staffId`,
    { ...change, keepsMobile: change.mobile === undefined, keepsMail: change.mail === undefined },
  );

export const addRoles = (sql: Sql, grant: { staffId: bigint; roles: readonly Role[]; now: Date }) =>
  sql.run(
    `insert into staff_roles (staff_id, role, granted_at)
     select :staffId, role, :now from unnest(:roles::text[]) role on conflict do nothing`,
    grant,
  );

export const removeRolesExcept = (sql: Sql, grant: { staffId: bigint; roles: readonly Role[] }) =>
  sql.run("delete from staff_roles where staff_id = :staffId and not role = any(:roles::text[])", grant);

export const knownAreas = (sql: Sql, areaIds: readonly bigint[]) =>
  sql.rows<{ id: bigint }>("select id from service_areas where id = any(:areaIds::bigint[])", { areaIds });

export const areasByCode = (sql: Sql, codes: readonly string[]) =>
  sql.rows<{ id: bigint; code: string }>(
    "select id, code from service_areas where code = any(:codes::text[]) order by id",
    { codes },
  );

/**
 * Ends the areas that are not listed. The rows stay (as an empty range when they began today), because having had an
 * area is what keeps a person bound.
 */
export const endAreasExcept = (
  sql: Sql,
  change: { staffId: bigint; areaIds: readonly bigint[]; today: string },
) =>
  sql.run(
    `update staff_areas set valid = daterange(lower(valid), greatest(lower(valid), :today::date))
     where staff_id = :staffId and not area_id = any(:areaIds::bigint[]) and not isempty(valid)
       and (upper_inf(valid) or upper(valid) > :today::date)`,
    change,
  );

export const beginAreas = (
  sql: Sql,
  change: { staffId: bigint; areaIds: readonly bigint[]; today: string },
) =>
  sql.run(
    `insert into staff_areas (staff_id, area_id, valid)
     select :staffId, area, daterange(:today::date, null) from unnest(:areaIds::bigint[]) area
     where not exists (select 1 from staff_areas a
       where a.staff_id = :staffId and a.area_id = area and a.valid @> :today::date)`,
    change,
  );

/** Lifts the bound altogether: without any row an unbounded role sees everything. */
export const forgetAreas = (sql: Sql, staffId: bigint) =>
  sql.run("delete from staff_areas where staff_id = :staffId", { staffId });

export type MemberRow = {
  readonly id: bigint;
  readonly login: string;
  readonly displayName: string;
  readonly mobile: PhoneNumber | null;
  readonly mail: string | null;
  readonly roles: readonly Role[];
  readonly bounded: boolean;
  readonly areaIds: readonly bigint[];
  readonly secondFactor: boolean;
  readonly mustChangePassword: boolean;
  readonly lockedUntil: Date | null;
  readonly disabledAt: Date | null;
  readonly version: number;
};

export const listMembers = (
  sql: Sql,
  page: { afterLogin: string; limit: number; staffId: bigint | null; today: string },
) =>
  sql.rows<MemberRow>(
    `select m.id, m.login, m.display_name as "displayName", m.mobile, m.mail,
       array(select r.role from staff_roles r where r.staff_id = m.id order by r.role) as roles,
       exists (select 1 from staff_areas a where a.staff_id = m.id) as bounded,
       array(select a.area_id from staff_areas a where a.staff_id = m.id and a.valid @> :today::date
         order by a.area_id) as "areaIds",
       m.totp_confirmed_at is not null as "secondFactor", m.must_change_password as "mustChangePassword",
       m.locked_until as "lockedUntil", m.disabled_at as "disabledAt", m.version
     from staff_members m
     where m.login > :afterLogin and (:staffId::bigint is null or m.id = :staffId::bigint)
     order by m.login limit :limit::integer`,
    page,
  );

/** How people are called, by login; nobody's login is left out. */
export const findDisplayNames = async (
  sql: Sql,
  logins: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = await sql.rows<{ login: string; name: string }>(
    "select login, display_name as name from staff_members where login = any(:logins::text[])",
    { logins },
  );
  return new Map(rows.map(({ login, name }) => [login, name]));
};
