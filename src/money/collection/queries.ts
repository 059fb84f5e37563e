import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type AllocationRule =
  | "designated"
  | "old-debt-first"
  | "this-season-first"
  | "oldest-first"
  | "overpayment"
  | "prepaid-applied"
  | "reversal"
  | "claim";

/** One part of a payment: to a bill, or (billId null) to prepaid. Figures are JSON numbers, as SQL made them. */
export type Share = {
  readonly billId: number | null;
  readonly seasonId: number | null;
  readonly amountFen: number;
  readonly rule: AllocationRule;
};

export type PostedPayment = {
  readonly paymentId: bigint | null;
  readonly postingId: bigint | null;
  readonly outcome: "posted" | "duplicate" | "closed";
  readonly shares: readonly Share[] | null;
};

export const postOnePayment = (
  sql: Sql,
  payment: {
    readonly channelId: number;
    readonly debit: "cash" | "pos_clearing" | "channel_clearing";
    readonly tender: string;
    readonly shiftId: bigint | null;
    readonly accountingDate: Day;
    readonly actorId: bigint | null;
    readonly now: Date;
    readonly policy: AllocationRule;
    readonly seasonId: number;
    readonly accountId: bigint;
    readonly amountFen: bigint;
    readonly serial: string;
    readonly paidAt: Date;
    readonly valueDate: Day;
    readonly billId: bigint | null;
  },
): Promise<PostedPayment> =>
  sql.one<PostedPayment>(
    `select payment_id as "paymentId", posting_id as "postingId", outcome, shares
     from post_one_payment(:channelId::smallint, :debit::text::ledger_code, :tender::text, :shiftId::bigint,
       :accountingDate::date, :actorId::bigint, :now::timestamptz, :policy::text::allocation_rule, :seasonId::smallint,
       :accountId::bigint, :amountFen::bigint, :serial::text, :paidAt::timestamptz, :valueDate::date, :billId::bigint)`,
    payment,
  );

export type StoredPayment = {
  readonly paymentId: bigint;
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly channel: string;
  readonly serial: string;
  readonly amountFen: bigint;
  readonly tender: string;
  readonly paidAt: Date;
  readonly shiftId: bigint | null;
  readonly state: "posted" | "doubtful" | "reversed";
  readonly accountingDate: Day;
  readonly postedAt: Date;
  readonly shares: readonly Share[];
};

const storedPaymentColumns = `
  select p.id as "paymentId", p.account_id as "accountId", a.account_no as "accountNo", c.code as channel, p.serial,
    p.amount_fen as "amountFen", p.tender, p.paid_at as "paidAt", p.shift_id as "shiftId", p.state,
    g.accounting_date as "accountingDate", g.created_at as "postedAt",
    (select jsonb_agg(jsonb_build_object('billId', l.bill_id, 'seasonId', b.season_id, 'amountFen', l.amount_fen,
       'rule', l.rule) order by l.rank, l.id)
     from allocations l left join bills b on b.id = l.bill_id where l.posting_id = g.id) as shares
  from payments p
  join heat_accounts a on a.id = p.account_id
  join channels c on c.id = p.channel_id
  join postings g on g.kind = 'payment' and g.source_id = p.id`;

export const findPaymentBySerial = (
  sql: Sql,
  channelId: number,
  serial: string,
): Promise<StoredPayment | null> =>
  sql.maybeOne<StoredPayment>(
    `${storedPaymentColumns} where p.channel_id = :channelId and p.serial = :serial`,
    {
      channelId,
      serial,
    },
  );

export const findPayment = (sql: Sql, paymentId: bigint): Promise<StoredPayment | null> =>
  sql.maybeOne<StoredPayment>(`${storedPaymentColumns} where p.id = :paymentId`, { paymentId });

export type Channel = {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly kind: "counter" | "bank" | "wallet" | "agent";
  readonly realTime: boolean;
  readonly profile: string | null;
  readonly active: boolean;
};

export const listChannels = (sql: Sql): Promise<Channel[]> =>
  sql.rows<Channel>(
    `select id, code, name, kind, real_time as "realTime", profile, active from channels order by code`,
  );

export const seasonStarts = (sql: Sql): Promise<{ id: number; billsOpenOn: Day }[]> =>
  sql.rows<{ id: number; billsOpenOn: Day }>(
    `select id, bills_open_on as "billsOpenOn" from heating_seasons order by id`,
  );

export const settingValue = async (sql: Sql, key: string): Promise<unknown> =>
  (await sql.maybeOne<{ value: unknown }>("select value from settings where key = :key", { key }))?.value ??
  null;

export const billForDesignation = (
  sql: Sql,
  billId: bigint,
): Promise<{ accountId: bigint; seasonId: number; state: string } | null> =>
  sql.maybeOne<{ accountId: bigint; seasonId: number; state: string }>(
    `select account_id as "accountId", season_id as "seasonId", state from bills where id = :billId`,
    { billId },
  );
