/** Bulk reassignment over HTTP: looked at first, then carried out. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { withNames } from "#src/platform/people.ts";
import {
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { carryOutReassignment, previewReassignment } from "./reassign.ts";
import { findReassignment, listMoved, type Reassignment, ROW_STANDINGS } from "./reassignment-queries.ts";
import { undoReassignment } from "./undo-reassignment.ts";

const tag = "Routing 派单";
const params = z.strictObject({ id: rowIdIn });

const previewOut = z.object({
  cases: z.int(),
  to: z.array(z.object({ staffId: z.string().nullable(), name: z.string().nullable(), cases: z.int() })),
  more: z.boolean(),
});
const reassignmentOut = withNames(
  z.object({
    id: z.string(),
    from: z.string(),
    to: z.string().nullable(),
    reason: z.string(),
    state: z.enum(["previewed", "moving", "moved"]),
    cases: z.int(),
    moved: z.int(),
  }),
  "from",
  "to",
);
const reassignmentJson = (row: Reassignment) => ({
  id: String(row.id),
  from: row.fromLogin,
  to: row.toLogin,
  reason: row.reason,
  state: row.state,
  cases: row.cases,
  moved: row.moved,
});

export const reassignmentRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/routing/reassignments",
    permission: "routing.settings",
    tag,
    summary: "See who would get a person's open cases; moves nothing",
    body: z.strictObject({
      from: z.string().min(1).max(80),
      to: z.string().min(1).max(80).nullable().default(null),
      reason: z.string().trim().min(1).max(500),
    }),
    response: z.object({ id: z.string(), preview: previewOut }),
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, requestId, idempotency, body }) => {
      const { result } = await platform.commands.run(
        { name: "routing.preview-reassignment", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          const { id, preview } = await previewReassignment(context, body);
          return { id: String(id), preview: { ...preview, to: [...preview.to] } };
        },
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "get",
    path: "/routing/reassignments/{id}",
    permission: "routing.settings",
    tag,
    summary: "How far a reassignment is",
    params,
    response: reassignmentOut,
    handle: async ({ platform, params: { id } }) => {
      const found = await findReassignment(platform.database.sql, id);
      if (found === null) fail("reassign.not-found", "there is no such reassignment");
      return { body: reassignmentJson(found) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/routing/reassignments/{id}/move",
    permission: "routing.settings",
    tag,
    summary: "Move the cases, in chunks; repeating goes on where it stopped",
    params,
    response: reassignmentOut,
    handle: async ({ platform, actor, requestId, params: { id } }) => ({
      body: reassignmentJson(await carryOutReassignment(platform, actor, id, requestId)),
    }),
  }),
  defineRoute({
    method: "get",
    path: "/routing/reassignments/{id}/rows",
    permission: "routing.settings",
    tag,
    summary: "What became of each case that was moved, and whether it can still be taken back",
    params,
    query: pageIn,
    response: pageOf(
      z.object({
        ticketNo: z.string(),
        state: z.string(),
        /** Null: on the list of the role. */
        toName: z.string().nullable(),
        roleName: z.string(),
        roleNameEn: z.string(),
        standing: z.enum(ROW_STANDINGS),
      }),
    ),
    handle: async ({ platform, params: { id }, query }) => {
      const rows = await listMoved(platform.database.sql, {
        id,
        afterId: idOfCursor(query.cursor) ?? 0n,
        limit: query.limit + 1,
      });
      return {
        body: pageFrom(
          rows,
          query.limit,
          (row) => [String(row.id)],
          ({ ticketNo, state, toName, roleName, roleNameEn, standing }) => ({
            ticketNo,
            state,
            toName,
            roleName,
            roleNameEn,
            standing,
          }),
        ),
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/routing/reassignments/{id}/undo",
    permission: "routing.settings",
    tag,
    summary: "Take back the cases that nobody has put a hand to since; repeating is safe",
    params,
    response: reassignmentOut.extend({ undone: z.int() }),
    handle: async ({ platform, actor, requestId, params: { id } }) => {
      const undone = await undoReassignment(platform, actor, id, requestId);
      const found = await findReassignment(platform.database.sql, id);
      if (found === null) fail("reassign.not-found", "there is no such reassignment");
      return { body: { ...reassignmentJson(found), undone } };
    },
  }),
];
