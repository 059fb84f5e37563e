/** Cases over HTTP: open, list, look at. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import type { PhoneNumber } from "#src/kernel/phone.ts";
import { noteReveal, reasonIn } from "#src/office/reveals/index.ts";
import { ROLES, staffIdOf } from "#src/platform/actor.ts";
import {
  accountNoIn,
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { accessAccount, foldAccountText } from "#src/town/accounts/index.ts";
import { accessTicket, reachOf } from "./access-ticket.ts";
import { missingFields } from "./category-fields.ts";
import { findCategoryFields } from "./category-queries.ts";
import { guessCategory } from "./guess-category.ts";
import { isAnothers } from "./guards.ts";
import { findFacts, type NewTicket, openLast, openTicket } from "./open-ticket.ts";
import { SEVERITIES, TICKET_CHANNELS, TICKET_SOURCES } from "./schema.ts";
import { commandsFrom, OPEN_STATES, TICKET_STATES } from "./states.ts";
import {
  categoryIn,
  eitherLevelIn,
  placeIn,
  readPlace,
  resolvePlace,
  textIn,
  ticketNoIn,
} from "./ticket-input.ts";
import { callerJson, entryJson, entryOut, ticketJson, ticketOut } from "./ticket-json.ts";
import { parseTicketNo } from "./ticket-number.ts";
import {
  findClockView,
  findRelated,
  findTicketView,
  findTimeline,
  listTickets,
  type TicketFilter,
} from "./view-queries.ts";

const tag = "Cases 工单";
export const ticketParams = z.strictObject({ ticketNo: ticketNoIn });

const listQuery = pageIn.extend({
  /** `open` is every state in which something is still to be done. */
  state: z.enum([...TICKET_STATES, "open"]).optional(),
  owner: z.literal("me").optional(),
  ownerRole: z.enum(ROLES).optional(),
  category: eitherLevelIn.optional(),
  source: z.enum(TICKET_SOURCES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  building: rowIdIn.optional(),
  account: accountNoIn.optional(),
  dueBefore: z.iso.datetime({ offset: true }).optional(),
  /** A case's own number, however it is written; a wrong check digit finds nothing. */
  number: ticketNoIn.optional(),
});

const filterOf = (
  query: z.output<typeof listQuery>,
  staffId: bigint | null,
  accountId: bigint | null,
): TicketFilter => ({
  states: query.state === undefined ? null : query.state === "open" ? OPEN_STATES : [query.state],
  // Nobody has the id -1: a machine that asks for its own cases has none.
  ownerId: query.owner === "me" ? (staffId ?? -1n) : null,
  ownerRole: query.ownerRole ?? null,
  category: query.category ?? null,
  source: query.source ?? null,
  severity: query.severity ?? null,
  buildingId: query.building ?? null,
  accountId,
  ticketId: query.number === undefined ? null : (parseTicketNo(query.number) ?? -1n),
  dueBefore: query.dueBefore === undefined ? null : new Date(query.dueBefore),
});

const openedOut = z.object({
  ticketNo: z.string(),
  /** False when the same source had opened it before. */
  opened: z.boolean(),
  category: z.string(),
  categoryGuessed: z.boolean(),
});

const listing = defineRoute({
  method: "get",
  path: "/tickets",
  permission: "ticket.read",
  summary: "Cases in the caller's scope, the youngest first",
  tag,
  query: listQuery,
  response: pageOf(ticketOut),
  handle: async ({ platform, actor, query }) => {
    const { sql } = platform.database;
    const now = platform.clock.now();
    const today = dayOfInstant(now);
    const account =
      query.account === undefined ? null : await accessAccount(sql, actor, query.account, today);
    const rows = await listTickets(sql, {
      ...reachOf(actor, today),
      ...filterOf(query, staffIdOf(actor), account?.id ?? null),
      now,
      beforeId: idOfCursor(query.cursor),
      limit: query.limit + 1,
    });
    return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], ticketJson) };
  },
});

const opening = defineRoute({
  method: "post",
  path: "/tickets",
  permission: "ticket.write",
  summary: "Open a case with all that its category needs",
  tag,
  body: placeIn.extend({
    category: categoryIn,
    channel: z.enum(TICKET_CHANNELS),
    source: z.enum(TICKET_SOURCES).optional(),
    severity: z.enum(SEVERITIES).optional(),
    summary: textIn(2000).optional(),
    fields: z.record(z.string().max(40), z.unknown()).default({}),
  }),
  response: openedOut,
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, requestId, idempotency, body }) => {
    const { category, channel, source, severity, summary = "", fields } = body;
    const bare: NewTicket = { category, channel, source, severity, summary, fields };
    const { result } = await platform.commands.run(
      {
        name: "ticket.open",
        actor,
        requestId,
        ...(idempotency !== undefined && { idempotency }),
        // The key, the household within the scope and the facts of the category travel together.
        prefetch: (sql, today) =>
          findFacts(
            sql,
            { ...bare, buildingId: body.buildingId },
            body.accountNo === undefined
              ? undefined
              : { accountNo: foldAccountText(body.accountNo), ...scopeBindings(actor.scope, today) },
          ),
      },
      async (context, facts) => {
        // An alias, a building beside it, or a number that is not there takes the long way.
        const isFound = facts.accountId !== null && body.buildingId === undefined;
        const place = isFound
          ? readPlace(body, facts.accountId ?? undefined)
          : await resolvePlace(context.sql, actor, body, context.today);
        const input = { ...bare, ...place };
        const fits = isFound || place.accountId === undefined;
        const opened = await openLast(context, input, fits ? facts : await findFacts(context.sql, input));
        return { ticketNo: opened.ticketNo, opened: opened.opened };
      },
    );
    return { body: { ...result, category: body.category, categoryGuessed: false } };
  },
});

/** Slips, walk-ins, reception days, chat messages that a manager forwards: what it is, is written; the rest is guessed. */
const quick = defineRoute({
  method: "post",
  path: "/tickets/quick",
  permission: "ticket.write",
  summary:
    "Open a case in two taps: a channel and a text; the category is guessed from its words and marked so",
  tag,
  body: placeIn.extend({
    channel: z.enum(["slip", "visit", "reception-day", "chat", "phone", "patrol"]),
    text: textIn(2000),
  }),
  response: openedOut.extend({ guesses: z.array(z.object({ category: z.string(), score: z.int() })) }),
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, requestId, idempotency, body }) => {
    const { result } = await platform.commands.run(
      {
        name: "ticket.open",
        actor,
        requestId,
        ...(idempotency !== undefined && { idempotency }),
        prefetch: (sql, today) => resolvePlace(sql, actor, body, today),
      },
      async (context, place) => {
        const guesses = await guessCategory(context.sql, body.text);
        const category = guesses[0]?.code ?? "";
        const opened = await openTicket(context, {
          ...place,
          category,
          categoryGuessed: true,
          channel: body.channel,
          summary: body.text,
        });
        return {
          ticketNo: opened.ticketNo,
          opened: opened.opened,
          category,
          categoryGuessed: true,
          guesses: guesses.map((guess) => ({ category: guess.code, score: guess.score })),
        };
      },
    );
    return { body: result };
  },
});

const viewOut = ticketOut.extend({
  address: z.string().nullable(),
  callerName: z.string().nullable(),
  callerNumber: z.string().nullable(),
  fields: z.record(z.string(), z.unknown()),
  /** What the category still needs before it may be closed as solved. */
  missingFields: z.array(z.string()),
  firstVisitCompleted: z.boolean().nullable(),
  returnCount: z.int(),
  repeatedAt: z.string().nullable(),
  /** Another person has it: accepting or starting it needs a reason. */
  anothers: z.boolean(),
  /** What the state takes. */
  commands: z.array(z.string()),
  clocks: z.array(
    z.object({
      kind: z.string(),
      subject: z.string(),
      state: z.string(),
      dueAt: z.string(),
      stoppedAt: z.string().nullable(),
      met: z.boolean().nullable(),
    }),
  ),
  related: z.array(
    z.object({ kind: z.string(), ticketNo: z.string(), state: z.string(), outward: z.boolean() }),
  ),
  /** The latest first, those of merged cases among them. */
  timeline: z.array(entryOut),
});

const viewing = defineRoute({
  method: "get",
  path: "/tickets/{ticketNo}",
  permission: "ticket.read",
  summary: "One case with its timeline, its clocks and what it is tied to",
  tag,
  params: ticketParams,
  response: viewOut,
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const now = platform.clock.now();
    const today = dayOfInstant(now);
    const ticket = await accessTicket(sql, actor, params.ticketNo, today);
    const { id } = ticket;
    const reach = { ...reachOf(actor, today), ticketId: id };
    const view = await findTicketView(sql, { ...reach, now });
    const fields = await findCategoryFields(sql, view.categoryCode);
    const clocks = await findClockView(sql, id);
    const timeline = await findTimeline(sql, reach);
    return {
      headers: { ETag: `"${view.version}"` },
      body: {
        ...ticketJson(view),
        ...callerJson(view),
        fields: { ...view.fields },
        missingFields: missingFields(fields, view.fields),
        firstVisitCompleted: view.firstVisitCompleted,
        returnCount: view.returnCount,
        repeatedAt: view.repeatedAt?.toISOString() ?? null,
        anothers: isAnothers(actor, ticket),
        commands: commandsFrom(view.state),
        clocks: clocks.map((clock) => ({
          ...clock,
          dueAt: clock.dueAt.toISOString(),
          stoppedAt: clock.stoppedAt?.toISOString() ?? null,
        })),
        related: await findRelated(sql, reach),
        timeline: timeline.map(entryJson),
      },
    };
  },
});

/** A number in clear is a deed, and leaves its trace. */
const caller = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/caller",
  permission: "ticket.write",
  stepUp: true,
  summary: "The caller's name and number in clear; counted, with its reason",
  tag,
  params: ticketParams,
  body: z.strictObject({ reason: reasonIn }),
  response: z.object({ callerName: z.string().nullable(), callerNumber: z.string().nullable() }),
  handle: async ({ platform, actor, requestId, params, body }) => {
    const { result } = await platform.commands.run(
      { name: "ticket.show-caller", actor, requestId },
      async (context) => {
        const ticket = await accessTicket(context.sql, actor, params.ticketNo, context.today);
        await noteReveal(context, { subject: `ticket:${ticket.id}`, field: "caller", reason: body.reason });
        return { callerName: ticket.callerName, callerNumber: ticket.callerNumber as PhoneNumber | null };
      },
    );
    return { body: result };
  },
});

export const viewRoutes: readonly Route[] = [quick, listing, opening, viewing, caller];
