/** An API over real HTTP for tests: the routes that a test gives, on a port of its own, with two known callers. */
import { createApp, type App, type AppOptions } from "#src/http/app.ts";
import type { Credential } from "#src/http/authentication.ts";
import { type RunningServer, serve } from "#src/http/server.ts";
import type { Actor } from "#src/platform/actor.ts";
import { createLogger } from "#src/platform/log.ts";
import type { Platform, Route } from "#src/platform/route.ts";
import type { TestDatabase } from "#tests/support/database.ts";

export const CASHIER_TOKEN = "token-of-the-cashier";
export const AUDITOR_TOKEN = "token-of-the-auditor";
export const CASHIER_SESSION = "session-of-the-cashier";

const actorOf = (id: bigint, kind: Actor["kind"], role: "cashier" | "auditor"): Actor => ({
  kind,
  id,
  name: role,
  roles: [role],
  scope: { kind: "everything" },
});

/** Stands where office/staff stands: turns three known credentials into actors. */
export const knownCallers = async (credential: Credential): Promise<Actor | null> => {
  if (credential.kind === "session") {
    return credential.reference === CASHIER_SESSION ? actorOf(3n, "staff", "cashier") : null;
  }
  if (credential.token === CASHIER_TOKEN) return actorOf(1n, "machine", "cashier");
  return credential.token === AUDITOR_TOKEN ? actorOf(2n, "machine", "auditor") : null;
};

export type Edge = {
  readonly url: string;
  readonly app: App;
  readonly server: RunningServer;
  /** Every line logged so far. */
  readonly logLines: () => Record<string, unknown>[];
  readonly logText: () => string;
  stop(): Promise<void>;
};

export const platformOf = (database: TestDatabase): Platform => ({
  database: database.database,
  commands: database.commands,
  clock: database.clock,
  secretKey: "a-key-for-tests-with-at-least-32-characters",
  publicUrl: "http://localhost:3000",
});

/** Whoever a test makes up has logged in this moment; a real session says itself when its person proved who he is. */
const justLoggedIn =
  (authenticate: AppOptions["authenticate"], platform: Platform): AppOptions["authenticate"] =>
  async (credential) => {
    const actor = await authenticate(credential);
    return actor === null ? null : { provedAt: platform.clock.now(), ...actor };
  };

/** Options of an edge whose callers come by the tokens that the test gives them; its public routes may be written to by anybody. */
export const byToken = (
  callers: ReadonlyMap<string, Actor>,
  routes: readonly Route[],
): Pick<AppOptions, "authenticate" | "publicWrites"> => ({
  authenticate: async (credential) =>
    credential.kind === "token" ? (callers.get(credential.token) ?? null) : null,
  publicWrites: routes
    .filter((route) => route.permission === "public")
    .map((route) => `${route.method.toUpperCase()} ${route.path}`),
});

/** Starts it. Answers are held to their schemas unless told otherwise. */
export const startEdge = async (
  platform: Platform,
  routes: readonly Route[],
  options: Partial<AppOptions> = {},
): Promise<Edge> => {
  const lines: string[] = [];
  const log = createLogger({
    process: "test",
    level: "info",
    stream: { write: (line: string) => void lines.push(line) },
  });
  const authenticate = justLoggedIn(options.authenticate ?? knownCallers, platform);
  const app = createApp(platform, routes, {
    log,
    version: "test",
    checkResponses: true,
    metrics: "open",
    ...options,
    authenticate,
  });
  const server = await serve(app.handler, "127.0.0.1", 0);
  return {
    url: server.url,
    app,
    server,
    logText: () => lines.join(""),
    logLines: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    stop: async () => {
      await server.stop(1000);
      await app.close();
    },
  };
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON answer. */
  readonly body: Record<string, unknown>;
};

type Ask = {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
};

/** One request. A POST when there is something to send, else a GET. */
export const ask = async (
  edge: { readonly url: string },
  path: string,
  options: Ask = {},
): Promise<Answer> => {
  const body = options.json === undefined ? options.raw : JSON.stringify(options.json);
  const response = await fetch(edge.url + path, {
    method: options.method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(options.json === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body }),
    redirect: "error",
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
};
