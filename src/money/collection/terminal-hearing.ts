/**
 * What the terminal says about a charge, and what becomes of the charge by it. It moves forward only:
 *
 *   asked > shown > approved | declined | cancelled;  asked, shown, approved > held;  declined, cancelled > held (paid after all)
 *
 * A terminal that says nothing for ten minutes, or does not call off what it was told to, is waited for no longer: the charge is held
 * for finance, and the shift can be closed.
 */
import { DomainError, must } from "#src/kernel/errors.ts";
import { fen } from "#src/kernel/money.ts";
import { recallTask } from "#src/office/tasks/index.ts";
import { type Actor, systemActor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { askFinance, isRefusedForGood } from "./held-money.ts";
import { takeCounterPayments } from "./take-counter-payments.ts";
import { type ChargeAtTerminal, SHOW_TIMEOUT_MS, type Terminal, terminalOf } from "./terminal-port.ts";
import {
  advanceCharge,
  type ChargeItemRow,
  type ChargeRow,
  type ChargeState,
  findCharge,
  findChargeItems,
  holdCharge,
  noteAnswer,
  releaseCharge,
} from "./terminal-queries.ts";

/** What a terminal was told last may still be on its way for so long. */
const ON_ITS_WAY_MS = 2 * SHOW_TIMEOUT_MS;
const SILENT_MS = 10 * 60_000;
const SILENT = "terminal-silent";
const PAID_AFTER_END = "paid-after-end";

/** Who posts for a cashier that is not there. */
export const terminalActor = systemActor("terminal");

const isOpen = ({ state }: ChargeRow): boolean => state === "asked" || state === "shown";
const titleOf = (charge: ChargeRow, problem: string): string =>
  problem === SILENT
    ? `终端收款没有结果，请对终端流水：${charge.till} 窗口`
    : `终端收款到账后无法入账：${charge.till} 窗口`;
const sourceOf = (charge: ChargeRow, problem: string): string =>
  problem === SILENT ? `terminal:${charge.reference}:silent` : `terminal:${charge.reference}`;

/** Sets it aside, with finance's task; nothing when it has got further meanwhile. */
const hold = async (
  platform: Platform,
  actor: Actor,
  charge: ChargeRow,
  held: {
    readonly from: readonly ChargeState[];
    readonly problem: string;
    readonly terminalNo: string | null;
  },
): Promise<void> => {
  await platform.commands.run({ name: "terminal.hold", actor }, async (context) => {
    const { problem, terminalNo } = held;
    const changed = await holdCharge(context.sql, { ...held, chargeId: charge.id, now: context.now });
    if (changed === 0) return;
    if (problem !== SILENT && charge.problem === SILENT) {
      await recallTask(context, "terminal-held", sourceOf(charge, SILENT), "the terminal has answered");
    }
    context.audit({ subject: `shift:${charge.shiftId}`, details: { chargeId: charge.id, held: problem } });
    await askFinance(context, {
      kind: "terminal-held",
      source: sourceOf(charge, problem),
      title: titleOf(charge, problem),
      details: {
        chargeId: String(charge.id),
        shiftId: String(charge.shiftId),
        till: charge.till,
        amountFen: String(charge.amountFen),
        terminalNo: terminalNo ?? charge.terminalNo,
        why: problem,
      },
    });
  });
};

/** Forward only: an answer that is late or comes twice changes nothing. */
const keep = async (
  platform: Platform,
  actor: Actor,
  charge: ChargeRow,
  said: ChargeAtTerminal,
  requestId: string,
): Promise<void> => {
  if (said.state === charge.state) {
    await noteAnswer(platform.database.sql, { chargeId: charge.id, now: platform.clock.now() });
    return;
  }
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

/** Shows it, looks at it, or calls it off: whichever is its turn. Null: the terminal does not know it. */
const askAbout = async (
  terminal: Terminal,
  charge: ChargeRow,
  now: Date,
): Promise<ChargeAtTerminal | null> => {
  if (charge.cancelAskedAt === null) {
    return charge.state === "asked" ? terminal.show(charge) : terminal.look(charge.reference);
  }
  const said = await terminal.cancel(charge.reference);
  if (said !== null) return said;
  // Never heard of, and nothing on its way any more: nobody can pay it.
  if (now.getTime() - charge.cancelAskedAt.getTime() >= ON_ITS_WAY_MS) return { state: "cancelled" };
  throw new Error("the terminal does not know it yet; it is called off again in a moment");
};

/** Waited for long enough: nothing was heard of it, or it stays where it is although it was called off. */
const isOverdue = (charge: ChargeRow, isSilent: boolean, now: Date): boolean => {
  const since = charge.cancelAskedAt ?? (isSilent ? (charge.heardAt ?? charge.askedAt) : null);
  return since !== null && now.getTime() - since.getTime() >= SILENT_MS;
};

/** Asks the terminal while the charge is open. What it says is kept; that it says nothing is told. */
const hear = async (
  platform: Platform,
  actor: Actor,
  charge: ChargeRow,
  requestId: string,
): Promise<string | null> => {
  if (!isOpen(charge)) return null;
  const now = platform.clock.now();
  let trouble: string | null = null;
  let said: ChargeAtTerminal | null = null;
  try {
    said = await askAbout(terminalOf(platform), charge, now);
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  }
  if (said !== null) await keep(platform, actor, charge, said, requestId);
  const isStill = said === null || said.state === "shown";
  if (isStill && isOverdue(charge, said === null, now)) {
    await hold(platform, actor, charge, { from: ["asked", "shown"], problem: SILENT, terminalNo: null });
  }
  return trouble;
};

/** Approved money becomes payments and their receipt, once; whoever comes second finds the receipt. What cannot be posted is held. */
const post = async (
  platform: Platform,
  actor: Actor,
  charge: ChargeRow,
  items: readonly ChargeItemRow[],
  requestId: string,
): Promise<void> => {
  if (charge.state !== "approved" || charge.receiptId !== null) return;
  const isCashier = actor.kind === "staff" && actor.id === charge.staffId;
  try {
    await takeCounterPayments(
      platform,
      isCashier ? actor : terminalActor,
      {
        shiftId: charge.shiftId,
        tender: "card",
        items: items.map((item) => ({
          ...item,
          amountFen: fen(item.amountFen),
          billNo: item.billNo ?? undefined,
        })),
        payerName: charge.payerName,
        terminalChargeId: charge.id,
      },
      { requestId },
    );
  } catch (error) {
    if (error instanceof DomainError && error.code === "terminal.settled") return;
    if (!isRefusedForGood(error)) throw error;
    await hold(platform, actor, charge, { from: ["approved"], problem: error.code, terminalNo: null });
  }
};

/**
 * Hears what the terminal says, and posts or holds what is approved. Repeating is safe. Answers why the terminal could not be asked, or null.
 * @throws DomainError of the moment (`database.busy`)
 */
export const hearCharge = async (
  platform: Platform,
  actor: Actor,
  charge: ChargeRow,
  requestId: string,
): Promise<string | null> => {
  const trouble = await hear(platform, actor, charge, requestId);
  const heard = must(await findCharge(platform.database.sql, charge.id), "the charge");
  await post(platform, actor, heard, await findChargeItems(platform.database.sql, charge.id), requestId);
  return trouble;
};

/**
 * Asks once more about a charge that has ended, or that the terminal said nothing about: paid after all, it is held for finance;
 * not paid, a silent one ends as what it was. Repeating is safe.
 */
export const hearLate = async (platform: Platform, charge: ChargeRow): Promise<void> => {
  const said = await terminalOf(platform).look(charge.reference);
  const state = said?.state ?? "cancelled";
  if (state === "approved") {
    await hold(platform, terminalActor, charge, {
      from: [charge.state],
      problem: PAID_AFTER_END,
      terminalNo: said?.terminalNo ?? null,
    });
    return;
  }
  if (charge.problem !== SILENT || state === "shown") return;
  await platform.commands.run({ name: "terminal.hear", actor: terminalActor }, async (context) => {
    const changed = await releaseCharge(context.sql, {
      chargeId: charge.id,
      problem: SILENT,
      state,
      now: context.now,
    });
    if (changed === 0) return;
    context.audit({ subject: `shift:${charge.shiftId}`, details: { chargeId: String(charge.id), state } });
    await recallTask(
      context,
      "terminal-held",
      sourceOf(charge, SILENT),
      "the terminal says that nobody paid",
    );
  });
};
