/**
 * What Twilio sends is a form, signed by HMAC-SHA1 over the address that it called and the sorted fields. The address is the
 * public one of the settings and not what the request claims (a proxy and a forger both change that). The comparison, in
 * constant time, is Twilio's own library's.
 */
import { fail } from "#src/kernel/errors.ts";
import type { Platform } from "#src/platform/route.ts";
import { readWebhookBody } from "#src/platform/webhook-signature.ts";
import webhooks from "twilio/lib/webhooks/webhooks.js";

const LARGEST_FORM = 64 * 1024;
const STALE_AFTER_MS = 300_000;

export type TwilioForm = Readonly<Record<string, string>>;

/** Twilio sends no field twice; a form that does is not from there and its signature would be read two ways. */
const readForm = (body: Uint8Array): TwilioForm => {
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(Buffer.from(body).toString("utf8"))) {
    if (Object.hasOwn(fields, name)) fail("webhook.unreadable", "a field stands in this form twice");
    fields[name] = value;
  }
  return fields;
};

/** The address under which Twilio reaches a route of ours. */
export const twilioAddress = (platform: Pick<Platform, "publicUrl">, path: string): string =>
  `${platform.publicUrl}/api/v1${path}`;

/**
 * The form that Twilio sent to the route at `path`, held to its signature before a field is looked at. A form that carries a
 * time (status callbacks do) is held to the window besides; the others are held to the step of their call by who reads them.
 * @throws DomainError `webhook.not-set-up`, `webhook.unsigned`, `webhook.forged`, `webhook.stale`, `webhook.unreadable`,
 * `request.too-large`
 */
export const receiveTwilio = async (
  request: {
    readonly platform: Platform;
    readonly headers: Readonly<Record<string, string | undefined>>;
  },
  stream: AsyncIterable<Uint8Array> | undefined,
  path: string,
): Promise<TwilioForm> => {
  const { platform, headers } = request;
  const twilio = platform.outside?.twilio;
  if (twilio === undefined) {
    fail("webhook.not-set-up", "Twilio has no account here, so nothing is taken from it", {
      remedy: "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN",
    });
  }
  const body = await readWebhookBody(stream, LARGEST_FORM);
  const signature = headers["x-twilio-signature"];
  if (signature === undefined) fail("webhook.unsigned", "this address takes signed messages of Twilio only");
  const form = readForm(body);
  if (!webhooks.validateRequest(twilio.authToken, signature, twilioAddress(platform, path), form)) {
    fail("webhook.forged", "the signature is not that of this form, address and token", {
      remedy: "PUBLIC_URL must be the address that is set at Twilio",
    });
  }
  if (form["AccountSid"] !== undefined && form["AccountSid"] !== twilio.accountSid) {
    fail("webhook.forged", "this is a message for another account", {
      remedy: "set TWILIO_ACCOUNT_SID to the account that owns the number",
    });
  }
  refuseStale(form["Timestamp"], platform.clock.now());
  return form;
};

const refuseStale = (timestamp: string | undefined, now: Date): void => {
  if (timestamp === undefined) return;
  const sentAt = Date.parse(timestamp);
  if (Number.isNaN(sentAt)) fail("webhook.unreadable", "the time of this message cannot be read");
  if (Math.abs(now.getTime() - sentAt) > STALE_AFTER_MS) {
    fail("webhook.stale", "this message was sent too long ago, or in the future");
  }
};

const CALL_SID = /^CA[0-9a-fA-F]{32}$/;

/** The call that a form is about. @throws DomainError `webhook.unreadable` */
export const callSidOf = (form: TwilioForm): string => {
  const sid = form["CallSid"] ?? "";
  return CALL_SID.test(sid)
    ? sid
    : fail("webhook.unreadable", "the form names no call", { field: "CallSid" });
};
