/**
 * An amount at the terminal of a till. It is written down before the terminal hears of it, and the terminal knows it by one
 * reference: whatever breaks in between (line, browser, server), looking again goes on where it stopped, the customer pays
 * once and the money gets its receipt once. A shift does not close over a charge that is not settled; a charge that cannot be
 * settled is held for finance (`terminal-hearing.ts`), so that none keeps a shift open for ever.
 */
import { fail, must } from "#src/kernel/errors.ts";
import { fen } from "#src/kernel/money.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext, Idempotency } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { tryEach } from "#src/platform/try-each.ts";
import { loadPaymentFacts, refuseClosedAccount, requireNamedBill, requirePositive } from "./post-payment.ts";
import { findShiftForPayment } from "./shift-queries.ts";
import { requireOpenShift } from "./shifts.ts";
import { type CounterItem, namingItem, refuseDoubles } from "./take-counter-payments.ts";
import { hearCharge, hearLate, terminalActor } from "./terminal-hearing.ts";
import { type ChargeKind, terminalOf } from "./terminal-port.ts";
import {
  type ChargeItemRow,
  type ChargeRow,
  findCharge,
  findChargeItems,
  findChargesToLookAt,
  findUnsettledChargeOf,
  insertCharge,
  insertChargeItems,
  noteCancel,
} from "./terminal-queries.ts";

const MINUTE_MS = 60_000;
/** An open one that nobody looks at any more. */
const LEFT_ALONE_MS = MINUTE_MS;
/** So long the terminal is asked about one that has ended: an amount may have been shown and paid after it was called off. */
const LATE_MS = 15 * MINUTE_MS;
const SILENT_FOR_MS = 24 * 60 * MINUTE_MS;
const MOST_LOOKED_AT = 200;

export type ChargeView = {
  readonly charge: ChargeRow;
  readonly items: readonly ChargeItemRow[];
  /** Why the terminal could not be asked just now; the charge stands as it was. */
  readonly trouble: string | null;
};

export type ChargeRequest = {
  readonly shiftId: bigint;
  readonly kind: ChargeKind;
  readonly items: readonly CounterItem[];
  readonly payerName?: string | undefined;
};

const writeCharge = async (context: CommandContext, request: ChargeRequest): Promise<string> => {
  const { sql, actor, now, today: day } = context;
  const shift = requireOpenShift(await findShiftForPayment(sql, request.shiftId), actor, day);
  // Every refusal of the payment that can be known comes before the customer pays.
  const accountIds: bigint[] = [];
  for (const [index, item] of request.items.entries()) {
    const facts = await namingItem(index, loadPaymentFacts(sql, actor, item, day));
    if (facts.account.state === "closed") refuseClosedAccount(`items[${index}].accountNo`);
    requireNamedBill(facts, item, `items[${index}].billNo`);
    accountIds.push(facts.account.id);
  }
  refuseDoubles(request.items, accountIds);
  const amountFen = fen(request.items.reduce((sum, item) => sum + item.amountFen, 0n));
  const chargeId = await insertCharge(sql, {
    shiftId: shift.id,
    kind: request.kind,
    amountFen,
    payerName: request.payerName ?? "",
    now,
  });
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
  request: ChargeRequest,
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
  return lookAtCharge(platform, actor, BigInt(result), { requestId: options.requestId });
};

export type Looking = {
  readonly requestId: string;
  /** By somebody who may close the shift in its cashier's place. */
  readonly inPlace?: boolean;
};

const requireCharge = async (
  platform: Platform,
  actor: Actor,
  chargeId: bigint,
  inPlace: boolean,
): Promise<ChargeRow> => {
  const charge = await findCharge(platform.database.sql, chargeId);
  const isOwn = actor.kind === "staff" && charge?.staffId === actor.id;
  if (charge === null || !(isOwn || inPlace)) {
    return fail("terminal.unknown", "this is not a charge of yours", { field: "id" });
  }
  return charge;
};

const view = async (platform: Platform, chargeId: bigint, trouble: string | null): Promise<ChargeView> => ({
  charge: must(await findCharge(platform.database.sql, chargeId), "the charge"),
  items: await findChargeItems(platform.database.sql, chargeId),
  trouble,
});

/**
 * How the charge stands now: asks the terminal while it is open, and posts what is approved; what cannot be posted is held for finance.
 * Repeating is safe.
 * @throws DomainError `terminal.unknown`
 */
export const lookAtCharge = async (
  platform: Platform,
  actor: Actor,
  chargeId: bigint,
  { requestId, inPlace = false }: Looking,
): Promise<ChargeView> => {
  const before = await requireCharge(platform, actor, chargeId, inPlace);
  return view(platform, chargeId, await hearCharge(platform, actor, before, requestId));
};

/**
 * Takes the amount back from the terminal, unless the customer has paid: then it is posted. The wish is kept: a charge that the
 * terminal does not call off now is called off at the next look. Repeating is safe.
 */
export const cancelCharge = async (
  platform: Platform,
  actor: Actor,
  chargeId: bigint,
  { requestId, inPlace = false }: Looking,
): Promise<ChargeView> => {
  await requireCharge(platform, actor, chargeId, inPlace);
  await platform.commands.run({ name: "terminal.cancel", actor, requestId }, async (context) => {
    const wished = await noteCancel(context.sql, { chargeId, now: context.now });
    if (wished > 0) context.audit({ subject: `terminal-charge:${chargeId}`, details: { inPlace } });
  });
  return lookAtCharge(platform, actor, chargeId, { requestId, inPlace });
};

/** The charge of the caller's open shift that is not settled; null when there is none. */
export const unsettledCharge = async (platform: Platform, actor: Actor): Promise<ChargeView | null> => {
  if (actor.kind !== "staff" || actor.id === null) return null;
  const charge = await findUnsettledChargeOf(platform.database.sql, actor.id);
  return charge === null ? null : view(platform, charge.id, null);
};

const lookAlone = async (platform: Platform, chargeId: bigint): Promise<void> => {
  const charge = must(await findCharge(platform.database.sql, chargeId), "a charge");
  if (["declined", "cancelled", "held"].includes(charge.state)) await hearLate(platform, charge);
  else await hearCharge(platform, terminalActor, charge, `terminal-watch-${chargeId}`);
};

/**
 * Looks at every charge that nobody looks at: open for a minute (the cashier's browser died, the cashier went home), and those that
 * ended a short while ago, which may have been paid all the same. Answers how many. Repeating is safe.
 * @throws AggregateError when some could not be looked at; the others were
 */
export const lookAtLeftCharges = async (platform: Platform): Promise<number> => {
  if (platform.outside?.terminal === undefined) return 0;
  const now = platform.clock.now().getTime();
  const due = await findChargesToLookAt(platform.database.sql, {
    openSince: new Date(now - LEFT_ALONE_MS),
    endedSince: new Date(now - LATE_MS),
    silentSince: new Date(now - SILENT_FOR_MS),
    limit: MOST_LOOKED_AT,
  });
  return tryEach(
    due,
    (chargeId) => `terminal charge ${chargeId}`,
    (chargeId) => lookAlone(platform, chargeId),
  );
};
