/** The list of those who are to be called back. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import {
  decodeCursor,
  defineRoute,
  pageFrom,
  pageIn,
  pageOf,
  refuseCursor,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { changeSeen } from "#src/platform/seen-change.ts";
import { reachOf } from "#src/service/tickets/index.ts";
import { dayBounds, maskedNumber } from "./board.ts";
import {
  ATTEMPT_RESULTS,
  CALL_BACK_ORIGINS,
  CALL_BACK_STATES,
  type CallBackRow,
  listCallBacks,
  readBalance,
} from "./call-back-queries.ts";
import { GIVE_UP_REASONS, giveUpCallBack, recordAttempt, takeNextCallBack } from "./call-backs.ts";

const tag = "Hotline 热线";
const params = z.strictObject({ id: rowIdIn });
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const callBackOut = z.object({
  id: z.string(),
  number: z.string().nullable(),
  origin: z.enum(CALL_BACK_ORIGINS),
  state: z.enum(CALL_BACK_STATES),
  accountNo: z.string().nullable(),
  ownerRole: z.string(),
  owner: z.string().nullable(),
  attempts: z.int(),
  calls: z.int(),
  openedAt: z.string(),
  dueAt: z.string().nullable(),
  closedAt: z.string().nullable(),
  closedBy: z.string().nullable(),
  reason: z.string(),
  version: z.int(),
});

const callBackJson = (row: CallBackRow) => ({
  id: String(row.id),
  number: maskedNumber(row.number),
  origin: row.origin,
  state: row.state,
  accountNo: row.accountNo,
  ownerRole: row.ownerRole,
  owner: row.owner,
  attempts: row.attempts,
  calls: row.calls,
  openedAt: row.openedAt.toISOString(),
  dueAt: row.dueAt?.toISOString() ?? null,
  closedAt: row.closedAt?.toISOString() ?? null,
  closedBy: row.closedBy,
  reason: row.reason,
  version: row.version,
});

const cursorKey = z.tuple([z.iso.datetime(), rowIdIn]);
const afterOf = (cursor: string | undefined): { afterDueAt: string | null; afterId: bigint } => {
  if (cursor === undefined) return { afterDueAt: null, afterId: 0n };
  const parsed = cursorKey.safeParse(decodeCursor(cursor));
  if (!parsed.success) return refuseCursor();
  return { afterDueAt: parsed.data[0], afterId: parsed.data[1] };
};

const readRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/hotline/call-backs",
    permission: "hotline.read",
    tag,
    summary: "Call-backs in the caller's scope, what is due first",
    query: pageIn.extend({
      state: z.enum(CALL_BACK_STATES).default("open"),
      owner: z.literal("me").optional(),
    }),
    response: pageOf(callBackOut),
    handle: async ({ platform, actor, query }) => {
      const rows = await listCallBacks(platform.database.sql, {
        ...reachOf(actor, dayOfInstant(platform.clock.now())),
        state: query.state,
        mine: query.owner === "me",
        ...afterOf(query.cursor),
        limit: query.limit + 1,
      });
      const keyOf = (row: CallBackRow) => [row.dueAt?.toISOString() ?? "", String(row.id)];
      return { body: pageFrom(rows, query.limit, keyOf, callBackJson) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/hotline/call-backs/balance",
    permission: "hotline.supervise",
    tag,
    summary:
      "Abandoned numbers = reached + called again + given up (by whom, why) + open with a due time: today, or between two instants",
    query: z.strictObject({ from: instant.optional(), until: instant.optional() }),
    response: z.object({
      abandonedCalls: z.int(),
      withheldNumbers: z.int(),
      numbers: z.int(),
      reached: z.int(),
      calledAgain: z.int(),
      givenUp: z.int(),
      open: z.int(),
      balanced: z.boolean(),
    }),
    handle: async ({ platform, query }) => {
      const day = dayBounds(platform.clock.now());
      const balance = await readBalance(platform.database.sql, {
        from: query.from ?? day.from,
        until: query.until ?? day.until,
      });
      const { reached, calledAgain, givenUp, open, numbers } = balance;
      return {
        body: {
          abandonedCalls: Number(balance.calls),
          withheldNumbers: Number(balance.withheld),
          numbers: Number(numbers),
          reached: Number(reached),
          calledAgain: Number(calledAgain),
          givenUp: Number(givenUp),
          open: Number(open),
          balanced: numbers === reached + calledAgain + givenUp + open,
        },
      };
    },
  }),
];

const workRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/hotline/call-backs/next",
    permission: "hotline.work",
    tag,
    summary: "Take the next call-back that is due and nobody's",
    response: z.object({ id: z.string().nullable() }),
    handle: async ({ platform, actor, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "call-back.take", actor, requestId },
        takeNextCallBack,
      );
      return { body: { id: result === null ? null : String(result) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/call-backs/{id}/attempts",
    permission: "hotline.work",
    tag,
    summary: "Count an attempt: reached closes it, anything else makes the next one due",
    params,
    body: z.strictObject({ result: z.enum(ATTEMPT_RESULTS), note: z.string().trim().max(300).default("") }),
    response: z.object({ state: z.enum(CALL_BACK_STATES), dueAt: z.string().nullable() }),
    idempotency: "optional",
    handle: async ({ platform, actor, requestId, params: { id }, body, idempotency }) => {
      const { result } = await platform.commands.run(
        { name: "call-back.attempt", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          const { state, dueAt } = await recordAttempt(context, id, body);
          return { state, dueAt: dueAt?.toISOString() ?? null };
        },
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/call-backs/{id}/give-up",
    permission: "hotline.work",
    tag,
    summary: "Give a number up, with the reason",
    params,
    body: z.strictObject({ reason: z.enum(GIVE_UP_REASONS) }),
    response: z.object({ state: z.enum(CALL_BACK_STATES) }),
    ifMatch: true,
    handle: async (request) => {
      await changeSeen(request, "call-back.give-up", (context, version) =>
        giveUpCallBack(context, request.params.id, { reason: request.body.reason, version }),
      );
      return { body: { state: "given-up" as const } };
    },
  }),
];

export const callBackRoutes: readonly Route[] = [...readRoutes, ...workRoutes];
