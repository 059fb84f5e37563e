/**
 * Mail over SMTP (发信), by nodemailer's pool: a few connections that are kept. The same message has the same Message-ID however
 * often it is sent, so that a mailbox can tell a second copy. A mail counts as taken when the server has answered the end of
 * its data; if the line is cut between that end and the answer, nobody knows. Bounces come to the mailbox that is read.
 */
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { createTransport } from "nodemailer";
import MailComposer from "nodemailer/lib/mail-composer";
import type { Clock } from "#src/platform/clock.ts";
import type { SmtpConfig } from "#src/platform/config-messages.ts";
import type { MailOrder, MailPort, SendAnswer } from "./port.ts";

/** Shorter than a sender waits for us: what is cut here is judged by what had left. */
const WHOLE_MAIL_MS = 25_000;

/** An answer to a machine makes two machines write to each other: ours says what it is (RFC 3834). */
const headersOf = (order: MailOrder): Record<string, string> => ({
  "Auto-Submitted": order.inReplyTo === "" ? "auto-generated" : "auto-replied",
  "X-Auto-Response-Suppress": "All",
});

const bracketed = (id: string): string => (id.startsWith("<") ? id : `<${id}>`);

const composed = (order: MailOrder, config: SmtpConfig, now: Date): Promise<Buffer> =>
  new MailComposer({
    from: { name: config.fromName, address: config.fromAddress },
    to: order.to,
    subject: order.subject,
    text: order.text,
    ...(order.html !== null && { html: order.html }),
    messageId: order.internetMessageId,
    date: now,
    headers: headersOf(order),
    ...(order.inReplyTo !== "" && {
      inReplyTo: bracketed(order.inReplyTo),
      references: bracketed(order.inReplyTo),
    }),
    attachments: order.attachments.map(({ fileName, mediaType, bytes }) => ({
      filename: fileName,
      contentType: mediaType,
      content: bytes,
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();

const PIECE_BYTES = 16 * 1024;

/** Piece by piece, as the line takes it: at the last one the end is about to leave. */
function* piecesOf(raw: Buffer): Generator<Buffer> {
  for (let from = 0; from < raw.byteLength; from += PIECE_BYTES) yield raw.subarray(from, from + PIECE_BYTES);
}

type SmtpFailure = {
  readonly code?: unknown;
  readonly responseCode?: unknown;
  /** At which command the server said it. */
  readonly command?: unknown;
  readonly response?: unknown;
};

/** Enhanced codes (RFC 3463) of a policy or of our standing with the server: mended by us, and then the mail may go. */
const ABOUT_US = /\b[45]\.7\.\d{1,3}\b/;
/** Where a server speaks about this mail: at its recipient, and at the end of its data. */
const ABOUT_THIS_MAIL = new Set(["RCPT TO", "DATA"]);

/**
 * A server's 5xx ends a mail only where it speaks about this mail. A refused greeting, login or sender, a denied relay or a policy is a
 * no to us: every mail would end by it, and the fault is found and mended.
 */
const endsMail = ({ command, response }: SmtpFailure): boolean =>
  typeof command === "string" &&
  ABOUT_THIS_MAIL.has(command) &&
  !(typeof response === "string" && (ABOUT_US.test(response) || /relay/i.test(response)));

/**
 * What a failure says for sure: the server's own no (4xx: later, 5xx: never, see `endsMail`), or that the end of the mail never left, without
 * which no server takes one. Null when the end had left and no answer came.
 */
const refusalOf = (error: unknown, endHadLeft: boolean): SendAnswer | null => {
  const { code, responseCode } = error as SmtpFailure;
  if (typeof responseCode === "number" && responseCode >= 400 && responseCode < 600) {
    const permanent = responseCode >= 500 && endsMail(error as SmtpFailure);
    return { kind: "rejected", code: `smtp-${responseCode}`, permanent };
  }
  if (endHadLeft) return null;
  return {
    kind: "rejected",
    code: typeof code === "string" ? code.toLowerCase() : "smtp-failed",
    // The address itself cannot be written: nobody was asked about it.
    permanent: code === "EENVELOPE" && (error as SmtpFailure).command === "API",
  };
};

/** Closes by `close`: connections that are idle end, one that sends finishes first. */
export const smtpMail = (
  clock: Clock,
  config: SmtpConfig,
  wholeMailMs = WHOLE_MAIL_MS,
): MailPort & { close(): void } => {
  const pool = createTransport({
    pool: true,
    host: config.host,
    port: config.port,
    secure: config.secure,
    requireTLS: !config.secure && !config.onThisMachine,
    ...(config.user !== undefined && { auth: { user: config.user, pass: config.password ?? "" } }),
    maxConnections: 5,
    maxMessages: 100,
    // Whether a mail goes again is decided by its row, never by the pool.
    maxRequeues: 0,
    connectionTimeout: 5000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    ...(config.caFile !== undefined && { tls: { ca: readFileSync(config.caFile) } }),
  });
  return {
    name: "smtp",
    receipts: false,
    concurrency: 5,
    send: async (order: MailOrder): Promise<SendAnswer> => {
      // Nobody was called yet: what cannot be written at all will not be the next time.
      const raw = await composed(order, config, clock.now()).catch(() => null);
      if (raw === null) return { kind: "rejected", code: "mail-not-composed", permanent: true };
      let endHadLeft = false;
      const stream = Readable.from(piecesOf(raw));
      stream.once("end", () => {
        endHadLeft = true;
      });
      try {
        await pool.sendMail({
          envelope: { from: config.fromAddress, to: order.to },
          messageId: order.internetMessageId,
          raw: stream,
          signal: AbortSignal.timeout(wholeMailMs),
        });
        return {
          kind: "accepted",
          providerMessageId: order.internetMessageId,
          segments: null,
          costMilliFen: null,
        };
      } catch (error) {
        const refusal = refusalOf(error, endHadLeft);
        if (refusal === null) throw error;
        return refusal;
      }
    },
    close: () => pool.close(),
  };
};
