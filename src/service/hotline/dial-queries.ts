/** SQL of click-to-dial. */
import type { Sql } from "#src/platform/sql.ts";

/** The number of a person on an account: one that somebody confirmed before one that nobody knows, a mobile before a landline. */
export const findNumberOfPerson = (sql: Sql, query: { accountId: bigint; personId: bigint; day: string }) =>
  sql.maybeOne<{ number: string }>(
    `select phone.number from account_roles role join person_phones phone on phone.person_id = role.person_id
     where role.account_id = :accountId and role.person_id = :personId and role.valid @> :day::date
       and phone.confirmed is distinct from false
     order by phone.confirmed desc nulls last, phone.kind = 'mobile' desc, phone.number limit 1`,
    query,
  );

/** The number at which a household is asked about its case: the payer's before the owner's before the tenant's, confirmed ones first. */
export const findNumberOfAccount = (sql: Sql, query: { accountId: bigint; day: string }) =>
  sql.maybeOne<{ number: string }>(
    `select phone.number from account_roles role join person_phones phone on phone.person_id = role.person_id
     where role.account_id = :accountId and role.valid @> :day::date and phone.confirmed is distinct from false
     order by phone.confirmed desc nulls last, array_position(array['payer', 'owner', 'tenant'], role.role),
       phone.kind = 'mobile' desc, phone.number limit 1`,
    query,
  );

export const insertDial = (
  sql: Sql,
  row: {
    staffId: bigint;
    extension: string;
    number: string;
    accountId: bigint | null;
    callBackId: bigint | null;
    now: Date;
  },
) =>
  sql.one<{ id: bigint }>(
    `insert into dial_orders (staff_id, extension, number, account_id, call_back_id, ordered_at)
     values (:staffId, :extension, :number, :accountId::bigint, :callBackId::bigint, :now) returning id`,
    row,
  );

export type DialOrder = { readonly id: bigint; readonly extension: string; readonly number: string };

/** Hands out what is fresh, each once. */
export const takeDials = (sql: Sql, query: { now: Date; since: Date; limit: number }) =>
  sql.rows<DialOrder>(
    `update dial_orders set taken_at = :now where id = any(array(
       select id from dial_orders where taken_at is null and ordered_at >= :since
       order by id limit :limit::integer for update skip locked))
     returning id, extension, number`,
    query,
  );
