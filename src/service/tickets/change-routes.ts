/** What people do to a case: commands of the table, notes, corrections. Each names the version that was read. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import type { Action } from "#src/platform/actions.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Route, type RouteRequest } from "#src/platform/route.ts";
import { changeSeen, type SeenRequest } from "#src/platform/seen-change.ts";
import { accessTicket } from "./access-ticket.ts";
import { COMPARED_FIELDS, compareAndSet } from "./compare-and-set.ts";
import { correctTicket } from "./correct-ticket.ts";
import { followVisit } from "./follow-visit.ts";
import { enterByHand, HAND_KINDS } from "./hand-entries.ts";
import { visitorsOf } from "./presence.ts";
import { MISSED_RESULTS, missedReturnVisit, rateTicket } from "./return-visits.ts";
import { beginTicketChange, runTicketCommand } from "./run-command.ts";
import { CLOSING_CLASSES, SEVERITIES, type Ticket } from "./schema.ts";
import { TICKET_STATES } from "./states.ts";
import { categoryIn, placeIn, resolvePlace, textIn, ticketNoIn } from "./ticket-input.ts";

const tag = "Cases 工单";
const params = z.strictObject({ ticketNo: ticketNoIn });
const instantIn = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

type Asked = Pick<
  RouteRequest<{ ticketNo: string }, unknown, unknown>,
  "platform" | "actor" | "requestId" | "params"
> &
  Partial<Pick<RouteRequest<unknown, unknown, unknown>, "idempotency">>;

/** One command on the case of the path, within the caller's scope. */
export const onTicket = async <T>(
  { platform, actor, requestId, idempotency, params: { ticketNo } }: Asked,
  name: Action,
  work: (context: CommandContext, ticket: Ticket) => Promise<T>,
): Promise<T> => {
  const { result } = await platform.commands.run(
    { name, actor, requestId, ...(idempotency && { idempotency }) },
    async (context) => work(context, await accessTicket(context.sql, actor, ticketNo, context.today)),
  );
  return result;
};

export const changedOut = z.object({ ticketNo: z.string(), version: z.int() });

/** The same for what a person decides about the version that was seen; answers the one that it is now. */
export const changeTicket = async (
  request: SeenRequest & { readonly params: { readonly ticketNo: string } },
  name: Action,
  work: (context: CommandContext, ticket: Ticket, seen: number) => Promise<number>,
): Promise<{ readonly body: z.input<typeof changedOut> }> => ({
  body: await changeSeen(request, name, async (context, seen) => {
    const ticket = await accessTicket(context.sql, request.actor, request.params.ticketNo, context.today);
    return { ticketNo: ticket.ticketNo, version: await work(context, ticket, seen) };
  }),
});

const commanding = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/commands",
  permission: "ticket.write",
  summary: "Move a case on: accept, start, wait, resume, resolve, reopen",
  tag,
  params,
  body: z.strictObject({
    command: z.enum(["accept", "start", "wait", "resume", "resolve", "reopen"]),
    text: textIn(1000).optional(),
    /** With `wait`: for which reason the clocks stand. */
    pauseReason: z
      .string()
      .regex(/^[a-z-]{2,40}$/)
      .optional(),
  }),
  response: changedOut,
  ifMatch: true,
  handle: (request) => {
    const { command, text, pauseReason } = request.body;
    return changeTicket(request, `ticket.${command}`, (context, ticket, expectedVersion) =>
      runTicketCommand(context, ticket.id, command, { text, pauseReason, expectedVersion }),
    );
  },
});

const closing = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/close",
  permission: "ticket.close",
  summary: "Close a case: solved, with evidence; or explained, in words",
  tag,
  params,
  body: z.strictObject({ closingClass: z.enum(CLOSING_CLASSES), text: textIn(1000).optional() }),
  response: changedOut,
  ifMatch: true,
  handle: (request) =>
    changeTicket(request, "ticket.close", (context, ticket, expectedVersion) =>
      runTicketCommand(context, ticket.id, "close", { ...request.body, expectedVersion }),
    ),
});

const cancelling = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/cancel",
  permission: "ticket.close",
  summary: "Cancel a case that was opened by mistake",
  tag,
  params,
  body: z.strictObject({ text: textIn(1000) }),
  response: changedOut,
  ifMatch: true,
  handle: (request) =>
    changeTicket(request, "ticket.cancel", (context, ticket, expectedVersion) =>
      runTicketCommand(context, ticket.id, "cancel", { ...request.body, expectedVersion }),
    ),
});

const correcting = defineRoute({
  method: "patch",
  path: "/tickets/{ticketNo}",
  permission: "ticket.write",
  summary: "Put right its category, fields, place or caller; a guessed category counts as confirmed",
  tag,
  params,
  body: placeIn.extend({
    category: categoryIn.optional(),
    severity: z.enum(SEVERITIES).optional(),
    summary: textIn(2000).optional(),
    fields: z.record(z.string().max(40), z.unknown()).optional(),
  }),
  response: changedOut,
  ifMatch: true,
  handle: (request) =>
    changeTicket(request, "ticket.correct", async (context, ticket, seen) => {
      const { category, severity, summary, fields } = request.body;
      const place = await resolvePlace(context.sql, request.actor, request.body, context.today);
      return correctTicket(context, ticket.id, { ...place, category, severity, summary, fields }, seen);
    }),
});

const entering = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/entries",
  permission: "ticket.write",
  summary: "Add to the timeline: a note, a visit, a measured slip, a call back that reached the household",
  tag,
  params,
  body: z.strictObject({
    kind: z.enum(HAND_KINDS),
    text: textIn(2000),
    /** A visit that is to be continued, a call back that reached nobody: no evidence for a closing. */
    finished: z.boolean().default(true),
    /** Of a slip: tenths of a degree, 168 is 16.8. Without it a slip is no evidence. */
    deciCelsius: z.int().min(-200).max(600).optional(),
    /** When it was written down, for what waited for signal. */
    madeAt: instantIn.optional(),
    /** Of a visit or a slip: who was there, and when. Left out by whoever was there and writes it. */
    there: z.strictObject({ login: z.string().min(1).max(80), at: instantIn }).optional(),
    /** With a visit: the case follows it. It is begun, and resolved where the visit is finished; `stays` says why not. */
    follow: z.boolean().default(false),
  }),
  response: z.object({
    entryId: z.string(),
    state: z.enum(TICKET_STATES),
    stays: z.enum(["anothers", "state"]).nullable(),
  }),
  status: 201,
  idempotency: "optional",
  handle: async (request) => ({
    body: await onTicket(request, "ticket.enter", async (context, { id }) => {
      const { follow, ...entry } = request.body;
      const ticket = await beginTicketChange(context, id, undefined);
      const entryId = String(await enterByHand(context, ticket, entry));
      if (!follow || entry.kind !== "visit") return { entryId, state: ticket.state, stays: null };
      return { entryId, ...(await followVisit(context, ticket, entry.finished)) };
    }),
  }),
});

const visitors = defineRoute({
  method: "get",
  path: "/tickets/{ticketNo}/visitors",
  permission: "ticket.write",
  summary:
    "Who may have been at the home: who goes there, the owner of the case first, then those of its area",
  tag,
  params,
  response: z.object({ items: z.array(z.object({ login: z.string(), name: z.string() })) }),
  handle: async ({ platform, actor, params: { ticketNo } }) => {
    const { sql } = platform.database;
    const today = dayOfInstant(platform.clock.now());
    const ticket = await accessTicket(sql, actor, ticketNo, today);
    const items = await visitorsOf(sql, ticket, today);
    return { body: { items: items.map(({ login, name }) => ({ login, name })) } };
  },
});

const fieldByField = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/field-changes",
  permission: "ticket.write",
  summary:
    "Change fields one by one, each only where it still is what was read; where it is not, both are kept and a task asks which holds",
  tag,
  params,
  body: z.strictObject({
    /** When it was written down, for what waited for signal. */
    madeAt: z.iso.datetime({ offset: true }),
    changes: z
      .array(
        z.strictObject({
          field: z.enum(COMPARED_FIELDS),
          was: z.string().max(2000).nullable(),
          now: textIn(2000),
        }),
      )
      .min(1)
      .max(COMPARED_FIELDS.length),
  }),
  response: changedOut.extend({
    fields: z.array(
      z.object({ field: z.enum(COMPARED_FIELDS), result: z.enum(["set", "same", "conflict"]) }),
    ),
    taskId: z.string().nullable(),
  }),
  idempotency: "required",
  handle: async (request) => ({
    body: await onTicket(request, "ticket.compare-and-set", async (context, ticket) => ({
      ticketNo: ticket.ticketNo,
      ...(await compareAndSet(context, ticket, request.body)),
    })),
  }),
});

const rating = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/rating",
  permission: "ticket.write",
  summary: "What the household says of a closing; not solved reopens the case",
  tag,
  params,
  body: z.strictObject({
    solved: z.boolean(),
    satisfaction: z.int().min(1).max(5).optional(),
    remark: textIn(500).optional(),
  }),
  response: z.object({ ticketNo: z.string(), reopened: z.boolean() }),
  handle: async (request) => ({
    body: await onTicket(request, "ticket.rate", async (context, ticket) => ({
      ticketNo: ticket.ticketNo,
      ...(await rateTicket(context, ticket.id, request.body)),
    })),
  }),
});

const missing = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/return-visit/missed",
  permission: "ticket.write",
  summary:
    "The return visit got no answer: asked again tomorrow, three times in all; not after a wrong number or a refusal",
  tag,
  params,
  body: z
    .strictObject({ result: z.enum(MISSED_RESULTS).default("no-answer") })
    .default({ result: "no-answer" }),
  idempotency: "optional",
  response: z.object({ ticketNo: z.string(), state: z.string(), attempts: z.int() }),
  handle: async (request) => ({
    body: await onTicket(request, "ticket.return-visit-missed", async (context, ticket) => ({
      ticketNo: ticket.ticketNo,
      ...(await missedReturnVisit(context, ticket.id, request.body.result)),
    })),
  }),
});

export const changeRoutes: readonly Route[] = [
  commanding,
  closing,
  cancelling,
  correcting,
  fieldByField,
  entering,
  visitors,
  rating,
  missing,
];
