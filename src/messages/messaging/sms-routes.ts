/** Where text messages come in: Twilio's own form, and a gateway (短信网关) that signs as our exchange does. */
import validateTwilio from "twilio/lib/webhooks/webhooks.js";
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { defineRoute, type Platform, type Route } from "#src/platform/route.ts";
import { readWebhookBody, verifyWebhook } from "#src/platform/webhook-signature.ts";
import { type InboundSms, receiveSms } from "./receive-sms.ts";

export const TWILIO_SMS_PATH = "/hooks/sms/twilio";
export const GATEWAY_SMS_PATH = "/hooks/sms/gateway";

/** Answers nothing: what we answer leaves through the outbox, where it can be seen. */
const NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';

type Headers = Readonly<Record<string, string | undefined>>;

const formOf = (raw: Buffer): Record<string, string> => {
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(raw.toString("utf8"))) {
    if (form.has(name)) fail("request.unreadable", "a field stands twice in this form");
    form.set(name, value);
  }
  return Object.fromEntries(form);
};

const twilioForm = z.looseObject({
  MessageSid: z.string().regex(/^(SM|MM)[0-9a-fA-F]{32}$/),
  AccountSid: z.string(),
  From: z.string().max(100),
  To: z.string().max(100),
  Body: z.string().max(4000).default(""),
  NumMedia: z
    .string()
    .regex(/^\d{1,2}$/)
    .default("0"),
});

/**
 * Reads a message of Twilio. Twilio signs no time, so a recorded message stays genuine; the unique MessageSid makes it the
 * first one again.
 * @throws DomainError `webhook.not-set-up`, `webhook.unsigned`, `webhook.forged`, `request.unreadable`
 */
export const readTwilioSms = (
  platform: Pick<Platform, "outside" | "publicUrl">,
  headers: Headers,
  raw: Buffer,
): InboundSms => {
  const twilio = platform.outside?.twilio;
  if (twilio === undefined) return fail("webhook.not-set-up", "Twilio is not set up here");
  const signature = headers["x-twilio-signature"];
  if (signature === undefined) return fail("webhook.unsigned", "this needs Twilio's signature");
  const form = formOf(raw);
  const url = `${platform.publicUrl}/api/v1${TWILIO_SMS_PATH}`;
  if (!validateTwilio.validateRequest(twilio.authToken, signature, url, form)) {
    return fail("webhook.forged", "the signature is not that of this form, address and token", {
      remedy: "PUBLIC_URL must be the address that Twilio calls, and TWILIO_AUTH_TOKEN the account's token",
    });
  }
  const read = twilioForm.safeParse(form);
  if (!read.success || read.data.AccountSid !== twilio.accountSid) {
    return fail("request.unreadable", "this is not a text message to our account");
  }
  const { MessageSid, From, To, Body, NumMedia } = read.data;
  return {
    provider: "twilio",
    providerMessageId: MessageSid,
    from: From,
    to: To,
    text: Body,
    ...(NumMedia !== "0" && { notes: `${NumMedia} pictures were not taken` }),
    raw,
    rawHeaders: { "content-type": headers["content-type"] ?? "" },
  };
};

const gatewayMessage = z.strictObject({
  /** The gateway's own id of this message; the same id is the same message. */
  id: z.string().regex(/^[\x21-\x7e]{1,100}$/, "1 to 100 visible ASCII characters"),
  from: z.string().min(1).max(100),
  to: z.string().max(100).default(""),
  text: z.string().max(4000),
});

/**
 * Reads a message of the gateway: `{"id", "from", "to", "text"}` in JSON, signed as platform/webhook-signature says.
 * @throws DomainError `webhook.not-set-up`, `webhook.unsigned`, `webhook.forged`, `webhook.stale`, `request.unreadable`
 */
export const readGatewaySms = (
  platform: Pick<Platform, "webhookSecrets" | "clock">,
  headers: Headers,
  raw: Buffer,
): InboundSms => {
  verifyWebhook({
    secret: platform.webhookSecrets?.["sms-gateway"],
    headers,
    body: raw,
    now: platform.clock.now(),
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch {
    return fail("request.unreadable", "the message is not JSON in UTF-8");
  }
  const read = gatewayMessage.safeParse(parsed);
  if (!read.success) {
    return fail("request.unreadable", "the message is not {id, from, to, text}", {
      field: read.error.issues[0]?.path.map(String).join(".") ?? "body",
    });
  }
  const { id, from, to, text } = read.data;
  return {
    provider: "gateway",
    providerMessageId: id,
    from,
    to,
    text,
    raw,
    rawHeaders: { "content-type": headers["content-type"] ?? "" },
  };
};

const MOST_BYTES = 64 * 1024;

export const smsRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: TWILIO_SMS_PATH,
    permission: "public",
    summary: "A text message that Twilio received for us",
    tag: "Messages 消息",
    response: z.string(),
    produces: "text/xml",
    consumes: "raw",
    handle: async ({ platform, headers, requestId }, stream) => {
      const raw = await readWebhookBody(stream, MOST_BYTES);
      await receiveSms(platform, readTwilioSms(platform, headers, raw), requestId);
      return { body: NO_ANSWER };
    },
  }),
  defineRoute({
    method: "post",
    path: GATEWAY_SMS_PATH,
    permission: "public",
    summary: "A text message that the SMS gateway received for us",
    tag: "Messages 消息",
    response: z.object({ messageId: z.string(), new: z.boolean() }),
    consumes: "raw",
    handle: async ({ platform, headers, requestId }, stream) => {
      const raw = await readWebhookBody(stream, MOST_BYTES);
      const stored = await receiveSms(platform, readGatewaySms(platform, headers, raw), requestId);
      return { body: { messageId: String(stored.messageId), new: stored.isNew } };
    },
  }),
];
