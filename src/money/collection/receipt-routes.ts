/** Routes of receipts. */
import { z } from "zod";
import { day, dayOfInstant } from "#src/kernel/day.ts";
import { formatBillNo } from "#src/kernel/ids.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import {
  defineRoute,
  fenJson,
  idOfCursor,
  pageFrom,
  pageOf,
  type Route,
  type RouteRequest,
} from "#src/platform/route.ts";
import { renderPage, renderPdf, type PrintDocument } from "#src/office/documents/index.ts";
import { paymentScope } from "./access-payment.ts";
import { issueClaimReceipt } from "./issue-claim-receipt.ts";
import { issueReceipt } from "./issue-receipt.ts";
import {
  formatReceiptNo,
  type ListedReceipt,
  listReceiptsOfDay,
  type ReceiptRow,
} from "./receipt-queries.ts";
import {
  idParams,
  printQuery,
  receiptBody,
  receiptIssuedOut,
  receiptListQuery,
  receiptOut,
  receiptRowOut,
  receiptVoidedOut,
  voidBody,
} from "./schema.ts";
import { seesAllShifts } from "./shifts.ts";
import { printReceipt, type ReceiptView, viewReceipt } from "./show-receipt.ts";
import { proveReceiptApprover, voidReceipt } from "./void-receipt.ts";

const TAG = "Counter 营业厅";

const factsJson = (receipt: Omit<ReceiptRow, "voidReason">) => ({
  receiptId: String(receipt.id),
  receiptNo: formatReceiptNo(receipt),
  totalFen: fenJson(receipt.totalFen),
  shiftId: receipt.shiftId === null ? null : String(receipt.shiftId),
  till: receipt.till,
  issuedAt: receipt.issuedAt.toISOString(),
  cashier: receipt.issuedBy,
  payerName: receipt.payerName,
  printCount: receipt.printCount,
  voidedAt: receipt.voidedAt?.toISOString() ?? null,
});

const rowJson = (receipt: ListedReceipt): z.input<typeof receiptRowOut> => ({
  ...factsJson(receipt),
  tenders: [...receipt.tenders],
  homes: [...receipt.homes],
  homeCount: Number(receipt.homeCount),
});

const receiptJson = ({ receipt, lines, tenders }: ReceiptView): z.input<typeof receiptOut> => ({
  ...factsJson(receipt),
  voidReason: receipt.voidReason,
  tenders: tenders.map(({ tender, channel, channelName, channelNameEn, amountFen }) => ({
    tender,
    channel,
    channelName,
    channelNameEn,
    amountFen: fenJson(amountFen),
  })),
  lines: lines.map((line) => ({
    paymentId: line.paymentId === null ? null : String(line.paymentId),
    accountNo: line.accountNo,
    address: line.address,
    billNo: line.billId === null || line.seasonId === null ? null : formatBillNo(line.seasonId, line.billId),
    amountFen: fenJson(line.amountFen),
    stillDueFen: line.stillDueFen === null ? null : fenJson(line.stillDueFen),
  })),
});

type PrintRequest = RouteRequest<z.output<typeof idParams>, z.output<typeof printQuery>, unknown>;

/** A print is a command although it is a GET: it counts itself, so that a copy says that it is one. */
const print = async ({ platform, actor, params, query, requestId }: PrintRequest): Promise<PrintDocument> =>
  (
    await platform.commands.run({ name: "receipt.print", actor, requestId }, (context) =>
      printReceipt(context, params.id, query.paper),
    )
  ).result;

export const receiptRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/receipts",
    permission: "receipt.issue",
    tag: TAG,
    summary: "Issue one receipt for payments that have none, or for claimed money",
    body: receiptBody,
    response: receiptIssuedOut,
    status: 201,
    idempotency: "required",
    handle: async ({ platform, actor, body, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "receipt.issue", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          const payerName = body.payerName ?? "";
          const issued =
            "claimId" in body
              ? await issueClaimReceipt(context, { itemId: body.claimId, payerName })
              : await issueReceipt(context, { paymentIds: body.paymentIds, payerName });
          return {
            receiptId: String(issued.receiptId),
            receiptNo: issued.receiptNo,
            totalFen: fenJson(issued.totalFen),
          };
        },
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "get",
    path: "/receipts",
    permission: "receipt.issue",
    tag: TAG,
    summary: "Receipts that the tills gave on a day, newest first; a cashier sees the own ones",
    query: receiptListQuery,
    response: pageOf(receiptRowOut),
    handle: async ({ platform, actor, query }) => {
      const today = dayOfInstant(platform.clock.now());
      const rows = await listReceiptsOfDay(platform.database.sql, {
        ...paymentScope(actor, today),
        day: query.day === undefined ? today : day(query.day),
        staffId: seesAllShifts(actor) ? null : (staffIdOf(actor) ?? 0n),
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], rowJson) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/receipts/{id}",
    permission: "payment.read",
    tag: TAG,
    summary: "A receipt",
    params: idParams,
    response: receiptOut,
    handle: async ({ platform, actor, params }) => {
      const today = dayOfInstant(platform.clock.now());
      return { body: receiptJson(await viewReceipt(platform.database.sql, actor, params.id, today)) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/receipts/{id}/void",
    permission: "payment.void",
    tag: TAG,
    summary:
      "Void a receipt with all its payments in the shift that issued it, with a second person on the spot",
    params: idParams,
    // No key: it would keep a digest of the approver's password. A second void is refused anyway.
    body: voidBody,
    response: receiptVoidedOut,
    handle: async ({ platform, actor, requestId, params, body }) => {
      const asked = { actor, receiptId: params.id, requestId };
      const approver = await proveReceiptApprover(platform, asked, body.approver);
      const { result } = await platform.commands.run({ name: "receipt.void", actor, requestId }, (context) =>
        voidReceipt(context, params.id, { reason: body.reason, approver }),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "get",
    path: "/receipts/{id}/print",
    permission: "receipt.issue",
    tag: TAG,
    summary: "The receipt as a page to print; each call counts as a print",
    params: idParams,
    query: printQuery,
    response: z.string(),
    produces: "text/html",
    handle: async (request) => ({ body: renderPage(await print(request), request.query.lang) }),
  }),
  defineRoute({
    method: "get",
    path: "/receipts/{id}/pdf",
    permission: "receipt.issue",
    tag: TAG,
    summary: "The receipt as PDF; each call counts as a print",
    params: idParams,
    query: printQuery,
    response: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    produces: "application/pdf",
    handle: async (request) => ({ body: await renderPdf(await print(request), request.query.lang) }),
  }),
];
