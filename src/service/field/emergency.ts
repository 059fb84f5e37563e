/**
 * An emergency (抢修: leak, burst) calls the people on the duty list (值班电话) one after the other, until one of them presses
 * the key. Who does not within three minutes is followed by the next; after the last one the supervisor gets a task.
 *
 * The whole chain is written when the order is raised, and each step commits together with the call that it asks for: a process
 * that is killed at any moment leaves both or neither, so nobody is called twice for one step and nobody is skipped. Who asks
 * for a call does not dial; `platform/telephony` does. Time is the business clock's, so a test may move it.
 */
import { both } from "#src/kernel/words.ts";
import { openTask, recallTask } from "#src/office/tasks/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import type { Platform } from "#src/platform/route.ts";
import { isSendingHeld } from "#src/platform/sending.ts";
import { placeAcknowledgedCall } from "#src/platform/telephony/outgoing-calls.ts";
import { stopCaseClocks, tellCases } from "./cases.ts";
import { findDutyChain } from "./crew-queries.ts";
import {
  claimNextCall,
  endChain,
  failCall,
  findCallOfTelephone,
  findDueChains,
  findEmergencyPlace,
  findStandingChains,
  giveUpCalling,
  insertCalls,
  insertChain,
  isTakenByDuty,
  lockChain,
  lockDueChain,
  markAcknowledged,
  noteOutgoingCall,
  setNextAt,
  spareWaiting,
} from "./emergency-queries.ts";
import { formatOrderNo, PLACE_UNKNOWN } from "./order-kinds.ts";
import { findTicketIds } from "./order-queries.ts";

/** **assumed**: what a person needs to wake up, listen and press. */
export const ANSWER_WITHIN_MS = 180_000;
const TASK_KIND = "emergency-unanswered";
const AT_ONCE = 20;

/** Nobody is left to call: the supervisor, now. */
const tellSupervisor = async (context: CommandContext, orderId: bigint): Promise<void> => {
  const { areaId } = await findEmergencyPlace(context.sql, orderId, context.today);
  await openTask(context, {
    kind: TASK_KIND,
    source: `work-order:${orderId}`,
    title: `抢修单 ${formatOrderNo(orderId)} 值班电话无人应答 Emergency: nobody on the duty list has answered`,
    details: { workOrderId: String(orderId) },
    areaId: areaId ?? undefined,
    ownerRole: "supervisor",
    dueAt: context.now,
  });
};

/** Writes the chain of an emergency that was just raised. Without anybody on duty the supervisor is told at once. */
export const startEmergencyChain = async (
  context: CommandContext,
  orderId: bigint,
  buildingId: bigint | null,
): Promise<void> => {
  const { sql, now, today } = context;
  const phones = await findDutyChain(sql, buildingId, today);
  const state = phones.length === 0 ? "exhausted" : "calling";
  await insertChain(sql, { orderId, state, nextAt: state === "calling" ? now : null, now });
  await insertCalls(
    sql,
    orderId,
    phones.map((phone) => phone.id),
  );
  context.audit({ subject: `work-order:${orderId}`, details: { dutyPhones: phones.length } });
  if (state === "exhausted") await tellSupervisor(context, orderId);
  else if (!(await isSendingHeld(sql))) await takeStep(context, orderId);
};

/**
 * One step of one chain: gives up whoever has not answered, notes the next as called and asks for the call, all in this
 * transaction. At the end of the list the supervisor is told. False when the chain is not due, or another process is at it.
 */
const takeStep = async (context: CommandContext, orderId: bigint): Promise<boolean> => {
  const { sql, now, today } = context;
  if (!(await lockDueChain(sql, orderId, now))) return false;
  const unanswered = await giveUpCalling(sql, orderId, now);
  const next = await claimNextCall(sql, orderId, now);
  const subject = `work-order:${orderId}`;
  if (next === null) {
    await endChain(sql, { orderId, state: "exhausted", acknowledgedAt: null });
    await tellSupervisor(context, orderId);
    context.audit({ subject, details: { emergency: "exhausted", unanswered } });
    return true;
  }
  await setNextAt(sql, orderId, new Date(now.getTime() + ANSWER_WITHIN_MS));
  const { address } = await findEmergencyPlace(sql, orderId, today);
  const { outgoingCallId } = await placeAcknowledgedCall(context, {
    purpose: "emergency-duty",
    about: subject,
    number: next.number,
    words: ["紧急抢修通知。", `抢修单号，${spoken(formatOrderNo(orderId))}。`, spokenPlace(address)],
    uniqueKey: `emergency:${orderId}:${next.ordinal}`,
  });
  await failpoint("emergency-asked");
  await noteOutgoingCall(sql, next.id, outgoingCallId);
  context.audit({
    subject,
    details: { emergency: "calling", step: next.ordinal, unanswered, outgoingCallId },
  });
  return true;
};

/** Letters and digits one by one, as a voice must say them. */
const spoken = (text: string): string => [...text].join(" ");

const spokenPlace = (address: string): string =>
  address === PLACE_UNKNOWN ? "地点尚未核实，请查看派工单，联系报修人。" : `地点，${address}。`;

const ACTOR = systemActor("emergency");

/**
 * Takes every chain one step further that is due. Safe to run in any number of processes at once and after a kill: step and
 * call commit together, once. Answers how many steps were taken. A restored copy of a live database calls nobody.
 */
export const stepEmergencies = async (platform: Platform): Promise<number> => {
  const { database, commands, clock } = platform;
  let taken = 0;
  const due = await findDueChains(database.sql, clock.now(), AT_ONCE);
  if (due.length === 0 || (await isSendingHeld(database.sql))) return taken;
  for (const orderId of due) {
    const { result } = await commands.run({ name: "emergency.step", actor: ACTOR }, (context) =>
      takeStep(context, orderId),
    );
    if (result) taken += 1;
    await failpoint("emergency-stepped");
  }
  return taken;
};

/** Ends the calling because somebody goes there, or nobody has to any more. Nothing happens where there is no chain. */
export const endEmergencyChain = async (context: CommandContext, orderId: bigint): Promise<void> => {
  const { sql, now } = context;
  const chain = await lockChain(sql, orderId);
  if (chain === null) return;
  if (chain.state === "calling") {
    await giveUpCalling(sql, orderId, now);
    await spareWaiting(sql, orderId);
    await endChain(sql, { orderId, state: "ended", acknowledgedAt: null });
  }
  await recallTask(context, TASK_KIND, `work-order:${orderId}`, "somebody is at it, or it is cancelled");
};

/**
 * Somebody takes it: the key of a duty call, or a person who says so to the desk (`callId` null). The calling ends, the rest of
 * the list is spared, the first-response clocks of the cases stop. Late is better than never: also a call that was given up,
 * and also after the supervisor was told, whose task is taken back. False when somebody had taken it before.
 */
export const acknowledgeEmergency = async (
  context: CommandContext,
  orderId: bigint,
  callId: bigint | null,
): Promise<boolean> => {
  const { sql, now } = context;
  const chain = await lockChain(sql, orderId);
  if (chain === null || chain.state === "acknowledged" || chain.state === "ended") return false;
  if (callId !== null) await markAcknowledged(sql, callId, now);
  await giveUpCalling(sql, orderId, now);
  await spareWaiting(sql, orderId);
  await endChain(sql, { orderId, state: "acknowledged", acknowledgedAt: now });
  await recallTask(context, TASK_KIND, `work-order:${orderId}`, "acknowledged meanwhile");
  const subject = `work-order:${orderId}`;
  context.audit({ subject, details: { emergency: "acknowledged", by: callId === null ? "desk" : "key" } });
  const ticketIds = await findTicketIds(sql, [orderId]);
  await tellCases(context, ticketIds, {
    orderId,
    kind: "order",
    text: both(
      `抢修单 ${formatOrderNo(orderId)} 已有人接单`,
      `emergency order ${formatOrderNo(orderId)}: somebody has taken it`,
    ),
    details: { acknowledged: true },
  });
  await stopCaseClocks(context, ticketIds, "first-response");
  return true;
};

/**
 * How a duty call ended. A key acknowledges, however late. Where surely nothing was dialled the next person is due at once;
 * who did not answer has his three minutes, since he may be looking for his glasses.
 */
export const settleDutyCall = async (
  context: CommandContext,
  outgoingCallId: bigint,
  outcome: string,
): Promise<void> => {
  const { sql, now } = context;
  const call = await findCallOfTelephone(sql, outgoingCallId);
  if (call === null) return;
  if (outcome === "acknowledged") {
    await acknowledgeEmergency(context, call.orderId, call.id);
    return;
  }
  const chain = await lockChain(sql, call.orderId);
  if (outcome !== "refused" || chain?.state !== "calling") return;
  if (await failCall(sql, call.id, now)) await setNextAt(sql, call.orderId, now);
};

/**
 * Somebody on duty accepted an emergency case or began it: the calling ends as if he had pressed the key. Whoever only takes
 * calls at the desk does not go there, and the next on the list is called.
 */
export const settleTakenCase = async (context: CommandContext, ticketId: bigint): Promise<void> => {
  const { sql, today } = context;
  const chains = await findStandingChains(sql, [ticketId]);
  if (chains.length === 0 || !(await isTakenByDuty(sql, { ticketId, day: today }))) return;
  for (const orderId of chains) await acknowledgeEmergency(context, orderId, null);
};

/** A visit for the same case is done, whatever order it was: nobody has to be woken for it. */
export const settleVisitedCases = async (context: CommandContext, orderId: bigint): Promise<void> => {
  const { sql } = context;
  const ticketIds = await findTicketIds(sql, [orderId]);
  if (ticketIds.length === 0) return;
  for (const chainId of await findStandingChains(sql, ticketIds)) await endEmergencyChain(context, chainId);
};
