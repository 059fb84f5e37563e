/** Roles and the order of asking, desks, reasons of return, precedents and starting levels over HTTP. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
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
import { reachOf, TICKET_CHANNELS } from "#src/service/tickets/index.ts";
import { DUTIES } from "#src/town/grid/index.ts";
import { findPrecedents, findReturnReasons, PRECEDENT_SCOPES, type PrecedentView } from "./queries.ts";
import { findRolesInFull, findStartLevels } from "./role-queries.ts";
import { endPrecedent, joinDesk, leaveDesk, setReturnReason, setRole, setStartLevel } from "./settings.ts";
import { BOUNDARIES, LEVELS, OWNER_ROLES, STEP_SOURCES } from "./vocabulary.ts";

const tag = "Routing 派单";
const codeIn = z.string().regex(/^[a-z][a-z-]{1,39}$/, "2 to 40 small letters and hyphens");
const roleParams = z.strictObject({ role: codeIn });

const stepOut = z.object({
  position: z.int(),
  source: z.enum(STEP_SOURCES),
  duty: z.enum(DUTIES).nullable(),
  holderRole: z.enum(OWNER_ROLES).nullable(),
  climbs: z.boolean(),
  heedsCapacity: z.boolean(),
});
const stepIn = z
  .strictObject({
    position: z.int().min(1).max(20),
    source: z.enum(STEP_SOURCES),
    duty: z.enum(DUTIES).nullable().default(null),
    holderRole: z.enum(OWNER_ROLES).nullable().default(null),
    climbs: z.boolean().default(false),
    heedsCapacity: z.boolean().default(true),
  })
  .refine((step) => (step.source === "duty") === (step.duty !== null), {
    error: "a duty names which, and only a duty",
    params: { rule: "duty-named" },
  })
  .refine((step) => (step.source === "holders") === (step.holderRole !== null), {
    error: "holders name their role, and only holders",
    params: { rule: "holders-named" },
  });

const nameIn = z.string().trim().min(1).max(60);

const roleRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/routing/roles",
    permission: "routing.read",
    tag,
    summary: "The roles of routing: in which order their people are asked, and who sits at the desks today",
    response: z.object({
      roles: z.array(
        z.object({
          code: z.string(),
          name: z.string(),
          nameEn: z.string(),
          staffRole: z.enum(OWNER_ROLES),
          desk: z.boolean(),
          steps: z.array(stepOut),
          members: z.array(z.string()),
        }),
      ),
      startLevels: z.array(z.object({ channel: z.string(), level: z.enum(LEVELS) })),
    }),
    handle: async ({ platform }) => {
      const { sql } = platform.database;
      const roles = await findRolesInFull(sql, today(platform.clock));
      return {
        body: {
          roles: roles.map((role) => ({ ...role, steps: [...role.steps], members: [...role.members] })),
          startLevels: await findStartLevels(sql),
        },
      };
    },
  }),
  defineRoute({
    method: "put",
    path: "/routing/roles/{role}",
    permission: "routing.settings",
    tag,
    summary: "Write a role with the order in which its people are asked",
    params: roleParams,
    body: z.strictObject({
      name: nameIn,
      nameEn: nameIn,
      staffRole: z.enum(OWNER_ROLES),
      desk: z.boolean().default(false),
      steps: z.array(stepIn).min(1).max(20),
    }),
    response: z.object({ role: z.string(), steps: z.int() }),
    handle: async ({ platform, actor, requestId, params, body }) => {
      await platform.commands.run({ name: "routing.set-role", actor, requestId }, (context) =>
        setRole(context, { code: params.role, ...body }),
      );
      return { body: { role: params.role, steps: body.steps.length } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/routing/roles/{role}/members",
    permission: "routing.settings",
    tag,
    summary: "Put a person at a desk from a day on",
    params: roleParams,
    body: z.strictObject({ login: z.string().min(1).max(80), from: dayIn }),
    response: z.object({ role: z.string(), login: z.string() }),
    status: 201,
    handle: async ({ platform, actor, requestId, params, body }) => {
      await platform.commands.run({ name: "routing.join-desk", actor, requestId }, (context) =>
        joinDesk(context, { ...params, login: body.login, from: day(body.from) }),
      );
      return { body: { ...params, login: body.login } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/routing/roles/{role}/members/{login}/end",
    permission: "routing.settings",
    tag,
    summary: "Take a person from a desk from a day on",
    params: z.strictObject({ role: codeIn, login: z.string().min(1).max(80) }),
    body: z.strictObject({ from: dayIn }),
    response: z.object({ role: z.string(), login: z.string() }),
    handle: async ({ platform, actor, requestId, params, body }) => {
      await platform.commands.run({ name: "routing.leave-desk", actor, requestId }, (context) =>
        leaveDesk(context, { ...params, from: day(body.from) }),
      );
      return { body: params };
    },
  }),
  defineRoute({
    method: "put",
    path: "/routing/start-levels/{channel}",
    permission: "routing.settings",
    tag,
    summary: "At which level the cases of a channel begin",
    params: z.strictObject({ channel: z.enum(TICKET_CHANNELS) }),
    body: z.strictObject({ level: z.enum(LEVELS) }),
    response: z.object({ channel: z.string(), level: z.enum(LEVELS) }),
    handle: async ({ platform, actor, requestId, params, body }) => {
      await platform.commands.run({ name: "routing.set-start-level", actor, requestId }, (context) =>
        setStartLevel(context, { ...params, ...body }),
      );
      return { body: { ...params, ...body } };
    },
  }),
];

const reasonOut = z.object({
  code: z.string(),
  name: z.string(),
  nameEn: z.string(),
  sendsTo: z.string().nullable(),
  active: z.boolean(),
});

const precedentOut = z.object({
  id: z.string(),
  category: z.string(),
  boundary: z.enum(BOUNDARIES),
  scope: z.enum(PRECEDENT_SCOPES),
  place: z.string(),
  role: z.string(),
  level: z.enum(LEVELS),
  words: z.string(),
  ticketNo: z.string(),
  madeAt: z.string(),
  uses: z.int(),
});
const precedentJson = (row: PrecedentView) => ({
  ...row,
  id: String(row.id),
  madeAt: row.madeAt.toISOString(),
});

const guardRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/routing/return-reasons",
    permission: "routing.read",
    tag,
    summary: "Why a case may be given back, and where the first return goes",
    response: z.object({ reasons: z.array(reasonOut) }),
    handle: async ({ platform }) => ({
      body: { reasons: await findReturnReasons(platform.database.sql) },
    }),
  }),
  defineRoute({
    method: "put",
    path: "/routing/return-reasons/{code}",
    permission: "routing.settings",
    tag,
    summary: "Add or change a reason of return",
    params: z.strictObject({ code: codeIn }),
    body: z.strictObject({
      name: nameIn,
      nameEn: nameIn,
      sendsTo: codeIn.nullable().default(null),
      active: z.boolean().default(true),
    }),
    response: reasonOut,
    handle: async ({ platform, actor, requestId, params, body }) => {
      await platform.commands.run({ name: "routing.set-return-reason", actor, requestId }, (context) =>
        setReturnReason(context, { ...params, ...body }),
      );
      return { body: { ...params, ...body } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/routing/precedents",
    permission: "routing.read",
    tag,
    summary: "Precedents that routing goes by, the youngest first",
    query: pageIn,
    response: pageOf(precedentOut),
    handle: async ({ platform, actor, query }) => {
      const rows = await findPrecedents(platform.database.sql, {
        ...reachOf(actor, today(platform.clock)),
        afterId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], precedentJson) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/routing/precedents/{id}/end",
    permission: "routing.rule",
    tag,
    summary: "Routing goes by this precedent no more",
    params: z.strictObject({ id: rowIdIn }),
    response: z.object({ id: z.string() }),
    handle: async ({ platform, actor, requestId, params }) => {
      await platform.commands.run({ name: "routing.end-precedent", actor, requestId }, (context) =>
        endPrecedent(context, params.id),
      );
      return { body: { id: String(params.id) } };
    },
  }),
];

export const settingRoutes: readonly Route[] = [...roleRoutes, ...guardRoutes];
