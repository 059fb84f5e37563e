/** Routes of letters of demand. */
import { z } from "zod";
import { addDays, day } from "#src/kernel/day.ts";
import { printLocales, renderPage, renderPdf } from "#src/office/documents/index.ts";
import { today } from "#src/platform/clock.ts";
import {
  accountNoIn,
  dayIn,
  defineRoute,
  fenJson,
  fenOut,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import {
  accessLetter,
  letterDocument,
  letterNoOf,
  makeDemandLetter,
  makeDemandLetters,
  recordDelivery,
} from "./demand-letter.ts";
import { findLettersOf, type Letter, listLetters, MANNERS } from "./letter-queries.ts";

const tag = "Reminders 缴费通知";

const letterOut = z.object({
  id: z.string(),
  letterNo: z.string(),
  accountNo: z.string(),
  season: z.int(),
  madeOn: z.string(),
  totalFen: fenOut,
  answerDays: z.int(),
  deliveredOn: z.string().nullable(),
  manner: z.enum(MANNERS).nullable(),
  proof: z.string().nullable(),
  fileId: z.string().nullable(),
  /** The last day to pay or object; null until it is delivered. */
  answerBy: z.string().nullable(),
});

const letterJson = (letter: Letter) => ({
  id: String(letter.id),
  letterNo: letterNoOf(letter),
  accountNo: letter.accountNo,
  season: letter.seasonId,
  madeOn: letter.madeOn,
  totalFen: fenJson(letter.totalFen),
  answerDays: letter.answerDays,
  deliveredOn: letter.deliveredOn,
  manner: letter.manner,
  proof: letter.proof,
  fileId: letter.fileId === null ? null : String(letter.fileId),
  answerBy: letter.deliveredOn === null ? null : addDays(letter.deliveredOn, letter.answerDays),
});

const accountParams = z.strictObject({ accountNo: accountNoIn });
const letterParams = z.strictObject({ id: rowIdIn });
const localeQuery = z.strictObject({ locale: z.enum(printLocales).default("zh-CN") });

const writeRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/accounts/{accountNo}/demand-letters",
    permission: "reminder.letter",
    tag,
    summary: "Make today's letter of demand for what is due and unpaid; once a day",
    params: accountParams,
    body: z.strictObject({}),
    response: z.object({ made: z.boolean(), letter: letterOut }),
    handle: async ({ platform, actor, params, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "demand-letter.make", actor, requestId },
        async (context) =>
          makeDemandLetter(context, await accessAccount(context.sql, actor, params.accountNo, context.today)),
      );
      return { body: { made: result.made, letter: letterJson(result.letter) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/demand-letters/{id}/delivery",
    permission: "reminder.letter",
    tag,
    summary: "Note when and how a letter was delivered; its time to answer runs from that day",
    params: letterParams,
    body: z.strictObject({
      deliveredOn: dayIn,
      manner: z.enum(MANNERS),
      /** Number of the registered letter, or who signed or saw it. */
      proof: z.string().trim().min(1).max(200),
      fileId: rowIdIn.optional(),
    }),
    response: z.object({ id: z.string(), answerBy: z.string() }),
    handle: async ({ platform, actor, params, body, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "demand-letter.delivered", actor, requestId },
        async (context) =>
          recordDelivery(context, await accessLetter(context.sql, actor, params.id, context.today), {
            deliveredOn: day(body.deliveredOn),
            manner: body.manner,
            proof: body.proof,
            fileId: body.fileId ?? null,
          }),
      );
      return { body: { id: String(params.id), answerBy: result.answerBy } };
    },
  }),
];

const manyRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/reminder-runs/{id}/demand-letters",
    permission: "reminder.run",
    tag,
    summary:
      "Make today's letters for everybody whom a pass brought there and who has something due; none twice a day",
    params: letterParams,
    body: z.strictObject({}),
    response: z.object({ letters: z.int(), totalFen: fenOut }),
    handle: async ({ platform, actor, params, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "demand-letters.make", actor, requestId, pool: "bulk" },
        (context) => makeDemandLetters(context, params.id),
      );
      return { body: { letters: Number(result.letters), totalFen: fenJson(result.totalFen) } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/demand-letters",
    permission: "reminder.read",
    tag,
    summary: "The letters within the reader's areas, the latest first: of a day, or not delivered yet",
    query: pageIn.extend({ madeOn: dayIn.optional(), delivered: z.enum(["yes", "no"]).optional() }),
    response: pageOf(letterOut),
    handle: async ({ platform, actor, query }) => {
      const rows = await listLetters(platform.database.sql, {
        ...scopeBindings(actor.scope, today(platform.clock)),
        madeOn: query.madeOn === undefined ? null : day(query.madeOn),
        delivered: query.delivered === undefined ? null : query.delivered === "yes",
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (letter) => [String(letter.id)], letterJson) };
    },
  }),
];

const readRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/accounts/{accountNo}/demand-letters",
    permission: "reminder.read",
    tag,
    summary: "The letters of demand of an account, the latest first",
    params: accountParams,
    response: z.object({ items: z.array(letterOut) }),
    handle: async ({ platform, actor, params }) => {
      const { sql } = platform.database;
      const account = await accessAccount(sql, actor, params.accountNo, today(platform.clock));
      return { body: { items: (await findLettersOf(sql, account.id)).map(letterJson) } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/demand-letters/{id}/print",
    permission: "reminder.read",
    tag,
    summary: "The letter as a page to print: every bill with what it is made of",
    params: letterParams,
    query: localeQuery,
    response: z.string(),
    produces: "text/html",
    handle: async ({ platform, actor, params, query }) => {
      const { sql } = platform.database;
      const letter = await accessLetter(sql, actor, params.id, today(platform.clock));
      const options = { now: platform.clock.now(), locale: query.locale };
      return { body: renderPage(await letterDocument(sql, letter, options), query.locale) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/demand-letters/{id}/print.pdf",
    permission: "reminder.read",
    tag,
    summary: "The letter as PDF",
    params: letterParams,
    query: localeQuery,
    response: z.instanceof(Buffer),
    produces: "application/pdf",
    handle: async ({ platform, actor, params, query }) => {
      const { sql } = platform.database;
      const letter = await accessLetter(sql, actor, params.id, today(platform.clock));
      const options = { now: platform.clock.now(), locale: query.locale };
      return {
        headers: { "content-disposition": `inline; filename="demand-letter-${letter.id}.pdf"` },
        body: await renderPdf(await letterDocument(sql, letter, options), query.locale),
      };
    },
  }),
];

export const letterRoutes: readonly Route[] = [...writeRoutes, ...manyRoutes, ...readRoutes];
