/** Who calls: a machine's bearer token or a person's session cookie, and whether a page of ours sent the request. */
import type { Request } from "express";
import { DomainError, fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";

export type Credential =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "session"; readonly reference: string };

/** Turns a credential into an actor; null when it is unknown, ended or revoked. */
export type Authenticate = (credential: Credential) => Promise<Actor | null>;

const cookieValue = (header: string, name: string): string | undefined => {
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
};

/** Our own references and tokens are short base64url words; anything else is not looked up. */
const wellFormed = /^[A-Za-z0-9._~+/=-]{8,256}$/;

const cookieCredential = (request: Request, cookieName: string): Credential | undefined => {
  const cookies = request.headers.cookie;
  const reference = cookies === undefined ? undefined : cookieValue(cookies, cookieName);
  return reference === undefined || !wellFormed.test(reference) ? undefined : { kind: "session", reference };
};

/**
 * The credential of a request. A token wins over a cookie, because a browser sends cookies unasked.
 * @throws DomainError `auth.required` for an Authorization header that is no bearer token
 */
export const credentialOf = (request: Request, cookieName: string): Credential | undefined => {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) {
    const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (token === undefined || !wellFormed.test(token)) {
      fail("auth.required", "the Authorization header holds no bearer token", {
        remedy: "send: Authorization: Bearer <token>",
      });
    }
    return { kind: "token", token };
  }
  return cookieCredential(request, cookieName);
};

/** The credential of a request to the household's page: its own cookie, and nothing else whatever is sent besides. */
export const householdCredentialOf = cookieCredential;

const isSafe = (method: string): boolean => method === "GET" || method === "HEAD" || method === "OPTIONS";

const crossSite = (): never =>
  fail("request.cross-site", "this request was not sent by a page of this service", {
    remedy: "send it from our own page, with the header X-Nuan: 1; machines use a bearer token",
  });

/** `same` when the browser vouches for our own page, `other` when it names another, `silent` when it says nothing. */
const senderOf = (request: Request, publicOrigin: string): "same" | "other" | "silent" => {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none" ? "same" : "other";
  const origin = request.headers.origin;
  if (origin === undefined) return "silent";
  const host = request.headers.host ?? "";
  return origin === publicOrigin || origin === `http://${host}` || origin === `https://${host}`
    ? "same"
    : "other";
};

/**
 * Refuses what another site's page made the browser send. With a cookie, a change needs the browser's word that our own
 * page sent it, and a header that no form can set. Without one (login) it must at least not come from elsewhere.
 * @throws DomainError `request.cross-site`
 */
export const refuseCrossSite = (
  request: Request,
  credential: Credential | undefined,
  publicOrigin: string,
): void => {
  if (isSafe(request.method) || credential?.kind === "token") return;
  const sender = senderOf(request, publicOrigin);
  if (sender === "other") crossSite();
  if (credential === undefined) return;
  if (sender === "silent" || request.headers["x-nuan"] !== "1") crossSite();
};

/** @throws DomainError `auth.required` */
export const loginNeeded = (): never => {
  throw new DomainError("auth.required", "this needs a login", {
    remedy: "log in again, or send a valid bearer token",
  });
};
