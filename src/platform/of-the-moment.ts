/**
 * The one place that tells a busy or broken moment from a verdict. What ended for such a reason says nothing about whatever it was
 * about: the same try may succeed by itself, so nobody writes it down as an answer; it is thrown on, or tried again.
 */
import { DomainError } from "#src/kernel/errors.ts";
import { isFullPool, isLostConnection } from "./lost-connection.ts";

const CODES: ReadonlySet<string> = new Set([
  "database.busy",
  "database.full",
  "database.not-committed",
  "database.unavailable",
  "queue.unavailable",
  "request.in-flight",
]);

/** 53: the server lacks disk, memory or connections; 25006: it is read-only, as a standby is; 55P03: a lock was not had in time. */
const STATES = /^(53[0-9A-Z]{3}|25006|55P03)$/;

/**
 * Whether an error comes from the moment alone: a full pool, a lock that was not had, a lost connection, the same request still on its
 * way. A statement that took too long is none: it may take as long each time.
 */
export const isOfTheMoment = (error: unknown): boolean => {
  if (error instanceof DomainError) return CODES.has(error.code);
  if (error instanceof AggregateError && error.errors.some(isOfTheMoment)) return true;
  if (isLostConnection(error) || isFullPool(error)) return true;
  return STATES.test(String((error as { code?: unknown } | null)?.code));
};
