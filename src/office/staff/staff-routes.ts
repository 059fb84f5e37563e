/** Routes of administrators: logins and the tokens of machines. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { maskPhone } from "#src/kernel/phone.ts";
import {
  decodeCursor,
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  refuseCursor,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { changeSeen } from "#src/platform/seen-change.ts";
import { createToken, forgetKnownTokens, revokeMachineToken } from "./machine-tokens.ts";
import { changeStaff, createStaff, endStaffSessions } from "./members.ts";
import { listMembers, type MemberRow } from "./queries.ts";
import {
  newStaffBody,
  newTokenBody,
  staffChangeBody,
  staffOut,
  staffWrittenOut,
  tokenOut,
  tokenWrittenOut,
} from "./schema.ts";
import { listTokens, type TokenListRow } from "./session-queries.ts";

const idParams = z.strictObject({ id: rowIdIn });

const memberJson = (row: MemberRow) => ({
  id: String(row.id),
  login: row.login,
  displayName: row.displayName,
  mobile: row.mobile === null ? null : maskPhone(row.mobile),
  mail: row.mail,
  roles: [...row.roles],
  areaIds: row.bounded ? row.areaIds.map(String) : null,
  secondFactor: row.secondFactor,
  mustChangePassword: row.mustChangePassword,
  lockedUntil: row.lockedUntil?.toISOString() ?? null,
  disabledAt: row.disabledAt?.toISOString() ?? null,
  version: row.version,
});

const tokenJson = (row: TokenListRow) => ({
  id: String(row.id),
  name: row.name,
  role: row.role,
  channel: row.channel,
  accountCount: row.accountIds.length,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  revokedAt: row.revokedAt?.toISOString() ?? null,
});

const memberOf = async (platform: Platform, staffId: bigint) => {
  const today = dayOfInstant(platform.clock.now());
  const rows = await listMembers(platform.database.sql, { afterLogin: "", limit: 1, staffId, today });
  return memberJson(must(rows[0], "the login just written"));
};

/** The login behind which the list goes on. */
const afterLogin = (cursor: string | undefined): string => {
  const [login] = cursor === undefined ? [""] : decodeCursor(cursor);
  return typeof login === "string" ? login : refuseCursor();
};

const memberRoutes: Route[] = [
  defineRoute({
    method: "get",
    path: "/staff",
    permission: "staff.read",
    summary: "The logins of people, by login",
    tag: "staff",
    query: pageIn,
    response: pageOf(staffOut),
    handle: async ({ platform, query }) => {
      const rows = await listMembers(platform.database.sql, {
        afterLogin: afterLogin(query.cursor),
        limit: query.limit + 1,
        staffId: null,
        today: dayOfInstant(platform.clock.now()),
      });
      return { body: pageFrom(rows, query.limit, (row) => [row.login], memberJson) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/staff",
    permission: "staff.write",
    summary: "Make a login; its initial password is shown this once",
    tag: "staff",
    body: newStaffBody,
    response: staffWrittenOut,
    status: 201,
    handle: async ({ platform, actor, requestId, body }) => {
      const { result } = await platform.commands.run({ name: "staff.create", actor, requestId }, (context) =>
        createStaff(context, body),
      );
      const member = await memberOf(platform, result.id);
      return {
        status: 201,
        headers: { "Cache-Control": "no-store" },
        body: { ...member, initialPassword: result.initialPassword },
      };
    },
  }),
  defineRoute({
    method: "patch",
    path: "/staff/{id}",
    permission: "staff.write",
    summary: "Change roles, areas or name; disable; reset the password or the authenticator",
    tag: "staff",
    params: idParams,
    body: staffChangeBody,
    response: staffWrittenOut,
    ifMatch: true,
    handle: async (request) => {
      const { id } = request.params;
      const { initialPassword } = await changeSeen(request, "staff.change", (context, seen) =>
        changeStaff(context, id, seen, request.body),
      );
      const member = await memberOf(request.platform, id);
      return { headers: { "Cache-Control": "no-store" }, body: { ...member, initialPassword } };
    },
  }),
  defineRoute({
    method: "delete",
    path: "/staff/{id}/sessions",
    permission: "staff.write",
    summary: "End every session of a login",
    tag: "staff",
    params: idParams,
    response: z.object({ ended: z.int() }),
    handle: async ({ platform, actor, requestId, params }) => {
      const { result } = await platform.commands.run(
        { name: "staff.end-sessions", actor, requestId },
        (context) => endStaffSessions(context, params.id),
      );
      return { body: { ended: result } };
    },
  }),
];

const tokenRoutes: Route[] = [
  defineRoute({
    method: "get",
    path: "/tokens",
    permission: "token.write",
    summary: "The tokens of machines, newest first",
    tag: "staff",
    query: pageIn,
    response: pageOf(tokenOut),
    handle: async ({ platform, query }) => {
      const rows = await listTokens(platform.database.sql, {
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], tokenJson) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/tokens",
    permission: "token.write",
    summary: "Make a token for a machine; it is shown this once",
    tag: "staff",
    body: newTokenBody,
    response: tokenWrittenOut,
    status: 201,
    handle: async ({ platform, actor, requestId, body }) => {
      const { result } = await platform.commands.run({ name: "token.create", actor, requestId }, (context) =>
        createToken(context, body),
      );
      return {
        status: 201,
        headers: { "Cache-Control": "no-store" },
        body: { id: String(result.id), token: result.token },
      };
    },
  }),
  defineRoute({
    method: "delete",
    path: "/tokens/{id}",
    permission: "token.write",
    summary: "Revoke a token; refused everywhere within a second",
    tag: "staff",
    params: idParams,
    response: z.object({ revoked: z.boolean() }),
    handle: async ({ platform, actor, requestId, params }) => {
      await platform.commands.run({ name: "token.revoke", actor, requestId }, (context) =>
        revokeMachineToken(context, params.id),
      );
      forgetKnownTokens(platform);
      return { body: { revoked: true } };
    },
  }),
];

export const adminRoutes: Route[] = [...memberRoutes, ...tokenRoutes];
