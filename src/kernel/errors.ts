/**
 * Errors that people can act on. A `DomainError` carries a stable code (the edge maps codes to HTTP status and
 * exit code in one table), a sentence for the reader, the field or row it is about, and the way out.
 */

declare const brand: unique symbol;
/** A type that is the same at run time but not interchangeable at compile time. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

export type ErrorDetail = {
  /** JSON path of the offending field (`amountFen`, `rows[3].area`). */
  readonly field?: string;
  /** 1-based row of a file, header included. */
  readonly row?: number;
  /** What the reader can do now. */
  readonly remedy?: string;
  /** Facts the reader needs (ids, expected and found values); never personal data. */
  readonly facts?: Readonly<Record<string, unknown>>;
};

export class DomainError extends Error {
  readonly code: string;
  readonly detail: ErrorDetail;

  constructor(code: string, message: string, detail: ErrorDetail = {}) {
    super(message);
    this.name = "DomainError";
    this.code = code;
    this.detail = detail;
  }
}

/** Throws a `DomainError`; usable as an expression because it never returns. */
export function fail(code: string, message: string, detail: ErrorDetail = {}): never {
  throw new DomainError(code, message, detail);
}

/** States what must be true of our own code; a breach is a defect, not a refusal. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** The value, or a defect when it is missing. For what the code around it guarantees. */
export const must = <T>(value: T | null | undefined, what: string): T => {
  assert(value !== null && value !== undefined, `${what} is missing`);
  return value;
};

/** Makes a switch over a union exhaustive at compile time. */
export const never = (value: never): never => {
  throw new Error(`unexpected value ${String(value)}`);
};
