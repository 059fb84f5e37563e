/** Absences over HTTP: who is away, entered and ended by whoever distributes the work. */
import { z } from "zod";
import { addDays, day } from "#src/kernel/day.ts";
import { today } from "#src/platform/clock.ts";
import {
  dayIn,
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { ABSENCE_KINDS, type AbsenceRow, findAbsences } from "./absence-queries.ts";
import { endAbsence, enterAbsence } from "./absences.ts";

const tag = "staff";

const absenceOut = z.object({
  id: z.string(),
  login: z.string(),
  displayName: z.string(),
  kind: z.enum(ABSENCE_KINDS),
  from: z.string(),
  /** The last day; null: open. */
  until: z.string().nullable(),
});

const absenceJson = (row: AbsenceRow) => ({
  id: String(row.id),
  login: row.login,
  displayName: row.displayName,
  kind: row.kind,
  from: row.from,
  until: row.backOn === null ? null : addDays(row.backOn, -1),
});

export const absenceRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/staff/absences",
    permission: "routing.settings",
    summary: "Who is absent, today or later",
    tag,
    query: pageIn,
    response: pageOf(absenceOut),
    handle: async ({ platform, query }) => {
      const rows = await findAbsences(platform.database.sql, {
        day: today(platform.clock),
        afterId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], absenceJson) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/staff/absences",
    permission: "routing.settings",
    summary: "Enter an absence; new work goes to others from its first day on",
    tag,
    body: z.strictObject({
      login: z.string().min(1).max(80),
      from: dayIn,
      until: dayIn.nullable().default(null),
      kind: z.enum(ABSENCE_KINDS),
    }),
    response: z.object({ id: z.string() }),
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, requestId, idempotency, body }) => {
      const { result } = await platform.commands.run(
        { name: "absence.enter", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          const { absenceId } = await enterAbsence(context, {
            login: body.login,
            from: day(body.from),
            until: body.until === null ? null : day(body.until),
            kind: body.kind,
          });
          return { id: String(absenceId) };
        },
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "post",
    path: "/staff/absences/{id}/end",
    permission: "routing.settings",
    summary: "The person is back from a day on",
    tag,
    params: z.strictObject({ id: rowIdIn }),
    body: z.strictObject({ backOn: dayIn }),
    response: z.object({ id: z.string() }),
    handle: async ({ platform, actor, requestId, params, body }) => {
      await platform.commands.run({ name: "absence.end", actor, requestId }, (context) =>
        endAbsence(context, params.id, day(body.backOn)),
      );
      return { body: { id: String(params.id) } };
    },
  }),
];
