/** Which adapters carry our messages, by the settings; without any, the outbox viewer shows them. */
import { assert } from "#src/kernel/errors.ts";
import type { Platform } from "#src/platform/route.ts";
import { signingSecret } from "#src/platform/webhook-signature.ts";
import { gatewaySms } from "./gateway-sms.ts";
import { outboxMail, outboxSms } from "./outbox-viewer.ts";
import type { MessagePorts, SmsPort } from "./port.ts";
import { smtpMail } from "./smtp-mail.ts";
import { twilioSms } from "./twilio-sms.ts";

/** What a gateway needs is checked at the start (config-messages.ts); undefined where none is chosen. */
export const gatewayOf = (platform: Platform): ReturnType<typeof gatewaySms> | undefined => {
  const { messages, webhookSecrets, clock } = platform;
  if (messages?.smsProvider !== "gateway" || messages.gateway === undefined) return undefined;
  const secret = signingSecret(webhookSecrets?.["sms-gateway"]);
  assert(secret !== undefined, "the start refuses a gateway without its secret");
  return gatewaySms(clock, { ...messages.gateway, secret });
};

const chooseSms = (platform: Platform): SmsPort => {
  const { messages, outside } = platform;
  if (messages?.smsProvider === "twilio") {
    const { messagingServiceSid } = messages;
    assert(
      outside?.twilio !== undefined && messagingServiceSid !== undefined,
      "the start refuses half of Twilio",
    );
    return twilioSms(platform, outside.twilio, { messagingServiceSid, apiOrigin: messages.twilioApiUrl });
  }
  return gatewayOf(platform) ?? outboxSms(platform);
};

/** The ports of one process; `close` ends the connections that are kept, after what is being sent. */
export const choosePorts = (platform: Platform): MessagePorts & { close(): void } => {
  const smtp = platform.messages?.smtp;
  const sms = chooseSms(platform);
  if (smtp === undefined) return { sms, email: outboxMail(platform), close: () => undefined };
  const email = smtpMail(platform.clock, smtp);
  return { sms, email, close: () => email.close() };
};
