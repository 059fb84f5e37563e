/** Bank files over HTTP: the file is the request's body, as it is. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { withNames } from "#src/platform/people.ts";
import {
  dayIn,
  defineRoute,
  encodeCursor,
  idOfCursor,
  fenJson,
  fenOut,
  pageIn,
  pageOf,
  rowIdIn,
  type Route,
} from "#src/platform/route.ts";
import { importBankFile } from "./import-door.ts";
import { findImport, type ImportFile, listImports } from "./import-queries.ts";
import { listLines } from "./line-queries.ts";

const tag = "Bank 银行对账";
const params = z.strictObject({ id: rowIdIn });
const channelIn = z.string().regex(/^[a-z0-9-]{2,30}$/, "a channel's code");

const importOut = withNames(
  z.object({
    id: z.string(),
    channel: z.string(),
    fileName: z.string(),
    kind: z.enum(["collection", "statement"]),
    state: z.string(),
    bankDay: z.string().nullable(),
    lineCount: z.int(),
    /** Lines that are posted so far. */
    linesDone: z.int(),
    totalFen: fenOut,
    counts: z.record(z.string(), z.int()),
    refusal: z.unknown(),
    profile: z.string(),
    receivedAt: z.string(),
    receivedBy: z.string(),
    finishedAt: z.string().nullable(),
  }),
  "receivedBy",
);

const importJson = (file: ImportFile): z.input<typeof importOut> => ({
  id: String(file.id),
  channel: file.channel,
  fileName: file.fileName,
  kind: file.kind,
  state: file.state,
  bankDay: file.bankDay,
  lineCount: file.lineCount ?? 0,
  linesDone: file.cursorOrdinal,
  totalFen: fenJson(file.totalFen ?? 0n),
  counts: file.counts,
  refusal: file.refusal,
  profile: `${file.profile} ${file.profileVersion}`,
  receivedAt: file.receivedAt.toISOString(),
  receivedBy: file.receivedBy,
  finishedAt: file.finishedAt?.toISOString() ?? null,
});

const notFound = (): never => fail("import.not-found", "there is no such import");

export const importRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/bank-imports",
    permission: "bank.import",
    tag,
    summary:
      "Import a bank's file: the body is the file, byte for byte. One with lines in doubt is held (409 file.held) until a second person agrees; then send it again",
    query: z.strictObject({
      channel: channelIn,
      fileName: z.string().trim().min(1).max(200),
      profile: z
        .string()
        .regex(/^[a-z0-9-]{1,40}$/, "the name of a profile")
        .optional(),
      dryRun: z.enum(["true", "false"]).default("false"),
      /** To which later day a further file of a certified day counts. */
      forDay: dayIn.optional(),
    }),
    consumes: "raw",
    response: z.object({
      importFileId: z.string(),
      channel: z.string(),
      kind: z.enum(["collection", "statement"]),
      state: z.string(),
      dryRun: z.boolean(),
      resumed: z.boolean(),
      bankDay: z.string().nullable(),
      lineCount: z.int(),
      totalFen: fenOut,
      counts: z.record(z.string(), z.int()),
    }),
    status: 201,
    handle: async ({ platform, actor, query, requestId }, stream) => {
      if (stream === undefined) {
        return fail("request.body-missing", "the file is missing", { remedy: "send the file as the body" });
      }
      const report = await importBankFile(platform, actor, {
        source: stream,
        fileName: query.fileName,
        channel: query.channel,
        profile: query.profile,
        dryRun: query.dryRun === "true",
        forDay: query.forDay === undefined ? undefined : day(query.forDay),
        requestId,
      });
      const { importFileId, totalFen, channel, kind, state, dryRun, resumed, bankDay, lineCount, counts } =
        report;
      return {
        status: dryRun ? 200 : 201,
        body: {
          importFileId: String(importFileId),
          totalFen: fenJson(totalFen),
          channel,
          kind,
          state,
          dryRun,
          resumed,
          bankDay,
          lineCount,
          counts,
        },
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bank-imports",
    permission: "bank.read",
    tag,
    summary: "Imported files, the latest first",
    query: pageIn.extend({
      channel: channelIn.optional(),
      day: dayIn.optional(),
      /** Whether files that were only tried are listed too. */
      tried: z.enum(["true", "false"]).default("true"),
    }),
    response: pageOf(importOut),
    handle: async ({ platform, query }) => {
      const beforeId = idOfCursor(query.cursor);
      const rows = await listImports(platform.database.sql, {
        channel: query.channel ?? null,
        day: query.day === undefined ? null : day(query.day),
        tried: query.tried === "true",
        beforeId,
        limit: query.limit + 1,
      });
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return {
        body: {
          items: items.map(importJson),
          nextCursor:
            rows.length > items.length && last !== undefined ? encodeCursor([String(last.id)]) : null,
        },
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bank-imports/{id}",
    permission: "bank.read",
    tag,
    summary: "An import: how far it is, or why it was refused",
    params,
    response: importOut,
    handle: async ({ platform, params: { id } }) => ({
      body: importJson((await findImport(platform.database.sql, id)) ?? notFound()),
    }),
  }),
  defineRoute({
    method: "get",
    path: "/bank-imports/{id}/lines",
    permission: "bank.read",
    tag,
    summary: "What became of each line",
    params,
    query: pageIn.extend({
      state: z.enum(["posted", "proved", "suspense", "break", "ignored"]).optional(),
    }),
    response: pageOf(
      z.object({
        rowNo: z.int(),
        kind: z.string(),
        serial: z.string(),
        accountNo: z.string(),
        amountFen: fenOut,
        bankDay: z.string(),
        valueDate: z.string(),
        state: z.string(),
        rule: z.string().nullable(),
        paymentId: z.string().nullable(),
        problem: z.string().nullable(),
      }),
    ),
    handle: async ({ platform, params: { id }, query }) => {
      const { sql } = platform.database;
      if ((await findImport(sql, id)) === null) notFound();
      const rows = await listLines(sql, {
        fileId: id,
        state: query.state ?? null,
        after: Number(idOfCursor(query.cursor) ?? 0n),
        limit: query.limit + 1,
      });
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return {
        body: {
          items: items.map(({ ordinal: _ordinal, matchRule, paymentId, amountFen, ...line }) => ({
            ...line,
            rule: matchRule,
            amountFen: fenJson(amountFen),
            paymentId: paymentId === null ? null : String(paymentId),
          })),
          nextCursor:
            rows.length > items.length && last !== undefined ? encodeCursor([String(last.ordinal)]) : null,
        },
      };
    },
  }),
];
