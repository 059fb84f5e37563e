/**
 * A refusal as a document (RFC 9457), the same on the command line and over HTTP, and the one place that tells a
 * refusal from a defect.
 */
import { DomainError } from "#src/kernel/errors.ts";
import { isFullPool, isLostConnection } from "./lost-connection.ts";

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
  readonly row?: number;
  readonly remedy?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly requestId: string;
};

/** `bill.already-issued` becomes `Bill: already issued`: a title that never varies between two occurrences. */
const titleOf = (code: string): string => {
  const words = code.replaceAll("-", " ").replace(".", ": ").replaceAll(".", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const problemOf = (error: DomainError, requestId: string): Problem => ({
  type: `urn:nuanyang:problem:${error.code}`,
  title: titleOf(error.code),
  code: error.code,
  detail: error.message,
  ...error.detail,
  requestId,
});

const translations: readonly { readonly state: string; readonly code: string; readonly message: string }[] = [
  { state: "57014", code: "database.busy", message: "the database took too long to answer" },
  { state: "55P03", code: "database.busy", message: "somebody else is changing this" },
  { state: "40001", code: "database.busy", message: "somebody else is changing this" },
  { state: "40P01", code: "database.busy", message: "somebody else is changing this" },
  { state: "53100", code: "database.full", message: "the database's disk is full" },
];

/**
 * The refusal that an error stands for: itself, or what a lost, overloaded or full database means to a caller.
 * Undefined for a defect, whose text may hold anything and is shown to nobody.
 */
export const refusalOf = (error: unknown): DomainError | undefined => {
  if (error instanceof DomainError) return error;
  if (error instanceof AggregateError) {
    for (const inner of error.errors) {
      const refusal = refusalOf(inner);
      if (refusal !== undefined) return refusal;
    }
  }
  if (!(error instanceof Error)) return undefined;
  if (isLostConnection(error)) {
    return new DomainError("database.unavailable", "the database does not answer", {
      remedy: "try again in a few seconds; the same key repeats nothing",
    });
  }
  if (isFullPool(error)) {
    return new DomainError("database.busy", "every database connection is in use", {
      remedy: "try again in two seconds",
    });
  }
  const state = (error as { code?: unknown }).code;
  const known = translations.find((one) => one.state === state);
  if (known === undefined) return undefined;
  return new DomainError(known.code, known.message, { remedy: "try again in two seconds" });
};

/** What a defect looks like from outside: its number, for the person who reads the log. */
export const internalProblem = (requestId: string): Problem =>
  problemOf(
    new DomainError("internal", "something went wrong on our side", {
      remedy: "try again; if it stays, give this request id to the operator",
    }),
    requestId,
  );
