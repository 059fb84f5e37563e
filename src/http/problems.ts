/** From a refusal's code to an HTTP status: one table, exact codes first, then endings; and the answer itself. */
import type { ServerResponse } from "node:http";
import { DomainError } from "#src/kernel/errors.ts";
import { internalProblem, type Problem, problemOf, refusalOf } from "#src/platform/problem.ts";

export type FieldError = { readonly field: string; readonly reason: string };

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

type StatusRule = { readonly status: number; readonly meaning: string; readonly retryAfterSeconds?: number };

/** Codes of the edge and the platform, with what they mean; listed in OpenAPI. */
export const EXACT_CODES: Readonly<Record<string, StatusRule>> = {
  "request.invalid": { status: 400, meaning: "a field is missing, unknown or out of its bounds" },
  "request.unreadable": { status: 400, meaning: "the body is not JSON" },
  "request.aborted": { status: 400, meaning: "the connection ended within the body" },
  "request.bad-cursor": { status: 400, meaning: "the cursor is not one that we gave" },
  "request.key-needed": { status: 400, meaning: "this request needs an Idempotency-Key" },
  "auth.required": { status: 401, meaning: "no login, or one that has ended" },
  forbidden: { status: 403, meaning: "the login lacks the permission" },
  "request.cross-site": { status: 403, meaning: "a page of another site sent this request" },
  "request.no-route": { status: 404, meaning: "no such address" },
  "request.method-not-allowed": {
    status: 405,
    meaning: "the address exists, the method does not (see Allow)",
  },
  "request.in-flight": {
    status: 409,
    meaning: "the same request is being carried out",
    retryAfterSeconds: 1,
  },
  "state.refused": { status: 409, meaning: "not possible in the present state" },
  "version.stale": { status: 412, meaning: "somebody changed it since you read it" },
  "request.too-large": { status: 413, meaning: "the body is larger than this address takes" },
  "request.unsupported-type": { status: 415, meaning: "the body must be application/json in UTF-8" },
  "request.key-reused": { status: 422, meaning: "this key was used with another request" },
  "request.version-needed": { status: 428, meaning: "this change needs If-Match with the version you read" },
  "request.too-many": { status: 429, meaning: "too many requests; see Retry-After" },
  internal: { status: 500, meaning: "a defect on our side; the request id finds it in the log" },
  "database.busy": { status: 503, meaning: "the database is overloaded; try again", retryAfterSeconds: 2 },
  "database.unavailable": {
    status: 503,
    meaning: "the database does not answer; the same key repeats nothing",
    retryAfterSeconds: 2,
  },
  "database.not-committed": { status: 503, meaning: "nothing was kept; try again", retryAfterSeconds: 2 },
  "database.full": { status: 507, meaning: "the database's disk is full" },
};

/** Then the first ending or beginning that fits. What fits none is a rule of the trade that said no: 422. */
const PATTERNS: readonly { readonly pattern: RegExp; readonly status: number }[] = [
  { pattern: /^(auth|session)\.(locked|too-many)$/, status: 429 },
  { pattern: /^auth\.|^session\.([a-z-]*refused|ended)$/, status: 401 },
  { pattern: /^session\.[a-z-]+-expected$/, status: 403 },
  { pattern: /^forbidden\.|\.(forbidden|same-person|own-request|own-rights|not-yours)$/, status: 403 },
  { pattern: /^(secret|config|subscribers|internal)\./, status: 500 },
  { pattern: /^(database|queue|migration)\./, status: 503 },
  { pattern: /\.(not-found|unknown|no-such-[a-z-]+)$/, status: 404 },
  { pattern: /^state\.|\.(changed|changed-meanwhile)$/, status: 409 },
  {
    pattern:
      /[.-](already-[a-z-]+|exists|duplicate|conflict|taken|enrolled|in-use|in-progress|closed|not-open)$/,
    status: 409,
  },
  { pattern: /\.stale$/, status: 412 },
  { pattern: /^(file|upload|document|roll)\.too-large$/, status: 413 },
  { pattern: /\.(invalid|unreadable|malformed|not-whole|encoding)$/, status: 400 },
];

const DEFAULT_STATUS = 422;

/** The HTTP status of a refusal's code. */
export const statusOf = (code: string): number =>
  EXACT_CODES[code]?.status ?? PATTERNS.find(({ pattern }) => pattern.test(code))?.status ?? DEFAULT_STATUS;

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
    isDefect: false,
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
  const retryAfter = EXACT_CODES[problem.code]?.retryAfterSeconds;
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
