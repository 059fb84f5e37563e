/** Routes of the own login: log in and out, password, second factor. */
import { permissionsOf } from "#src/platform/actor.ts";
import { defineRoute, type Platform, type Route, type RouteRequest } from "#src/platform/route.ts";
import { z } from "zod";
import { changePassword, enrolSecondFactor, giveSecondFactor, stepUp } from "./own-credentials.ts";
import { loginBody, passwordBody, sessionOut, stepUpBody, totpBody, totpOut } from "./schema.ts";
import { endedCookie, sessionCookie } from "./session-cookie.ts";
import { describeSession, logIn, logOut, type SessionView } from "./sessions.ts";

export const viewJson = (view: SessionView, platform: Platform) => ({
  ...view,
  now: platform.clock.now().toISOString(),
  provedUntil: view.provedUntil?.toISOString() ?? null,
  roles: [...view.roles],
  permissions: [...view.permissions],
});

export const withCookie = (request: RouteRequest<unknown, unknown, unknown>, reference: string) => ({
  "Set-Cookie": sessionCookie(request.platform.publicUrl, reference),
  "Cache-Control": "no-store",
});

export const sessionRoutes: Route[] = [
  defineRoute({
    method: "post",
    path: "/session",
    permission: "public",
    summary: "Log in; the session comes as a cookie",
    tag: "session",
    body: loginBody,
    response: sessionOut,
    handle: async (request) => {
      const { reference, view } = await logIn(request.platform, {
        ...request.body,
        requestId: request.requestId,
      });
      return { headers: withCookie(request, reference), body: viewJson(view, request.platform) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/session",
    permission: "own.session",
    summary: "Who is logged in, and what the login still waits for",
    tag: "session",
    response: sessionOut,
    handle: async ({ platform, actor, credential }) => ({
      body:
        actor.kind === "machine"
          ? {
              login: actor.name,
              displayName: actor.name,
              roles: actor.roles.filter((role) => role !== "household"),
              mustChangePassword: false,
              secondFactorNeeded: false,
              secondFactorEnrolled: false,
              permissions: permissionsOf(actor),
              bounded: actor.scope.kind !== "everything",
              boundDevice: false,
              provedUntil: null,
              now: platform.clock.now().toISOString(),
            }
          : viewJson(await describeSession(platform, credential), platform),
    }),
  }),
  defineRoute({
    method: "delete",
    path: "/session",
    permission: "own.session",
    summary: "Log out; the session ends on the server",
    tag: "session",
    status: 200,
    response: z.object({ ended: z.boolean() }),
    handle: async ({ platform, actor, credential, requestId }) => {
      if (credential !== undefined) {
        await platform.commands.run({ name: "session.end", actor, requestId }, (context) =>
          logOut(context, credential),
        );
      }
      return { headers: { "Set-Cookie": endedCookie(platform.publicUrl) }, body: { ended: true } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/session/password",
    permission: "own.session",
    summary: "Choose a new password; other sessions of the login end",
    tag: "session",
    body: passwordBody,
    response: sessionOut,
    handle: async (request) => {
      const reference = await changePassword(request, request.body);
      return {
        headers: withCookie(request, reference),
        body: viewJson(await describeSession(request.platform, reference), request.platform),
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/session/step-up",
    permission: "own.session",
    summary: "Prove again who sits here: opens refunds, exports and what is masked for ten minutes",
    tag: "session",
    body: stepUpBody,
    response: sessionOut,
    handle: async (request) => {
      await stepUp(request, request.body);
      const view = await describeSession(request.platform, request.credential);
      return { body: viewJson(view, request.platform) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/session/totp",
    permission: "own.session",
    summary: "Without a code: begin to enrol an authenticator. With one: confirm it, or complete the login",
    tag: "session",
    body: totpBody,
    response: totpOut,
    handle: async (request) => {
      const { code } = request.body;
      if (code === undefined) {
        const otpauthUri = await enrolSecondFactor(request);
        return { headers: { "Cache-Control": "no-store" }, body: { otpauthUri, confirmed: false } };
      }
      const reference = await giveSecondFactor(request, code);
      return { headers: withCookie(request, reference), body: { otpauthUri: null, confirmed: true } };
    },
  }),
];
