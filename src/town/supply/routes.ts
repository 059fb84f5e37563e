/** Supply over HTTP: the dispatch centre's signed messages, the book that a person keeps, outages and their hours. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { parseStorableJson } from "#src/kernel/json-text.ts";
import type { Actor } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import {
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  rowIdIn,
  type Route,
} from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { readWebhookBody, verifyWebhook } from "#src/platform/webhook-signature.ts";
import { findOutageRow, listHoursOfOutage, listOutageRows, listReportRows } from "./affected-queries.ts";
import { recordReport } from "./record-report.ts";
import { dispatchMessageIn, happeningIn, REPORT_KINDS } from "./schema.ts";

const tag = "Supply 供热运行";

/** Whoever holds the dispatch centre's key. */
const dispatchCentre: Actor = {
  kind: "machine",
  id: null,
  name: "dispatch centre",
  roles: [],
  scope: { kind: "everything" },
};

const recordedOut = z.object({
  reportId: z.string(),
  outcome: z.enum(["recorded", "repeated", "same", "kept"]),
});

const readMessage = (body: Buffer): z.output<typeof dispatchMessageIn> => {
  let parsed: unknown;
  try {
    parsed = parseStorableJson(body.toString("utf8"));
  } catch {
    return fail("supply.unreadable", "the message is not JSON", { remedy: "send one JSON object in UTF-8" });
  }
  const message = dispatchMessageIn.safeParse(parsed);
  if (message.success) return message.data;
  const [first] = message.error.issues;
  return fail("supply.unreadable", `the message is not one that we know: ${first?.message ?? ""}`, {
    field: first?.path.join(".") ?? "body",
    remedy: "docs/incidents.md shows every message",
  });
};

const hook = defineRoute({
  method: "post",
  path: "/hooks/dispatch",
  permission: "public",
  tag,
  summary: "A signed message of the dispatch centre: alarm, analysis, stop, return or switch",
  consumes: "raw",
  response: recordedOut,
  status: 202,
  handle: async ({ platform, headers, requestId }, stream) => {
    const body = await readWebhookBody(stream);
    verifyWebhook({ secret: platform.webhookSecrets?.dispatch, headers, body, now: platform.clock.now() });
    const { eventId, event } = readMessage(body);
    const { result } = await platform.commands.run(
      { name: "supply.report", actor: dispatchCentre, requestId },
      (context) => recordReport(context, { provider: "dispatch", eventId, happening: event }),
    );
    return { body: { reportId: String(result.reportId), outcome: result.outcome } };
  },
});

const book = defineRoute({
  method: "post",
  path: "/supply/reports",
  permission: "supply.write",
  tag,
  summary: "Enter what happened on the network, while the dispatch centre speaks by telephone",
  body: z.strictObject({ event: happeningIn }),
  response: recordedOut,
  status: 201,
  idempotency: "required",
  handle: async ({ platform, actor, body, idempotency, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "supply.report", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => {
        const asked = `${actor.kind}:${actor.id ?? actor.name}:${idempotency?.key ?? requestId}`;
        const eventId = createHash("sha256").update(asked).digest("hex");
        const recorded = await recordReport(context, { provider: "person", eventId, happening: body.event });
        return { reportId: String(recorded.reportId), outcome: recorded.outcome };
      },
    );
    return { body: result };
  },
});

const reports = defineRoute({
  method: "get",
  path: "/supply/reports",
  permission: "supply.write",
  tag,
  summary: "What was reported, the latest first, also what could not be understood",
  query: pageIn,
  response: pageOf(
    z.object({
      id: z.string(),
      provider: z.string(),
      eventId: z.string(),
      kind: z.enum(REPORT_KINDS),
      outageId: z.string().nullable(),
      note: z.string(),
      occurredAt: z.string(),
      receivedAt: z.string(),
      sameAsId: z.string().nullable(),
      problem: z.string().nullable(),
    }),
  ),
  handle: async ({ platform, query }) => {
    const rows = await listReportRows(platform.database.sql, {
      beforeId: idOfCursor(query.cursor),
      limit: query.limit + 1,
    });
    const text = (id: bigint | null) => (id === null ? null : String(id));
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.id)],
        (row) => ({
          id: String(row.id),
          provider: row.provider,
          eventId: row.eventId,
          kind: row.kind as (typeof REPORT_KINDS)[number],
          outageId: text(row.outageId),
          note: row.note,
          occurredAt: row.occurredAt.toISOString(),
          receivedAt: row.receivedAt.toISOString(),
          sameAsId: text(row.sameAsId),
          problem: row.problem,
        }),
      ),
    };
  },
});

const outages = defineRoute({
  method: "get",
  path: "/supply/outages",
  permission: "supply.read",
  tag,
  summary: "Outages that touch the caller's buildings, the latest first",
  query: pageIn.extend({ open: z.enum(["true", "false"]).default("false") }),
  response: pageOf(
    z.object({
      id: z.string(),
      asset: z.string(),
      fromAt: z.string(),
      toAt: z.string().nullable(),
      expectedBackAt: z.string().nullable(),
      planned: z.boolean(),
      cause: z.string(),
    }),
  ),
  handle: async ({ platform, actor, query }) => {
    const rows = await listOutageRows(platform.database.sql, {
      ...scopeBindings(actor.scope, today(platform.clock)),
      beforeId: idOfCursor(query.cursor),
      onlyOpen: query.open === "true",
      limit: query.limit + 1,
    });
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.id)],
        (row) => ({
          id: String(row.id),
          asset: row.assetName,
          fromAt: row.fromAt.toISOString(),
          toAt: row.toAt?.toISOString() ?? null,
          expectedBackAt: row.expectedBackAt?.toISOString() ?? null,
          planned: row.planned,
          cause: row.cause,
        }),
      ),
    };
  },
});

const hours = defineRoute({
  method: "get",
  path: "/supply/outages/{id}/hours",
  permission: "supply.read",
  tag,
  summary: "How long each building of the caller's was without heat by an outage, and how many homes it has",
  params: z.strictObject({ id: rowIdIn }),
  query: pageIn,
  response: pageOf(
    z.object({ buildingId: z.string(), name: z.string(), premises: z.int(), seconds: z.int() }),
  ),
  handle: async ({ platform, actor, params, query }) => {
    const { sql } = platform.database;
    const outage = await findOutageRow(sql, params.id);
    const rows =
      outage === null
        ? []
        : await listHoursOfOutage(sql, {
            ...scopeBindings(actor.scope, today(platform.clock)),
            outageId: params.id,
            now: platform.clock.now(),
            after: idOfCursor(query.cursor) ?? -1n,
            limit: query.limit + 1,
          });
    const isFirstPage = query.cursor === undefined;
    if (outage === null || (isFirstPage && rows.length === 0 && actor.scope.kind !== "everything")) {
      return fail("outage.not-found", "there is no such outage");
    }
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.buildingId)],
        (row) => ({
          buildingId: String(row.buildingId),
          name: row.name,
          premises: row.premises,
          seconds: Number(row.seconds),
        }),
      ),
    };
  },
});

export const supplyRoutes: readonly Route[] = [hook, book, reports, outages, hours];
