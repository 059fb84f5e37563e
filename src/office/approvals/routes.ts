/** Routes of approvals: what waits for me, what I asked for, and the decision. */
import { z } from "zod";
import { can, staffIdOf } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import { withNames } from "#src/platform/people.ts";
import {
  accountNoIn,
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { kindsWhere, poolOfDecision } from "./kinds.ts";
import { type ApprovalListRow, type ApprovalState, findKind, listApprovals } from "./queries.ts";
import { decideApproval, withdrawApproval } from "./service.ts";

const STATES = ["requested", "approved", "refused", "withdrawn", "used"] as const;

const approvalOut = withNames(
  z.object({
    id: z.string(),
    kind: z.string(),
    subject: z.string(),
    /** The household that it is about. */
    accountNo: z.string().nullable(),
    /** What exactly is asked for; this is what a decision is about. */
    request: z.record(z.string(), z.unknown()),
    state: z.enum(STATES),
    requestedBy: z.string(),
    requestedAt: z.string(),
    decidedBy: z.string().nullable(),
    decidedAt: z.string().nullable(),
    reason: z.string().nullable(),
  }),
  "requestedBy",
  "decidedBy",
);

const approvalJson = (row: ApprovalListRow) => ({
  id: String(row.id),
  kind: row.kind,
  subject: row.subject,
  accountNo: row.accountNo,
  request: row.request as Record<string, unknown>,
  state: row.state,
  requestedBy: row.requesterLogin,
  requestedAt: row.requestedAt.toISOString(),
  decidedBy: row.deciderLogin,
  decidedAt: row.decidedAt?.toISOString() ?? null,
  reason: row.reason,
});

const listQuery = pageIn.extend({
  /** `open`: not decided yet. */
  state: z.enum(["open", ...STATES]).default("open"),
  kind: z.string().max(60).optional(),
  /** Of one household. */
  accountNo: accountNoIn.optional(),
  /** `others`: what somebody else asked for, which is all that one may decide. */
  mine: z.enum(["true", "false", "others"]).default("false"),
});

const idParams = z.strictObject({ id: rowIdIn });

export const approvalRoutes: Route[] = [
  defineRoute({
    method: "get",
    path: "/approvals",
    permission: "approval.read",
    summary: "Approvals within the caller's areas that the caller may decide or asked for; auditors see all",
    tag: "approvals",
    query: listQuery,
    response: pageOf(approvalOut),
    handle: async ({ platform, actor, query }) => {
      const states: readonly ApprovalState[] = [query.state === "open" ? "requested" : query.state];
      const rows = await listApprovals(platform.database.sql, {
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
        everything: can(actor, "audit.read"),
        kinds: kindsWhere((permission) => can(actor, permission)),
        staffId: staffIdOf(actor),
        onlyMine: query.mine === "true",
        onlyOthers: query.mine === "others",
        states,
        kind: query.kind ?? null,
        accountNo: query.accountNo ?? null,
        scope: scopeBindings(actor.scope, today(platform.clock)),
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], approvalJson) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/approvals/{id}/decision",
    permission: "approval.decide",
    stepUp: true,
    summary: "Approve or refuse what another person asked for",
    tag: "approvals",
    params: idParams,
    body: z.strictObject({
      decision: z.enum(["approved", "refused"]),
      reason: z.string().max(500).default(""),
    }),
    response: z.object({ id: z.string(), state: z.enum(STATES) }),
    handle: async ({ platform, actor, requestId, params, body }) => {
      const pool = poolOfDecision((await findKind(platform.database.sql, params.id))?.kind);
      await platform.commands.run({ name: "approval.decide", actor, requestId, pool }, (context) =>
        decideApproval(context, params.id, body.decision, body.reason),
      );
      return { body: { id: String(params.id), state: body.decision } };
    },
  }),
  defineRoute({
    method: "delete",
    path: "/approvals/{id}",
    permission: "approval.read",
    summary: "Take the own request back",
    tag: "approvals",
    params: idParams,
    response: z.object({ id: z.string(), state: z.enum(STATES) }),
    handle: async ({ platform, actor, requestId, params }) => {
      await platform.commands.run({ name: "approval.withdraw", actor, requestId }, (context) =>
        withdrawApproval(context, params.id),
      );
      return { body: { id: String(params.id), state: "withdrawn" as const } };
    },
  }),
];
