/** What the API says when it refuses (RFC 9457), and what stands for it when no answer came at all. */

export type FieldError = {
  /** Its path: `rows[3].area`. */
  readonly field: string;
  readonly reason: string;
  /** What a page makes a sentence of its own from, with the figures. */
  readonly code?: string;
  readonly params?: Readonly<Record<string, unknown>>;
};

export type ProblemFacts = {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string | undefined;
  readonly field?: string | undefined;
  readonly remedy?: string | undefined;
  readonly requestId?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
};

/** Thrown by every call of the client that was not answered with success. */
export class ApiProblem extends Error {
  readonly facts: ProblemFacts;

  constructor(facts: ProblemFacts) {
    super(facts.detail ?? facts.title);
    this.name = "ApiProblem";
    this.facts = facts;
  }

  get code(): string {
    return this.facts.code;
  }
}

/** No answer: the line is down, or the server. What was asked may have been done; the same key repeats nothing. */
export const noAnswer = (): ApiProblem =>
  new ApiProblem({ status: 0, code: "network.no-answer", title: "no answer from the server" });

/** A page that this person may not see, known without asking the server. */
export const notYours = (permission: string): ApiProblem =>
  new ApiProblem({
    status: 403,
    code: "forbidden",
    title: "this page is not open to you",
    detail: `this page needs the permission ${permission}`,
    remedy: "have it done by somebody who has it",
    facts: { permission },
  });

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The problem that an answer without success carries. */
export const problemOfResponse = async (response: Response): Promise<ApiProblem> => {
  const body: Record<string, unknown> = await response
    .clone()
    .json()
    .then((json: unknown) => (typeof json === "object" && json !== null ? { ...json } : {}))
    // A proxy's page, or nothing: the status has to do.
    .catch(() => ({}));
  return new ApiProblem({
    status: response.status,
    code: text(body["code"]) ?? `http.${response.status}`,
    title: text(body["title"]) ?? response.statusText,
    detail: text(body["detail"]),
    field: text(body["field"]),
    remedy: text(body["remedy"]),
    requestId: text(body["requestId"]) ?? response.headers.get("x-request-id") ?? undefined,
    errors: Array.isArray(body["errors"]) ? (body["errors"] as FieldError[]) : undefined,
    facts: typeof body["facts"] === "object" ? (body["facts"] as Record<string, unknown>) : undefined,
  });
};

/** Anything thrown, as a problem that can be shown. */
export const problemOf = (error: unknown): ApiProblem => {
  if (error instanceof ApiProblem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiProblem({ status: 0, code: "console.defect", title: "a defect of this page", detail });
};
