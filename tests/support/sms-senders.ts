/** Stands where Twilio and an SMS gateway stand: makes their requests, with their signatures, over real HTTP. */
import twilioWebhooks from "twilio/lib/webhooks/webhooks.js";
import { signWebhook } from "#src/platform/webhook-signature.ts";

export const TWILIO_ACCOUNT = `AC${"0".repeat(31)}7`;
export const TWILIO_TOKEN = "token-of-our-twilio-account-for-tests";
export const GATEWAY_SECRET = "secret-shared-with-the-sms-gateway-1";

export type Request = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: string;
};

export const messageSid = (n: number): string => `SM${n.toString(16).padStart(32, "0")}`;

/** What Twilio posts for a text message, signed for `publicUrl`. */
export const twilioSms = (
  publicUrl: string,
  sms: {
    readonly sid: string;
    readonly from: string;
    readonly text: string;
    readonly more?: Readonly<Record<string, string>>;
  },
): Request => {
  const form = {
    ToCountry: "CN",
    SmsMessageSid: sms.sid,
    NumMedia: "0",
    SmsSid: sms.sid,
    SmsStatus: "received",
    Body: sms.text,
    To: "+8637100000000",
    NumSegments: "1",
    MessageSid: sms.sid,
    AccountSid: TWILIO_ACCOUNT,
    From: sms.from,
    ApiVersion: "2010-04-01",
    ...sms.more,
  };
  const path = "/api/v1/hooks/sms/twilio";
  return {
    path,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": twilioWebhooks.getExpectedTwilioSignature(TWILIO_TOKEN, publicUrl + path, form),
    },
    raw: new URLSearchParams(form).toString(),
  };
};

/** What the gateway posts, signed at `now`. */
export const gatewaySms = (
  now: Date,
  sms: Readonly<Record<string, unknown>>,
  secret = GATEWAY_SECRET,
): Request => {
  const raw = JSON.stringify(sms);
  return {
    path: "/api/v1/hooks/sms/gateway",
    headers: { "content-type": "application/json", ...signWebhook(secret, raw, now) },
    raw,
  };
};
