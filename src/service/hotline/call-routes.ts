/** Calls over HTTP: the screen pop, what an agent writes down, the log. A number stands in a body, never in an address. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import type { Actor } from "#src/platform/actor.ts";
import { accountNoIn, defineRoute, type Platform, type Route, rowIdIn } from "#src/platform/route.ts";
import { SEVERITIES } from "#src/service/tickets/index.ts";
import { WRAP_UP_CODES } from "./call-queries.ts";
import { callJson, callOut, popOut } from "./call-schema.ts";
import { accessCall, bindCall, openCaseOfCall, releaseCall, wrapUpCall } from "./calls.ts";
import { workLeftCall } from "./record-events.ts";
import { popScreen, type PopQuestion } from "./pop.ts";

const tag = "Hotline 热线";
const params = z.strictObject({ id: rowIdIn });
const placeIn = {
  accountNo: accountNoIn.optional(),
  buildingId: rowIdIn.optional(),
  addressText: z.string().trim().min(1).max(200).optional(),
};
const note = z.string().trim().max(1000).default("");

const pop = async (platform: Platform, actor: Actor, asked: PopQuestion) => {
  const now = platform.clock.now();
  const reader = { sql: platform.database.sql, actor, now, today: dayOfInstant(now) };
  return popScreen(reader, asked);
};

const popRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/hotline/pop",
    permission: "hotline.work",
    tag,
    summary:
      "Who is behind a number: households to choose from, or the one with debt, valve, cases, incident and contacts",
    body: z.strictObject({
      number: z.string().trim().min(3).max(40),
      accountNo: accountNoIn.optional(),
    }),
    response: popOut,
    handle: async ({ platform, actor, body }) => ({
      body: await pop(platform, actor, {
        number: parsePhone(body.number).number,
        accountNo: body.accountNo ?? null,
        buildingId: null,
        callId: null,
      }),
    }),
  }),
  defineRoute({
    method: "get",
    path: "/hotline/calls/{id}",
    permission: "hotline.read",
    tag,
    summary: "A call; its number in clear for its agent while it is on",
    params,
    response: callOut,
    handle: async ({ platform, actor, params: { id } }) => {
      const call = await accessCall(platform.database.sql, actor, id, dayOfInstant(platform.clock.now()));
      return { body: callJson(call, actor) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/hotline/calls/{id}/pop",
    permission: "hotline.work",
    tag,
    summary: "The screen pop of a call, without naming its number",
    params,
    query: z.strictObject({ accountNo: accountNoIn.optional() }),
    response: popOut,
    handle: async ({ platform, actor, params: { id }, query }) => {
      const call = await accessCall(platform.database.sql, actor, id, dayOfInstant(platform.clock.now()));
      return {
        body: await pop(platform, actor, {
          number: call.number,
          accountNo: query.accountNo ?? call.accountNo,
          buildingId: call.buildingId,
          callId: call.id,
        }),
      };
    },
  }),
];

const workRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/hotline/calls/{id}/bind",
    permission: "hotline.work",
    tag,
    summary: "Say whose call it is: an account, a building, or an address",
    params,
    body: z.strictObject(placeIn),
    response: callOut,
    handle: async ({ platform, actor, requestId, params: { id }, body }) => {
      await platform.commands.run({ name: "call.bind", actor, requestId }, (context) =>
        bindCall(context, id, body),
      );
      const call = await accessCall(platform.database.sql, actor, id, dayOfInstant(platform.clock.now()));
      return { body: callJson(call, actor) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/calls/{id}/wrap-up",
    permission: "hotline.work",
    tag,
    summary:
      "What became of the call, by one key: answered without a case, an incident, another company, ...",
    params,
    body: z.strictObject({
      code: z.enum(WRAP_UP_CODES),
      note,
      incidentId: rowIdIn.optional(),
      ticketNo: z.string().max(30).optional(),
      companyId: rowIdIn.optional(),
    }),
    response: z.object({ id: z.string(), wrapUp: z.enum(WRAP_UP_CODES) }),
    handle: async ({ platform, actor, requestId, params: { id }, body }) => {
      await platform.commands.run({ name: "call.wrap-up", actor, requestId }, (context) =>
        wrapUpCall(context, id, body),
      );
      return { body: { id: String(id), wrapUp: body.code } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/calls/{id}/release",
    permission: "hotline.supervise",
    tag,
    summary: "End a call that hangs because the exchange's word was lost: its line and its agent are free",
    params,
    response: callOut,
    handle: async ({ platform, actor, requestId, params: { id } }) => {
      const { result } = await platform.commands.run({ name: "call.release", actor, requestId }, (context) =>
        releaseCall(context, id),
      );
      await workLeftCall(platform, result);
      const call = await accessCall(platform.database.sql, actor, id, dayOfInstant(platform.clock.now()));
      return { body: callJson(call, actor) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/calls/{id}/ticket",
    permission: "hotline.work",
    tag,
    summary:
      "A case of this call, in one step. A call has one: the second time `notTaken` names the typed fields in which it stays different",
    params,
    body: z.strictObject({
      ...placeIn,
      category: z.string().regex(/^[a-z]+\.[a-z-]+$/, "a category of the second level"),
      severity: z.enum(SEVERITIES).optional(),
      summary: z.string().trim().min(1).max(2000).optional(),
      callerName: z.string().trim().min(1).max(100).optional(),
      fields: z.record(z.string().max(60), z.unknown()).optional(),
      note,
    }),
    response: z.object({
      ticketNo: z.string(),
      opened: z.boolean(),
      notTaken: z.array(z.string()),
      remedy: z.string().optional(),
    }),
    status: 201,
    handle: async ({ platform, actor, requestId, params: { id }, body }) => {
      const { result } = await platform.commands.run({ name: "call.ticket", actor, requestId }, (context) =>
        openCaseOfCall(context, id, body),
      );
      return {
        status: result.opened ? 201 : 200,
        body: {
          ticketNo: result.ticketNo,
          opened: result.opened,
          notTaken: [...result.notTaken],
          ...(result.notTaken.length > 0 && {
            remedy: `this call has its case: change it with PATCH /api/v1/tickets/${result.ticketNo}`,
          }),
        },
      };
    },
  }),
];

export const callRoutes: readonly Route[] = [...popRoutes, ...workRoutes];
