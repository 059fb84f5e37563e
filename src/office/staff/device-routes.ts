/** Routes of bound phones: one's own, and those of a login for administrators. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import type { DeviceRow } from "./device-queries.ts";
import { bindDevice, devicesOfStaff, logInByDevice, releaseDevice } from "./devices.ts";
import { deviceBody, deviceOut, sessionOut } from "./schema.ts";
import { deviceCookie, deviceTokenIn } from "./session-cookie.ts";
import { viewJson, withCookie } from "./session-routes.ts";
import { requireSession } from "./sessions.ts";

const deviceJson = (row: DeviceRow): z.input<typeof deviceOut> => ({
  id: String(row.id),
  name: row.name,
  boundAt: row.boundAt.toISOString(),
  lastSeenAt: row.lastSeenAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  endedReason: row.endedReason,
});

const listOut = z.object({ items: z.array(deviceOut.extend({ current: z.boolean() })) });
const released = z.object({ released: z.boolean() });
/** A machine has a token, and no phone. */
const ownStaffId = (actor: Actor): bigint =>
  staffIdOf(actor) ?? fail("device.not-found", "there is no such phone of this login");

const ownRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/session/device",
    permission: "public",
    summary: "Open a session with the token of a bound phone, which comes as a cookie",
    tag: "session",
    response: sessionOut,
    handle: async (request) => {
      const { platform, requestId, headers } = request;
      const token = deviceTokenIn(headers["cookie"], platform.publicUrl);
      const { reference, view } = await logInByDevice(platform, token, requestId);
      return { headers: withCookie(request, reference), body: viewJson(view, platform) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/session/devices",
    permission: "own.session",
    summary: "The phones that are bound to the own login",
    tag: "session",
    response: listOut,
    handle: async ({ platform, actor, credential }) => {
      if (actor.kind !== "staff") return { body: { items: [] } };
      const { deviceId } = await requireSession(platform, credential);
      const rows = await devicesOfStaff(platform.database.sql, ownStaffId(actor));
      return { body: { items: rows.map((row) => ({ ...deviceJson(row), current: row.id === deviceId })) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/session/devices",
    permission: "own.session",
    summary: "Bind this phone for the season, with password and authenticator; its token comes as a cookie",
    tag: "session",
    body: deviceBody,
    response: z.object({ id: z.string(), expiresAt: z.string() }),
    status: 201,
    handle: async (request) => {
      const { platform } = request;
      const bound = await bindDevice(request, request.body);
      const seconds = Math.floor((bound.expiresAt.getTime() - platform.clock.now().getTime()) / 1000);
      return {
        headers: {
          "Set-Cookie": deviceCookie(platform.publicUrl, bound.token, seconds),
          "Cache-Control": "no-store",
        },
        body: { id: String(bound.id), expiresAt: bound.expiresAt.toISOString() },
      };
    },
  }),
  defineRoute({
    method: "delete",
    path: "/session/devices/{id}",
    permission: "own.session",
    summary: "Let one of the own phones go; its sessions end",
    tag: "session",
    params: z.strictObject({ id: rowIdIn }),
    response: released,
    handle: async ({ platform, actor, requestId, params }) => {
      const staffId = ownStaffId(actor);
      const { result } = await platform.commands.run(
        { name: "device.release", actor, requestId },
        (context) => releaseDevice(context, { staffId, deviceId: params.id, reason: "released-by-owner" }),
      );
      return { body: { released: result } };
    },
  }),
];

const staffParams = z.strictObject({ id: rowIdIn });
const adminRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/staff/{id}/devices",
    permission: "staff.read",
    summary: "The phones that are bound to a login",
    tag: "staff",
    params: staffParams,
    response: z.object({ items: z.array(deviceOut) }),
    handle: async ({ platform, params }) => ({
      body: { items: (await devicesOfStaff(platform.database.sql, params.id)).map(deviceJson) },
    }),
  }),
  defineRoute({
    method: "delete",
    path: "/staff/{id}/devices/{deviceId}",
    permission: "staff.write",
    summary: "Let a phone go, a lost one for instance; its sessions end",
    tag: "staff",
    params: staffParams.extend({ deviceId: rowIdIn }),
    response: released,
    handle: async ({ platform, actor, requestId, params }) => {
      const { result } = await platform.commands.run(
        { name: "device.release", actor, requestId },
        (context) =>
          releaseDevice(context, {
            staffId: params.id,
            deviceId: params.deviceId,
            reason: "released-by-admin",
          }),
      );
      return { body: { released: result } };
    },
  }),
];

export const deviceRoutes: readonly Route[] = [...ownRoutes, ...adminRoutes];
