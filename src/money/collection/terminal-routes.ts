/** Routes of what is shown at a till's terminal. */
import { z } from "zod";
import { defineRoute, fenJson, fenOut, type Route } from "#src/platform/route.ts";
import { counterBody, idParams } from "./schema.ts";
import {
  askTerminal,
  cancelCharge,
  type ChargeView,
  lookAtCharge,
  unsettledCharge,
} from "./terminal-charges.ts";
import { CHARGE_STATES } from "./terminal-queries.ts";

const TAG = "Counter 营业厅";

const chargeOut = z.object({
  id: z.string(),
  shiftId: z.string(),
  kind: z.enum(["card", "qr"]),
  amountFen: fenOut,
  /** asked: the terminal has not taken it yet; shown: the customer may pay. */
  /** held: paid and not to be posted, or nobody knows; finance has a task. */
  state: z.enum(CHARGE_STATES),
  terminalNo: z.string().nullable(),
  payerName: z.string(),
  /** Called off; the terminal has not said yet that it is. */
  isCancelling: z.boolean(),
  /** Why it is held: the code of the refusal, `terminal-silent`, `paid-after-end`; else null. */
  problem: z.string().nullable(),
  /** What the approved money became. */
  receiptId: z.string().nullable(),
  receiptNo: z.string().nullable(),
  items: z.array(z.object({ accountNo: z.string(), amountFen: fenOut, billNo: z.string().nullable() })),
  /** Why the terminal could not be asked just now; look again. */
  trouble: z.string().nullable(),
});

const chargeJson = ({ charge, items, trouble }: ChargeView): z.input<typeof chargeOut> => ({
  id: String(charge.id),
  shiftId: String(charge.shiftId),
  kind: charge.kind,
  amountFen: fenJson(charge.amountFen),
  state: charge.state,
  terminalNo: charge.terminalNo,
  payerName: charge.payerName,
  isCancelling: charge.cancelAskedAt !== null && (charge.state === "asked" || charge.state === "shown"),
  problem: charge.problem === "" ? null : charge.problem,
  receiptId: charge.receiptId === null ? null : String(charge.receiptId),
  receiptNo: charge.receiptNo,
  items: items.map((item) => ({ ...item, amountFen: fenJson(item.amountFen) })),
  trouble,
});

const chargeBody = counterBody
  .pick({ shiftId: true, items: true, payerName: true })
  .extend({ kind: z.enum(["card", "qr"]) });

export const terminalRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/terminal-charges",
    permission: "shift.work",
    tag: TAG,
    summary: "Show an amount at the till's terminal, for a card or a QR code; look until it has ended",
    body: chargeBody,
    response: chargeOut,
    status: 201,
    idempotency: "required",
    handle: async ({ platform, actor, body, idempotency, requestId }) => ({
      body: chargeJson(await askTerminal(platform, actor, body, { idempotency, requestId })),
    }),
  }),
  defineRoute({
    method: "get",
    path: "/terminal-charges",
    permission: "shift.work",
    tag: TAG,
    summary: "The charge of the own open shift that has not ended, or has no receipt yet",
    response: z.object({ charge: chargeOut.nullable() }),
    handle: async ({ platform, actor }) => {
      const charge = await unsettledCharge(platform, actor);
      return { body: { charge: charge === null ? null : chargeJson(charge) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/terminal-charges/{id}/look",
    permission: "shift.work",
    tag: TAG,
    summary: "Ask the terminal how it stands; approved money becomes payments and their receipt, once",
    params: idParams,
    response: chargeOut,
    handle: async ({ platform, actor, params, requestId }) => ({
      body: chargeJson(await lookAtCharge(platform, actor, params.id, { requestId })),
    }),
  }),
  defineRoute({
    method: "post",
    path: "/terminal-charges/{id}/cancel",
    permission: "shift.work",
    tag: TAG,
    summary: "Take the amount back from the terminal; what the customer has paid already is posted",
    params: idParams,
    response: chargeOut,
    handle: async ({ platform, actor, params, requestId }) => ({
      body: chargeJson(await cancelCharge(platform, actor, params.id, { requestId })),
    }),
  }),
  defineRoute({
    method: "post",
    path: "/terminal-charges/{id}/look-in-place",
    permission: "shift.close-for-cashier",
    tag: TAG,
    summary: "Look at the charge of a cashier who does not come, so that the shift can be closed",
    params: idParams,
    response: chargeOut,
    handle: async ({ platform, actor, params, requestId }) => ({
      body: chargeJson(await lookAtCharge(platform, actor, params.id, { requestId, inPlace: true })),
    }),
  }),
  defineRoute({
    method: "post",
    path: "/terminal-charges/{id}/cancel-in-place",
    permission: "shift.close-for-cashier",
    tag: TAG,
    summary:
      "Take the amount of a cashier who does not come back from the terminal; what was paid already is posted",
    params: idParams,
    response: chargeOut,
    handle: async ({ platform, actor, params, requestId }) => ({
      body: chargeJson(await cancelCharge(platform, actor, params.id, { requestId, inPlace: true })),
    }),
  }),
];
