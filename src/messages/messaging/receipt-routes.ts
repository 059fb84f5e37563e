/**
 * Where providers report what became of our messages (回执): pushed by a gateway, called back by Twilio. Genuine ones are stored
 * under the provider's id of the report, together with what they change, and only then answered; the second arrival of a
 * report is the first.
 */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { defineRoute, type Platform, type Route, rowIdIn } from "#src/platform/route.ts";
import { receiveTwilio, type TwilioForm } from "#src/platform/telephony/twilio-webhook.ts";
import { readWebhookBody, verifyWebhook } from "#src/platform/webhook-signature.ts";
import { parseSigned } from "#src/platform/telephony/signed-json.ts";
import { gatewayReceipt } from "./ports/gateway-receipt.ts";
import type { Receipt } from "./ports/port.ts";
import { TWILIO_STATUS_PATH, twilioState } from "./ports/twilio-sms.ts";
import { takeReceipts } from "./sending/receipts.ts";

export const GATEWAY_RECEIPTS_PATH = "/hooks/sms/gateway/receipts";

/** A gateway reports by the hundred; one that cannot be read must not hold up the others. */
const pushed = z.strictObject({ receipts: z.array(z.unknown()).min(1).max(500) });

const answer = z.object({
  /** New ones. */
  stored: z.int(),
  /** Known before: there is nothing to send again. */
  repeated: z.int(),
  /** Of another shape: sending them again will not help. */
  unreadable: z.int(),
});

const record = async (
  platform: Platform,
  receipts: readonly Receipt[],
): Promise<{ stored: number; repeated: number }> => {
  const { stored } = await takeReceipts(platform, receipts);
  return { stored, repeated: receipts.length - stored };
};

const gatewayRoute = defineRoute({
  method: "post",
  path: GATEWAY_RECEIPTS_PATH,
  permission: "public",
  summary: "The SMS gateway: what became of our messages, up to 500 reports",
  tag: "Messages 消息",
  response: answer,
  consumes: "raw",
  handle: async ({ platform, headers }, stream) => {
    const body = await readWebhookBody(stream);
    verifyWebhook({
      secret: platform.webhookSecrets?.["sms-gateway"],
      headers,
      body,
      now: platform.clock.now(),
    });
    const { receipts } = parseSigned(pushed, body);
    const read = receipts.map((one) => gatewayReceipt.safeParse(one));
    const good = read.flatMap((one) => (one.success ? [one.data] : []));
    const figures = await record(platform, good);
    return { body: { ...figures, unreadable: read.length - good.length } };
  },
});

const SID = /^(?:SM|MM)[0-9a-fA-F]{32}$/;

/** Null when the status says nothing about a message of ours. */
const twilioReceipt = (form: TwilioForm, messageId: bigint, now: Date): Receipt | null => {
  const [sid, status, error] = [
    form["MessageSid"] ?? "",
    form["MessageStatus"] ?? "",
    form["ErrorCode"] ?? "",
  ];
  if (!SID.test(sid)) return fail("webhook.unreadable", "the form names no message", { field: "MessageSid" });
  const state = twilioState(status);
  if (state === null || state === "absent") return null;
  return {
    provider: "twilio",
    // Twilio signs no time and numbers no report: message and status make it this report, however often it is played.
    eventId: `${sid}:${status}`,
    providerMessageId: sid,
    messageId,
    state,
    code: /^\d{1,6}$/.test(error) ? error : "",
    at: now,
    segments: null,
    costMilliFen: null,
  };
};

const twilioRoute = defineRoute({
  method: "post",
  path: `${TWILIO_STATUS_PATH}/{id}`,
  permission: "public",
  summary: "Twilio: what became of one of our messages",
  tag: "Messages 消息",
  params: z.strictObject({ id: rowIdIn }),
  response: answer,
  consumes: "raw",
  handle: async (request, stream) => {
    const { platform, params } = request;
    const form = await receiveTwilio(request, stream, `${TWILIO_STATUS_PATH}/${params.id}`);
    const receipt = twilioReceipt(form, params.id, platform.clock.now());
    const figures = await record(platform, receipt === null ? [] : [receipt]);
    return { body: { ...figures, unreadable: 0 } };
  },
});

export const receiptRoutes: readonly Route[] = [gatewayRoute, twilioRoute];
