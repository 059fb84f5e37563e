/** Papers over HTTP, as a page to print and as PDF; and the photos of an order. */
import { z } from "zod";
import type { Action } from "#src/platform/actions.ts";
import { today } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Route, type RouteRequest, rowIdIn } from "#src/platform/route.ts";
import {
  downloadHeaders,
  type PrintDocument,
  readUpload,
  renderPage,
  renderPdf,
} from "#src/office/documents/index.ts";
import { accessOrder } from "./access-order.ts";
import { addPhoto, readPhoto } from "./photos.ts";
import { printCase, printOrder, printSlip } from "./print-order.ts";
import { filledIn, langIn, orderParams, TAG, textIn } from "./schema.ts";

const langQuery = z.strictObject({ lang: langIn });
const bytesOut = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

type Printing = Pick<RouteRequest<unknown, unknown, unknown>, "platform" | "actor" | "requestId">;

const print = async (
  { platform, actor, requestId }: Printing,
  name: Action,
  work: (context: CommandContext) => Promise<PrintDocument>,
): Promise<PrintDocument> => (await platform.commands.run({ name, actor, requestId }, work)).result;

/** Page and PDF of one paper of an order. */
const papersOf = (
  path: string,
  what: string,
  permission: "field.read" | "field.write",
  compose: (
    request: RouteRequest<{ id: bigint }, { lang: "zh-CN" | "en" }, unknown>,
  ) => Promise<PrintDocument>,
): readonly Route[] => [
  defineRoute({
    method: "get",
    path,
    permission,
    summary: `${what} as a page to print`,
    tag: TAG,
    params: orderParams,
    query: langQuery,
    response: z.string(),
    produces: "text/html",
    handle: async (request) => ({ body: renderPage(await compose(request), request.query.lang) }),
  }),
  defineRoute({
    method: "get",
    path: `${path}.pdf`,
    permission,
    summary: `${what} as PDF`,
    tag: TAG,
    params: orderParams,
    query: langQuery,
    response: bytesOut,
    produces: "application/pdf",
    handle: async (request) => ({
      headers: { "content-disposition": `inline; filename="work-order-${request.params.id}.pdf"` },
      body: await renderPdf(await compose(request), request.query.lang),
    }),
  }),
];

const caseParams = z.strictObject({ ticketNo: filledIn(30) });
const caseQuery = langQuery.extend({ paper: z.enum(["a4", "a5"]).default("a5") });
type CaseRequest = RouteRequest<z.output<typeof caseParams>, z.output<typeof caseQuery>, unknown>;

const composeCase = (request: CaseRequest): Promise<PrintDocument> =>
  print(request, "ticket.print", (context) =>
    printCase(context, request.params.ticketNo, {
      publicUrl: request.platform.publicUrl,
      ...request.query,
    }),
  );

const casePapers: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/tickets/{ticketNo}/print",
    permission: "ticket.read",
    summary: "What a walk-in takes home, as a page to print",
    tag: TAG,
    params: caseParams,
    query: caseQuery,
    response: z.string(),
    produces: "text/html",
    handle: async (request) => ({ body: renderPage(await composeCase(request), request.query.lang) }),
  }),
  defineRoute({
    method: "get",
    path: "/tickets/{ticketNo}/print.pdf",
    permission: "ticket.read",
    summary: "What a walk-in takes home, as PDF",
    tag: TAG,
    params: caseParams,
    query: caseQuery,
    response: bytesOut,
    produces: "application/pdf",
    handle: async (request) => ({ body: await renderPdf(await composeCase(request), request.query.lang) }),
  }),
];

const photos: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/work-orders/{id}/photos",
    permission: "field.write",
    summary: "Add a photo, a paper or the image of a signature: the body is the file, byte for byte",
    tag: TAG,
    params: orderParams,
    query: z.strictObject({ fileName: filledIn(200).default("photo"), caption: textIn(200).default("") }),
    consumes: "raw",
    response: z.object({ fileId: z.string() }),
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, params, query, headers, requestId, idempotency }, stream) => {
      // The scope is asked before the bytes are read, and again with the transaction that stores them.
      await accessOrder(platform.database.sql, actor, params.id, today(platform.clock));
      const bytes = await readUpload(stream);
      const { result } = await platform.commands.run(
        { name: "work-order.photo", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => ({
          fileId: String(
            await addPhoto(context, {
              id: params.id,
              bytes,
              fileName: query.fileName,
              mediaType: headers["content-type"],
              caption: query.caption,
            }),
          ),
        }),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "get",
    path: "/work-orders/{id}/photos/{fileId}",
    permission: "field.read",
    summary: "A photo of the order, to save",
    tag: TAG,
    params: orderParams.extend({ fileId: rowIdIn }),
    response: bytesOut,
    produces: "application/octet-stream",
    handle: async ({ platform, actor, params }) => {
      const { sql } = platform.database;
      const order = await accessOrder(sql, actor, params.id, today(platform.clock));
      const file = await readPhoto(sql, order.id, params.fileId);
      return { headers: downloadHeaders(file), body: file.bytes };
    },
  }),
];

export const printRoutes: readonly Route[] = [
  ...papersOf("/work-orders/{id}/print", "The paper order, with names in clear", "field.write", (request) =>
    print(request, "work-order.print", (context) =>
      printOrder(context, request.params.id, {
        publicUrl: request.platform.publicUrl,
        lang: request.query.lang,
      }),
    ),
  ),
  ...papersOf("/work-orders/{id}/slip", "The temperature slip, or an empty one", "field.write", (request) =>
    print(request, "work-order.print-slip", (context) =>
      printSlip(context, request.params.id, request.platform.publicUrl),
    ),
  ),
  ...casePapers,
  ...photos,
];
