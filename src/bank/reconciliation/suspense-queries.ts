/** SQL of money of nobody (待核销) and of the bank's credits. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";

export const SUSPENSE_STATES = ["open", "claimed", "returned", "settled"] as const;

export type SuspenseItem = {
  readonly id: bigint;
  readonly channelId: number | null;
  readonly channel: string | null;
  readonly bankLineId: bigint | null;
  readonly amountFen: bigint;
  readonly receivedOn: Day;
  readonly state: (typeof SUSPENSE_STATES)[number];
  /** Came on a statement of our own account: the bank's credit. */
  readonly ofStatement: boolean;
  readonly claimedAccountNo: string | null;
  readonly accountText: string | null;
  readonly remittance: string | null;
  readonly settledAt: Date | null;
  readonly note: string;
  /** The bank's, of its line. */
  readonly valueDate: Day | null;
};

const ITEMS = `select i.id, i.channel_id as "channelId", c.code as channel, i.bank_line_id as "bankLineId",
    i.amount_fen as "amountFen", i.received_on as "receivedOn", i.state, a.account_no as "claimedAccountNo",
    l.account_no as "accountText", l.remittance, i.settled_at as "settledAt", i.note,
    coalesce(f.kind = 'statement', false) as "ofStatement", l.value_date as "valueDate"
  from suspense_items i left join channels c on c.id = i.channel_id
  left join bank_lines l on l.id = i.bank_line_id left join import_files f on f.id = l.file_id
  left join heat_accounts a on a.id = i.claimed_account_id`;

export const lockSuspense = (sql: Sql, id: bigint): Promise<SuspenseItem | null> =>
  sql.maybeOne<SuspenseItem>(`${ITEMS} where i.id = :id for update of i`, { id });

/** A line of its channel's files says that the bank took back what the item's line had brought. */
export const isTakenBack = async (sql: Sql, itemId: bigint): Promise<boolean> =>
  (
    await sql.one<{ found: boolean }>(
      `select exists (
         select 1 from suspense_items i join bank_lines l on l.id = i.bank_line_id
         join import_files f on f.id = l.file_id and f.kind = 'collection'
         join import_files bf on bf.channel_id = f.channel_id and bf.kind = 'collection'
         join bank_lines back on back.file_id = bf.id and back.kind in ('reversal', 'refund')
           and coalesce(back.original_serial, back.serial) = l.serial
         where i.id = :itemId and l.kind = 'payment') as found`,
      { itemId },
    )
  ).found;

export const listSuspense = (
  sql: Sql,
  query: { readonly state: string | null; readonly afterId: bigint; readonly limit: number },
): Promise<SuspenseItem[]> =>
  sql.rows<SuspenseItem>(
    `${ITEMS} where i.id > :afterId and (:state::text is null or i.state = :state::text) order by i.id limit :limit::int`,
    query,
  );

/** @throws DomainError `break.held-already` when money of this line is held before */
export const insertSuspense = async (
  sql: Sql,
  item: {
    readonly channelId: number;
    readonly bankLineId: bigint;
    readonly amountFen: bigint;
    readonly receivedOn: Day;
    readonly note: string;
  },
): Promise<bigint> =>
  (
    await sql.maybeOne<{ id: bigint }>(
      `insert into suspense_items (channel_id, bank_line_id, amount_fen, received_on, note)
       values (:channelId, :bankLineId, :amountFen, :receivedOn, :note)
       on conflict (bank_line_id) do nothing returning id`,
      item,
    )
  )?.id ?? fail("break.held-already", "money of this line is held as nobody's already");

export type Claim = {
  readonly itemId: bigint;
  readonly accountId: bigint;
  readonly billId: bigint | null;
  readonly approvalId: bigint | null;
  readonly accountingDate: Day;
  readonly actorId: bigint | null;
  readonly now: Date;
  readonly policy: string;
  readonly seasonId: number;
};

export const claimItem = (sql: Sql, claim: Claim): Promise<{ postingId: bigint; amountFen: bigint } | null> =>
  sql.maybeOne<{ postingId: bigint; amountFen: bigint }>(
    `select posting_id as "postingId", amount_fen as "amountFen"
     from claim_suspense(:itemId::bigint, :accountId::bigint, :billId::bigint, :approvalId::bigint,
       :accountingDate::date, :actorId::bigint, :now::timestamptz, :policy::text::allocation_rule, :seasonId::smallint)`,
    claim,
  );

export const markReturned = (
  sql: Sql,
  item: {
    readonly id: bigint;
    readonly approvalId: bigint | null;
    readonly note: string;
    readonly now: Date;
  },
): Promise<number> =>
  sql.run(
    `update suspense_items set state = 'returned', approval_id = :approvalId, note = :note, settled_at = :now
     where id = :id and state = 'open'`,
    item,
  );

/** Takes what was booked out of an open item; what is left of it stays open. */
export const settleItem = (
  sql: Sql,
  item: {
    readonly id: bigint;
    readonly bookedFen: bigint;
    readonly approvalId: bigint;
    readonly note: string;
    readonly now: Date;
  },
): Promise<number> =>
  sql.run(
    `update suspense_items set
       state = case when amount_fen = :bookedFen::bigint then 'settled' else state end,
       amount_fen = case when amount_fen = :bookedFen::bigint then amount_fen else amount_fen - :bookedFen::bigint end,
       settled_at = case when amount_fen = :bookedFen::bigint then :now::timestamptz end,
       approval_id = :approvalId, note = :note
     where id = :id and state = 'open' and amount_fen >= :bookedFen::bigint`,
    item,
  );

export const findFeeTerms = (sql: Sql, channelId: number) =>
  sql.one<{ feePerItemFen: bigint; feeBasisPoints: number }>(
    `select fee_per_item_fen as "feePerItemFen", fee_basis_points as "feeBasisPoints" from channels
     where id = :channelId`,
    { channelId },
  );

/** Breaks that wait for this money: they are answered when it finds its place. */
export const breaksOfLine = (sql: Sql, bankLineId: bigint): Promise<{ id: bigint }[]> =>
  sql.rows<{ id: bigint }>(
    "select id from breaks where bank_line_id = :bankLineId and state = 'open' order by id for update",
    { bankLineId },
  );

export const backPostLine = (
  sql: Sql,
  line: {
    readonly lineId: bigint;
    readonly accountId: bigint;
    readonly tender: string;
    readonly accountingDate: Day;
    readonly actorId: bigint | null;
    readonly now: Date;
    readonly policy: string;
    readonly seasonId: number;
  },
): Promise<{ paymentId: bigint | null; outcome: string }> =>
  sql.one<{ paymentId: bigint | null; outcome: string }>(
    `select payment_id as "paymentId", outcome
     from back_post_line(:lineId::bigint, :accountId::bigint, :tender::text, :accountingDate::date, :actorId::bigint,
       :now::timestamptz, :policy::text::allocation_rule, :seasonId::smallint)`,
    line,
  );

export type NewCredit = {
  readonly channelId: number;
  readonly day: Day;
  readonly reference: string;
  readonly grossFen: bigint;
  readonly feeFen: bigint;
  readonly valueDate: Day;
  readonly bankLineId: bigint | null;
  readonly now: Date;
  readonly recordedBy: bigint | null;
};

/** @throws DomainError `credit.exists` when the channel has a credit of this reference */
const refuseCredit = (): never =>
  fail("credit.exists", "a credit with this reference is recorded already", {
    field: "reference",
    remedy: "see the bank day; the bank's own reference identifies a credit",
  });

/** @throws DomainError `credit.exists`, before anything else is said about the same credit */
export const refuseKnownCredit = async (sql: Sql, channelId: number, reference: string): Promise<void> => {
  const known = await sql.maybeOne<{ id: bigint }>(
    "select id from bank_credits where channel_id = :channelId and reference = :reference",
    { channelId, reference },
  );
  if (known !== null) refuseCredit();
};

export const insertCredit = async (sql: Sql, credit: NewCredit): Promise<bigint> =>
  (
    await sql.maybeOne<{ id: bigint }>(
      `insert into bank_credits (channel_id, bank_day, reference, gross_fen, fee_fen, value_date, bank_line_id,
         recorded_at, recorded_by)
       values (:channelId, :day, :reference, :grossFen, :feeFen, :valueDate, :bankLineId, :now, :recordedBy)
       on conflict (channel_id, reference) do nothing returning id`,
      credit,
    )
  )?.id ?? refuseCredit();
