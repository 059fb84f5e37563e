/** Signing in at a telephone, one's own state, the roster, and the lines. */
import { z } from "zod";
import { staffIdOf } from "#src/platform/actor.ts";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { AGENT_STATES, findLiveCallOf, findSessionOf, listRoster } from "./agent-queries.ts";
import {
  addRoster,
  BREAK_REASONS,
  changeAgentState,
  removeRoster,
  setLine,
  signIn,
  signOut,
  signOutFor,
} from "./agents.ts";
import { dayBounds } from "./board.ts";
import { findCallsAtWork } from "./call-queries.ts";
import { callJson, callOut } from "./call-schema.ts";

const tag = "Hotline 热线";
const extension = z.string().regex(/^[0-9A-Za-z._-]{1,40}$/, "1 to 40 letters, digits, dots or hyphens");
const nothing = z.object({});
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const session = z.object({
  extension: z.string(),
  state: z.enum(AGENT_STATES),
  reason: z.string(),
  since: z.string(),
  /** Of a talk that is still on, also when it is written down already. */
  talkingSince: z.string().nullable(),
  liveCallId: z.string().nullable(),
});

const sessionRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/hotline/session",
    permission: "hotline.work",
    tag,
    summary: "Where the caller sits, the call that is on, and today's calls that are not written down yet",
    response: z.object({ session: session.nullable(), calls: z.array(callOut) }),
    handle: async ({ platform, actor }) => {
      const { sql } = platform.database;
      const staffId = staffIdOf(actor);
      if (staffId === null) return { body: { session: null, calls: [] } };
      const since = dayBounds(platform.clock.now()).from;
      const atWork = await findCallsAtWork(sql, { staffId, since });
      const calls = atWork.map((call) => callJson(call, actor));
      const found = await findSessionOf(sql, staffId);
      if (found === null) return { body: { session: null, calls } };
      const live = await findLiveCallOf(sql, staffId);
      return {
        body: {
          calls,
          session: {
            extension: found.extension,
            state: found.state,
            reason: found.reason,
            since: found.since.toISOString(),
            talkingSince: found.talkingSince?.toISOString() ?? null,
            liveCallId: live === null ? null : String(live.id),
          },
        },
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/session",
    permission: "hotline.work",
    tag,
    summary: "Sign in at a telephone, available at once",
    body: z.strictObject({ extension }),
    response: z.object({ extension: z.string(), state: z.enum(AGENT_STATES) }),
    handle: async ({ platform, actor, requestId, body }) => {
      const { result } = await platform.commands.run({ name: "agent.sign-in", actor, requestId }, (context) =>
        signIn(context, body.extension),
      );
      return { body: { extension: result.extension, state: result.state } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/session/state",
    permission: "hotline.work",
    tag,
    summary: "Available, wrapping up, or on a break with its reason",
    body: z.strictObject({ state: z.enum(AGENT_STATES), reason: z.enum(BREAK_REASONS).optional() }),
    response: z.object({ state: z.enum(AGENT_STATES) }),
    handle: async ({ platform, actor, requestId, body }) => {
      await platform.commands.run({ name: "agent.state", actor, requestId }, (context) =>
        changeAgentState(context, body),
      );
      return { body: { state: body.state } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/session/end",
    permission: "hotline.work",
    tag,
    summary: "Sign out",
    response: nothing,
    handle: async ({ platform, actor, requestId }) => {
      await platform.commands.run({ name: "agent.sign-out", actor, requestId }, signOut);
      return { body: {} };
    },
  }),
];

const rosterRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/hotline/roster",
    permission: "hotline.read",
    tag,
    summary: "Who is meant to sit there: today, or between two instants",
    query: z.strictObject({ from: instant.optional(), until: instant.optional() }),
    response: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          staffId: z.string(),
          name: z.string(),
          from: z.string(),
          until: z.string(),
        }),
      ),
    }),
    handle: async ({ platform, query }) => {
      const day = dayBounds(platform.clock.now());
      const rows = await listRoster(platform.database.sql, {
        from: query.from ?? day.from,
        until: query.until ?? day.until,
      });
      return {
        body: {
          items: rows.map((row) => ({
            id: String(row.id),
            staffId: String(row.staffId),
            name: row.name,
            from: row.from.toISOString(),
            until: row.until.toISOString(),
          })),
        },
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/roster",
    permission: "hotline.supervise",
    tag,
    summary: "Put a person on the roster",
    body: z.strictObject({ staffId: rowIdIn, from: instant, until: instant }),
    response: z.object({ id: z.string() }),
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, requestId, body, idempotency }) => {
      const { result } = await platform.commands.run(
        { name: "roster.add", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => ({ id: String(await addRoster(context, body)) }),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/roster/{id}/remove",
    permission: "hotline.supervise",
    tag,
    summary: "Take a shift off the roster",
    params: z.strictObject({ id: rowIdIn }),
    response: nothing,
    handle: async ({ platform, actor, requestId, params }) => {
      await platform.commands.run({ name: "roster.remove", actor, requestId }, (context) =>
        removeRoster(context, params.id),
      );
      return { body: {} };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/agents/{staffId}/sign-out",
    permission: "hotline.supervise",
    tag,
    summary: "Sign somebody out who is not there any more: the telephone is free",
    params: z.strictObject({ staffId: rowIdIn }),
    response: nothing,
    handle: async ({ platform, actor, requestId, params }) => {
      await platform.commands.run({ name: "agent.sign-out-for", actor, requestId }, (context) =>
        signOutFor(context, params.staffId),
      );
      return { body: {} };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/lines",
    permission: "hotline.supervise",
    tag,
    summary: "Enter a line, rename it, or take it out of service",
    body: z.strictObject({
      code: extension,
      name: z.string().trim().min(1).max(60),
      inService: z.boolean().default(true),
    }),
    response: z.object({ code: z.string() }),
    handle: async ({ platform, actor, requestId, body }) => {
      await platform.commands.run({ name: "line.set", actor, requestId }, (context) =>
        setLine(context, body),
      );
      return { body: { code: body.code } };
    },
  }),
];

export const agentRoutes: readonly Route[] = [...sessionRoutes, ...rosterRoutes];
