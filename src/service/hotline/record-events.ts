/**
 * Events of calls, from any exchange: stored first, each once, then worked into their calls. The two are two transactions,
 * so that nothing that was told is lost to a fault in what we make of it; a call whose events wait is worked on again by the
 * worker (`workWaitingCalls`). What is worked in is always all events of the call, so order and repetition do not matter.
 */
import { parsePhone } from "#src/kernel/phone.ts";
import { type Actor, systemActor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { announceLive } from "#src/platform/live-feed.ts";
import { readSetting } from "#src/platform/settings.ts";
import type { Platform } from "#src/platform/route.ts";
import { callOver } from "./agents.ts";
import { type FinishedBy, type FoldedCall, foldCall } from "./call-fold.ts";
import { loseCall, lockNumber, numberAnswered, unloseCall } from "./call-backs.ts";
import { type CtiEvent, eventOfRow } from "./cti-schema.ts";
import {
  type CallKey,
  clearWaiting,
  findAgentAt,
  findCallByKey,
  findOnlyHousehold,
  findOverdue,
  findWaiting,
  lockName,
  readEvents,
  storeEvents,
  type WorkedCall,
  writeCall,
} from "./event-queries.ts";
import { servicePolicy } from "./settings.ts";
import { endSession } from "./self-service/menu-queries.ts";

const HOTLINE: Actor = systemActor("hotline");
/** Under this name an exchange on site tells its events; Twilio ends its sessions by its own status message. */
const CTI = "cti";

/** E.164, or null for what is withheld, internal or unreadable. */
const numberOf = (text: string | null): string | null => {
  if (text === null || !/\d{5}/.test(text)) return null;
  try {
    return parsePhone(text).number;
  } catch {
    // "anonymous" and an extension are no numbers that anybody can be called back at.
    return null;
  }
};

const announceCall = async (
  context: CommandContext,
  call: WorkedCall,
  before: WorkedCall | null,
): Promise<void> => {
  const subject = `call:${call.id}`;
  const payload = { callId: call.id, state: call.state };
  await announceLive(context, {
    topic: "hotline.board",
    audience: "everyone",
    permission: "hotline.read",
    subject,
    payload,
  });
  if (call.agentId === null || (before?.agentId === call.agentId && before.state === call.state)) return;
  const isNew = before?.agentId !== call.agentId && call.outcome === null;
  await announceLive(context, {
    topic: isNew ? "hotline.pop" : "hotline.call",
    audience: { staffId: call.agentId },
    permission: "hotline.work",
    subject,
    payload,
    urgent: isNew,
  });
};

/** What a change of the call causes; each of these happens once, because a call is answered once and finished once. */
const follow = async (
  context: CommandContext,
  folded: FoldedCall,
  call: WorkedCall,
  before: WorkedCall | null,
): Promise<void> => {
  const subject = `call:${call.id}`;
  const payload = { callId: call.id };
  const { number } = call;
  if (folded.answeredAt !== null && (before?.answeredAt ?? null) === null) {
    context.emit({ type: "call.answered", subject, payload });
    if (number !== null) {
      const answered = { callId: call.id, number, direction: folded.direction, at: folded.answeredAt };
      await numberAnswered(context, answered);
    }
  }
  if (folded.finishedAt !== null && (before?.outcome ?? null) === null) {
    context.emit({ type: "call.ended", subject, payload });
    context.audit({ subject, details: { outcome: call.outcome, finishedBy: folded.finishedBy } });
    // Written down already, or over long ago for all that we know: the agent has gone on.
    const hasGoneOn = call.wrappedAt !== null || folded.finishedBy !== "exchange";
    if (call.agentId !== null && call.outcome === "answered" && !hasGoneOn)
      await callOver(context, call.agentId);
  }
  const isLost = call.outcome === "abandoned" && folded.direction === "inbound";
  if (isLost && call.callBackId === null && number !== null && folded.finishedAt !== null) {
    await loseCall(context, { callId: call.id, number, accountId: call.accountId, at: folded.finishedAt });
  }
  const wasLost = before?.outcome === "abandoned" && call.outcome !== "abandoned";
  if (wasLost && call.callBackId !== null) {
    await unloseCall(context, { callId: call.id, callBackId: call.callBackId });
  }
};

/** Works all events of a call into it. Locks the call and its number. Repeating is safe. */
const workCall = async (context: CommandContext, key: CallKey): Promise<bigint | null> => {
  const { sql } = context;
  await lockName(sql, `call:${key.provider}:${key.providerCallId}`);
  await clearWaiting(sql, key);
  const rows = await readEvents(sql, key);
  if (rows.length === 0) return null;
  const folded = foldCall(rows.map(eventOfRow));
  // Before the call's own row: a step of the menu locks them in this order.
  if (folded.finishedAt !== null && key.provider === CTI) {
    await endSession(sql, { provider: "pbx", providerCallId: key.providerCallId, now: context.now });
  }
  // The number before the call's row, as whoever leaves a call-back in the menu locks them.
  const told = numberOf(folded.numberText);
  if (told !== null) await lockNumber(context, told);
  const before = await findCallByKey(sql, key);
  const { extension } = folded;
  const at = folded.answeredAt ?? folded.beganAt;
  const agent = extension === null ? null : await findAgentAt(sql, { extension, at });
  const isUnbound = told !== null && (before === null || before.number === null);
  const household = isUnbound ? await findOnlyHousehold(sql, { number: told, day: context.today }) : null;
  const call = await writeCall(sql, {
    ...key,
    ...folded,
    // A late event of a call whose number is forgotten, here or in its events, does not lose or bring it back.
    number:
      folded.numberText === null || before?.number?.startsWith("forgotten:")
        ? (before?.number ?? null)
        : told,
    agentId: agent?.staffId ?? null,
    accountId: household?.accountId ?? null,
    buildingId: household?.buildingId ?? null,
  });
  await follow(context, folded, call, before);
  await announceCall(context, call, before);
  return call.id;
};

const work = async (platform: Platform, key: CallKey): Promise<void> => {
  await platform.commands.run({ name: "call.work", actor: HOTLINE }, (context) => workCall(context, key));
};

/** One call after the other; one that fails stays waiting and holds up none behind it. @throws the first failure, at the end */
const workEach = async (platform: Platform, keys: readonly CallKey[]): Promise<void> => {
  const failures: unknown[] = [];
  for (const key of keys) {
    try {
      await work(platform, key);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
};

const rowOf = ({ eventId, callId, type, at, ...raw }: CtiEvent) => ({
  eventId,
  callId,
  kind: type,
  // To the millisecond, as everything that is compared with it.
  occurredAt: new Date(at).toISOString(),
  raw,
});

/**
 * Takes events of an exchange. Repeating is safe: an event that is known changes nothing. `provider` names whose ids these
 * are. Calls of one batch are worked on one after the other.
 */
export const receiveCallEvents = async (
  platform: Platform,
  provider: string,
  events: readonly CtiEvent[],
): Promise<{ readonly stored: number; readonly repeated: number }> => {
  const { result } = await platform.commands.run({ name: "call.store-events", actor: HOTLINE }, (context) =>
    storeEvents(context.sql, { provider, events: JSON.stringify(events.map(rowOf)), now: context.now }),
  );
  await workEach(
    platform,
    result.calls.map((providerCallId) => ({ provider, providerCallId })),
  );
  const stored = Number(result.stored);
  return { stored, repeated: events.length - stored };
};

const WAITING_AFTER_MS = 5000;
const AT_ONCE = 200;

/** Calls whose events were stored by a process that died before it worked on them. For the worker; answers how many. */
export const workWaitingCalls = async (platform: Platform): Promise<number> => {
  const before = new Date(platform.clock.now().getTime() - WAITING_AFTER_MS);
  const waiting = await findWaiting(platform.database.sql, { before, limit: AT_ONCE });
  await workEach(platform, waiting);
  return waiting.length;
};

/**
 * Stores the end of a call that the exchange did not tell, once after each of its words. What it tells later still wins. The
 * caller works the call afterwards (`workLeftCall`), or the worker does.
 */
export const storeOurEnd = async (
  context: CommandContext,
  key: CallKey,
  end: { readonly by: Exclude<FinishedBy, "exchange">; readonly lastAt: Date; readonly at: Date },
): Promise<void> => {
  const event = {
    eventId: `nuan/${end.by}/${key.providerCallId}/${end.lastAt.getTime()}`,
    callId: key.providerCallId,
    kind: "ended",
    occurredAt: end.at.toISOString(),
    raw: { byUs: end.by },
  };
  await storeEvents(context.sql, {
    provider: key.provider,
    events: JSON.stringify([event]),
    now: context.now,
  });
};

/** Works a call whose events were just stored. */
export const workLeftCall = (platform: Platform, key: CallKey): Promise<void> => work(platform, key);

/**
 * Finishes calls of which the exchange told nothing more within the limits of `hotline.service`: nobody had answered, and the
 * caller is owed a call-back, or somebody had. For the worker; repeating is safe. Answers how many.
 */
export const finishOverdueCalls = async (platform: Platform): Promise<number> => {
  const { sql } = platform.database;
  const now = platform.clock.now();
  const { unansweredMinutes, answeredMinutes } = await readSetting(sql, servicePolicy);
  const overdue = await findOverdue(sql, { now, unansweredMinutes, answeredMinutes, limit: AT_ONCE });
  for (const { lastAt, endsAt, provider, providerCallId } of overdue) {
    const key = { provider, providerCallId };
    const end = { by: "time-limit", lastAt, at: endsAt } as const;
    await platform.commands.run({ name: "call.finish-overdue", actor: HOTLINE }, (context) =>
      storeOurEnd(context, key, end),
    );
  }
  await workEach(platform, overdue);
  return overdue.length;
};
