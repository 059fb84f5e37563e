/** What the edge knows about a request while it is served, and the one log line that remains of it. */
import type { IncomingMessage } from "node:http";
import type { RequestHandler, Response } from "express";
import { newUuid } from "#src/kernel/ids.ts";
import type { Actor } from "#src/platform/actor.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import type { Logger } from "#src/platform/log.ts";
import type { RequestFigures } from "./request-figures.ts";

export type RequestContext = {
  readonly requestId: string;
  readonly startedMs: number;
  /** The declared path, never the one that was sent: an address may hold what names a person. */
  route: string;
  actor: Actor | undefined;
  /** The problem's code, when the request was refused. */
  code: string | undefined;
};

/** The context that `beginRequest` made. */
export const contextOf = (response: Response): RequestContext => response.locals["context"] as RequestContext;

const sane = /^[A-Za-z0-9._:-]{8,64}$/;

/** The caller's own id when it is a plain short word, so that two logs can be joined; else one of ours. */
const requestIdOf = (request: IncomingMessage): string => {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && sane.test(given) ? given : newUuid();
};

type RequestLog = { readonly log: Logger; readonly figures: RequestFigures };

const logLine = (context: RequestContext, method: string, status: number, durationMs: number) => ({
  requestId: context.requestId,
  method,
  route: context.route,
  status,
  durationMs: Math.round(durationMs * 10) / 10,
  ...(context.code === undefined ? {} : { code: context.code }),
  ...(context.actor === undefined
    ? {}
    : { actorKind: context.actor.kind, actorId: context.actor.id?.toString() ?? null }),
});

/** The first thing that every request meets: its id, its clock, and what is noted when it ends. */
export const beginRequest = ({ log, figures }: RequestLog): RequestHandler => {
  const logsEveryRequest = log.isLevelEnabled("info");
  // The line is made of ids and declared words only; looking for personal fields in it would cost half a request.
  const requests = log.child({}, { redact: [] });
  return (request, response, next) => {
    const context: RequestContext = {
      requestId: requestIdOf(request),
      startedMs: monotonicMs(),
      route: "-",
      actor: undefined,
      code: undefined,
    };
    response.locals["context"] = context;
    response.setHeader("X-Request-Id", context.requestId);
    response.once("close", () => {
      const durationMs = monotonicMs() - context.startedMs;
      const status = response.writableFinished ? response.statusCode : 499;
      figures.note(request.method, context.route, status, durationMs);
      if (logsEveryRequest) requests.info(logLine(context, request.method, status, durationMs), "request");
    });
    next();
  };
};
