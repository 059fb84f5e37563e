/** SQL on what terminals were asked for. */
import type { Sql } from "#src/platform/sql.ts";
import type { ChargeKind } from "./terminal-port.ts";

export const CHARGE_STATES = ["asked", "shown", "approved", "declined", "cancelled", "held"] as const;
export type ChargeState = (typeof CHARGE_STATES)[number];

export type ChargeRow = {
  readonly id: bigint;
  readonly reference: string;
  readonly shiftId: bigint;
  readonly staffId: bigint;
  readonly till: string;
  readonly kind: ChargeKind;
  readonly amountFen: bigint;
  readonly state: ChargeState;
  readonly terminalNo: string | null;
  readonly payerName: string;
  readonly askedAt: Date;
  /** Since when it is to be called off. */
  readonly cancelAskedAt: Date | null;
  /** When the terminal last said anything about it, to the minute. */
  readonly heardAt: Date | null;
  /** Why it is held; empty else. */
  readonly problem: string;
  readonly receiptId: bigint | null;
  readonly receiptNo: string | null;
};

export type ChargeItemRow = {
  readonly accountNo: string;
  readonly amountFen: bigint;
  readonly billNo: string | null;
};

const chargeColumns = `
  select charge.id, charge.reference, charge.shift_id as "shiftId", shift.staff_id as "staffId", shift.till,
    charge.kind, charge.amount_fen as "amountFen", charge.state, charge.terminal_no as "terminalNo",
    charge.payer_name as "payerName", charge.asked_at as "askedAt", charge.cancel_asked_at as "cancelAskedAt",
    charge.heard_at as "heardAt", charge.problem, charge.receipt_id as "receiptId", series.prefix || lpad(receipt.number::text, series.width, '0') as "receiptNo"
  from terminal_charges charge join shifts shift on shift.id = charge.shift_id
  left join receipts receipt on receipt.id = charge.receipt_id
  left join number_series series on series.code = receipt.series`;

const chargeById = `${chargeColumns} where charge.id = :chargeId`;
export const findCharge = (sql: Sql, chargeId: bigint): Promise<ChargeRow | null> =>
  sql.maybeOne<ChargeRow>(chargeById, { chargeId });

const unsettledOfShift = `${chargeColumns}
  where charge.shift_id = :shiftId
    and (charge.state in ('asked', 'shown') or (charge.state = 'approved' and charge.receipt_id is null))`;
/** The charge of a shift that has not ended, or whose money has no receipt yet: at most one. */
export const findUnsettledCharge = (sql: Sql, shiftId: bigint): Promise<ChargeRow | null> =>
  sql.maybeOne<ChargeRow>(unsettledOfShift, { shiftId });

const unsettledOfPerson = `${chargeColumns}
  where shift.staff_id = :staffId and shift.state = 'open'
    and (charge.state in ('asked', 'shown') or (charge.state = 'approved' and charge.receipt_id is null))`;
/** The same of the open shift of a person, who has one at most. */
export const findUnsettledChargeOf = (sql: Sql, staffId: bigint): Promise<ChargeRow | null> =>
  sql.maybeOne<ChargeRow>(unsettledOfPerson, { staffId });

const itemsOfCharge = `
  select account_no as "accountNo", amount_fen as "amountFen", bill_no as "billNo"
  from terminal_charge_items where charge_id = :chargeId order by position`;
export const findChargeItems = (sql: Sql, chargeId: bigint): Promise<ChargeItemRow[]> =>
  sql.rows<ChargeItemRow>(itemsOfCharge, { chargeId });

const addCharge = `
  insert into terminal_charges (reference, shift_id, kind, amount_fen, payer_name, asked_at)
  values (gen_random_uuid(), :shiftId, :kind, :amountFen, :payerName, :now)
  on conflict do nothing returning id`;
/** Null while another charge of the shift is unsettled. */
export const insertCharge = async (
  sql: Sql,
  charge: {
    readonly shiftId: bigint;
    readonly kind: ChargeKind;
    readonly amountFen: bigint;
    readonly payerName: string;
    readonly now: Date;
  },
): Promise<bigint | null> => (await sql.maybeOne<{ id: bigint }>(addCharge, charge))?.id ?? null;

const addItems = `
  insert into terminal_charge_items (charge_id, position, account_no, amount_fen, bill_no)
  select :chargeId, item.ordinality - 1, item.account_no, item.amount_fen, item.bill_no
  from unnest(:accountNos::text[], :amountsFen::bigint[], :billNos::text[])
    with ordinality as item(account_no, amount_fen, bill_no, ordinality)`;
export const insertChargeItems = async (
  sql: Sql,
  chargeId: bigint,
  items: readonly ChargeItemRow[],
): Promise<void> => {
  await sql.rows(addItems, {
    chargeId,
    accountNos: items.map((item) => item.accountNo),
    amountsFen: items.map((item) => item.amountFen),
    billNos: items.map((item) => item.billNo),
  });
};

const moveForward = `
  update terminal_charges set state = :state, terminal_no = :terminalNo, heard_at = :now,
    ended_at = case when :state = 'shown' then null else :now::timestamptz end
  where id = :chargeId
    and (state = 'asked' or (state = 'shown' and :state <> 'shown'))
  returning id`;
/** False when the charge had already got that far: what the terminal says moves it forward only. */
export const advanceCharge = async (
  sql: Sql,
  step: {
    readonly chargeId: bigint;
    readonly state: Exclude<ChargeState, "asked" | "held">;
    readonly terminalNo: string | null;
    readonly now: Date;
  },
): Promise<boolean> => (await sql.maybeOne(moveForward, step)) !== null;

const giveReceipt = `
  update terminal_charges set receipt_id = :receiptId
  where id = :chargeId and state = 'approved' and receipt_id is null and amount_fen = :amountFen returning id`;
/** False when the charge is not approved, has its receipt already, or is another amount. */
export const settleCharge = async (
  sql: Sql,
  settled: { readonly chargeId: bigint; readonly receiptId: bigint; readonly amountFen: bigint },
): Promise<boolean> => (await sql.maybeOne(giveReceipt, settled)) !== null;

const noteHeard = `
  update terminal_charges set heard_at = :now
  where id = :chargeId and state in ('asked', 'shown') and coalesce(heard_at, '-infinity') < :now::timestamptz - interval '1 minute'`;
/** The terminal answered, whatever it said. */
export const noteAnswer = (sql: Sql, heard: { readonly chargeId: bigint; readonly now: Date }) =>
  sql.run(noteHeard, heard);

const wishBack = `
  update terminal_charges set cancel_asked_at = :now
  where id = :chargeId and state in ('asked', 'shown') and cancel_asked_at is null`;
/** 1 the first time: from now on it is not shown again. */
export const noteCancel = (
  sql: Sql,
  wish: { readonly chargeId: bigint; readonly now: Date },
): Promise<number> => sql.run(wishBack, wish);

const hold = `
  update terminal_charges set state = 'held', problem = :problem, terminal_no = coalesce(:terminalNo, terminal_no),
    ended_at = :now
  where id = :chargeId and state = any(:from::text[]) and receipt_id is null`;
/** 1, or 0 when it is in none of these states any more, or has its receipt. */
export const holdCharge = (
  sql: Sql,
  held: {
    readonly chargeId: bigint;
    readonly from: readonly ChargeState[];
    readonly problem: string;
    readonly terminalNo: string | null;
    readonly now: Date;
  },
): Promise<number> => sql.run(hold, held);

const release = `
  update terminal_charges set state = :state, problem = '', ended_at = :now
  where id = :chargeId and state = 'held' and problem = :problem`;
/** A silent one of which the terminal says at last that nobody paid. */
export const releaseCharge = (
  sql: Sql,
  released: {
    readonly chargeId: bigint;
    readonly problem: string;
    readonly state: "declined" | "cancelled";
    readonly now: Date;
  },
): Promise<number> => sql.run(release, released);

const lookedAt = `
  select id from terminal_charges
  where (asked_at < :openSince and (state in ('asked', 'shown') or (state = 'approved' and receipt_id is null)))
    or (state in ('declined', 'cancelled') and ended_at > :endedSince)
    or (state = 'held' and problem = 'terminal-silent' and ended_at > :silentSince)
  order by id limit :limit::integer`;
/** What is looked at without anybody's press: open for a while, ended a short while ago, or held because the terminal said nothing. */
export const findChargesToLookAt = async (
  sql: Sql,
  query: {
    readonly openSince: Date;
    readonly endedSince: Date;
    readonly silentSince: Date;
    readonly limit: number;
  },
): Promise<bigint[]> => (await sql.rows<{ id: bigint }>(lookedAt, query)).map(({ id }) => id);
