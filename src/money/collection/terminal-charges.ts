/**
 * An amount at the terminal of a till. It is written down before the terminal hears of it, and the terminal knows it by one
 * reference: whatever breaks in between (line, browser, server), looking again goes on where it stopped, the customer pays
 * once and the money gets its receipt once. A shift does not close over a charge that is not settled.
 */
import { DomainError, fail, must } from "#src/kernel/errors.ts";
import { fen } from "#src/kernel/money.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext, Idempotency } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { loadPaymentFacts, requireNamedBill, requirePositive } from "./post-payment.ts";
import { findShiftForPayment } from "./shift-queries.ts";
import { requireOpenShift } from "./shifts.ts";
import { type CounterItem, namingItem, takeCounterPayments } from "./take-counter-payments.ts";
import { type ChargeAtTerminal, type ChargeKind, httpTerminal, type Terminal } from "./terminal-port.ts";
import {
  advanceCharge,
  type ChargeItemRow,
  type ChargeRow,
  findCharge,
  findChargeItems,
  findUnsettledChargeOf,
  insertCharge,
  insertChargeItems,
} from "./terminal-queries.ts";

export type ChargeView = {
  readonly charge: ChargeRow;
  readonly items: readonly ChargeItemRow[];
  /** Why the terminal could not be asked just now; the charge stands as it was. */
  readonly trouble: string | null;
};

/** @throws DomainError `terminal.not-set-up` */
const terminalOf = (platform: Pick<Platform, "outside">): Terminal => {
  const address = platform.outside?.terminal;
  if (address === undefined) {
    return fail("terminal.not-set-up", "no terminal is connected to this house", {
      remedy: "take the card by the terminal's own keys, or set TERMINAL_URL and TERMINAL_TOKEN",
    });
  }
  return httpTerminal(address);
};

const writeCharge = async (
  context: CommandContext,
  request: { readonly shiftId: bigint; readonly kind: ChargeKind; readonly items: readonly CounterItem[] },
): Promise<string> => {
  const { sql, actor, now, today: day } = context;
  const shift = requireOpenShift(await findShiftForPayment(sql, request.shiftId), actor, day);
  // Every refusal of the payment comes before the customer pays.
  for (const [index, item] of request.items.entries()) {
    const facts = await namingItem(index, loadPaymentFacts(sql, actor, item, day));
    requireNamedBill(facts, item, `items[${index}].billNo`);
  }
  const amountFen = fen(request.items.reduce((sum, item) => sum + item.amountFen, 0n));
  const chargeId = await insertCharge(sql, { shiftId: shift.id, kind: request.kind, amountFen, now });
  if (chargeId === null) {
    return fail("terminal.busy", "another amount of this shift is still at the terminal", {
      remedy: "wait for it, or cancel it",
    });
  }
  await insertChargeItems(
    sql,
    chargeId,
    request.items.map((item) => ({ ...item, billNo: item.billNo ?? null })),
  );
  context.audit({
    subject: `shift:${shift.id}`,
    details: { chargeId: String(chargeId), kind: request.kind, amountFen, homes: request.items.length },
  });
  return String(chargeId);
};

/**
 * Writes the amount down and shows it at the terminal of the shift's till. Repeating with the same key is the same charge.
 * @throws DomainError `terminal.not-set-up`, `terminal.busy`, `payment.*`, `account.not-found`, `shift.*`
 */
export const askTerminal = async (
  platform: Platform,
  actor: Actor,
  request: { readonly shiftId: bigint; readonly kind: ChargeKind; readonly items: readonly CounterItem[] },
  options: { readonly idempotency?: Idempotency | undefined; readonly requestId: string },
): Promise<ChargeView> => {
  terminalOf(platform);
  for (const [index, item] of request.items.entries())
    requirePositive(item.amountFen, `items[${index}].amountFen`);
  const { result } = await platform.commands.run(
    {
      name: "terminal.ask",
      actor,
      requestId: options.requestId,
      ...(options.idempotency && { idempotency: options.idempotency }),
    },
    (context) => writeCharge(context, request),
  );
  return lookAtCharge(platform, actor, BigInt(result), options.requestId);
};

const requireOwnCharge = async (platform: Platform, actor: Actor, chargeId: bigint): Promise<ChargeRow> => {
  const charge = await findCharge(platform.database.sql, chargeId);
  if (charge === null || actor.kind !== "staff" || charge.staffId !== actor.id) {
    return fail("terminal.unknown", "this is not a charge of yours", { field: "id" });
  }
  return charge;
};

/** Forward only: an answer that is late or comes twice changes nothing. */
const keep = async (
  platform: Platform,
  actor: Actor,
  charge: ChargeRow,
  said: ChargeAtTerminal,
  requestId: string,
): Promise<void> => {
  if (said.state === charge.state) return;
  await platform.commands.run({ name: "terminal.hear", actor, requestId }, async (context) => {
    const moved = await advanceCharge(context.sql, {
      chargeId: charge.id,
      state: said.state,
      terminalNo: said.terminalNo ?? null,
      now: context.now,
    });
    if (moved) {
      context.audit({
        subject: `shift:${charge.shiftId}`,
        details: { chargeId: String(charge.id), state: said.state, terminalNo: said.terminalNo },
      });
    }
  });
};

type Asking = (terminal: Terminal, charge: ChargeRow) => Promise<ChargeAtTerminal | null>;

/** Asks the terminal while the charge is open. What it says is kept; that it says nothing is told. */
const hear = async (
  platform: Platform,
  actor: Actor,
  charge: ChargeRow,
  asking: Asking,
  requestId: string,
): Promise<string | null> => {
  if (charge.state !== "asked" && charge.state !== "shown") return null;
  try {
    const said = await asking(terminalOf(platform), charge);
    if (said !== null) await keep(platform, actor, charge, said, requestId);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Approved money becomes payments and their receipt, once; whoever comes second finds the receipt. */
const post = async (
  platform: Platform,
  actor: Actor,
  charge: ChargeRow,
  items: readonly ChargeItemRow[],
  requestId: string,
): Promise<void> => {
  if (charge.state !== "approved" || charge.receiptId !== null) return;
  try {
    await takeCounterPayments(
      platform,
      actor,
      {
        shiftId: charge.shiftId,
        tender: "card",
        items: items.map((item) => ({
          ...item,
          amountFen: fen(item.amountFen),
          billNo: item.billNo ?? undefined,
        })),
        terminalChargeId: charge.id,
      },
      { requestId },
    );
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "terminal.settled") throw error;
  }
};

const view = async (platform: Platform, chargeId: bigint, trouble: string | null): Promise<ChargeView> => ({
  charge: must(await findCharge(platform.database.sql, chargeId), "the charge"),
  items: await findChargeItems(platform.database.sql, chargeId),
  trouble,
});

/**
 * How the charge stands now: asks the terminal while it is open, and posts what is approved. Repeating is safe.
 * @throws DomainError `terminal.unknown`, `terminal.not-set-up`; when approved money cannot be posted, `payment.*`, `shift.*`
 */
export const lookAtCharge = async (
  platform: Platform,
  actor: Actor,
  chargeId: bigint,
  requestId: string,
): Promise<ChargeView> => {
  const before = await requireOwnCharge(platform, actor, chargeId);
  const asking: Asking = async (terminal, charge) =>
    charge.state === "asked" ? terminal.show(charge) : terminal.look(charge.reference);
  const trouble = await hear(platform, actor, before, asking, requestId);
  const heard = must(await findCharge(platform.database.sql, chargeId), "the charge");
  await post(platform, actor, heard, await findChargeItems(platform.database.sql, chargeId), requestId);
  return view(platform, chargeId, trouble);
};

/** Takes the amount back from the terminal, unless the customer has paid: then it is posted. Repeating is safe. */
export const cancelCharge = async (
  platform: Platform,
  actor: Actor,
  chargeId: bigint,
  requestId: string,
): Promise<ChargeView> => {
  const before = await requireOwnCharge(platform, actor, chargeId);
  const asking: Asking = async (terminal, charge) =>
    // Never heard of: nobody can pay it.
    (await terminal.cancel(charge.reference)) ?? { state: "cancelled" };
  const trouble = await hear(platform, actor, before, asking, requestId);
  const heard = must(await findCharge(platform.database.sql, chargeId), "the charge");
  await post(platform, actor, heard, await findChargeItems(platform.database.sql, chargeId), requestId);
  return view(platform, chargeId, trouble);
};

/** The charge of the caller's open shift that is not settled; null when there is none. */
export const unsettledCharge = async (platform: Platform, actor: Actor): Promise<ChargeView | null> => {
  if (actor.kind !== "staff" || actor.id === null) return null;
  const charge = await findUnsettledChargeOf(platform.database.sql, actor.id);
  return charge === null ? null : view(platform, charge.id, null);
};
