/**
 * Who called about an incident and has no case is told as well when heat is back (停热来电告知): one message for one number, not
 * before the quiet hours end. A number with a case under the incident hears of it through the case, and not twice.
 */
import { cancelMessages, queueMessage } from "#src/messages/messaging/index.ts";
import { contactTimeFrom } from "#src/office/calendars/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { findCallersToTell, findSaid, type Said } from "./incident-caller-queries.ts";

/** Callers a transaction. */
const CHUNK = 100;
/** So many messages about incidents go to one number within a day, whatever happens in its building. */
export const MOST_A_DAY = 3;
const DAY_MS = 86_400_000;
const PURPOSE = "incident-update";

/** One for each time that heat went: who was told that it is back is told again only when it went again. */
const stepOf = (incidentId: bigint, wentId: bigint): string => `incident:${incidentId}:back:${wentId}`;

/** A closing that names no building says nothing of heat. */
const saysBack = ({ kind, wasTold, buildingIds }: Said): boolean =>
  kind === "partial" || kind === "restored" || (kind === "closed" && !wasTold && buildingIds.length > 0);

const tellChunk = async (
  context: CommandContext,
  updateId: bigint,
  said: Said,
  afterCallId: bigint,
): Promise<void> => {
  const { sql, now } = context;
  const { incidentId, title, buildingIds, wentId } = said;
  const step = stepOf(incidentId, wentId);
  const callers = await findCallersToTell(sql, {
    incidentId,
    buildingIds,
    isWhole: said.kind !== "partial",
    step,
    since: new Date(now.getTime() - DAY_MS),
    afterCallId,
    limit: CHUNK,
  });
  const last = callers.at(-1);
  if (last === undefined) return;
  const notBefore = await contactTimeFrom(sql, now);
  let told = 0;
  for (const { number, personId, accountId, lately } of callers) {
    if (lately >= MOST_A_DAY) continue;
    const { queued } = await queueMessage(context, {
      purpose: PURPOSE,
      channel: "sms",
      to: { number, ...(personId !== null && { personId }) },
      ...(accountId !== null && { accountId }),
      regarding: `incident:${incidentId}`,
      template: "incident-restored-caller",
      variables: { title },
      uniqueKey: step,
      notBefore,
    });
    if (queued) told += 1;
  }
  context.audit({
    subject: `incident:${incidentId}`,
    details: { updateId, callers: callers.length, told },
  });
  if (callers.length < CHUNK) return;
  context.emit({
    type: "incident.callers-left",
    subject: `incident:${incidentId}`,
    payload: { incidentId: String(incidentId), updateId: String(updateId), afterCallId: String(last.callId) },
  });
};

/**
 * Tells the callers of an incident what was said, when it is that heat is back; takes back what was not sent yet when heat went
 * again. A hundred callers at a time. Repeating is safe.
 */
export const tellCallers = async (
  context: CommandContext,
  updateId: bigint,
  afterCallId = 0n,
): Promise<void> => {
  const said = await findSaid(context.sql, updateId);
  if (said === null) return;
  if (said.kind === "back-again") {
    const uniqueKey = stepOf(said.incidentId, said.wentId);
    await cancelMessages(context, { purpose: PURPOSE, uniqueKey, reason: "heat went again" });
  } else if (saysBack(said)) await tellChunk(context, updateId, said, afterCallId);
};

export const incidentCallerSubscriber: Subscriber = {
  name: "incident-callers",
  handlers: {
    "incident.updated": (context, event) => tellCallers(context, event.payload.updateId),
    "incident.closed": (context, event) => tellCallers(context, event.payload.updateId),
    "incident.callers-left": (context, event) =>
      tellCallers(context, event.payload.updateId, event.payload.afterCallId),
  },
};
