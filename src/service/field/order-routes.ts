/** Work orders over HTTP: the list, one of them, and what is done with it. */
import { z } from "zod";
import { day as dayOf, instantOfDay, addDays } from "#src/kernel/day.ts";
import { noteReveal, reasonIn } from "#src/office/reveals/index.ts";
import type { Action } from "#src/platform/actions.ts";
import { today } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  dayIn,
  decodeCursor,
  defineRoute,
  pageFrom,
  pageIn,
  pageOf,
  refuseCursor,
  type Route,
  type RouteRequest,
  rowIdIn,
} from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { accessOrder, beginOrderChange } from "./access-order.ts";
import { cancelOrder, leaveOrder, type OrderChanged, scheduleOrder, startOrder } from "./change-order.ts";
import { acknowledgeEmergency } from "./emergency.ts";
import { finishOrder } from "./finish-order.ts";
import { formatOrderNo, ORDER_KINDS } from "./order-kinds.ts";
import { listOrders } from "./order-queries.ts";
import { ORDER_STATES } from "./order-states.ts";
import { recordSlip } from "./record-slip.ts";
import {
  changedOut,
  filledIn,
  finishBody,
  leaveBody,
  orderJson,
  orderOut,
  orderParams,
  orderViewOut,
  scheduleBody,
  slipBody,
  startBody,
  TAG,
} from "./schema.ts";
import { viewOrder } from "./view-order.ts";

const cursorKey = z.tuple([z.union([z.iso.datetime(), z.literal("infinity")]), rowIdIn]);

const afterOf = (cursor: string | undefined): { afterSlot: string | null; afterId: bigint } => {
  if (cursor === undefined) return { afterSlot: null, afterId: 0n };
  const parsed = cursorKey.safeParse(decodeCursor(cursor));
  if (!parsed.success) return refuseCursor();
  return { afterSlot: parsed.data[0], afterId: parsed.data[1] };
};

/** The day of a window, from midnight to midnight in Shanghai. */
export const dayBounds = (text: string | undefined): { dayFrom: Date | null; dayUntil: Date | null } => {
  if (text === undefined) return { dayFrom: null, dayUntil: null };
  const wanted = dayOf(text);
  return { dayFrom: instantOfDay(wanted), dayUntil: instantOfDay(addDays(wanted, 1)) };
};

const listing = defineRoute({
  method: "get",
  path: "/work-orders",
  permission: "field.read",
  summary: "Work orders in the caller's scope: those with a window first, in its order",
  tag: TAG,
  query: pageIn.extend({
    kind: z.enum(ORDER_KINDS).optional(),
    /** Left out: what still needs somebody. */
    state: z.enum(ORDER_STATES).optional(),
    areaId: rowIdIn.optional(),
    crewId: rowIdIn.optional(),
    /** Of the window. */
    day: dayIn.optional(),
  }),
  response: pageOf(orderOut),
  handle: async ({ platform, actor, query }) => {
    const scope = scopeBindings(actor.scope, today(platform.clock));
    const rows = await listOrders(platform.database.sql, scope, {
      kind: query.kind ?? null,
      state: query.state ?? null,
      live: query.state === undefined,
      crewId: query.crewId ?? null,
      areaId: query.areaId ?? null,
      ...dayBounds(query.day),
      ...afterOf(query.cursor),
      limit: query.limit + 1,
    });
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [row.slotFrom?.toISOString() ?? "infinity", String(row.id)],
        orderJson,
      ),
    };
  },
});

const showing = defineRoute({
  method: "get",
  path: "/work-orders/{id}",
  permission: "field.read",
  summary: "A work order with its visits, parts, slips and calls; the contact is masked",
  tag: TAG,
  params: orderParams,
  response: orderViewOut,
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const order = await accessOrder(sql, actor, params.id, today(platform.clock));
    return { body: await viewOrder(sql, order), headers: { ETag: `"${order.version}"` } };
  },
});

const contact = defineRoute({
  method: "post",
  path: "/work-orders/{id}/contact",
  permission: "field.write",
  stepUp: true,
  summary: "Whom the crew finds there, in clear; counted, with its reason",
  tag: TAG,
  params: orderParams,
  body: z.strictObject({ reason: reasonIn }),
  response: z.object({ contactName: z.string(), contactNumber: z.string() }),
  handle: async ({ platform, actor, params, body, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "work-order.contact", actor, requestId },
      async (context) => {
        const order = await accessOrder(context.sql, actor, params.id, context.today);
        const subject = `work-order:${order.id}`;
        await noteReveal(context, { subject, field: "caller", reason: body.reason });
        return { contactName: order.contactName, contactNumber: order.contactNumber };
      },
    );
    return { body: result };
  },
});

type Changing = Pick<
  RouteRequest<z.output<typeof orderParams>, unknown, unknown>,
  "platform" | "actor" | "params" | "requestId" | "idempotency" | "ifMatch"
>;

/** One command on one order, its version from If-Match. */
const onOrder = async (
  { platform, actor, params, requestId, idempotency, ifMatch }: Changing,
  name: Action,
  work: (
    context: CommandContext,
    order: { readonly id: bigint; readonly version: number | undefined },
  ) => Promise<OrderChanged>,
) => {
  const { result } = await platform.commands.run(
    { name, actor, requestId, ...(idempotency && { idempotency }) },
    async (context) => {
      const { id, state, version } = await work(context, { id: params.id, version: ifMatch });
      return { id: String(id), orderNo: formatOrderNo(id), state, version };
    },
  );
  return { body: result, headers: { ETag: `"${result.version}"` } };
};

const CHANGE = {
  method: "post",
  permission: "field.write",
  tag: TAG,
  params: orderParams,
  response: changedOut,
  idempotency: "optional",
  ifMatch: true,
} as const;

const changes: readonly Route[] = [
  defineRoute({
    ...CHANGE,
    path: "/work-orders/{id}/schedule",
    summary: "Agree a window and a crew; the household is told once",
    body: scheduleBody,
    handle: (request) =>
      onOrder(request, "work-order.schedule", (context, order) => {
        const { from, until, crewId } = request.body;
        return scheduleOrder(context, { ...order, crewId, slot: { from, until } });
      }),
  }),
  defineRoute({
    ...CHANGE,
    path: "/work-orders/{id}/start",
    summary: "Somebody is there: the visit begins, the on-site clocks stop",
    body: startBody,
    handle: (request) =>
      onOrder(request, "work-order.start", (context, order) =>
        startOrder(context, { ...order, ...request.body }),
      ),
  }),
  defineRoute({
    ...CHANGE,
    path: "/work-orders/{id}/finish",
    summary: "Done: result, parts, signature; also a whole visit written down from paper",
    body: finishBody,
    handle: (request) =>
      onOrder(request, "work-order.finish", (context, order) =>
        finishOrder(context, { ...order, ...request.body }),
      ),
  }),
  ...(["miss", "defer"] as const).map((command) =>
    defineRoute({
      ...CHANGE,
      path: `/work-orders/{id}/${command}`,
      summary: command === "miss" ? "Nobody was at home" : "It needs a second visit",
      body: leaveBody,
      handle: (request) =>
        onOrder(request, `work-order.${command}`, (context, order) =>
          leaveOrder(context, { ...order, command, ...request.body }),
        ),
    }),
  ),
  defineRoute({
    ...CHANGE,
    path: "/work-orders/{id}/cancel",
    summary: "Nobody has to go there any more",
    body: z.strictObject({ reason: filledIn(500) }),
    handle: (request) =>
      onOrder(request, "work-order.cancel", (context, order) =>
        cancelOrder(context, { ...order, command: "cancel", reason: request.body.reason }),
      ),
  }),
  defineRoute({
    ...CHANGE,
    path: "/work-orders/{id}/slips",
    summary: "Add a temperature slip; it is never changed, a wrong one is followed by another",
    body: slipBody,
    handle: (request) =>
      onOrder(request, "work-order.slip", async (context, order) => {
        const { calibratedOn, measurer, ...facts } = request.body;
        const added = await recordSlip(context, {
          ...order,
          ...facts,
          calibratedOn: dayOf(calibratedOn),
          measurerName: measurer,
        });
        return { id: order.id, state: added.state, version: added.version };
      }),
  }),
];

const acknowledging = defineRoute({
  method: "post",
  path: "/work-orders/{id}/acknowledge",
  permission: "field.write",
  summary: "Somebody told the desk that he takes the emergency: nobody else is called",
  tag: TAG,
  params: orderParams,
  response: z.object({ acknowledged: z.boolean() }),
  handle: async ({ platform, actor, params, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "work-order.acknowledge", actor, requestId },
      async (context) => {
        const order = await beginOrderChange(context, params.id, undefined);
        return { acknowledged: await acknowledgeEmergency(context, order.id, null) };
      },
    );
    return { body: result };
  },
});

export const orderRoutes: readonly Route[] = [listing, showing, contact, ...changes, acknowledging];
