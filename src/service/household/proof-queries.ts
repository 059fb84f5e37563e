/** SQL of proofs: which telephone a home has on file, codes that were sent, cards and receipts. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type Registered = { readonly personId: bigint; readonly number: string };

const registeredMobile = `
  select role.person_id as "personId", phone.number
  from heat_accounts account
  join account_roles role on role.account_id = account.id and role.valid @> :day::date
  join person_phones phone on phone.person_id = role.person_id and phone.kind = 'mobile'
    and phone.confirmed is distinct from false
  where account.id = :accountId::bigint and account.state <> 'closed'
  order by array_position(array['owner', 'payer', 'tenant'], role.role), phone.confirmed desc nulls last, role.id,
    phone.number
  limit 1`;
/** The mobile that a code goes to: the owner's, else the payer's, else a tenant's; not one that is known to be wrong. */
export const findRegisteredMobile = (sql: Sql, query: { accountId: bigint | null; day: Day }) =>
  sql.maybeOne<Registered>(registeredMobile, query);

const codesToNumber = `
  select count(*) filter (where created_at > :hourAgo) as "inHour", count(*) as "inDay"
  from household_challenges where number = :number and created_at > :dayAgo`;
/** Codes that went to one telephone, for whichever of its homes. */
export const countCodesTo = (sql: Sql, query: { number: string; hourAgo: Date; dayAgo: Date }) =>
  sql.one<{ inHour: bigint; inDay: bigint }>(codesToNumber, query);

const addChallenge = `
  insert into household_challenges (reference_hash, account_id, person_id, number, account_digest, code_hash, code,
    locale, created_at, expires_at)
  values (:referenceHash, :accountId, :personId, :number, :accountDigest, :codeHash, :code, :locale, :now, :expiresAt)
  returning id`;
export const insertChallenge = (
  sql: Sql,
  row: {
    referenceHash: Uint8Array;
    accountId: bigint | null;
    personId: bigint | null;
    number: string | null;
    accountDigest: Uint8Array;
    codeHash: Uint8Array;
    code: string;
    locale: string;
    now: Date;
    expiresAt: Date;
  },
) => sql.one<{ id: bigint }>(addChallenge, row);

const takeCodeOut = `
  with asked as (
    select id, account_id, person_id, number, code, locale, expires_at from household_challenges
    where id = :id and code is not null for update
  ), emptied as (
    update household_challenges set code = null where id in (select id from asked)
  )
  select account_id as "accountId", person_id as "personId", number, code, locale, expires_at as "expiresAt" from asked`;
/** The code, which is nowhere any more afterwards; null when it was taken before. */
export const takeCode = (sql: Sql, id: bigint) =>
  sql.maybeOne<{
    accountId: bigint | null;
    personId: bigint | null;
    number: string | null;
    code: string;
    locale: "zh-CN" | "en";
    expiresAt: Date;
  }>(takeCodeOut, { id });

const challenge = `
  select id, account_id as "accountId", person_id as "personId", number, account_digest as "accountDigest",
    code_hash as "codeHash", tries, expires_at as "expiresAt", spent_at as "spentAt"
  from household_challenges where reference_hash = :referenceHash for update`;
export type Challenge = {
  readonly id: bigint;
  readonly accountId: bigint | null;
  readonly personId: bigint | null;
  readonly number: string | null;
  readonly accountDigest: Buffer;
  readonly codeHash: Buffer;
  readonly tries: number;
  readonly expiresAt: Date;
  readonly spentAt: Date | null;
};
export const holdChallenge = (sql: Sql, referenceHash: Uint8Array) =>
  sql.maybeOne<Challenge>(challenge, { referenceHash });

const noteTry = `
  update household_challenges set tries = tries + 1,
    spent_at = coalesce(spent_at, case when :right::boolean then :now::timestamptz end)
  where id = :id`;
export const noteChallengeTry = (sql: Sql, change: { id: bigint; right: boolean; now: Date }) =>
  sql.run(noteTry, change);

/** A receipt of several homes was handed to whoever paid for all of them, and proves none. */
const paperOfAccount = `
  select exists (
    select 1 from account_aliases where account_id = :accountId::bigint and kind = 'card' and value = :paper
  ) or coalesce((
    select upper(series.prefix) || lpad(receipt.number::text, greatest(series.width, length(receipt.number::text)), '0')
    from payments payment
    join receipt_payments named on named.payment_id = payment.id and named.active
    join receipts receipt on receipt.id = named.receipt_id and receipt.voided_at is null
    join number_series series on series.code = receipt.series
    where payment.account_id = :accountId::bigint
      and not exists (
        select 1 from receipt_payments others join payments other on other.id = others.payment_id
        where others.receipt_id = receipt.id and other.account_id <> payment.account_id)
    order by receipt.issued_at desc, receipt.id desc limit 1) = upper(:paper), false) as fits,
    (select role.person_id from account_roles role
     where role.account_id = :accountId::bigint and role.valid @> :day::date
     order by array_position(array['owner', 'payer', 'tenant'], role.role), role.id limit 1) as "personId",
    exists (select 1 from heat_accounts where id = :accountId::bigint and state <> 'closed') as open`;
/** Whether a number is the home's card, or that of its last receipt; and who is behind the home today. */
export const holdPaper = (sql: Sql, query: { accountId: bigint | null; paper: string; day: Day }) =>
  sql.one<{ fits: boolean; personId: bigint | null; open: boolean }>(paperOfAccount, query);
