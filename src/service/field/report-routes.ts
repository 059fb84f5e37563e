/** What comes from a phone at the door: visits that may have waited for signal, and the photo of a shaft. */
import { z } from "zod";
import { fail, must } from "#src/kernel/errors.ts";
import { addDays, dayOfInstant, instantOfDay } from "#src/kernel/day.ts";
import { readUpload } from "#src/office/documents/index.ts";
import { today } from "#src/platform/clock.ts";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { ORDER_RESULTS } from "./order-kinds.ts";
import { ORDER_STATES } from "./order-states.ts";
import { addShaftPhoto } from "./photos.ts";
import { keepRefusedRecord, RECORD_KINDS } from "./refused-record.ts";
import { findOrdersOfShaft } from "./report-queries.ts";
import { reportVisit } from "./report-visit.ts";
import { filledIn, instantIn, orderParams, TAG, textIn } from "./schema.ts";

const visits = defineRoute({
  method: "post",
  path: "/work-orders/{id}/visits",
  permission: "field.write",
  summary:
    "A visit as it was written down at the door: carried out, or kept beside the record with a task to compare when the order has changed since",
  tag: TAG,
  params: orderParams,
  body: z.strictObject({
    version: z.int().min(1),
    outcome: z.enum([...ORDER_RESULTS, "not-home", "follow-up"]),
    note: textIn(500).optional(),
    madeAt: instantIn,
    witness: filledIn(60).optional(),
  }),
  response: z.object({
    result: z.enum(["done", "kept"]),
    state: z.enum(ORDER_STATES),
    version: z.int(),
    code: z.string().nullable(),
    message: z.string().nullable(),
    taskId: z.string().nullable(),
  }),
  idempotency: "required",
  handle: async ({ platform, actor, params, body, requestId, idempotency }) => ({
    body: await reportVisit(
      platform,
      actor,
      { id: params.id, ...body },
      { requestId, idempotency: must(idempotency, "the key, which the edge requires") },
    ),
  }),
});

const LONGEST_WAY_MS = 7 * 86_400_000;
/** The day of which a photo is, from its beginning to its end; a phone's clock may be wrong. */
const shaftDay = (madeAt: Date | undefined, now: Date): { readonly since: Date; readonly until: Date } => {
  const at = Math.max(now.getTime() - LONGEST_WAY_MS, Math.min(now.getTime(), madeAt?.getTime() ?? Infinity));
  const day = dayOfInstant(new Date(at));
  return { since: instantOfDay(day), until: instantOfDay(addDays(day, 1)) };
};
const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

const shaft = defineRoute({
  method: "post",
  path: "/valve-rounds/{unitId}/photos",
  permission: "field.write",
  summary:
    "One photo of a shaft, for all its valves: those that wait and those that a visit of its own day did",
  tag: TAG,
  params: z.strictObject({ unitId: rowIdIn }),
  query: z.strictObject({
    fileName: filledIn(200).default("photo"),
    /** Left out: of the whole stairwell. */
    floor: textIn(20).optional(),
    /** When it was taken, for one that may have waited for signal over a night: a week at most. */
    madeAt: instantIn.optional(),
  }),
  consumes: "raw",
  response: z.object({ fileId: z.string(), orders: z.int() }),
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, params, query, headers, requestId, idempotency }, stream) => {
    const day = today(platform.clock);
    const now = platform.clock.now();
    const wanted = {
      unitId: params.unitId,
      floor: query.floor ?? null,
      ...shaftDay(query.madeAt, now),
      ...scopeBindings(actor.scope, day),
    };
    // Asked before the bytes are read, and again with the transaction that stores them.
    const found = await findOrdersOfShaft(platform.database.sql, wanted);
    if (found.length === 0) fail("valve-round.not-found", "no valve of yours is there to be opened today");
    const bytes = await readUpload(stream);
    const { result } = await platform.commands.run(
      { name: "valve-round.photo", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => {
        const orderIds = await findOrdersOfShaft(context.sql, wanted);
        const fileId = await addShaftPhoto(context, orderIds, {
          bytes,
          fileName: query.fileName,
          mediaType: headers["content-type"],
          caption: query.floor ?? "",
          takenAt: query.madeAt === undefined ? null : earlier(query.madeAt, now),
        });
        return { fileId: String(fileId), orders: orderIds.length };
      },
    );
    return { body: result };
  },
});

const refused = defineRoute({
  method: "post",
  path: "/field-refusals",
  permission: "field.write",
  summary:
    "What a phone wrote down and no command took: kept as a task of whoever wrote it, once under its key, so that it does not stand on the phone alone",
  tag: TAG,
  body: z.strictObject({
    key: z.string().regex(/^[\w-]{8,80}$/),
    kind: z.enum(RECORD_KINDS),
    about: filledIn(120),
    said: textIn(4000),
    code: z.string().regex(/^[\w.-]{1,80}$/),
    madeAt: instantIn,
  }),
  response: z.object({ taskId: z.string() }),
  handle: async ({ platform, actor, body, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "field.keep-refused", actor, requestId },
      async (context) => ({ taskId: String(await keepRefusedRecord(context, body)) }),
    );
    return { body: result };
  },
});

export const reportRoutes: readonly Route[] = [visits, shaft, refused];
