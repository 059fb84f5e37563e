/** One connection to a mailbox, through imapflow; and what is wrong with it, by a name that an operator can act on. */
import { readFileSync } from "node:fs";
import { ImapFlow } from "imapflow";
import { DomainError } from "#src/kernel/errors.ts";
import type { MailboxConfig } from "#src/platform/config-mail.ts";

/** Larger ones are taken by their beginning only. */
export const MOST_MAIL_BYTES = 25 * 1024 * 1024;
const BEGINNING_BYTES = 256 * 1024;

export type ImapSession = {
  readonly uidValidity: bigint;
  /** UIDs above this one, ascending. */
  uidsAfter(uid: bigint): Promise<bigint[]>;
  /** Null when it is gone meanwhile. */
  fetch(uid: bigint): Promise<{ raw: Uint8Array; size: number } | null>;
  /** Flags them as read for people who look into the mailbox; we do not look at flags. */
  markSeen(uids: readonly bigint[]): Promise<void>;
  /** Ends when the mailbox has news, the connection is lost, `signal` asks for it, or after `mostMs`. */
  waitForNews(mostMs: number, signal: AbortSignal): Promise<void>;
  readonly isOpen: boolean;
  close(): Promise<void>;
};

const NAMED: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the mail server's certificate has expired",
  CERT_NOT_YET_VALID: "the mail server's certificate is not valid yet",
  CERT_REVOKED: "the mail server's certificate was revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the mail server signed its certificate itself: give it as MAIL_CA_FILE",
  SELF_SIGNED_CERT_IN_CHAIN: "the mail server's authority is not known here: give it as MAIL_CA_FILE",
  UNABLE_TO_GET_ISSUER_CERT: "the authority of the mail server's certificate is not known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the authority of the mail server's certificate is not known here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the mail server sends its certificate without the chain to its authority",
  ERR_TLS_CERT_ALTNAME_INVALID: "the mail server's certificate is for another name than MAIL_IMAP_URL's",
};

type Failure = {
  readonly code?: unknown;
  readonly authenticationFailed?: unknown;
  readonly mailboxMissing?: unknown;
  readonly responseStatus?: unknown;
  readonly tlsFailed?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
};

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** `mail.certificate`, `mail.login-refused`, `mail.no-folder`, `mail.no-encryption`, `mail.unreachable`. */
export const mailTroubleOf = (error: unknown): DomainError => {
  if (error instanceof DomainError) return error;
  const failure = (error ?? {}) as Failure;
  const code = textOf(failure.code) || textOf((failure.cause as Failure | undefined)?.code);
  const message = textOf(failure.message) || textOf(error);
  const named = NAMED[code];
  if (named !== undefined)
    return new DomainError("mail.certificate", `${named} (${code})`, { facts: { code } });
  if (failure.authenticationFailed === true) {
    return new DomainError("mail.login-refused", "the mail server refuses the login of MAIL_IMAP_URL");
  }
  if (failure.mailboxMissing === true) {
    return new DomainError("mail.no-folder", "the mailbox has no folder MAIL_FOLDER");
  }
  if (failure.tlsFailed === true || /STARTTLS/i.test(message)) {
    return new DomainError("mail.no-encryption", "the mail server offers no encryption: use imaps://");
  }
  const detail = code === "" ? message : code;
  return new DomainError("mail.unreachable", `the mail server does not answer (${detail.slice(0, 120)})`);
};

const clientOf = (config: MailboxConfig, pollMs: number): ImapFlow =>
  new ImapFlow({
    host: config.host,
    port: config.port,
    secure: config.secure,
    // Without TLS the password would travel in clear; on this machine nobody stands between.
    ...(!config.secure && { doSTARTTLS: !config.onThisMachine }),
    auth: { user: config.user, pass: config.password },
    // Some Chinese providers refuse a client that does not say what it is (RFC 2971).
    clientInfo: { name: "nuanyang" },
    logger: false,
    ...(config.caFile !== undefined && { tls: { ca: readFileSync(config.caFile) } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: Math.max(60_000, pollMs * 3),
    autoIdleDelay: 200,
    maxIdleTime: Math.min(pollMs, 240_000),
    missingIdleCommand: "NOOP",
    maxLiteralSize: MOST_MAIL_BYTES + 65_536,
    maxResponseSize: MOST_MAIL_BYTES + 1_048_576,
    maxLineLength: 4 * 1024 * 1024,
    maxResponseTokens: 200_000,
    disableCompression: true,
  });

/** How many are stored before the next look at what there is. */
const BATCH = 500;

/**
 * Connects, logs in and opens the folder.
 * @throws DomainError as `mailTroubleOf`
 */
export const openImapSession = async (config: MailboxConfig, pollMs: number): Promise<ImapSession> => {
  const client = clientOf(config, pollMs);
  // A connection that breaks between two commands says so here; the next command fails with the same.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const opened = await client.mailboxOpen(config.folder);
    return sessionOf(client, opened.uidValidity);
  } catch (error) {
    client.close();
    throw mailTroubleOf(error);
  }
};

const sessionOf = (client: ImapFlow, uidValidity: bigint): ImapSession => {
  let news = false;
  let wake: (() => void) | undefined;
  const stir = (): void => {
    news = true;
    wake?.();
  };
  client.on("exists", stir);
  client.on("close", stir);
  const named = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw mailTroubleOf(error);
    }
  };
  return {
    uidValidity,
    uidsAfter: (uid) =>
      named(async () => {
        news = false;
        const found = await client.search({ uid: `${uid + 1n}:*` }, { uid: true });
        if (found === false || found === undefined)
          throw new DomainError("mail.unreachable", "the mail server does not search");
        // "n:*" also names the last mail when all are older than n.
        return found
          .map(BigInt)
          .filter((one) => one > uid)
          .sort((a, b) => (a < b ? -1 : 1))
          .slice(0, BATCH);
      }),
    fetch: (uid) =>
      named(async () => {
        const sized = await client.fetchOne(String(uid), { size: true }, { uid: true });
        if (sized === false) return null;
        const size = sized.size ?? 0;
        const source = size > MOST_MAIL_BYTES ? { start: 0, maxLength: BEGINNING_BYTES } : true;
        const fetched = await client.fetchOne(String(uid), { source }, { uid: true });
        if (fetched === false || fetched.source === undefined) return null;
        const raw = fetched.source;
        return { raw, size: size > MOST_MAIL_BYTES ? size : raw.byteLength };
      }),
    markSeen: (uids) =>
      named(async () => {
        if (uids.length > 0) await client.messageFlagsAdd(uids.join(","), ["\\Seen"], { uid: true });
      }),
    waitForNews: async (mostMs, signal) => {
      if (news || signal.aborted || !client.usable) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          wake = undefined;
          resolve();
        };
        const timer = setTimeout(done, mostMs);
        signal.addEventListener("abort", done);
        wake = done;
      });
    },
    get isOpen() {
      return client.usable;
    },
    close: async () => {
      // A server that does not answer a goodbye gets none.
      const goodbye = client.logout().catch(() => undefined);
      await Promise.race([goodbye, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
      client.close();
    },
  };
};
