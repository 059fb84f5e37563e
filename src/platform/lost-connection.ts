/** The one place that tells a database that is gone from a statement that was wrong. */

/** Node's names for a server that is not there, or went away. */
const UNREACHABLE = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "ENOENT"]);

const wordsOfLostConnection =
  /Connection terminated|Client has encountered a connection error|not queryable|connection timeout|Connection ended/i;

/** The pool's own words, without a code, when no connection came free in time. */
const wordsOfFullPool = /timeout exceeded when trying to connect/;

/** Whether an error says that the database or the way to it is gone. */
export const isLostConnection = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  const named = typeof code === "string" ? code : "";
  // 08: connection exception; 57P: the server shuts down, crashed or starts; 53300: too many connections.
  if (/^(08[0-9A-Z]{3}|57P0[1-5]|53300)$/.test(named)) return true;
  if (UNREACHABLE.has(named)) return syscall === "connect" || syscall === "read" || named === "EPIPE";
  return named === "" && wordsOfLostConnection.test(error.message);
};

/** Whether the pool had no connection in time. */
export const isFullPool = (error: unknown): boolean =>
  error instanceof Error && wordsOfFullPool.test(error.message);
