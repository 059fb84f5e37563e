/** SQL on counter shifts. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type ShiftRow = {
  readonly id: bigint;
  readonly staffId: bigint;
  readonly cashier: string;
  readonly till: string;
  readonly businessDay: Day;
  readonly state: "open" | "closed";
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly openingCashFen: bigint;
  readonly expectedCashFen: bigint | null;
  readonly countedCashFen: bigint | null;
  readonly expectedPosFen: bigint | null;
  readonly posTotalFen: bigint | null;
  readonly depositSlipNo: string | null;
  readonly differenceReason: string | null;
  /** Who counted in the cashier's place, and why. */
  readonly closedInPlaceBy: string | null;
  readonly inPlaceReason: string | null;
};

const shiftColumns = `
  select shift.id, shift.staff_id as "staffId", staff.display_name as cashier, shift.till,
    shift.business_day as "businessDay", shift.state, shift.opened_at as "openedAt", shift.closed_at as "closedAt",
    shift.opening_cash_fen as "openingCashFen", shift.expected_cash_fen as "expectedCashFen",
    shift.counted_cash_fen as "countedCashFen", shift.expected_pos_fen as "expectedPosFen",
    shift.pos_total_fen as "posTotalFen", shift.deposit_slip_no as "depositSlipNo",
    shift.difference_reason as "differenceReason", counter.display_name as "closedInPlaceBy",
    shift.in_place_reason as "inPlaceReason"
  from shifts shift join staff_members staff on staff.id = shift.staff_id
  left join staff_members counter on counter.id = shift.closed_in_place_by`;

/** Held against closing until commit. */
const shiftForPayment = `${shiftColumns} where shift.id = :shiftId for share of shift`;
export const findShiftForPayment = (sql: Sql, shiftId: bigint): Promise<ShiftRow | null> =>
  sql.maybeOne<ShiftRow>(shiftForPayment, { shiftId });

const shiftForClosing = `${shiftColumns} where shift.id = :shiftId for update of shift`;
export const lockShift = (sql: Sql, shiftId: bigint): Promise<ShiftRow | null> =>
  sql.maybeOne<ShiftRow>(shiftForClosing, { shiftId });

const shiftById = `${shiftColumns} where shift.id = :shiftId`;
export const findShift = (sql: Sql, shiftId: bigint): Promise<ShiftRow | null> =>
  sql.maybeOne<ShiftRow>(shiftById, { shiftId });

const openShiftsHere = `${shiftColumns} where shift.state = 'open' and (shift.staff_id = :staffId or shift.till = :till)`;
/** The person's open shift and the till's: at most two. */
export const findOpenShifts = (sql: Sql, staffId: bigint, till: string): Promise<ShiftRow[]> =>
  sql.rows<ShiftRow>(openShiftsHere, { staffId, till });

/** Where a page of shifts ended. */
export type ShiftPlace = Pick<ShiftRow, "businessDay" | "id">;

const someShifts = `${shiftColumns}
  where (:staffId::bigint is null or shift.staff_id = :staffId::bigint)
    and (:state::text is null or shift.state = :state::text)
    and (:beforeId::bigint is null
      or (shift.business_day, shift.id) < (:beforeDay::date, :beforeId::bigint))
  order by shift.business_day desc, shift.id desc limit :limit::int`;
/** Newest day first; a number says nothing about the day, because shifts of the time before are carried over in any order. */
export const listShifts = (
  sql: Sql,
  page: {
    readonly staffId: bigint | null;
    readonly state: string | null;
    readonly before: ShiftPlace | null;
    readonly limit: number;
  },
): Promise<ShiftRow[]> => {
  const { before, ...rest } = page;
  return sql.rows<ShiftRow>(someShifts, {
    ...rest,
    beforeDay: before?.businessDay ?? null,
    beforeId: before?.id ?? null,
  });
};

const addShift = `
  insert into shifts (staff_id, till, business_day, opened_at, opening_cash_fen)
  values (:staffId, :till, :businessDay, :now, :openingCashFen)
  on conflict do nothing returning id`;
/** Null when somebody opened a shift for this person or till meanwhile. */
export const insertShift = async (
  sql: Sql,
  shift: {
    readonly staffId: bigint;
    readonly till: string;
    readonly businessDay: Day;
    readonly now: Date;
    readonly openingCashFen: bigint;
  },
): Promise<bigint | null> => (await sql.maybeOne<{ id: bigint }>(addShift, shift))?.id ?? null;

export type ShiftMoney = {
  readonly cashFen: bigint;
  readonly posFen: bigint;
  readonly lastPostingId: bigint | null;
};

/** What the ledger says came in through this shift and stayed: its payments less their reversals. */
const shiftMoney = `
  select coalesce(sum(t.amount_fen) filter (where t.debit = 'cash'), 0)::bigint
      - coalesce(sum(t.amount_fen) filter (where t.credit = 'cash'), 0)::bigint as "cashFen",
    coalesce(sum(t.amount_fen) filter (where t.debit = 'pos_clearing'), 0)::bigint
      - coalesce(sum(t.amount_fen) filter (where t.credit = 'pos_clearing'), 0)::bigint as "posFen",
    max(g.id) as "lastPostingId"
  from payments p
  join postings g on g.kind in ('payment', 'payment-reversed') and g.source_id = p.id
  join transfers t on t.posting_id = g.id
  where p.shift_id = :shiftId`;
export const findShiftMoney = (sql: Sql, shiftId: bigint): Promise<ShiftMoney> =>
  sql.one<ShiftMoney>(shiftMoney, { shiftId });

const endShift = `
  update shifts set state = 'closed', closed_at = :now, expected_cash_fen = :expectedCashFen,
    counted_cash_fen = :countedCashFen, expected_pos_fen = :expectedPosFen, pos_total_fen = :posTotalFen,
    deposit_slip_no = :depositSlipNo, difference_reason = :differenceReason, last_posting_id = :lastPostingId,
    closed_in_place_by = :closedInPlaceBy, in_place_reason = :inPlaceReason
  where id = :shiftId and state = 'open'`;
export const closeShiftRow = (
  sql: Sql,
  shift: {
    readonly shiftId: bigint;
    readonly now: Date;
    readonly expectedCashFen: bigint;
    readonly countedCashFen: bigint;
    readonly expectedPosFen: bigint;
    readonly posTotalFen: bigint;
    readonly depositSlipNo: string | null;
    readonly differenceReason: string | null;
    readonly lastPostingId: bigint | null;
    readonly closedInPlaceBy: bigint | null;
    readonly inPlaceReason: string | null;
  },
): Promise<number> => sql.run(endShift, shift);

export type TenderTotal = {
  readonly tender: string;
  readonly takenCount: bigint;
  readonly takenFen: bigint;
  readonly reversedCount: bigint;
  readonly reversedFen: bigint;
};

const tenderTotals = `
  select tender, count(*) as "takenCount", sum(amount_fen)::bigint as "takenFen",
    count(*) filter (where state = 'reversed') as "reversedCount",
    coalesce(sum(amount_fen) filter (where state = 'reversed'), 0)::bigint as "reversedFen"
  from payments where shift_id = :shiftId group by tender order by tender`;
export const findTenderTotals = (sql: Sql, shiftId: bigint): Promise<TenderTotal[]> =>
  sql.rows<TenderTotal>(tenderTotals, { shiftId });

export type ReceiptRange = {
  readonly issuedCount: bigint;
  readonly voidedCount: bigint;
  readonly firstNumber: bigint | null;
  readonly lastNumber: bigint | null;
};

const receiptRange = `
  select count(*) as "issuedCount", count(r.voided_at) as "voidedCount",
    min(r.number) as "firstNumber", max(r.number) as "lastNumber"
  from receipts r where r.shift_id = :shiftId`;
export const findReceiptRange = (sql: Sql, shiftId: bigint): Promise<ReceiptRange> =>
  sql.one<ReceiptRange>(receiptRange, { shiftId });
