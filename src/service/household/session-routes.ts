/** Routes of signing in at the household's page, and of the homes that are bound together there. */
import { dayOfInstant } from "#src/kernel/day.ts";
import type { Actor } from "#src/platform/actor.ts";
import { defineRoute, type Platform, type Route } from "#src/platform/route.ts";
import { askCode } from "./ask-code.ts";
import { browserCookie, browserOf } from "./browsers.ts";
import { endedHouseholdCookie, householdCookie } from "./cookie.ts";
import { findHomes } from "./home-queries.ts";
import { bindHome, unbindHome } from "./homes.ts";

import { codeBody, codeOut, endedOut, homeIdOut, homeParams, proofBody, sessionOut, tag } from "./schema.ts";
import { findBehind } from "./session-queries.ts";
import { authenticateHousehold, sessionIdOf, signIn, signOut } from "./sessions.ts";
import { homeJson } from "./views.ts";
import { wechatStanding } from "./wechat.ts";
import { must } from "#src/kernel/errors.ts";

const describe = async (platform: Platform, actor: Actor) => {
  const { sql } = platform.database;
  const now = platform.clock.now();
  const { memberId } = await findBehind(sql, { sessionId: sessionIdOf(actor), accountId: null });
  const ids = actor.scope.kind === "accounts" ? actor.scope.accountIds : [];
  const homes = await findHomes(sql, { ids, day: dayOfInstant(now) });
  return {
    proof: memberId === null ? ("paper" as const) : ("phone" as const),
    homes: homes.map(homeJson),
    wechat: await wechatStanding(platform, actor),
    now: now.toISOString(),
  };
};

export const householdSessionRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/me/codes",
    permission: "public",
    tag,
    summary:
      "Ask for a code to the telephone that an account has on file; answered alike whether there is such an account or not",
    body: codeBody,
    response: codeOut,
    handle: async ({ platform, body, remoteAddress, headers, requestId }) => {
      const browser = browserOf(platform.publicUrl, headers["cookie"]);
      const sent = await askCode(platform, { ...body, remoteAddress, browser, requestId });
      return {
        headers: { "Set-Cookie": browserCookie(platform.publicUrl, browser) },
        body: { ...sent, expiresAt: sent.expiresAt.toISOString() },
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/me/session",
    permission: "public",
    tag,
    summary:
      "Sign in by a code, or by the number of the card or of the last receipt; the session comes as a cookie",
    body: proofBody,
    response: sessionOut,
    handle: async ({ platform, body, remoteAddress, headers, requestId }) => {
      const browser = browserOf(platform.publicUrl, headers["cookie"]);
      const reference = await signIn(platform, { proof: body, remoteAddress, browser, requestId });
      const actor = must(await authenticateHousehold(platform, reference), "the session that was opened");
      return {
        headers: { "Set-Cookie": householdCookie(platform.publicUrl, reference) },
        body: await describe(platform, actor),
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/me/session",
    permission: "me.read",
    tag,
    summary: "The homes of this session",
    response: sessionOut,
    handle: async ({ platform, actor }) => ({ body: await describe(platform, actor) }),
  }),
  defineRoute({
    method: "delete",
    path: "/me/session",
    permission: "me.read",
    tag,
    summary: "Sign out; the session ends on the server",
    response: endedOut,
    handle: async ({ platform, actor, requestId }) => {
      await platform.commands.run({ name: "household.sign-out", actor, requestId }, signOut);
      return {
        headers: { "Set-Cookie": endedHouseholdCookie(platform.publicUrl) },
        body: { ended: true as const },
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/me/homes",
    permission: "me.write",
    tag,
    summary: "Put one more home beside the others of this telephone, by a proof of its own",
    body: proofBody,
    response: homeIdOut,
    handle: async ({ platform, actor, body, remoteAddress, headers, requestId }) => {
      const browser = browserOf(platform.publicUrl, headers["cookie"]);
      const homeId = await bindHome(platform, { actor, proof: body, remoteAddress, browser, requestId });
      return { body: { homeId: String(homeId) } };
    },
  }),
  defineRoute({
    method: "delete",
    path: "/me/homes/{homeId}",
    permission: "me.write",
    tag,
    summary: "Take a home away from this telephone",
    params: homeParams,
    response: endedOut,
    handle: async ({ platform, actor, params, requestId }) => {
      await platform.commands.run({ name: "household.unbind-home", actor, requestId }, (context) =>
        unbindHome(context, params.homeId),
      );
      return { body: { ended: true as const } };
    },
  }),
];
