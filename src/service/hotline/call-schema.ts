/** Calls and the screen pop as they leave over HTTP. */
import { z } from "zod";
import type { Actor } from "#src/platform/actor.ts";
import { fenOut } from "#src/platform/route.ts";
import { formatTicketNo } from "#src/service/tickets/index.ts";
import { CALL_OUTCOMES, CALL_STATES, FINISHED_BY } from "./call-fold.ts";
import { type CallRow, WRAP_UP_CODES } from "./call-queries.ts";
import { numberFor } from "./calls.ts";

const text = z.string();
const maybe = text.nullable();
const directions = ["inbound", "outbound"] as const;

export const callOut = z.object({
  id: text,
  direction: z.enum(directions),
  number: maybe,
  line: maybe,
  extension: maybe,
  agent: maybe,
  state: z.enum(CALL_STATES),
  outcome: z.enum(CALL_OUTCOMES).nullable(),
  beganAt: text,
  queuedAt: maybe,
  answeredAt: maybe,
  finishedAt: maybe,
  finishedBy: z.enum(FINISHED_BY),
  recording: maybe,
  accountNo: maybe,
  buildingId: maybe,
  addressText: text,
  wrapUp: z.enum(WRAP_UP_CODES).nullable(),
  wrapUpNote: text,
  /** As it is spoken and asked for: `/tickets/{ticketNo}`. */
  ticketNo: maybe,
  incidentId: maybe,
  callBackId: maybe,
});

const idText = (id: bigint | null): string | null => (id === null ? null : String(id));
const timeText = (at: Date | null): string | null => at?.toISOString() ?? null;

export const callJson = (call: CallRow, actor: Actor): z.input<typeof callOut> => ({
  id: String(call.id),
  direction: call.direction,
  number: numberFor(call, actor),
  line: call.line,
  extension: call.extension,
  agent: call.agent,
  state: call.state,
  outcome: call.outcome,
  beganAt: call.beganAt.toISOString(),
  queuedAt: timeText(call.queuedAt),
  answeredAt: timeText(call.answeredAt),
  finishedAt: timeText(call.finishedAt),
  finishedBy: call.finishedBy,
  recording: call.recording,
  accountNo: call.accountNo,
  buildingId: idText(call.buildingId),
  addressText: call.addressText,
  wrapUp: call.wrapUp,
  wrapUpNote: call.wrapUpNote,
  ticketNo: call.ticketId === null ? null : formatTicketNo(call.ticketId),
  incidentId: idText(call.incidentId),
  callBackId: idText(call.callBackId),
});

/** Without an id: an outage runs, of which no open incident tells. */
const incidentOut = z
  .object({ incidentId: maybe, script: text, scriptEn: text, expectedBackAt: maybe })
  .nullable();
/** Tests and closings in the building today. */
const todayOut = z.object({
  tests: z.array(
    z.object({
      testId: text,
      testNo: text,
      kind: text,
      state: text,
      window: text,
      contactName: text,
      contactNumber: text,
    }),
  ),
  closings: z.array(
    z.object({
      kind: z.enum(["valve-closed", "closing-list", "planned-outage"]),
      homes: z.int().nullable(),
      own: z.boolean(),
      from: maybe,
      until: maybe,
    }),
  ),
});
const contactOut = z.object({
  callId: text,
  direction: z.enum(directions),
  beganAt: text,
  outcome: z.enum(CALL_OUTCOMES).nullable(),
  wrapUp: maybe,
  agent: maybe,
});
const stateOut = z.object({ state: text, since: text }).nullable();

const householdOut = z.object({
  accountNo: text,
  state: text,
  address: text,
  building: z.object({ id: text, name: text }),
  community: text,
  station: z.object({ name: text, owner: text }).nullable(),
  area: z.object({ id: text, code: text, name: text, manager: maybe }).nullable(),
  people: z.array(z.object({ personId: text, role: text, name: text, phones: z.array(text) })),
  chargePoints: z.array(z.object({ chargePoint: z.int(), supply: stateOut, valve: stateOut })),
  debt: z.object({ receivableFen: fenOut, offeredFen: fenOut, prepaidFen: fenOut }),
  holds: z.array(z.object({ kind: text, startsOn: text, endsOn: maybe })),
  care: z.boolean(),
  openTickets: z.array(
    z.object({ ticketNo: text, category: text, severity: text, state: text, openedAt: text }),
  ),
  incident: incidentOut,
  today: todayOut,
  contacts: z.array(contactOut),
  notices: z.array(z.object({ purpose: text, title: maybe, channel: text, state: text, queuedAt: text })),
  papers: z.array(
    z.object({
      kind: z.enum(["bill", "receipt", "work-order"]),
      id: text,
      season: z.int().nullable(),
      print: text,
      pdf: text,
    }),
  ),
});

export const popOut = z.object({
  households: z.array(
    z.object({ accountNo: text, address: text, person: text, role: text, care: z.boolean() }),
  ),
  household: householdOut.nullable(),
  incident: incidentOut,
  today: todayOut.nullable(),
  contacts: z.array(contactOut),
});
