/**
 * Logs: JSON lines on stderr, one event each, with ids and never with what names a person. Redaction is the second
 * guard; the first is that nobody logs a body, a query value or a row.
 */
import pino from "pino";

export type Logger = pino.Logger;

const PERSONAL = [
  "phone",
  "phones",
  "mobile",
  "displayName",
  "fullName",
  "payerName",
  "ownerName",
  "identityNumber",
  "idNumber",
  "bankAccount",
  "accountNo",
  "address",
  "login",
  "password",
  "secret",
  "token",
  "totp",
  "authorization",
  "cookie",
  "credential",
  "body",
  "query",
] as const;

/** A run of nine digits or more is a phone, an identity, a card or an account number: its end is enough to find it. */
const maskDigits = (text: string): string => text.replace(/\d{9,}/g, (digits) => `***${digits.slice(-3)}`);

type LoggedError = {
  readonly type: string;
  readonly message: string;
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly stack?: string;
  readonly cause?: LoggedError;
};

/**
 * An error as it is logged: kind, text, code and stack, with long numbers masked. What PostgreSQL adds (the row, the
 * key that clashed, the parameters) holds people's data and is left out.
 */
export const loggedError = (error: unknown, depth = 0): LoggedError => {
  if (!(error instanceof Error)) return { type: typeof error, message: maskDigits(String(error)) };
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return {
    type: error.name,
    message: maskDigits(error.message),
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(error.stack === undefined ? {} : { stack: maskDigits(error.stack) }),
    ...(error.cause === undefined || depth > 3 ? {} : { cause: loggedError(error.cause, depth + 1) }),
  };
};

export type LogOptions = {
  /** Which process writes: `api`, `worker`. */
  readonly process: string;
  readonly level: string;
  /** Where to; stderr when not given. */
  readonly stream?: pino.DestinationStream;
};

/** A logger of this process. Lines are written asynchronously; `flushLog` before the process ends. */
export const createLogger = (options: LogOptions): Logger =>
  pino(
    {
      level: options.level,
      base: { process: options.process, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: "message",
      serializers: { err: loggedError },
      redact: { paths: PERSONAL.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" },
    },
    options.stream ?? destination(),
  );

let shared: ReturnType<typeof pino.destination> | undefined;

/** A full disk or a closed pipe loses log lines; it must not end the process. */
const destination = (): pino.DestinationStream => {
  if (shared === undefined) {
    shared = pino.destination({ dest: 2, sync: false, minLength: 4096, periodicFlush: 500 });
    shared.on("error", () => undefined);
  }
  return shared;
};

/** Writes what is still waiting; for the end of a process. */
export const flushLog = (): void => {
  try {
    shared?.flushSync();
  } catch {
    // The stream was never opened, or its disk is full: there is nowhere to say so.
  }
};
