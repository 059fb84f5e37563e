/** Differences and money of nobody over HTTP. Where two people decide, the first call asks and the second carries out. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  accountNoIn,
  dayIn,
  defineRoute,
  idOfCursor,
  fenJson,
  fenOut,
  pageFrom,
  pageIn,
  pageOf,
  rowIdIn,
  type Route,
} from "#src/platform/route.ts";
import { BREAK_CLASSES, RESOLUTIONS } from "./resolution-table.ts";
import { reconcileAgain } from "./reconcile-again.ts";
import { requestResolution, resolveBreak } from "./resolve-break.ts";
import { CREDIT_DIFFERENCES, requestSettlement, settleSuspense } from "./settle-suspense.ts";
import { claimSuspense, requestClaim, requestReturn, returnSuspense } from "./suspense.ts";
import { listSuspense, SUSPENSE_STATES } from "./suspense-queries.ts";
import { payerJson, waitingJson, waitingOut, workJson, workOut } from "./work-json.ts";
import { listWork, waitingOfItems } from "./work-queries.ts";

const tag = "Bank 银行对账";
const params = z.strictObject({ id: rowIdIn });
const reasonIn = z.string().trim().min(1).max(500);
const answer = z.object({
  state: z.enum(["asked", "done"]),
  approvalId: z.string().nullable(),
  resolution: z.string().nullable(),
});
type Answer = z.input<typeof answer>;

const done = (resolution: string): Answer => ({ state: "done", approvalId: null, resolution });
const asked = (approvalId: bigint): Answer => ({
  state: "asked",
  approvalId: String(approvalId),
  resolution: null,
});

const afterId = (cursor: string | undefined): bigint => idOfCursor(cursor) ?? 0n;

const idKey = (row: { readonly id: bigint }): readonly [string] => [String(row.id)];

const answerBreak = defineRoute({
  method: "post",
  path: "/bank-breaks/{id}/resolution",
  permission: "bank.import",
  stepUp: true,
  tag,
  summary: "Answer a difference; back-post and reverse are asked first and carried out with the approval",
  params,
  body: z.strictObject({
    action: z.enum(RESOLUTIONS),
    reason: reasonIn,
    accountNo: accountNoIn.optional(),
    approvalId: rowIdIn.optional(),
  }),
  response: answer,
  idempotency: "optional",
  handle: async ({ platform, actor, params: { id }, body, idempotency, requestId }) => {
    const needsTwo = body.action === "back-post" || body.action === "reverse";
    const { result } = await platform.commands.run(
      { name: "bank.resolve-break", actor, requestId, ...(idempotency && { idempotency }) },
      async (context: CommandContext): Promise<Answer> =>
        needsTwo && body.approvalId === undefined
          ? asked(await requestResolution(context, { ...body, breakId: id }))
          : done(await resolveBreak(context, { ...body, breakId: id })),
    );
    if (result.state === "done") await reconcileAgain(platform, actor, requestId, { breakId: id });
    return { body: result };
  },
});

const claim = defineRoute({
  method: "post",
  path: "/suspense/{id}/claim",
  permission: "suspense.claim",
  stepUp: true,
  tag,
  summary: "Claim money of nobody for a household: ask, and carry out with the approval",
  params,
  body: z.strictObject({
    accountNo: accountNoIn,
    billNo: z.string().max(30).optional(),
    reason: reasonIn,
    approvalId: rowIdIn.optional(),
  }),
  response: answer,
  idempotency: "optional",
  handle: async ({ platform, actor, params: { id }, body, idempotency, requestId }) => {
    const { approvalId, ...order } = body;
    const { result } = await platform.commands.run(
      { name: "bank.claim-suspense", actor, requestId, ...(idempotency && { idempotency }) },
      async (context): Promise<Answer> => {
        if (approvalId === undefined) return asked(await requestClaim(context, { ...order, itemId: id }));
        await claimSuspense(context, { ...order, itemId: id, approvalId });
        return done("claimed");
      },
    );
    if (result.state === "done") await reconcileAgain(platform, actor, requestId, { itemId: id });
    return { body: result };
  },
});

const giveBack = defineRoute({
  method: "post",
  path: "/suspense/{id}/return",
  permission: "suspense.claim",
  stepUp: true,
  tag,
  summary: "Return money of nobody through its channel: ask, and carry out with the approval",
  params,
  body: z.strictObject({ reason: reasonIn, approvalId: rowIdIn.optional() }),
  response: answer,
  idempotency: "optional",
  handle: async ({ platform, actor, params: { id }, body, idempotency, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "bank.return-suspense", actor, requestId, ...(idempotency && { idempotency }) },
      async (context): Promise<Answer> => {
        if (body.approvalId === undefined)
          return asked(await requestReturn(context, { itemId: id, reason: body.reason }));
        await returnSuspense(context, { itemId: id, reason: body.reason, approvalId: body.approvalId });
        return done("returned");
      },
    );
    if (result.state === "done") await reconcileAgain(platform, actor, requestId, { itemId: id });
    return { body: result };
  },
});

const settle = defineRoute({
  method: "post",
  path: "/suspense/{id}/settlement",
  permission: "suspense.claim",
  stepUp: true,
  tag,
  summary:
    "Book a held credit of the bank as a channel's day, its difference named: ask, and carry out with the approval",
  params,
  body: z.strictObject({
    channel: z.string().min(2).max(30),
    day: dayIn,
    difference: z.enum(CREDIT_DIFFERENCES),
    reason: reasonIn,
    approvalId: rowIdIn.optional(),
  }),
  response: answer,
  idempotency: "optional",
  handle: async ({ platform, actor, params: { id }, body, idempotency, requestId }) => {
    const { approvalId, ...rest } = body;
    const order = { ...rest, itemId: id, day: day(body.day) };
    const { result } = await platform.commands.run(
      { name: "bank.settle-suspense", actor, requestId, ...(idempotency && { idempotency }) },
      async (context): Promise<Answer> => {
        if (approvalId === undefined) return asked(await requestSettlement(context, order));
        await settleSuspense(context, { ...order, approvalId });
        return done("settled");
      },
    );
    if (result.state === "done") await reconcileAgain(platform, actor, requestId, { itemId: id });
    return { body: result };
  },
});

const suspenseOut = z.object({
  id: z.string(),
  channel: z.string().nullable(),
  amountFen: fenOut,
  receivedOn: z.string(),
  state: z.enum(SUSPENSE_STATES),
  /** The number that the payer gave. */
  accountText: z.string().nullable(),
  remittance: z.string().nullable(),
  claimedAccountNo: z.string().nullable(),
  settledAt: z.string().nullable(),
  note: z.string(),
  serial: z.string().nullable(),
  /** As the bank names the payer, masked. */
  payer: z.string().nullable(),
  /** A credit on our own account: it may be settled as a channel's day. */
  ofStatement: z.boolean(),
  waiting: waitingOut,
});

export const breakRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/bank-breaks",
    permission: "bank.read",
    tag,
    summary: "Differences, oldest first",
    query: pageIn.extend({
      state: z.enum(["open", "resolved"]).optional(),
      channel: z.string().max(30).optional(),
      day: dayIn.optional(),
      class: z.enum(BREAK_CLASSES).optional(),
    }),
    response: pageOf(workOut),
    handle: async ({ platform, query }) => {
      const rows = await listWork(platform.database.sql, {
        state: query.state ?? null,
        channel: query.channel ?? null,
        day: query.day === undefined ? null : day(query.day),
        class: query.class ?? null,
        afterId: afterId(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, idKey, workJson) };
    },
  }),
  answerBreak,
  defineRoute({
    method: "get",
    path: "/suspense",
    permission: "bank.read",
    tag,
    summary: "Money of nobody we know, oldest first",
    query: pageIn.extend({ state: z.enum(SUSPENSE_STATES).optional() }),
    response: pageOf(suspenseOut),
    handle: async ({ platform, query }) => {
      const rows = await listSuspense(platform.database.sql, {
        state: query.state ?? null,
        afterId: afterId(query.cursor),
        limit: query.limit + 1,
      });
      const questions = await waitingOfItems(
        platform.database.sql,
        rows.map((row) => row.id),
      );
      const askedOf = new Map(questions.map((one) => [one.id, one]));
      const show = (item: (typeof rows)[number]): z.input<typeof suspenseOut> => ({
        id: String(item.id),
        channel: item.channel,
        amountFen: fenJson(item.amountFen),
        receivedOn: item.receivedOn,
        state: item.state,
        accountText: item.accountText,
        remittance: item.remittance,
        claimedAccountNo: item.claimedAccountNo,
        settledAt: item.settledAt?.toISOString() ?? null,
        note: item.note,
        serial: askedOf.get(item.id)?.serial ?? null,
        payer: payerJson(askedOf.get(item.id)?.payerName ?? null),
        ofStatement: item.ofStatement,
        waiting: waitingJson(must(askedOf.get(item.id), "what is asked about an item")),
      });
      return { body: pageFrom(rows, query.limit, idKey, show) };
    },
  }),
  claim,
  giveBack,
  settle,
];
