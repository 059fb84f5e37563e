/** SQL on payments, and on what they need to know. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { postingWords } from "#src/money/ledger/index.ts";
import { accountScope } from "#src/platform/scope.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import type { Tender } from "./schema.ts";

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
  readonly rule: AllocationRule | "opening";
};

/** What the routines refuse by SQLSTATE, in the words of the room. */
export const inRoomWords = postingWords({
  household_balances_balance_fen_check: () =>
    fail("prepaid.spent", "the prepaid part of this payment has been used meanwhile", {
      remedy: "read the account's payments again and correct the bill that took it first",
    }),
  payment_reversals_serial: () =>
    fail("payment.serial-reused", "this serial belongs to another reversal of the channel", {
      field: "serial",
      remedy: "a new message needs a new serial",
    }),
});

/** Where the money came in: the till's cash, its card terminal, or a channel. */
export type MoneyCode = "cash" | "pos_clearing" | "channel_clearing";

export type PostedPayment = {
  readonly paymentId: bigint | null;
  readonly postingId: bigint | null;
  readonly outcome: "posted" | "duplicate" | "closed";
  readonly shares: readonly Share[] | null;
};

export type PostingTerms = {
  readonly channelId: number;
  readonly debit: MoneyCode;
  readonly tender: string;
  readonly shiftId: bigint | null;
  readonly accountingDate: Day;
  readonly actorId: bigint | null;
  readonly now: Date;
  readonly policy: AllocationRule;
  readonly seasonId: number;
};

export type PaymentRow = {
  readonly accountId: bigint;
  readonly amountFen: bigint;
  readonly serial: string;
  readonly paidAt: Date;
  readonly valueDate: Day;
  readonly billId: bigint | null;
};

export const postOnePayment = (sql: Sql, payment: PostingTerms & PaymentRow): Promise<PostedPayment> =>
  inRoomWords(
    sql.one<PostedPayment>(
      `select payment_id as "paymentId", posting_id as "postingId", outcome, shares
       from post_one_payment(:channelId::smallint, :debit::text::ledger_code, :tender::text, :shiftId::bigint,
         :accountingDate::date, :actorId::bigint, :now::timestamptz, :policy::text::allocation_rule, :seasonId::smallint,
         :accountId::bigint, :amountFen::bigint, :serial::text, :paidAt::timestamptz, :valueDate::date, :billId::bigint)`,
      payment,
    ),
  );

export type PaymentAtOnce = {
  readonly scope: string;
  readonly key: string;
  readonly hash: Uint8Array;
  readonly requestId: string | null;
  readonly actorId: bigint | null;
  readonly actorKind: string;
  readonly actorName: string;
  readonly staffId: bigint | null;
  readonly accountNo: string;
  readonly onlyAccounts: readonly bigint[] | null;
  readonly channelId: number;
  readonly channel: string;
  readonly tender: Tender;
  readonly accountingDate: Day;
  readonly now: Date;
  readonly nowText: string;
  readonly policy: AllocationRule;
  readonly seasonId: number;
  readonly amountFen: bigint;
  readonly serial: string;
  readonly paidAt: Date;
  readonly paidAtText: string;
  readonly valueDate: Day;
};

/** A whole payment command in one statement; null when its key was used before, SQLSTATE NY003 when it is not ordinary. */
export const takePaymentAtOnce = <Answer>(
  sql: Sql,
  payment: PaymentAtOnce,
): Promise<{ readonly answer: Answer | null }> =>
  inRoomWords(
    sql.one<{ answer: Answer | null }>(
      `select take_payment_at_once(:scope::text, :key::text, :hash::bytea, :requestId::text, :actorId::bigint,
         :actorKind::text, :actorName::text, :staffId::bigint, :accountNo::text, :onlyAccounts::bigint[],
         :channelId::smallint, :channel::text, :tender::text, :accountingDate::date, :now::timestamptz, :nowText::text,
         :policy::text::allocation_rule, :seasonId::smallint, :amountFen::bigint, :serial::text, :paidAt::timestamptz,
         :paidAtText::text, :valueDate::date) as answer`,
      payment,
    ),
  );

/** Many at once by one statement; the answers are in the order of `rows`. */
export const postManyPayments = (
  sql: Sql,
  terms: PostingTerms,
  rows: readonly PaymentRow[],
): Promise<PostedPayment[]> =>
  inRoomWords(
    sql.rows<PostedPayment>(
      `select payment_id as "paymentId", posting_id as "postingId", outcome, shares
       from post_payments(:channelId::smallint, :debit::text::ledger_code, :tender::text, :shiftId::bigint,
         :accountingDate::date, :actorId::bigint, :now::timestamptz, :policy::text::allocation_rule, :seasonId::smallint,
         :accounts::bigint[], :amounts::bigint[], :serials::text[], :paidAts::timestamptz[], :valueDates::date[],
         :bills::bigint[]) order by n`,
      {
        ...terms,
        accounts: rows.map((row) => row.accountId),
        amounts: rows.map((row) => row.amountFen),
        serials: rows.map((row) => row.serial),
        paidAts: rows.map((row) => row.paidAt),
        valueDates: rows.map((row) => row.valueDate),
        bills: rows.map((row) => row.billId),
      },
    ),
  );

export type StoredPayment = {
  readonly paymentId: bigint;
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly channelId: number;
  readonly channel: string;
  readonly channelName: string;
  readonly channelNameEn: string | null;
  readonly channelKind: Channel["kind"];
  readonly serial: string;
  readonly amountFen: bigint;
  readonly tender: Tender;
  readonly paidAt: Date;
  readonly shiftId: bigint | null;
  readonly state: "posted" | "doubtful" | "reversed";
  readonly accountingDate: Day;
  readonly postedAt: Date;
  readonly shares: readonly Share[];
};

const storedPaymentColumns = `
  select p.id as "paymentId", p.account_id as "accountId", account.account_no as "accountNo",
    p.channel_id as "channelId", c.code as channel, c.name as "channelName", c.name_en as "channelNameEn",
    c.kind as "channelKind", p.serial, p.amount_fen as "amountFen", p.tender,
    p.paid_at as "paidAt", p.shift_id as "shiftId", p.state, g.accounting_date as "accountingDate",
    g.created_at as "postedAt",
    (select jsonb_agg(jsonb_build_object('billId', l.bill_id, 'seasonId', b.season_id, 'amountFen', l.amount_fen,
       'rule', l.rule) order by l.rank, l.id)
     from allocations l left join bills b on b.id = l.bill_id where l.posting_id = g.id) as shares
  from payments p
  join heat_accounts account on account.id = p.account_id
  join channels c on c.id = p.channel_id
  join postings g on g.kind = 'payment' and g.source_id = p.id`;

export const findPaymentBySerial = (
  sql: Sql,
  channelId: number,
  serial: string,
): Promise<StoredPayment | null> =>
  sql.maybeOne<StoredPayment>(
    `${storedPaymentColumns} where p.channel_id = :channelId and p.serial = :serial`,
    { channelId, serial },
  );

/** A machine of a channel sees its own channel's payments only. */
const visible = `${accountScope("account")} and (:ownChannelId::int is null or p.channel_id = :ownChannelId::int)`;

export const findPaymentInScope = (
  sql: Sql,
  paymentId: bigint,
  scope: Bindings,
): Promise<StoredPayment | null> =>
  sql.maybeOne<StoredPayment>(`${storedPaymentColumns} where p.id = :paymentId and ${visible}`, {
    paymentId,
    ...scope,
  });

export const findPaymentsInScope = (
  sql: Sql,
  paymentIds: readonly bigint[],
  scope: Bindings,
): Promise<StoredPayment[]> =>
  sql.rows<StoredPayment>(
    `${storedPaymentColumns} where p.id = any(:paymentIds::bigint[]) and ${visible} order by p.id`,
    { paymentIds, ...scope },
  );

export type Channel = {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  /** Null: nobody gave one. */
  readonly nameEn: string | null;
  readonly kind: "counter" | "bank" | "wallet" | "agent";
  readonly realTime: boolean;
  readonly profile: string | null;
  readonly active: boolean;
};

export const listChannels = (sql: Sql): Promise<Channel[]> =>
  sql.rows<Channel>(
    `select id, code, name, name_en as "nameEn", kind, real_time as "realTime", profile, active from channels order by code`,
  );

export const seasonStarts = (sql: Sql): Promise<{ id: number; billsOpenOn: Day }[]> =>
  sql.rows<{ id: number; billsOpenOn: Day }>(
    `select id, bills_open_on as "billsOpenOn" from heating_seasons order by id`,
  );

export type NamedBill = {
  readonly billId: bigint;
  readonly accountId: bigint;
  readonly seasonId: number;
  readonly state: string;
};

export const billForDesignation = (sql: Sql, billId: bigint): Promise<NamedBill | null> =>
  sql.maybeOne<NamedBill>(
    `select id as "billId", account_id as "accountId", season_id as "seasonId", state from bills where id = :billId`,
    { billId },
  );

/** The payment that stands in for another home's; what the channel reported is the first of the two. */
export const noteMovedFrom = (
  sql: Sql,
  move: { readonly paymentId: bigint; readonly movedFromId: bigint },
): Promise<number> => sql.run("update payments set moved_from_id = :movedFromId where id = :paymentId", move);
