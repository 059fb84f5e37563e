/**
 * The console and the household's page as files: built once by the setup command, read into memory at start, served with
 * hashed names for ever and pages never. No inline script or style runs: the few style elements that the component
 * library writes carry the page's own nonce.
 */
import { randomBytes } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Request, RequestHandler, Response } from "express";
import { DomainError } from "#src/kernel/errors.ts";
import { contextOf } from "./request-context.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};
const ENCODINGS = [
  ["br", ".br"],
  ["gzip", ".gz"],
] as const;

type Served = { readonly type: string; readonly bodies: ReadonlyMap<string, Buffer> };

/** Every file of the build by its address, with its compressed twins. */
const readBuild = (folder: string): Map<string, Served> => {
  const names = new Set(globSync("**/*.*", { cwd: folder }).map((name) => name.split(path.sep).join("/")));
  const files = new Map<string, Served>();
  for (const name of names) {
    const type = TYPES[path.extname(name)];
    if (type === undefined) continue;
    const bodies = new Map([["identity", readFileSync(path.join(folder, name))]]);
    for (const [encoding, suffix] of ENCODINGS) {
      if (names.has(name + suffix)) bodies.set(encoding, readFileSync(path.join(folder, name + suffix)));
    }
    files.set(`/${name}`, { type, bodies });
  }
  return files;
};

/** `tiles`: the one origin besides our own whose pictures a page may show. */
const pagePolicy = (nonce: string, tiles: string | undefined): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    // A nonce covers elements only; the style attribute in markup stays forbidden.
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data: blob:${tiles === undefined ? "" : ` ${tiles}`}`,
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

const sendFile = (file: Served, request: Request, response: Response): void => {
  const wanted = ENCODINGS.map(([encoding]) => encoding).find(
    (encoding) => file.bodies.has(encoding) && request.acceptsEncodings(encoding) === encoding,
  );
  const body = file.bodies.get(wanted ?? "identity");
  response.setHeader("Content-Type", file.type);
  if (file.bodies.size > 1) response.setHeader("Vary", "Accept-Encoding");
  if (wanted !== undefined) response.setHeader("Content-Encoding", wanted);
  response.end(body);
};

const sendPage = (page: string, tiles: string | undefined, response: Response): void => {
  const nonce = randomBytes(16).toString("base64url");
  response.setHeader("Content-Security-Policy", pagePolicy(nonce, tiles));
  // Tiles come without our cookies, and few of their owners say that everybody may embed them.
  if (tiles !== undefined) response.setHeader("Cross-Origin-Embedder-Policy", "credentialless");
  response.setHeader("Cache-Control", "no-cache");
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  response.end(page.replaceAll("%NONCE%", nonce));
};

/** Addresses that are not pages of the console, whatever is missing below them. */
const NOT_PAGES = /^\/(api|docs|assets|hooks)(\/|$)/;

/**
 * Serves what `npm run build` left in `folder`: files by name, the household's page below `/me`, the console at every other
 * address that a browser opens. Without a build a browser is told how to make one; nothing else changes. The console alone shows
 * tiles of a map, where `tilesOrigin` is given.
 */
export const consolePages = (folder: string, tilesOrigin?: string): RequestHandler => {
  const files = readBuild(folder);
  const page = (name: string): string | undefined =>
    files.get(name)?.bodies.get("identity")?.toString("utf8");
  const consolePage = page("/index.html");
  const householdPage = page("/household.html");
  return (request, response, next) => {
    if (request.method !== "GET" && request.method !== "HEAD") return next();
    const file = request.path.endsWith(".html") ? undefined : files.get(request.path);
    if (file !== undefined) {
      contextOf(response).route = "/assets";
      // Names in /assets carry a digest of what they hold.
      const isHashed = request.path.startsWith("/assets/");
      response.setHeader("Cache-Control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
      return sendFile(file, request, response);
    }
    if (NOT_PAGES.test(request.path) || request.accepts(["json", "html"]) !== "html") return next();
    contextOf(response).route = "/";
    const isHouseholds = /^\/me(\/|$)/.test(request.path);
    const wanted = isHouseholds ? householdPage : consolePage;
    if (wanted === undefined) {
      throw new DomainError("console.not-built", "the console was not built", {
        remedy: "run: npm run build",
      });
    }
    return sendPage(wanted, isHouseholds ? undefined : tilesOrigin, response);
  };
};
