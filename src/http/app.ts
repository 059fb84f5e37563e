/** The HTTP edge: declared routes under /api/v1, and what operators need beside them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import express, { type ErrorRequestHandler, type Express, type RequestHandler, Router } from "express";
import helmet from "helmet";
import { assert, DomainError } from "#src/kernel/errors.ts";
import type { WalletSimulator } from "#src/money/collection/index.ts";
import { SIMULATED_WALLET_PATH } from "#src/platform/create-platform.ts";
import { databaseHealth } from "#src/platform/database-health.ts";
import type { Logger } from "#src/platform/log.ts";
import { observeDatabase, observeProcess, Registry, watchLoopLag } from "#src/platform/metrics.ts";
import type { Platform, Route } from "#src/platform/route.ts";
import type { Authenticate } from "./authentication.ts";
import { checkDeclarations } from "./declarations.ts";
import { livez, metricsPage, readyz } from "./health.ts";
import { observeMessages } from "./message-figures.ts";
import { createLiveHub, type LiveSettings, type Watch } from "./live-hub.ts";
import { createLimits, DEFAULT_LIMITS, type LimitOptions } from "./limits.ts";
import { openApiDocument } from "./openapi.ts";
import { consolePages } from "./console.ts";
import { pages } from "./pages.ts";
import { edgeRefusal, httpProblemOf, sendProblem } from "./problems.ts";
import { beginRequest, contextOf } from "./request-context.ts";
import { requestFigures } from "./request-figures.ts";
import { routeHandler, type HandlerSurroundings } from "./route-handler.ts";
import { PUBLIC_WRITES } from "./routes.ts";

export type AppOptions = {
  readonly authenticate: Authenticate;
  /** Many at once, for the live feed; one by one when not given. */
  readonly watch?: Watch;
  readonly live?: Partial<LiveSettings>;
  readonly log: Logger;
  readonly version: string;
  /** Hold every answer to its schema (tests, demo). */
  readonly checkResponses?: boolean;
  readonly limits?: Partial<LimitOptions>;
  /** Routes that change something without a login; the list in routes.ts when not given. */
  readonly publicWrites?: readonly string[];
  /** Addresses or networks of the proxies in front, as Express's `trust proxy` takes them; none when not given. */
  readonly trustedProxies?: readonly string[];
  /** `/metrics` is not there (`off`), open (loopback), or behind a token. */
  readonly metrics?: "off" | "open" | { readonly token: string };
  /** Also figures of the process; once per process. */
  readonly processFigures?: boolean;
  readonly pingRedis?: () => Promise<void>;
  /** The wallet of a demo, served at `/simulated-wallet`. */
  readonly simulatedWallet?: WalletSimulator;
  /** Where the build of the console lies; `web/dist` when not given. */
  readonly consoleFolder?: string;
};

export type App = {
  readonly handler: Express;
  /** From now on `/readyz` refuses, and answers ask their connections to close. */
  drain(): void;
  /** Ends what the app itself holds open; not the platform. */
  close(): Promise<void>;
};

const CONSOLE_FOLDER = fileURLToPath(new URL("../../web/dist", import.meta.url));

const contentPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

const helmetHeaders = helmet({
  contentSecurityPolicy: contentPolicy,
  crossOriginEmbedderPolicy: true,
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
  referrerPolicy: { policy: "no-referrer" },
  xFrameOptions: { action: "deny" },
});

/** What helmet says is the same on every answer: it is asked once, instead of a dozen handlers on each request. */
const securityHeaders = (): RequestHandler => {
  const said = new Map<string, string>();
  const listener = {
    setHeader: (name: string, value: string) => void said.set(name, value),
    removeHeader: () => undefined,
  };
  helmetHeaders({} as IncomingMessage, listener as unknown as ServerResponse, (error) => {
    assert(error === undefined, "helmet knows its headers");
  });
  assert(said.size > 10, "helmet says its headers at once");
  return (_request, response, next) => {
    response.setHeaders(said);
    next();
  };
};

const notFound: RequestHandler = () => {
  throw new DomainError("request.no-route", "there is nothing at this address", {
    remedy: "/api/v1/openapi.json lists every address",
  });
};

const methodNotAllowed =
  (methods: readonly Route["method"][], path: string): RequestHandler =>
  (request, response) => {
    contextOf(response).route = path;
    const allowed = methods.flatMap((method) =>
      method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()],
    );
    response.setHeader("Allow", [...allowed, "OPTIONS"].join(", "));
    if (request.method === "OPTIONS") {
      response.status(204).end();
      return;
    }
    throw new DomainError("request.method-not-allowed", `${request.method} is not possible here`, {
      facts: { allowed },
    });
  };

/** The routes that share a path, with 405 behind them. */
const mountPath = (router: Router, path: string, routes: readonly Route[], around: HandlerSurroundings) => {
  const mounted = router.route(path.replaceAll(/\{([^}]*)\}/g, ":$1"));
  for (const route of routes) mounted[route.method](routeHandler(route, around));
  mounted.all(
    methodNotAllowed(
      routes.map((route) => route.method),
      path,
    ),
  );
};

/**
 * All routes, found by the first word of their path: with a hundred addresses, trying one pattern after the other would
 * cost a payment more than its own validation.
 */
const apiRouter = (routes: readonly Route[], around: HandlerSurroundings): RequestHandler => {
  const byWord = new Map<string, Router>();
  const byPath = Map.groupBy(routes, (route) => route.path);
  for (const [path, samePath] of byPath) {
    const word = path.split("/")[1] ?? "";
    const router = byWord.get(word) ?? Router({ caseSensitive: true, strict: true });
    byWord.set(word, router);
    mountPath(router, path, samePath, around);
  }
  return (request, response, next) => {
    const path = request.url;
    const end = path.slice(1).search(/[/?]/);
    const router = byWord.get(end < 0 ? path.slice(1) : path.slice(1, end + 1));
    if (router === undefined) next();
    else router(request, response, next);
  };
};

const problemHandler =
  (log: Logger): ErrorRequestHandler =>
  (error, _request, response, _next) => {
    const context = contextOf(response);
    const { problem, isDefect } = httpProblemOf(edgeRefusal(error), context.requestId);
    context.code = problem.code;
    if (isDefect) log.error({ err: error, requestId: context.requestId, route: context.route }, "defect");
    else if (problem.status >= 500) {
      log.warn({ err: error, requestId: context.requestId, route: context.route }, problem.code);
    }
    sendProblem(response, problem);
  };

const mountOperations = (
  handler: Express,
  platform: Platform,
  options: AppOptions,
  registry: Registry,
  draining: () => boolean,
): (() => Promise<void>) => {
  const loop = watchLoopLag();
  const database = databaseHealth(platform.database.url);
  const named = (path: string, serve: RequestHandler): void => {
    handler.get(path, (request, response, next) => {
      contextOf(response).route = path;
      return serve(request, response, next);
    });
  };
  named("/livez", livez(loop));
  named("/readyz", readyz({ database, draining, pingRedis: options.pingRedis }));
  const metrics = options.metrics ?? "off";
  if (metrics !== "off") {
    const token = metrics === "open" ? undefined : metrics.token;
    const observers = [observeDatabase(registry, platform.database), observeMessages(registry, platform)];
    const observe = async (): Promise<void> => void (await Promise.all(observers.map((one) => one())));
    named("/metrics", metricsPage(registry, observe, token));
  }
  return async () => {
    loop.stop();
    await database.close();
  };
};

/**
 * The whole edge as an Express app. Refuses to be built (a defect that names the route) when a declaration is wrong or
 * cannot be documented.
 */
export const createApp = (platform: Platform, routes: readonly Route[], options: AppOptions): App => {
  checkDeclarations(routes, options.publicWrites ?? PUBLIC_WRITES);
  const registry = new Registry();
  if (options.processFigures === true) observeProcess(registry, { version: options.version });
  let draining = false;

  const handler = express();
  handler.disable("x-powered-by");
  handler.disable("etag");
  handler.set("query parser", "simple");
  handler.set("case sensitive routing", true);
  handler.set("trust proxy", options.trustedProxies === undefined ? false : [...options.trustedProxies]);
  handler.use(beginRequest({ log: options.log, figures: requestFigures(registry) }));
  handler.use(securityHeaders());
  handler.use((_request, response, next) => {
    if (draining) response.setHeader("Connection", "close");
    next();
  });

  const close = mountOperations(handler, platform, options, registry, () => draining);
  const document = openApiDocument(routes, { version: options.version, publicUrl: platform.publicUrl });
  const live = createLiveHub({
    database: platform.database,
    watch: options.watch ?? ((credentials) => Promise.all(credentials.map(options.authenticate))),
    log: options.log,
    ...(options.live === undefined ? {} : { settings: options.live }),
  });
  const api = Router({ caseSensitive: true });
  api.get("/openapi.json", (_request, response) => {
    contextOf(response).route = "/openapi.json";
    response.set({ "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-cache" });
    response.end(document);
  });
  api.use(
    apiRouter(routes, {
      platform,
      authenticate: options.authenticate,
      checkResponses: options.checkResponses ?? false,
      limits: createLimits({ ...DEFAULT_LIMITS, ...options.limits }),
      live,
    }),
  );
  handler.use("/api/v1", api);
  const { simulatedWallet } = options;
  if (simulatedWallet !== undefined) {
    handler.use(SIMULATED_WALLET_PATH, (request, response) => {
      contextOf(response).route = SIMULATED_WALLET_PATH;
      return simulatedWallet.handle(request, response);
    });
  }
  handler.use(pages());
  handler.use(consolePages(options.consoleFolder ?? CONSOLE_FOLDER, platform.mapTiles?.origin));
  handler.use(notFound);
  handler.use(problemHandler(options.log));
  return {
    handler,
    drain: () => {
      draining = true;
      void live.close();
    },
    close: async () => {
      await live.close();
      await close();
    },
  };
};
