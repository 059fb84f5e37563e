/** Routes of the list of work. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { ROLES, staffIdOf } from "#src/platform/actor.ts";
import { withNames } from "#src/platform/people.ts";
import {
  decodeCursor,
  defineRoute,
  pageFrom,
  pageIn,
  pageOf,
  refuseCursor,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { changeSeen } from "#src/platform/seen-change.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { listVisible, type TaskRow } from "./queries.ts";
import { reportTask } from "./report-task.ts";
import { closeTask, takeTask } from "./service.ts";

const STATES = ["open", "done", "recalled"] as const;

const taskOut = withNames(
  z.object({
    id: z.string(),
    kind: z.string(),
    source: z.string(),
    title: z.string(),
    details: z.record(z.string(), z.unknown()),
    accountNo: z.string().nullable(),
    areaId: z.string().nullable(),
    ownerRole: z.string(),
    owner: z.string().nullable(),
    state: z.enum(STATES),
    dueAt: z.string().nullable(),
    createdAt: z.string(),
    closedAt: z.string().nullable(),
    outcome: z.string().nullable(),
    /** The facts of which it has to end with one; empty: words are enough. */
    results: z.array(z.string()),
    result: z.string().nullable(),
    version: z.int(),
  }),
  "owner",
);

const taskJson = (row: TaskRow) => ({
  id: String(row.id),
  kind: row.kind,
  source: row.source,
  title: row.title,
  details: row.details as Record<string, unknown>,
  accountNo: row.accountNo,
  areaId: row.areaId === null ? null : String(row.areaId),
  ownerRole: row.ownerRole,
  owner: row.ownerLogin,
  state: row.state,
  dueAt: row.dueAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
  closedAt: row.closedAt?.toISOString() ?? null,
  outcome: row.outcome,
  results: [...row.results],
  result: row.result,
  version: row.version,
});

const listQuery = pageIn.extend({
  kind: z.string().max(60).optional(),
  /** All but this one: valves to open have a list of their own. */
  notKind: z.string().max(60).optional(),
  state: z.enum(STATES).default("open"),
  ownerRole: z.enum(ROLES).optional(),
  /** `me`: what the caller owns in person; `ours`: that, and what is of the own roles and nobody's in person. */
  owner: z.enum(["me", "ours"]).optional(),
});

/** Due instant (`infinity` without one) and id of the last row. */
const cursorKey = z.tuple([z.union([z.iso.datetime(), z.literal("infinity")]), rowIdIn]);

const afterOf = (cursor: string | undefined): { afterDueAt: string | null; afterId: bigint } => {
  if (cursor === undefined) return { afterDueAt: null, afterId: 0n };
  const parsed = cursorKey.safeParse(decodeCursor(cursor));
  if (!parsed.success) return refuseCursor();
  return { afterDueAt: parsed.data[0], afterId: parsed.data[1] };
};

export const taskRoutes: Route[] = [
  defineRoute({
    method: "get",
    path: "/tasks",
    permission: "task.read",
    summary: "The work in the caller's scope: due first",
    tag: "tasks",
    query: listQuery,
    response: pageOf(taskOut),
    handle: async ({ platform, actor, query }) => {
      const rows = await listVisible(platform.database.sql, {
        ...scopeBindings(actor.scope, dayOfInstant(platform.clock.now())),
        staffId: staffIdOf(actor),
        kind: query.kind ?? null,
        notKind: query.notKind ?? null,
        state: query.state,
        ownerRole: query.ownerRole ?? null,
        // Nobody has the id -1: a machine that asks for its own work has none.
        ownerId: query.owner === "me" ? (staffIdOf(actor) ?? -1n) : null,
        ownRoles: query.owner === "ours" ? actor.roles : null,
        ...afterOf(query.cursor),
        limit: query.limit + 1,
      });
      return {
        body: pageFrom(
          rows,
          query.limit,
          (row) => [row.dueAt?.toISOString() ?? "infinity", String(row.id)],
          taskJson,
        ),
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/tasks/{id}/done",
    permission: "task.write",
    summary: "Mark a task done, with the fact that it ends with where it has `results`",
    tag: "tasks",
    params: z.strictObject({ id: rowIdIn }),
    body: z.strictObject({
      outcome: z.string().trim().min(1).max(500),
      result: z.string().max(40).optional(),
    }),
    response: z.object({ id: z.string(), state: z.enum(STATES), version: z.int() }),
    ifMatch: true,
    handle: async (request) => {
      const { id } = request.params;
      const version = await changeSeen(request, "task.done", async (context, seen) => {
        await closeTask(context, id, seen, request.body.outcome, request.body.result ?? null);
        return seen + 1;
      });
      return { body: { id: String(id), state: "done" as const, version } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/tasks/{id}/take",
    permission: "task.write",
    summary: "Take a task on oneself, from the role or from a colleague",
    tag: "tasks",
    params: z.strictObject({ id: rowIdIn }),
    body: z.strictObject({}),
    response: z.object({ id: z.string(), state: z.enum(STATES), version: z.int() }),
    ifMatch: true,
    handle: async (request) => {
      const { id } = request.params;
      const version = await changeSeen(request, "task.take", async (context, seen) => {
        await takeTask(context, id, seen);
        return seen + 1;
      });
      return { body: { id: String(id), state: "open" as const, version } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/tasks/{id}/reports",
    permission: "task.write",
    summary:
      "A task as it was finished on a phone, maybe without signal: done, or kept beside the list with a task to compare when it had changed",
    tag: "tasks",
    params: z.strictObject({ id: rowIdIn }),
    body: z.strictObject({
      version: z.int().min(1),
      outcome: z.string().trim().min(1).max(500),
      result: z.string().max(40).optional(),
      madeAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
    }),
    response: z.object({
      result: z.enum(["done", "kept"]),
      state: z.enum(STATES),
      code: z.string().nullable(),
      taskId: z.string().nullable(),
    }),
    idempotency: "required",
    handle: async ({ platform, actor, params, body, requestId, idempotency }) => ({
      body: await reportTask(
        platform,
        actor,
        { ...body, id: params.id, result: body.result ?? null },
        { requestId, idempotency: must(idempotency, "the key, which the edge requires") },
      ),
    }),
  }),
];
