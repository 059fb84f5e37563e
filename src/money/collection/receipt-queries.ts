/** SQL on receipts and their numbers. */
import type { Day } from "#src/kernel/day.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import { accountScope } from "#src/platform/scope.ts";

export type SeriesNumber = { readonly number: bigint; readonly prefix: string; readonly width: number };

/** The row stays locked until commit, so the next taker waits, and a rollback gives the number back. */
const nextNumber = `
  insert into number_series (code, prefix, width, next_number) values (:code, :code || '-', 6, 2)
  on conflict (code) do update set next_number = number_series.next_number + 1
  returning next_number - 1 as number, prefix, width`;

export const takeNumber = (sql: Sql, code: string): Promise<SeriesNumber> =>
  sql.one<SeriesNumber>(nextNumber, { code });

export const formatReceiptNo = ({ prefix, width, number }: SeriesNumber): string =>
  `${prefix}${String(number).padStart(width, "0")}`;

const addReceipt = `
  insert into receipts (series, number, shift_id, issued_at, issued_by, total_fen, payer_name)
  values (:series, :number, :shiftId, :now, :issuedBy, :totalFen, :payerName) returning id`;

export const insertReceipt = async (
  sql: Sql,
  receipt: {
    readonly series: string;
    readonly number: bigint;
    readonly shiftId: bigint | null;
    readonly now: Date;
    readonly issuedBy: bigint | null;
    readonly totalFen: bigint;
    readonly payerName: string;
  },
): Promise<bigint> => (await sql.one<{ id: bigint }>(addReceipt, receipt)).id;

const addReceiptPayments = `
  insert into receipt_payments (receipt_id, payment_id) select :receiptId, unnest(:paymentIds::bigint[])`;

export const insertReceiptPayments = (
  sql: Sql,
  receipt: { readonly receiptId: bigint; readonly paymentIds: readonly bigint[] },
): Promise<number> => sql.run(addReceiptPayments, receipt);

const paymentsForReceipt = `
  select p.id, p.state, p.amount_fen as "amountFen", p.shift_id as "shiftId", shift.till
  from payments p left join shifts shift on shift.id = p.shift_id
  where p.id = any(:paymentIds::bigint[]) order by p.id for no key update of p`;

export type ReceiptablePayment = {
  readonly id: bigint;
  readonly state: string;
  readonly amountFen: bigint;
  readonly shiftId: bigint | null;
  readonly till: string | null;
};

/** Held against reversal, and against another receipt, until commit. */
export const holdPaymentsForReceipt = (
  sql: Sql,
  paymentIds: readonly bigint[],
): Promise<ReceiptablePayment[]> => sql.rows<ReceiptablePayment>(paymentsForReceipt, { paymentIds });

const receiptsOfPayments = `
  select named.payment_id as "paymentId", s.prefix, s.width, r.number
  from receipt_payments named join receipts r on r.id = named.receipt_id join number_series s on s.code = r.series
  where named.payment_id = any(:paymentIds::bigint[]) and named.active`;

export const findReceiptsOfPayments = (
  sql: Sql,
  paymentIds: readonly bigint[],
): Promise<(SeriesNumber & { paymentId: bigint })[]> => sql.rows(receiptsOfPayments, { paymentIds });

export type ReceiptRow = SeriesNumber & {
  readonly id: bigint;
  readonly shiftId: bigint | null;
  readonly till: string | null;
  readonly issuedAt: Date;
  readonly issuedBy: string | null;
  readonly totalFen: bigint;
  readonly payerName: string;
  readonly printCount: number;
  readonly voidedAt: Date | null;
  readonly voidReason: string | null;
};

/** A receipt is seen by whoever sees every household on it. */
const VISIBLE = `not exists (
    select 1 from receipt_payments named
    join payments p on p.id = named.payment_id
    join heat_accounts account on account.id = p.account_id
    where named.receipt_id = r.id
      and not (${accountScope("account")} and (:ownChannelId::int is null or p.channel_id = :ownChannelId::int)))
  and not exists (
    select 1 from receipt_claims named
    join suspense_items i on i.id = named.item_id
    join heat_accounts account on account.id = i.claimed_account_id
    where named.receipt_id = r.id and not (${accountScope("account")} and :ownChannelId::int is null))`;

const receiptInScope = `
  select r.id, r.number, s.prefix, s.width, r.shift_id as "shiftId", shift.till, r.issued_at as "issuedAt",
    staff.display_name as "issuedBy", r.total_fen as "totalFen", r.payer_name as "payerName",
    r.print_count as "printCount", r.voided_at as "voidedAt", r.void_reason as "voidReason"
  from receipts r
  join number_series s on s.code = r.series
  left join shifts shift on shift.id = r.shift_id
  left join staff_members staff on staff.id = r.issued_by
  where r.id = :receiptId and ${VISIBLE}`;

export const findReceiptInScope = (
  sql: Sql,
  receiptId: bigint,
  scope: Bindings,
): Promise<ReceiptRow | null> => sql.maybeOne<ReceiptRow>(receiptInScope, { receiptId, ...scope });

const receiptByNumber = `
  select r.id, r.number, s.prefix, s.width, r.total_fen as "totalFen", r.issued_at as "issuedAt",
    r.voided_at as "voidedAt"
  from number_series s join receipts r on r.series = s.code and r.number = :number
  where upper(s.prefix) = upper(:prefix) and ${VISIBLE}`;

export type NumberedReceipt = SeriesNumber & Pick<ReceiptRow, "id" | "totalFen" | "issuedAt" | "voidedAt">;

/** Numbers are unique in their series. */
export const findReceiptByNumber = (
  sql: Sql,
  query: Bindings & { readonly prefix: string; readonly number: bigint },
): Promise<NumberedReceipt | null> => sql.maybeOne<NumberedReceipt>(receiptByNumber, query);

/** The last receipts that name a household, as far as every household on them is seen. */
export const findReceiptsOfAccount = (
  sql: Sql,
  query: Bindings & { readonly accountId: bigint; readonly limit: number },
) =>
  sql.rows<NumberedReceipt>(
    `select r.id, r.number, s.prefix, s.width, r.total_fen as "totalFen", r.issued_at as "issuedAt",
       r.voided_at as "voidedAt"
     from receipts r join number_series s on s.code = r.series
     where r.voided_at is null and ${VISIBLE} and r.id in (select given.receipt_id from payments paid
       join receipt_payments given on given.payment_id = paid.id where paid.account_id = :accountId
       union all select given.receipt_id from suspense_items claimed join receipt_claims given on given.item_id = claimed.id
       where claimed.claimed_account_id = :accountId)
     order by r.id desc limit :limit::integer`,
    query,
  );

export type ListedReceipt = Omit<ReceiptRow, "voidReason"> & {
  readonly tenders: readonly string[];
  readonly homes: readonly { readonly accountNo: string; readonly address: string }[];
  readonly homeCount: bigint;
};

const receiptsOfDay = `
  select r.id, r.number, s.prefix, s.width, r.shift_id as "shiftId", shift.till, r.issued_at as "issuedAt",
    staff.display_name as "issuedBy", r.total_fen as "totalFen", r.payer_name as "payerName",
    r.print_count as "printCount", r.voided_at as "voidedAt", named.tenders, named.homes, named."homeCount"
  from (
    select r.* from shifts shift join receipts r on r.shift_id = shift.id
    where shift.business_day = :day and (:staffId::bigint is null or shift.staff_id = :staffId::bigint)
      and (:beforeId::bigint is null or r.id < :beforeId::bigint) and ${VISIBLE}
    order by r.id desc limit :limit::int) r
  join number_series s on s.code = r.series
  join shifts shift on shift.id = r.shift_id
  left join staff_members staff on staff.id = r.issued_by
  cross join lateral (
    select array_agg(distinct paid.tender) as tenders, count(distinct paid.account_id) as "homeCount",
      (select jsonb_agg(jsonb_build_object('accountNo', first.account_no, 'address', first.address) order by first.id)
       from (select account.account_no, premises.address, min(p.id) as id
         from receipt_payments given join payments p on p.id = given.payment_id
         join heat_accounts account on account.id = p.account_id join premises on premises.id = account.premises_id
         where given.receipt_id = r.id group by account.account_no, premises.address order by 3 limit 3) first) as homes
    from receipt_payments given join payments paid on paid.id = given.payment_id where given.receipt_id = r.id) named
  order by r.id desc`;

/** What the tills gave on a day, newest first, below `beforeId`; of one cashier, or of all. */
export const listReceiptsOfDay = (
  sql: Sql,
  query: Bindings & {
    readonly day: Day;
    readonly staffId: bigint | null;
    readonly beforeId: bigint | null;
    readonly limit: number;
  },
): Promise<ListedReceipt[]> => sql.rows<ListedReceipt>(receiptsOfDay, query);

export type ReceiptLine = {
  /** Null on the receipt of claimed money. */
  readonly paymentId: bigint | null;
  readonly accountNo: string;
  readonly ownerName: string | null;
  readonly address: string;
  readonly billId: bigint | null;
  readonly seasonId: number | null;
  readonly amountFen: bigint;
  /** What the bill still lacked after this payment. */
  readonly stillDueFen: bigint | null;
};

/** Postings of one household take turns, so "after this payment" is "up to this posting". */
const receiptLines = `
  select case when named.kind = 'payment' then named.source_id end as "paymentId", account.account_no as "accountNo", owner.name as "ownerName", premises.address,
    l.bill_id as "billId", b.season_id as "seasonId", l.amount_fen as "amountFen",
    case when b.id is not null then b.amount_fen - (
      select sum(earlier.amount_fen) from allocations earlier
      where earlier.bill_id = b.id and earlier.posting_id <= g.id)::bigint end as "stillDueFen"
  from (
    select 'payment'::posting_kind as kind, payment_id as source_id from receipt_payments where receipt_id = :receiptId
    union all
    select 'suspense-claimed', item_id from receipt_claims where receipt_id = :receiptId) named
  join postings g on g.kind = named.kind and g.source_id = named.source_id
  join allocations l on l.posting_id = g.id
  join heat_accounts account on account.id = l.account_id
  join premises on premises.id = account.premises_id
  left join bills b on b.id = l.bill_id
  left join lateral (
    select person.name from account_roles role join people person on person.id = role.person_id
    where role.account_id = account.id and role.role = 'owner' and role.valid @> g.accounting_date
    order by role.id limit 1) owner on true
  order by named.source_id, l.rank, l.id`;

export const findReceiptLines = (sql: Sql, receiptId: bigint): Promise<ReceiptLine[]> =>
  sql.rows<ReceiptLine>(receiptLines, { receiptId });

export type ReceiptTender = {
  readonly tender: string;
  readonly channel: string;
  readonly channelName: string;
  readonly channelNameEn: string | null;
  readonly serial: string;
  readonly amountFen: bigint;
  readonly paidAt: Date;
};

const receiptTenders = `
  select p.tender, c.code as channel, c.name as "channelName",
    c.name_en as "channelNameEn", min(p.serial) as serial, sum(p.amount_fen)::bigint as "amountFen",
    min(p.paid_at) as "paidAt"
  from receipt_payments named join payments p on p.id = named.payment_id join channels c on c.id = p.channel_id
  where named.receipt_id = :receiptId group by p.tender, c.code, c.name, c.name_en
  union all
  select 'transfer', coalesce(c.code, ''), coalesce(c.name, ''), c.name_en, coalesce(l.serial, ''), i.amount_fen,
    coalesce(l.paid_at, coalesce(l.bank_day, i.received_on)::timestamp at time zone 'Asia/Shanghai')
  from receipt_claims named join suspense_items i on i.id = named.item_id
  left join channels c on c.id = i.channel_id left join bank_lines l on l.id = i.bank_line_id
  where named.receipt_id = :receiptId
  order by 1, 2`;

export const findReceiptTenders = (sql: Sql, receiptId: bigint): Promise<ReceiptTender[]> =>
  sql.rows<ReceiptTender>(receiptTenders, { receiptId });

const paymentsOfReceipt = `
  select payment_id as "paymentId" from receipt_payments where receipt_id = :receiptId order by payment_id`;

/** What a receipt names. */
export const findReceiptPayments = async (sql: Sql, receiptId: bigint): Promise<bigint[]> =>
  (await sql.rows<{ paymentId: bigint }>(paymentsOfReceipt, { receiptId })).map(({ paymentId }) => paymentId);

const countPrint = `
  update receipts set print_count = print_count + 1 where id = :receiptId returning print_count as "printCount"`;

/** How often it has been printed, this time included. */
export const countReceiptPrint = async (sql: Sql, receiptId: bigint): Promise<number> =>
  (await sql.one<{ printCount: number }>(countPrint, { receiptId })).printCount;

/** Where a series begins when a company moves in with numbers already given: the first number that we give. */
const startSeriesAt = `
  insert into number_series (code, prefix, width, next_number) values (:code, :code || '-', 6, :firstNumber)
  on conflict (code) do nothing`;

export const startSeries = (
  sql: Sql,
  series: { readonly code: string; readonly firstNumber: bigint },
): Promise<number> => sql.run(startSeriesAt, series);

/** The year that a series names is the year of the business day. */
export const seriesOf = (place: string, day: Day): string => `${place}-${day.slice(0, 4)}`;
