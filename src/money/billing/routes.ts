import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { householdBalances } from "#src/money/ledger/index.ts";
import { printLocales, renderPage, renderPdf } from "#src/office/documents/index.ts";
import { today } from "#src/platform/clock.ts";
import {
  accountNoIn,
  dayIn,
  defineRoute,
  fenJson,
  fenOut,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { accessAccount, chooseChargePoint, findChargePoints } from "#src/town/accounts/index.ts";
import { findBillsOf, findLines } from "./bill-queries.ts";
import { cancelBill } from "./cancel-bill.ts";
import { previewBill } from "./candidate.ts";
import { billRunRoutes } from "./run-routes.ts";
import { accountBillsOut, billOut, lineOut, seasonIn } from "./schema.ts";
import { accessBill, billDocument, billJson, lineJson } from "./view-bill.ts";

const tag = "Bills 账单";
const billParams = z.strictObject({ id: rowIdIn });
const localeQuery = z.strictObject({ locale: z.enum(printLocales).default("zh-CN") });

const readRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/accounts/{accountNo}/bills",
    permission: "bill.read",
    tag,
    summary: "All bills of an account with their lines and why they are what they are, and its balances",
    params: z.strictObject({ accountNo: accountNoIn }),
    response: accountBillsOut,
    handle: async ({ platform, actor, params }) => {
      const { sql } = platform.database;
      const account = await accessAccount(sql, actor, params.accountNo, today(platform.clock));
      const bills = await findBillsOf(sql, account.id);
      const lines = await findLines(
        sql,
        bills.map((bill) => bill.id),
      );
      const balances = await householdBalances(sql, account.id);
      return {
        body: {
          accountNo: account.accountNo,
          items: bills.map((bill) => billJson(bill, lines)),
          offeredFen: fenJson(balances.offeredFen),
          receivableFen: fenJson(balances.receivableFen),
          prepaidFen: fenJson(balances.prepaidFen),
        },
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/accounts/{accountNo}/bill-preview",
    permission: "bill.read",
    tag,
    summary: "What a charge point would be billed for a season: the same figure that the run issues",
    params: z.strictObject({ accountNo: accountNoIn }),
    query: z.strictObject({
      season: seasonIn,
      chargePoint: z.coerce.number().int().min(1).max(999).optional(),
      asOf: dayIn.optional(),
    }),
    response: z.object({
      accountNo: z.string(),
      season: z.int(),
      amountFen: fenOut.nullable(),
      dueOn: z.string().nullable(),
      refusal: z.string().nullable(),
      billId: z.string().nullable(),
    }),
    handle: async ({ platform, actor, params, query }) => {
      const { sql } = platform.database;
      const now = today(platform.clock);
      const account = await accessAccount(sql, actor, params.accountNo, now);
      const points = await findChargePoints(sql, account.id);
      const point = chooseChargePoint(points, query.chargePoint);
      const previewed = await previewBill(sql, {
        chargePointId: point.id,
        season: query.season,
        today: now,
        ...(query.asOf === undefined ? {} : { asOf: day(query.asOf) }),
      });
      const candidate = must(previewed, `the candidate of charge point ${point.id}`);
      const { amountFen } = candidate;
      return {
        body: {
          accountNo: account.accountNo,
          season: query.season,
          amountFen: amountFen === null ? null : fenJson(amountFen),
          dueOn: candidate.dueOn,
          refusal: candidate.refusal,
          billId: candidate.existingBillId === null ? null : String(candidate.existingBillId),
        },
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bills/{id}",
    permission: "bill.read",
    tag,
    summary: "A bill with its lines",
    params: billParams,
    response: billOut,
    handle: async ({ platform, actor, params }) => {
      const { sql } = platform.database;
      const bill = await accessBill(sql, actor, params.id, today(platform.clock));
      return { body: billJson(bill, await findLines(sql, [bill.id])) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bills/{id}/explanation",
    permission: "bill.read",
    tag,
    summary: "Why a bill is what it is, in Chinese and English, derived again from what its lines keep",
    params: billParams,
    response: z.object({ id: z.string(), season: z.int(), amountFen: fenOut, lines: z.array(lineOut) }),
    handle: async ({ platform, actor, params }) => {
      const { sql } = platform.database;
      const bill = await accessBill(sql, actor, params.id, today(platform.clock));
      const lines = await findLines(sql, [bill.id]);
      return {
        body: {
          id: String(bill.id),
          season: bill.seasonId,
          amountFen: fenJson(bill.amountFen),
          lines: lines.map(lineJson),
        },
      };
    },
  }),
];

const printRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/bills/{id}/print",
    permission: "bill.read",
    tag,
    summary: "The bill as a page to print",
    params: billParams,
    query: localeQuery,
    response: z.string(),
    produces: "text/html",
    handle: async ({ platform, actor, params, query }) => {
      const on = today(platform.clock);
      const bill = await accessBill(platform.database.sql, actor, params.id, on);
      const options = { now: platform.clock.now(), on, locale: query.locale };
      const document = await billDocument(platform.database.sql, bill, options);
      return { body: renderPage(document, query.locale) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bills/{id}/print.pdf",
    permission: "bill.read",
    tag,
    summary: "The bill as PDF",
    params: billParams,
    query: localeQuery,
    response: z.instanceof(Buffer),
    produces: "application/pdf",
    handle: async ({ platform, actor, params, query }) => {
      const on = today(platform.clock);
      const bill = await accessBill(platform.database.sql, actor, params.id, on);
      const options = { now: platform.clock.now(), on, locale: query.locale };
      const document = await billDocument(platform.database.sql, bill, options);
      return {
        headers: { "content-disposition": `inline; filename="bill-${bill.id}.pdf"` },
        body: await renderPdf(document, query.locale),
      };
    },
  }),
];

const cancelRoute: Route = defineRoute({
  method: "post",
  path: "/bills/{id}/cancel",
  permission: "bill.cancel",
  tag,
  summary:
    "Cancel a bill on which nothing is paid; first asks for a second person, then with the approval's id",
  params: billParams,
  body: z.strictObject({ reason: z.string().trim().min(1).max(500), approvalId: rowIdIn.optional() }),
  response: z.object({
    state: z.enum(["approval-requested", "cancelled"]),
    approvalId: z.string(),
    postingId: z.string().nullable(),
  }),
  idempotency: "optional",
  handle: async ({ platform, actor, params, body, idempotency, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "bill.cancel", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) =>
        cancelBill(context, await accessBill(context.sql, actor, params.id, context.today), body),
    );
    return { body: result };
  },
});

export const billingRoutes: readonly Route[] = [...readRoutes, ...printRoutes, cancelRoute, ...billRunRoutes];
