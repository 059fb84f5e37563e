/** One declared route as a request handler: who, whether, what, then the room's own work, then the answer. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { json, type Request, type RequestHandler, type Response } from "express";
import { fail } from "#src/kernel/errors.ts";
import { findDisplayNames, sessionCookieName } from "#src/office/staff/index.ts";
import { authorize, type Actor, requireFreshProof } from "#src/platform/actor.ts";
import { authenticateHousehold, householdCookieName } from "#src/service/household/index.ts";
import { hashRequest, type Idempotency } from "#src/platform/command.ts";
import { namePeople } from "#src/platform/people.ts";
import type { Platform, Route, RouteReply, RouteRequest } from "#src/platform/route.ts";
import {
  type Authenticate,
  type Credential,
  credentialOf,
  householdCredentialOf,
  loginNeeded,
  refuseCrossSite,
} from "./authentication.ts";
import { changes, routeName } from "./declarations.ts";
import type { LiveHub } from "./live-hub.ts";
import { isLiveRoute, type LiveWish, serveLive } from "./live-route.ts";
import { pagePolicy } from "./page-policy.ts";
import { InvalidRequest } from "./problems.ts";
import { contextOf } from "./request-context.ts";
import { checkAnswer, parseStrictly, refuseHostileBody, singleValues, versionOf } from "./validation.ts";

export type HandlerSurroundings = {
  readonly platform: Platform;
  readonly authenticate: Authenticate;
  /** Hold every answer to its declared schema; in tests and demo. */
  readonly checkResponses: boolean;
  readonly limits: Limits;
  readonly live: LiveHub;
};

/** Calls on; rejects with `request.too-many` when the caller had its share. */
export type Limit = (request: Request, response: Response) => Promise<void>;
export type Limits = {
  readonly publicWrites: Limit;
  readonly publicReads: Limit;
  readonly webhooks: Limit;
  readonly perCaller: Limit;
};

const BODY_LIMIT = "100kb";
const KEY = /^[\x21-\x7e]{1,255}$/;
const readJson = json({ limit: BODY_LIMIT, strict: true, type: "application/json" });

const readBody = async (request: Request, response: Response): Promise<unknown> => {
  await new Promise<void>((resolve, reject) => {
    readJson(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error("the body could not be read"));
    });
  });
  const body: unknown = request.body;
  if (body === undefined && request.headers["content-type"] !== undefined && hasBody(request)) {
    fail("request.unsupported-type", "the body must be application/json in UTF-8", {
      remedy: "send: Content-Type: application/json",
    });
  }
  if (body !== undefined && !request.is("application/json")) {
    fail("request.unsupported-type", "the body must be application/json in UTF-8");
  }
  return body;
};

const hasBody = (request: Request): boolean =>
  request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;

/** Nobody in particular: what a route sees that needs no login. */
const stranger: Actor = {
  kind: "machine",
  id: null,
  name: "anonymous",
  roles: [],
  scope: { kind: "accounts", accountIds: [] },
};

const callerOf = async (
  route: Route,
  credential: Credential | undefined,
  authenticate: Authenticate,
  clock: Platform["clock"],
): Promise<Actor> => {
  if (route.permission === "public") return stranger;
  if (credential === undefined) return loginNeeded();
  const actor = await authenticate(credential);
  if (actor === null) return loginNeeded();
  authorize(actor, route.permission);
  if (route.stepUp) requireFreshProof(actor, clock.now());
  return actor;
};

const keyOf = (route: Route, request: Request): string | undefined => {
  if (route.idempotency === "none") return undefined;
  const key = request.headers["idempotency-key"];
  if (key === undefined || key === "") {
    if (route.idempotency === "optional") return undefined;
    return fail("request.key-needed", "this request needs an Idempotency-Key", {
      field: "Idempotency-Key",
      remedy: "send a key of your own (a UUID), and the same one when you try again",
    });
  }
  if (typeof key !== "string" || !KEY.test(key)) {
    throw new InvalidRequest([
      {
        field: "Idempotency-Key",
        reason: "1 to 255 visible ASCII characters",
        code: "wrong-pattern",
        params: { pattern: String(KEY) },
      },
    ]);
  }
  return key;
};

/** The key belongs to its caller and route; its digest is over what was sent, not over what we made of it. */
const idempotencyOf = (
  route: Route,
  request: Request,
  actor: Actor,
  body: unknown,
): Idempotency | undefined => {
  const key = keyOf(route, request);
  if (key === undefined) return undefined;
  return {
    scope: `${actor.kind}:${actor.id ?? actor.name} ${routeName(route)}`,
    key,
    requestHash: hashRequest({
      method: route.method,
      path: route.path,
      params: request.params,
      query: request.query,
      body: body ?? null,
    }),
  };
};

const fitsJson = /^application\/json\b/;

/** Text stays text: the server sends it in one piece with the headers, where bytes would be a second one. */
const payloadOf = (route: Route, body: unknown): string | Buffer => {
  if (fitsJson.test(route.produces)) return JSON.stringify(body) ?? "null";
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw new TypeError(`${routeName(route)} answers ${route.produces} with neither text nor bytes`);
};

/** Written as it is read: a table of a whole town never stands in memory. A reader that goes away ends it, and is no defect. */
const sendStream = async (response: Response, body: Readable): Promise<void> => {
  try {
    await pipeline(body, response);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
};

const sendReply = async (
  route: Route,
  response: Response,
  reply: RouteReply<unknown>,
  now: Date,
): Promise<void> => {
  const status = reply.status ?? route.status;
  // The time of the house: a page shows it beside what it read, whatever the clock of its machine says.
  const headers: Record<string, string | number> = {
    "Cache-Control": "no-store",
    "X-Nuan-Time": now.toISOString(),
  };
  if (route.produces.startsWith("text/html") && typeof reply.body === "string") {
    headers["Content-Security-Policy"] = pagePolicy(reply.body);
  }
  // Declared after the defaults, so that a route may tell its own; Set-Cookie among them.
  for (const [name, value] of Object.entries(reply.headers ?? {})) headers[name] = value;
  if (status === 204 || status === 304) {
    response.writeHead(status, headers);
    response.end();
    return;
  }
  headers["Content-Type"] ??= /^text\/|json$/.test(route.produces)
    ? `${route.produces}; charset=utf-8`
    : route.produces;
  if (reply.body instanceof Readable) {
    response.writeHead(status, headers);
    await sendStream(response, reply.body);
    return;
  }
  const payload = payloadOf(route, reply.body);
  headers["Content-Length"] = Buffer.byteLength(payload);
  response.writeHead(status, headers);
  response.end(payload);
};

const headersOf = (request: Request): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );

const credentialText = (credential: Credential | undefined): string | undefined =>
  credential === undefined
    ? undefined
    : credential.kind === "token"
      ? credential.token
      : credential.reference;

/** Where logins stand in an answer, the names of the people are written beside them. */
const answerWith = (route: Route, platform: Platform) => {
  const name = fitsJson.test(route.produces) ? namePeople(route.response) : null;
  const findNames = (logins: readonly string[]) => findDisplayNames(platform.database.sql, logins);
  return async (reply: RouteReply<unknown>): Promise<RouteReply<unknown>> =>
    name === null ? reply : { ...reply, body: await name(reply.body, findNames) };
};

/**
 * The handler of one route. Refuses in this order: another site's page, no login, no permission, no fresh proof, too many requests, a
 * body that cannot be read, a field that does not fit, a missing key or version; then the room speaks.
 */
export const routeHandler = (route: Route, surroundings: HandlerSurroundings): RequestHandler => {
  const { platform, authenticate, checkResponses, limits, live } = surroundings;
  // Which door a route has is declared with it: a login of the company opens none of the household's, and the other way round.
  const isHouseholds = route.permission.startsWith("me.");
  const cookieName = (isHouseholds ? householdCookieName : sessionCookieName)(platform.publicUrl);
  const findCredential = isHouseholds ? householdCredentialOf : credentialOf;
  const authenticateHere: Authenticate = isHouseholds
    ? async (credential) =>
        credential.kind === "session" ? authenticateHousehold(platform, credential.reference) : null
    : authenticate;
  const publicOrigin = new URL(platform.publicUrl).origin;
  const name = routeName(route);
  const takesJson = route.consumes === "json" && changes(route);
  const answerOf = answerWith(route, platform);
  return async (request, response) => {
    const context = contextOf(response);
    context.route = route.path;
    if (route.permission === "public" && changes(route)) {
      await (route.consumes === "raw" ? limits.webhooks : limits.publicWrites)(request, response);
    }
    if (route.permission === "public" && !changes(route)) await limits.publicReads(request, response);
    const credential = findCredential(request, cookieName);
    refuseCrossSite(request, route.permission === "public" ? undefined : credential, publicOrigin);
    const actor = await callerOf(route, credential, authenticateHere, platform.clock);
    context.actor = actor;
    await limits.perCaller(request, response);
    const sent = takesJson ? await readBody(request, response) : undefined;
    refuseHostileBody(sent);
    if (takesJson && route.body === null && sent !== undefined && !isEmptyObject(sent)) {
      throw new InvalidRequest([{ field: "body", reason: "this address takes no body", code: "unknown" }]);
    }
    const asked: RouteRequest<unknown, unknown, unknown> = {
      platform,
      actor,
      params: parseStrictly(route.params, request.params, "address"),
      query: parseStrictly(route.query, singleValues(request.query), "query"),
      body: route.body === null ? undefined : parseStrictly(route.body, sent, "body"),
      requestId: context.requestId,
      idempotency: idempotencyOf(route, request, actor, sent),
      ifMatch: route.ifMatch ? versionOf(request.headers["if-match"]) : undefined,
      // Few routes ask for these, and both cost more than reading a field.
      get headers() {
        return headersOf(request);
      },
      get remoteAddress() {
        return request.ip ?? request.socket.remoteAddress ?? "";
      },
      credential: credentialText(credential),
    };
    const said = await (route.consumes === "raw" ? route.handle(asked, request) : route.handle(asked));
    const reply = await answerOf(said);
    if (checkResponses && (reply.status ?? route.status) !== 204)
      checkAnswer(route.response, reply.body, name);
    if (isLiveRoute(route) && credential !== undefined) {
      serveLive(live, { actor, credential, wish: reply.body as LiveWish }, request, response);
      return;
    }
    await sendReply(route, response, reply, platform.clock.now());
  };
};

const isEmptyObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;
