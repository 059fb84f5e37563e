/** Routes of counter shifts and of what is taken in them. */
import { z } from "zod";
import {
  defineRoute,
  decodeCursor,
  fenJson,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  refuseCursor,
  type Route,
  type RouteRequest,
} from "#src/platform/route.ts";
import { isDay } from "#src/kernel/day.ts";
import type { Actor } from "#src/platform/actor.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import {
  closeInPlaceBody,
  closeShiftBody,
  counterAnswerOut,
  counterBody,
  idParams,
  openShiftBody,
  shiftOut,
  shiftRowOut,
} from "./schema.ts";
import { listShifts, type ShiftPlace, type ShiftRow } from "./shift-queries.ts";
import { closeShift, openShift, seesAllShifts, shiftSummary } from "./shifts.ts";
import { takeCounterPayments } from "./take-counter-payments.ts";

const TAG = "Counter 营业厅";

const fenOrNull = (amount: bigint | null): number | null => (amount === null ? null : fenJson(amount));
const numberOrNull = (value: bigint | null): number | null => (value === null ? null : Number(value));

/** @throws DomainError `request.bad-cursor` */
const placeOf = (cursor: string | undefined): ShiftPlace | null => {
  if (cursor === undefined) return null;
  const [day, id] = decodeCursor(cursor);
  return typeof day === "string" && isDay(day) && typeof id === "string" && /^\d{1,18}$/.test(id)
    ? { businessDay: day, id: BigInt(id) }
    : refuseCursor();
};

const shiftRowJson = (shift: ShiftRow): z.input<typeof shiftRowOut> => ({
  id: String(shift.id),
  cashier: shift.cashier,
  till: shift.till,
  businessDay: shift.businessDay,
  state: shift.state,
  openedAt: shift.openedAt.toISOString(),
  closedAt: shift.closedAt?.toISOString() ?? null,
  openingCashFen: fenJson(shift.openingCashFen),
  expectedCashFen: fenOrNull(shift.expectedCashFen),
  countedCashFen: fenOrNull(shift.countedCashFen),
  expectedPosFen: fenOrNull(shift.expectedPosFen),
  posTotalFen: fenOrNull(shift.posTotalFen),
  depositSlipNo: shift.depositSlipNo,
  differenceReason: shift.differenceReason,
  closedInPlaceBy: shift.closedInPlaceBy,
  inPlaceReason: shift.inPlaceReason,
});

const shiftJson = async (
  platform: Platform,
  actor: Actor,
  shiftId: bigint,
): Promise<z.input<typeof shiftOut>> => {
  const { shift, tenders, receipts, openCharge } = await shiftSummary(platform.database.sql, actor, shiftId);
  return {
    ...shiftRowJson(shift),
    tenders: tenders.map((total) => ({
      tender: total.tender,
      takenCount: Number(total.takenCount),
      takenFen: fenJson(total.takenFen),
      reversedCount: Number(total.reversedCount),
      reversedFen: fenJson(total.reversedFen),
      keptFen: fenJson(total.takenFen - total.reversedFen),
    })),
    receipts: {
      issuedCount: Number(receipts.issuedCount),
      voidedCount: Number(receipts.voidedCount),
      firstNumber: numberOrNull(receipts.firstNumber),
      lastNumber: numberOrNull(receipts.lastNumber),
    },
    openCharge:
      openCharge === null
        ? null
        : {
            id: String(openCharge.id),
            kind: openCharge.kind,
            amountFen: fenJson(openCharge.amountFen),
            state: openCharge.state,
          },
  };
};

const close = async (
  {
    platform,
    actor,
    params,
    idempotency,
    requestId,
  }: Pick<
    RouteRequest<z.output<typeof idParams>, unknown, unknown>,
    "platform" | "actor" | "params" | "idempotency" | "requestId"
  >,
  counted: z.output<typeof closeShiftBody>,
  inPlaceReason: string | undefined,
): Promise<{ body: z.input<typeof shiftOut> }> => {
  await platform.commands.run(
    { name: "shift.close", actor, requestId, ...(idempotency && { idempotency }) },
    async (context) => {
      await closeShift(context, {
        shiftId: params.id,
        countedCashFen: counted.countedCashFen,
        posTotalFen: counted.posTotalFen,
        depositSlipNo: counted.depositSlipNo,
        differenceReason: counted.differenceReason,
        inPlaceReason,
      });
      return { shiftId: String(params.id) };
    },
  );
  return { body: await shiftJson(platform, actor, params.id) };
};

export const shiftRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/shifts",
    permission: "shift.work",
    tag: TAG,
    summary: "Open a shift at a till",
    body: openShiftBody,
    response: shiftOut,
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, body, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "shift.open", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => String(await openShift(context, body)),
      );
      return { body: await shiftJson(platform, actor, BigInt(result)) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/shifts",
    permission: "shift.read",
    tag: TAG,
    summary: "Shifts, newest first; a cashier sees the own ones",
    query: pageIn.extend({
      state: shiftRowOut.shape.state.optional(),
      /** `true`: only of whoever asks, also for those who see all. */
      own: z.enum(["true", "false"]).optional(),
    }),
    response: pageOf(shiftRowOut),
    handle: async ({ platform, actor, query }) => {
      const rows = await listShifts(platform.database.sql, {
        staffId: seesAllShifts(actor) && query.own !== "true" ? null : (staffIdOf(actor) ?? 0n),
        state: query.state ?? null,
        before: placeOf(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [row.businessDay, String(row.id)], shiftRowJson) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/shifts/{id}",
    permission: "shift.read",
    tag: TAG,
    summary: "A shift: what was taken by tender, what was counted",
    params: idParams,
    response: shiftOut,
    handle: async ({ platform, actor, params }) => ({ body: await shiftJson(platform, actor, params.id) }),
  }),
  defineRoute({
    method: "post",
    path: "/shifts/{id}/close",
    permission: "shift.work",
    tag: TAG,
    summary: "Close a shift with what was counted; differences need a reason",
    params: idParams,
    body: closeShiftBody,
    response: shiftOut,
    idempotency: "optional",
    handle: (request) => close(request, request.body, undefined),
  }),
  defineRoute({
    method: "post",
    path: "/shifts/{id}/close-in-place",
    permission: "shift.close-for-cashier",
    tag: TAG,
    summary: "Count and close the shift of a cashier who does not come, with the reason",
    params: idParams,
    body: closeInPlaceBody,
    response: shiftOut,
    idempotency: "optional",
    handle: (request) => close(request, request.body, request.body.reason),
  }),
  defineRoute({
    method: "post",
    path: "/counter-payments",
    permission: "payment.take",
    tag: TAG,
    summary: "Take several payments at a till and issue their one receipt, all or nothing",
    body: counterBody,
    response: counterAnswerOut,
    status: 201,
    idempotency: "required",
    handle: async ({ platform, actor, body, idempotency, requestId }) => {
      const { result, replayed } = await takeCounterPayments(platform, actor, body, {
        idempotency,
        requestId,
      });
      // Who pressed again after a lost answer is told that this is the receipt of before.
      return { body: result, ...(replayed && { headers: { "Idempotent-Replayed": "true" } }) };
    },
  }),
];
