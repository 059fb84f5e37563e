/** What the statements on collected money (收费) share: which bills stand, which money is doubtful, and what they answer. */

/** Postings of payments of which nobody knows yet whether the money came. They are few. */
export const DOUBTFUL_POSTINGS = `array(select doubted.id from payments doubtful
    join postings doubted on doubted.kind = 'payment' and doubted.source_id = doubtful.id where doubtful.state = 'doubtful')`;

/** The bills of the season as they stood at the end of the span: issued, and not withdrawn by then. */
export const STANDING_BILLS = `
    select b.id, b.account_id, b.charge_point_id, b.amount_fen from bills b
    left join bill_cancellations gone on gone.bill_id = b.id
    where b.season_id = :season and b.kind = 'heat' and b.issued_on <= :toDay::date
      and (b.state <> 'cancelled' or gone.cancelled_at >= :to::timestamptz)`;

export type AreaCollection = {
  /** Null: nobody serves these buildings. */
  readonly areaId: bigint | null;
  readonly area: string | null;
  readonly branchId: bigint | null;
  readonly branch: string | null;
  readonly managerId: bigint | null;
  readonly manager: string | null;
  readonly homes: bigint;
  readonly paidHomes: bigint;
  readonly issuedFen: bigint;
  readonly receivedFen: bigint;
  /** Of the days of the span. */
  readonly spanFen: bigint;
  readonly milliM2: bigint;
  readonly paidMilliM2: bigint;
};

export type ChannelCollection = {
  /** Of the channel; `prepaid` and `suspense` for what came in before. */
  readonly code: string;
  readonly name: string | null;
  readonly nameEn: string | null;
  readonly payments: bigint;
  readonly seasonFen: bigint;
  /** Bills of seasons before, and opening balances. */
  readonly oldFen: bigint;
  readonly prepaidFen: bigint;
  /** All of it that came in on the days of the span. */
  readonly cashFen: bigint;
  readonly toDateFen: bigint;
};

/** Principal of the season of one day; days without any are not there. */
export type DayCollection = { readonly day: string; readonly fen: bigint };
