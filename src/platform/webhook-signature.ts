/**
 * Webhooks (回调) that we sign ourselves with whoever sends them: the dispatch centre (调度中心), an on-site exchange, a
 * gateway for text messages. The sender signs `TIMESTAMP.BODY` with a key that both hold and sends
 *
 * - `X-Nuan-Timestamp`: unix seconds,
 * - `X-Nuan-Signature`: the hex HMAC-SHA-256 of the timestamp, a full stop and the body, byte for byte.
 *
 * The body is therefore read raw and compared before anything parses it. A message older or newer than the window is refused,
 * so that a recorded one is worthless after it; inside the window the id of the event, which is unique in the room's own
 * table, makes the second arrival the first.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { fail } from "#src/kernel/errors.ts";

export const SIGNATURE_HEADER = "x-nuan-signature";
export const TIMESTAMP_HEADER = "x-nuan-timestamp";

/** How far the sender's clock and the road may differ from ours. */
export const SIGNATURE_WINDOW_SECONDS = 300;

export type WebhookHeaders = Readonly<Record<string, string | undefined>>;

/** A key that we share with a sender; of several, the first is the one that we sign with, and every one is taken. */
export type SharedSecret = string | readonly string[];

const allOf = (secret: SharedSecret | undefined): readonly string[] =>
  secret === undefined ? [] : typeof secret === "string" ? [secret] : secret;

/** The key that we sign with ourselves: the newest. */
export const signingSecret = (secret: SharedSecret | undefined): string | undefined => allOf(secret)[0];

export type SignedMessage = {
  /** The key of this sender, or both while it changes; undefined while none is set. */
  readonly secret: SharedSecret | undefined;
  /** With names in lower case. */
  readonly headers: WebhookHeaders;
  readonly body: Uint8Array;
  /** The business time: who speaks to a demo whose clock is moved is a simulator with the same clock. */
  readonly now: Date;
};

/** The signature of a body sent at `timestamp`; senders, simulators and tests make it here as well. */
export const webhookSignature = (secret: string, timestamp: number | string, body: Uint8Array | string) =>
  createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");

/** Both headers for a body that is sent now. */
export const signWebhook = (
  secret: string,
  body: Uint8Array | string,
  now: Date,
): Record<typeof SIGNATURE_HEADER | typeof TIMESTAMP_HEADER, string> => {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return { [TIMESTAMP_HEADER]: timestamp, [SIGNATURE_HEADER]: webhookSignature(secret, timestamp, body) };
};

/** Of the same length always: both are digests of what was compared. */
const isSame = (one: string, other: string): boolean => {
  const digest = (text: string) => createHmac("sha256", "compare").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
};

/**
 * Holds a message to its signature; returns when it is genuine and fresh. Reads nothing of the body.
 * @throws DomainError `webhook.not-set-up` (no key is set), `webhook.unsigned` (a header is missing or unreadable),
 * `webhook.forged`, `webhook.stale`
 */
export const verifyWebhook = ({ secret, headers, body, now }: SignedMessage): void => {
  const keys = allOf(secret);
  if (keys.length === 0) {
    fail("webhook.not-set-up", "this sender has no key here, so nothing is taken from it", {
      remedy: "set the sender's key in the settings of this process",
    });
  }
  const timestamp = headers[TIMESTAMP_HEADER];
  const signature = headers[SIGNATURE_HEADER];
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) {
    fail("webhook.unsigned", "this needs a timestamp and a signature", {
      remedy: "send X-Nuan-Timestamp (unix seconds) and X-Nuan-Signature",
    });
  }
  // Held to every key, so that the time it takes does not say which of them was right.
  const matches = keys.filter((key) =>
    isSame(signature.toLowerCase(), webhookSignature(key, timestamp, body)),
  );
  if (matches.length === 0) {
    fail("webhook.forged", "the signature is not that of this body, time and key", {
      remedy:
        "sign TIMESTAMP.BODY, byte for byte as it is sent, with the key of both sides; the signature is hexadecimal",
    });
  }
  const ageSeconds = Math.abs(now.getTime() / 1000 - Number(timestamp));
  if (ageSeconds > SIGNATURE_WINDOW_SECONDS) {
    fail("webhook.stale", "this message was signed too long ago, or in the future", {
      remedy: "set the sender's clock, and sign each attempt anew",
      facts: { windowSeconds: SIGNATURE_WINDOW_SECONDS, ourTime: now.toISOString() },
    });
  }
};

/**
 * A webhook's body as it came, bounded.
 * @throws DomainError `request.body-missing`, `request.too-large`
 */
export const readWebhookBody = async (
  stream: AsyncIterable<Uint8Array> | undefined,
  maxBytes = 256 * 1024,
): Promise<Buffer> => {
  if (stream === undefined) return fail("request.body-missing", "the message is missing");
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.byteLength;
    if (length > maxBytes) {
      return fail("request.too-large", "this message is larger than any of ours", { facts: { maxBytes } });
    }
    parts.push(part);
  }
  return Buffer.concat(parts, length);
};
