/** Raising orders over HTTP: from a case, and for the valve of a household. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import { accountNoIn, defineRoute, type Route } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { accessTicket } from "#src/service/tickets/index.ts";
import { accessAccount, chooseChargePoint, findChargePoints } from "#src/town/accounts/index.ts";
import { openWorkOrder } from "./open-order.ts";
import { findOrdersOfTicket } from "./order-queries.ts";
import { filledIn, orderJson, orderOut, TAG, textIn } from "./schema.ts";
import { requestValveOpening, type ValveRequest } from "./valve-orders.ts";

const RAISED_KINDS = ["repair", "temperature", "emergency"] as const;

const fromCase = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/work-orders",
  permission: "field.write",
  summary: "Raise a field order for a case; an emergency begins to call the duty phones",
  tag: TAG,
  params: z.strictObject({ ticketNo: filledIn(30) }),
  body: z.strictObject({
    kind: z.enum(RAISED_KINDS),
    summary: textIn(500).optional(),
    addressText: textIn(200).optional(),
    contactName: textIn(60).optional(),
    contactNumber: textIn(40).optional(),
    /** A second order of one kind for one case: another number. */
    ordinal: z.int().min(1).max(99).default(1),
  }),
  response: z.object({ id: z.string(), orderNo: z.string(), opened: z.boolean() }),
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, params, body, requestId, idempotency }) => {
    const { result } = await platform.commands.run(
      { name: "work-order.open", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => {
        const ticket = await accessTicket(context.sql, actor, params.ticketNo, context.today);
        const order = await openWorkOrder(context, {
          kind: body.kind,
          // The first emergency of a case is the one that its opening raised by itself.
          sourceKey: `ticket:${ticket.id}:${body.kind}${body.ordinal === 1 ? "" : `:${body.ordinal}`}`,
          ticketId: ticket.id,
          accountId: ticket.accountId ?? undefined,
          premisesId: ticket.premisesId ?? undefined,
          buildingId: ticket.buildingId ?? undefined,
          addressText: body.addressText ?? ticket.addressText ?? undefined,
          contactName: body.contactName ?? ticket.callerName ?? undefined,
          contactNumber: body.contactNumber ?? ticket.callerNumber ?? undefined,
          summary: body.summary ?? ticket.summary.slice(0, 500),
        });
        return { id: String(order.workOrderId), orderNo: order.orderNo, opened: order.opened };
      },
    );
    return { body: result };
  },
});

const ofCase = defineRoute({
  method: "get",
  path: "/tickets/{ticketNo}/work-orders",
  permission: "field.read",
  summary: "The orders of a case: to look at, and to print while the caller is on the line",
  tag: TAG,
  params: z.strictObject({ ticketNo: filledIn(30) }),
  response: z.object({ items: z.array(orderOut) }),
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const on = dayOfInstant(platform.clock.now());
    const ticket = await accessTicket(sql, actor, params.ticketNo, on);
    const orders = await findOrdersOfTicket(sql, ticket.id, scopeBindings(actor.scope, on));
    return { body: { items: orders.map(orderJson) } };
  },
});

const requestOut = z.object({
  outcome: z.enum(["joined", "raised", "refused"]),
  workOrderId: z.string().nullable(),
  orderNo: z.string().nullable(),
  reason: z.enum(["not-paid", "no-bill", "valve-open", "not-supplied"]).nullable(),
});

const requestJson = (request: ValveRequest): z.input<typeof requestOut> =>
  request.outcome === "refused"
    ? { outcome: "refused", workOrderId: null, orderNo: null, reason: request.reason }
    : {
        outcome: request.outcome,
        workOrderId: String(request.workOrderId),
        orderNo: request.orderNo,
        reason: null,
      };

const valveRequest = defineRoute({
  method: "post",
  path: "/accounts/{accountNo}/valve-request",
  permission: "field.write",
  summary: "Ask for the valve: joins the order of the payment, raises one, or says why not",
  tag: TAG,
  params: z.strictObject({ accountNo: accountNoIn }),
  body: z.strictObject({
    chargePoint: z.int().min(1).max(99).optional(),
    /** A case to hang under the order. */
    ticketNo: textIn(30).optional(),
  }),
  response: requestOut,
  idempotency: "optional",
  handle: async ({ platform, actor, params, body, requestId, idempotency }) => {
    const { result } = await platform.commands.run(
      { name: "valve.request", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => {
        const { sql, today } = context;
        const account = await accessAccount(sql, actor, params.accountNo, today);
        const chargePointId =
          body.chargePoint === undefined
            ? undefined
            : chooseChargePoint(await findChargePoints(sql, account.id), body.chargePoint).id;
        const ticketId =
          body.ticketNo === undefined ? undefined : (await accessTicket(sql, actor, body.ticketNo, today)).id;
        return requestJson(
          await requestValveOpening(context, { accountId: account.id, chargePointId, ticketId }),
        );
      },
    );
    return { body: result };
  },
});

export const raiseRoutes: readonly Route[] = [fromCase, ofCase, valveRequest];
