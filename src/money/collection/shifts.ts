/** Counter shifts (收费班次): one person at one till on one day, opened with a float, closed with a count. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Fen } from "#src/kernel/money.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { postTransfers } from "#src/money/ledger/index.ts";
import { closingOf } from "./shift-closing.ts";
import {
  closeShiftRow,
  findOpenShifts,
  findReceiptRange,
  findShift,
  findShiftMoney,
  findTenderTotals,
  insertShift,
  lockShift,
  type ReceiptRange,
  type ShiftRow,
  type TenderTotal,
} from "./shift-queries.ts";
import { type ChargeRow, findUnsettledCharge } from "./terminal-queries.ts";

const isOwnShift = (shift: ShiftRow, actor: Actor): boolean =>
  actor.kind === "cli" || actor.kind === "system" || (actor.kind === "staff" && shift.staffId === actor.id);

const unknownShift = (): never =>
  fail("shift.unknown", "this is not a shift of yours", { field: "shiftId", remedy: "open a shift" });

/**
 * The shift of money that a customer has paid already: open, and of whoever settles it; its day may be over.
 * @throws DomainError `shift.unknown`, `shift.closed`
 */
export const requireSettlingShift = (shift: ShiftRow | null, actor: Actor): ShiftRow => {
  if (shift === null || !isOwnShift(shift, actor)) return unknownShift();
  if (shift.state !== "open") {
    fail("shift.closed", "this shift is closed", { field: "shiftId", remedy: "open a shift" });
  }
  return shift;
};

/**
 * The shift in which money may be taken now: open, of this cashier, of today. Read it with its share lock, so that it
 * cannot close before the payment is there.
 * @throws DomainError `shift.unknown` (also for another cashier's), `shift.closed`, `shift.of-another-day`
 */
export const requireOpenShift = (row: ShiftRow | null, actor: Actor, today: Day): ShiftRow => {
  const shift = requireSettlingShift(row, actor);
  if (shift.businessDay !== today) {
    fail("shift.of-another-day", "this shift belongs to another day", {
      field: "shiftId",
      remedy: "close it and open one for today",
    });
  }
  return shift;
};

/**
 * Opens a shift for the acting person. One open shift per person and per till.
 * @throws DomainError `shift.staff-only`, `shift.already-open`, `shift.of-another-day` (yesterday's is not closed),
 * `shift.till-in-use`
 */
export const openShift = async (
  context: CommandContext,
  input: { readonly till: string; readonly openingCashFen: Fen },
): Promise<bigint> => {
  const { sql, today, now, actor } = context;
  if (actor.kind !== "staff" || actor.id === null) {
    fail("shift.staff-only", "a shift belongs to a person", { remedy: "log in as a cashier" });
  }
  const [mine, other] = await openShiftsOf(sql, actor.id, input.till);
  if (mine !== undefined && mine.businessDay !== today) {
    fail("shift.of-another-day", `your shift of ${mine.businessDay} is still open`, {
      remedy: "close it first",
      facts: { shiftId: String(mine.id) },
    });
  }
  if (mine !== undefined) {
    fail("shift.already-open", "you have an open shift", { facts: { shiftId: String(mine.id) } });
  }
  if (other !== undefined) refuseTill(other);
  const shiftId = await insertShift(sql, { ...input, staffId: actor.id, businessDay: today, now });
  if (shiftId === null) {
    fail("shift.already-open", "a shift was opened for you or this till at the same moment", {
      remedy: "look at your open shifts",
    });
  }
  context.audit({ subject: `shift:${shiftId}`, details: { ...input } });
  return shiftId;
};

const openShiftsOf = async (
  sql: Sql,
  staffId: bigint,
  till: string,
): Promise<[ShiftRow | undefined, ShiftRow | undefined]> => {
  const open = await findOpenShifts(sql, staffId, till);
  return [open.find((shift) => shift.staffId === staffId), open.find((shift) => shift.staffId !== staffId)];
};

const refuseTill = (other: ShiftRow): never =>
  fail("shift.till-in-use", "another person's shift is open at this till", {
    field: "till",
    remedy: `ask for the shift of ${other.businessDay} at this till to be closed: by its cashier, or in the cashier's place by a supervisor`,
    facts: { shiftId: String(other.id) },
  });

export type ShiftCount = {
  readonly shiftId: bigint;
  /** All the cash in the drawer, the float included. */
  readonly countedCashFen: Fen;
  /** The terminal's own total of the shift. */
  readonly posTotalFen: Fen;
  readonly depositSlipNo: string | undefined;
  readonly differenceReason: string | undefined;
  /** Why somebody else counts: the cashier is ill, or has left. */
  readonly inPlaceReason?: string | undefined;
};

/**
 * Who may close it: its cashier; in the cashier's place, with a reason, only somebody else.
 * @throws DomainError `shift.unknown`, `shift.own`
 */
const requireCloser = (shift: ShiftRow | null, actor: Actor, inPlaceReason: string | undefined): ShiftRow => {
  if (shift === null) return unknownShift();
  if (inPlaceReason === undefined) return isOwnShift(shift, actor) ? shift : unknownShift();
  if (actor.kind !== "staff" || actor.id === shift.staffId) {
    fail("shift.own", "in a cashier's place somebody else counts", {
      remedy: "close your own shift as its cashier",
    });
  }
  return shift;
};

/** Money that a terminal may have taken belongs into this shift. */
const refuseUnsettled = async (sql: Sql, shiftId: bigint): Promise<void> => {
  const charge = await findUnsettledCharge(sql, shiftId);
  if (charge === null) return;
  fail("shift.charge-open", "an amount is still at the terminal", {
    remedy: "look at it once more, or cancel it",
    facts: { chargeId: String(charge.id), amountFen: charge.amountFen },
  });
};

/**
 * Closes a shift: what the ledger expects against what was counted. A difference needs a reason and is posted; the cash
 * above the float goes to the bank by the deposit slip. Locks the shift; payments in flight finish first. The shift of
 * an earlier day may be closed, and posts today with its own day as value date. Somebody else closes it with a reason, so that a
 * till is never blocked by a cashier who does not come.
 * @throws DomainError `shift.unknown`, `shift.own`, `shift.closed`, `shift.difference-needs-reason`, `shift.slip-needed`,
 * `shift.charge-open`, `day.closed`
 */
export const closeShift = async (context: CommandContext, count: ShiftCount): Promise<void> => {
  const { sql, actor, now } = context;
  const shift = requireCloser(await lockShift(sql, count.shiftId), actor, count.inPlaceReason);
  if (shift.state !== "open") fail("shift.closed", "this shift is closed", { field: "shiftId" });
  await refuseUnsettled(sql, shift.id);
  const money = await findShiftMoney(sql, shift.id);
  const closing = closingOf({
    openingCashFen: shift.openingCashFen,
    cashTakenFen: money.cashFen,
    posTakenFen: money.posFen,
    countedCashFen: count.countedCashFen,
    posTotalFen: count.posTotalFen,
  });
  if (closing.differences.length > 0 && count.differenceReason === undefined) {
    fail("shift.difference-needs-reason", "the count differs from what was taken", {
      field: "differenceReason",
      remedy: "count again; if it stays, say why",
      facts: { cashSurplusFen: closing.cashSurplusFen, posSurplusFen: closing.posSurplusFen },
    });
  }
  if (closing.depositFen > 0n && count.depositSlipNo === undefined) {
    fail("shift.slip-needed", "cash goes to the bank with a deposit slip", {
      field: "depositSlipNo",
      facts: { depositFen: closing.depositFen },
    });
  }
  await closeShiftRow(sql, {
    shiftId: shift.id,
    now,
    expectedCashFen: closing.expectedCashFen,
    countedCashFen: count.countedCashFen,
    expectedPosFen: money.posFen,
    posTotalFen: count.posTotalFen,
    depositSlipNo: count.depositSlipNo ?? null,
    differenceReason: count.differenceReason ?? null,
    lastPostingId: money.lastPostingId,
    closedInPlaceBy: count.inPlaceReason === undefined ? null : staffIdOf(actor),
    inPlaceReason: count.inPlaceReason ?? null,
  });
  const source = { sourceId: shift.id, valueDate: shift.businessDay };
  if (closing.differences.length > 0) {
    await postTransfers(context, { kind: "shift-difference", ...source, transfers: closing.differences });
  }
  if (closing.deposits.length > 0) {
    await postTransfers(context, { kind: "shift-deposited", ...source, transfers: closing.deposits });
  }
  context.audit({
    subject: `shift:${shift.id}`,
    details: {
      expectedCashFen: closing.expectedCashFen,
      countedCashFen: count.countedCashFen,
      expectedPosFen: money.posFen,
      posTotalFen: count.posTotalFen,
      reason: count.differenceReason,
      ...(count.inPlaceReason !== undefined && {
        cashier: shift.staffId,
        inPlaceReason: count.inPlaceReason,
      }),
    },
  });
};

/** Who looks after all tills; a cashier sees the own shifts only. */
export const seesAllShifts = (actor: Actor): boolean =>
  actor.roles.some((role) => ["finance", "finance-approver", "supervisor", "auditor"].includes(role));

export type ShiftSummary = {
  readonly shift: ShiftRow;
  readonly tenders: readonly TenderTotal[];
  readonly receipts: ReceiptRange;
  /** What is still at the terminal and keeps the shift from closing. */
  readonly openCharge: ChargeRow | null;
};

/** @throws DomainError `shift.not-found` also for another cashier's */
export const shiftSummary = async (sql: Sql, actor: Actor, shiftId: bigint): Promise<ShiftSummary> => {
  const shift = await findShift(sql, shiftId);
  if (shift === null || !(seesAllShifts(actor) || isOwnShift(shift, actor))) {
    return fail("shift.not-found", "there is no shift with this number", { field: "id" });
  }
  const [tenders, receipts, openCharge] = await Promise.all([
    findTenderTotals(sql, shiftId),
    findReceiptRange(sql, shiftId),
    shift.state === "open" ? findUnsettledCharge(sql, shiftId) : null,
  ]);
  return { shift, tenders, receipts, openCharge };
};
