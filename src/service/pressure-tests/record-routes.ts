/** What is recorded about a test, over HTTP: reach and gaps, knocks, papers with their photos, readings, leaks, absences. */
import { z } from "zod";
import type { VerbOf } from "#src/platform/actions.ts";
import type { Permission } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Platform, type Route, type RouteRequest, rowIdIn } from "#src/platform/route.ts";
import {
  downloadHeaders,
  type PrintDocument,
  readUpload,
  renderPage,
  renderPdf,
  renderPdfTogether,
} from "#src/office/documents/index.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import { noteAbsenceFrom } from "./absences.ts";
import { accessTest } from "./access-test.ts";
import { isolateLeak, joinLeak } from "./leaks.ts";
import { printNotices, printPostingList } from "./print-test.ts";
import { readPostingPhoto, recordDoor, recordPosting, recordReading } from "./record.ts";
import {
  DOOR_OUTCOMES,
  filledIn,
  instantIn,
  paperIn,
  paperQuery,
  TAG as tag,
  testParams,
  textIn,
  WITNESSES,
} from "./schema.ts";

const done = z.object({ id: z.string() });

/** Something that is written down about a test. */
const record = <B extends z.ZodType>(
  path: VerbOf<"pressure-test">,
  summary: string,
  body: B,
  write: (context: CommandContext, testId: bigint, body: z.output<B>) => Promise<unknown>,
  permission: Permission = "pressure-test.write",
): Route =>
  defineRoute({
    method: "post",
    path: `/pressure-tests/{id}/${path}`,
    permission,
    tag,
    summary,
    params: testParams,
    body,
    response: done,
    status: 201,
    handle: async ({ platform, actor, params, body: given, requestId }) => {
      await platform.commands.run({ name: `pressure-test.${path}`, actor, requestId }, (context) =>
        write(context, params.id, given),
      );
      return { body: { id: String(params.id) } };
    },
  });

const kpa = z.int().min(0).max(4000);
const ticketNo = z.string().regex(/^\d{2,20}$/, "the number of a case");

const records: readonly Route[] = [
  record(
    "doors",
    "What became of knocking at a door",
    z.strictObject({
      premisesId: rowIdIn,
      paper: paperIn.default("notice"),
      outcome: z.enum(DOOR_OUTCOMES),
      note: textIn(300).default(""),
    }),
    (context, testId, body) => recordDoor(context, { testId, ...body }),
  ),
  record(
    "readings",
    "Pressure, hold and drop as read from the gauge, with a witness",
    z.strictObject({
      measuredAt: instantIn,
      startKpa: kpa,
      holdMinutes: z.int().min(1).max(1440),
      endKpa: kpa,
      gaugeNo: filledIn(40),
      measurer: filledIn(60),
      witness: filledIn(60),
      witnessOf: z.enum(WITNESSES),
      note: textIn(500).default(""),
    }),
    (context, testId, { measurer, witness, ...body }) =>
      recordReading(context, testId, { ...body, measurerName: measurer, witnessName: witness }),
  ),
  record("leaks", "Hang a leak case under the test", z.strictObject({ ticketNo }), (context, testId, body) =>
    joinLeak(context, testId, body.ticketNo),
  ),
  record(
    "isolations",
    "The water of a leak is shut off",
    z.strictObject({ ticketNo, at: instantIn.optional() }),
    (context, testId, body) => isolateLeak(context, { testId, ...body }),
  ),
  record(
    "absences",
    "A household will be away: somebody finds out who has the key",
    z.strictObject({ accountNo: z.string().regex(/^[0-9A-Za-z-]{4,32}$/), note: textIn(300).default("") }),
    async (context, testId, body) => {
      const { sql, actor, today: day } = context;
      const test = await accessTest(sql, actor, testId, day);
      const account = await accessAccount(sql, actor, body.accountNo, day);
      await noteAbsenceFrom(context, test, account.id, body.note);
    },
    // People say so on the telephone too.
    "pressure-test.away",
  ),
];

const bytesOut = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const unitParams = testParams.extend({ unitId: rowIdIn });

const photos: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/pressure-tests/{id}/stairwells/{unitId}/photo",
    permission: "pressure-test.write",
    tag,
    summary: "The photo that shows a paper at its stairwell: the body is the file, byte for byte",
    params: unitParams,
    query: paperQuery.extend({ fileName: filledIn(200).default("photo") }),
    consumes: "raw",
    response: z.object({ fileId: z.string() }),
    status: 201,
    handle: async ({ platform, actor, params, query, headers, requestId }, stream) => {
      // The scope is asked before the bytes are read, and again with the transaction that stores them.
      await accessTest(platform.database.sql, actor, params.id, today(platform.clock));
      const bytes = await readUpload(stream);
      const { result } = await platform.commands.run(
        { name: "pressure-test.post", actor, requestId },
        (context) =>
          recordPosting(context, {
            testId: params.id,
            unitId: params.unitId,
            paper: query.paper,
            bytes,
            fileName: query.fileName,
            mediaType: headers["content-type"],
          }),
      );
      return { body: { fileId: String(result) } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/pressure-tests/{id}/photos/{fileId}",
    permission: "pressure-test.read",
    tag,
    summary: "A photo of a posted paper, to save",
    params: testParams.extend({ fileId: rowIdIn }),
    response: bytesOut,
    produces: "application/octet-stream",
    handle: async ({ platform, actor, params }) => {
      const file = await readPostingPhoto(platform.database.sql, actor, {
        testId: params.id,
        fileId: params.fileId,
        day: today(platform.clock),
      });
      return { headers: downloadHeaders(file), body: file.bytes };
    },
  }),
];

const langIn = z.enum(["zh-CN", "en"]).default("zh-CN");
const langQuery = z.strictObject({ lang: langIn });
const noticeQuery = paperQuery.extend({ lang: langIn });
type Printing = {
  readonly platform: Platform;
  readonly actor: RouteRequest<unknown, unknown, unknown>["actor"];
  readonly requestId: string;
};

/** A paper names its test; each print is a command, because it is audited. */
const print = async <T>(
  { platform, actor, requestId }: Printing,
  work: (context: CommandContext) => Promise<T>,
): Promise<T> =>
  (await platform.commands.run({ name: "pressure-test.print", actor, requestId }, work)).result;

type NoticeRequest = RouteRequest<z.output<typeof unitParams>, z.output<typeof noticeQuery>, unknown>;
const noticeOf = async (request: NoticeRequest): Promise<PrintDocument> => {
  const { params, query } = request;
  const [document] = await print(request, (context) =>
    printNotices(context, {
      testId: params.id,
      unitId: params.unitId,
      paper: query.paper,
    }),
  );
  if (document === undefined) throw new Error("a stairwell was printed as nothing");
  return document;
};

const pdfReply = (name: string, body: Uint8Array) => ({
  headers: { "content-disposition": `inline; filename="${name}.pdf"` },
  body,
});

const papers: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/pressure-tests/{id}/stairwells/{unitId}/print",
    permission: "pressure-test.write",
    tag,
    summary: "What hangs at a stairwell, with slips to tear off, as a page to print",
    params: unitParams,
    query: noticeQuery,
    response: z.string(),
    produces: "text/html",
    handle: async (request) => ({ body: renderPage(await noticeOf(request), request.query.lang) }),
  }),
  defineRoute({
    method: "get",
    path: "/pressure-tests/{id}/stairwells.pdf",
    permission: "pressure-test.write",
    tag,
    summary: "What hangs at every stairwell of the building, one page each, as one PDF",
    params: testParams,
    query: noticeQuery,
    response: bytesOut,
    produces: "application/pdf",
    handle: async (request) => {
      const { params, query } = request;
      const documents = await print(request, (context) =>
        printNotices(context, {
          testId: params.id,
          unitId: null,
          paper: query.paper,
        }),
      );
      return pdfReply(`pressure-test-${params.id}`, await renderPdfTogether(documents, query.lang));
    },
  }),
  defineRoute({
    method: "get",
    path: "/pressure-tests/{id}/posting-list",
    permission: "pressure-test.write",
    tag,
    summary: "The posting list with the doors to knock on, as a page to print",
    params: testParams,
    query: langQuery,
    response: z.string(),
    produces: "text/html",
    handle: async (request) => {
      const { params, query } = request;
      const document = await print(request, (context) => printPostingList(context, params.id));
      return { body: renderPage(document, query.lang) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/pressure-tests/{id}/posting-list.pdf",
    permission: "pressure-test.write",
    tag,
    summary: "The posting list with the doors to knock on, as PDF",
    params: testParams,
    query: langQuery,
    response: bytesOut,
    produces: "application/pdf",
    handle: async (request) => {
      const { params, query } = request;
      const document = await print(request, (context) => printPostingList(context, params.id));
      return pdfReply(`posting-list-${params.id}`, await renderPdf(document, query.lang));
    },
  }),
];

export const recordRoutes: readonly Route[] = [...records, ...photos, ...papers];
