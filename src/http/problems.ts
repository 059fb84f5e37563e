/** From a refusal to the answer that a caller gets; `statuses.ts` is the table of codes. */
import type { ServerResponse } from "node:http";
import { DomainError } from "#src/kernel/errors.ts";
import { internalProblem, type Problem, problemOf, refusalOf } from "#src/platform/problem.ts";
import type { FieldError } from "./field-errors.ts";
import { STATUSES } from "./statuses.ts";

/** A request that does not fit its declaration: every offending field at once, by its path. */
export class InvalidRequest extends DomainError {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    const first = errors[0];
    super("request.invalid", errors.map((error) => `${error.field}: ${error.reason}`).join("; "), {
      ...(first === undefined ? {} : { field: first.field }),
      remedy: "correct the fields named here; /api/v1/openapi.json says what each takes",
    });
    this.errors = errors;
  }
}

/** Codes of the edge and the platform that any address may answer, in words; OpenAPI lists them. */
export const EDGE_CODES: Readonly<Record<string, string>> = {
  "request.invalid": "a field is missing, unknown or out of its bounds",
  "request.unreadable": "the body is not JSON",
  "request.aborted": "the connection ended within the body",
  "request.bad-cursor": "the cursor is not one that we gave",
  "request.key-needed": "this request needs an Idempotency-Key",
  "auth.required": "no login, or one that has ended",
  forbidden: "the login lacks the permission",
  "request.cross-site": "a page of another site sent this request",
  "request.no-route": "no such address",
  "request.method-not-allowed": "the address exists, the method does not (see Allow)",
  "request.in-flight": "the same request is being carried out",
  "state.refused": "not possible in the present state",
  "version.stale": "somebody changed it since you read it",
  "request.too-large": "the body is larger than this address takes",
  "request.unsupported-type": "the body must be application/json in UTF-8",
  "request.key-reused": "this key was used with another request",
  "request.version-needed": "this change needs If-Match with the version you read",
  "request.too-many": "too many requests; see Retry-After",
  internal: "a defect on our side; the request id finds it in the log",
  "database.busy": "the database is overloaded; try again",
  "database.unavailable": "the database does not answer; the same key repeats nothing",
  "database.not-committed": "nothing was kept; try again",
  "database.full": "the database's disk is full",
};

const RETRY_AFTER_SECONDS: Readonly<Record<string, number>> = {
  "request.in-flight": 1,
  "database.busy": 2,
  "database.unavailable": 2,
  "database.not-committed": 2,
  "receipts.too-many": 5,
};

/** The HTTP status of a refusal's code; a code that nobody gave a status is a defect: 500. */
export const statusOf = (code: string): number => STATUSES[code] ?? 500;

export type HttpProblem = Problem & { readonly status: number; readonly errors?: readonly FieldError[] };

/** What to answer to an error, and whether it is a defect that the log must show with its stack. */
export const httpProblemOf = (
  error: unknown,
  requestId: string,
): { readonly problem: HttpProblem; readonly isDefect: boolean } => {
  const refusal = refusalOf(error);
  if (refusal === undefined) {
    return { problem: { ...internalProblem(requestId), status: 500 }, isDefect: true };
  }
  const problem = problemOf(refusal, requestId);
  return {
    problem: {
      ...problem,
      status: statusOf(refusal.code),
      ...(refusal instanceof InvalidRequest ? { errors: refusal.errors } : {}),
    },
    isDefect: STATUSES[refusal.code] === undefined,
  };
};

/** Facts may hold ids and amounts as bigints: `...Fen` is a whole number, an id is text. */
const problemText = (problem: HttpProblem): string =>
  JSON.stringify(problem, (key, inner: unknown) =>
    typeof inner === "bigint" ? (key.endsWith("Fen") ? Number(inner) : inner.toString()) : inner,
  );

/** Sends the problem, or ends the connection when an answer has already begun. */
export const sendProblem = (response: ServerResponse, problem: HttpProblem): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = Buffer.from(problemText(problem));
  const retryAfter = RETRY_AFTER_SECONDS[problem.code];
  if (retryAfter !== undefined && !response.hasHeader("retry-after")) {
    response.setHeader("Retry-After", retryAfter);
  }
  if (problem.status === 401) response.setHeader("WWW-Authenticate", 'Bearer realm="nuanyang"');
  response.writeHead(problem.status, {
    "Content-Type": "application/problem+json; charset=utf-8",
    "Content-Length": body.length,
    "Cache-Control": "no-store",
  });
  response.end(body);
};

/** What body-parser and Express say when they refuse a request, in our codes. */
export const edgeRefusal = (error: unknown): unknown => {
  if (error instanceof DomainError || !(error instanceof Error)) return error;
  const { type, status } = error as { type?: unknown; status?: unknown };
  switch (type) {
    case "entity.too.large":
      return new DomainError("request.too-large", "the body is larger than 100 kB");
    case "entity.parse.failed":
    case "entity.verify.failed":
    case "request.size.invalid":
      return new DomainError("request.unreadable", "the body is not JSON", {
        remedy: "send one JSON object in UTF-8",
      });
    case "encoding.unsupported":
    case "charset.unsupported":
      return new DomainError("request.unsupported-type", "the body must be application/json in UTF-8");
    case "request.aborted":
      return new DomainError("request.aborted", "the connection ended within the body");
    default:
      break;
  }
  // The router could not decode the address.
  if (error instanceof URIError || status === 400) {
    return new DomainError("request.invalid", "the address or a header is malformed");
  }
  return error;
};
