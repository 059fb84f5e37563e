/** Twilio Voice (电话适配器之一): calls out through Twilio's API. What Twilio sends to us is read in twilio-webhook.ts. */
import type { Platform } from "#src/platform/route.ts";
import { twilioClient } from "#src/platform/twilio-client.ts";
import { type CallOrder, CallRefused, type PlacedCall, type Telephony, type VoiceReply } from "./port.ts";
import { acknowledgeTwiml, twimlOf } from "./twiml.ts";
import { twilioAddress } from "./twilio-webhook.ts";

/** `initiated` tells nothing that our own row does not know. */
const STATUS_EVENTS = ["ringing", "answered", "completed"];

type Options = {
  /** Instead of https://api.twilio.com: a simulator. */
  readonly apiOrigin?: string;
};

/** A status of 400 to 499 means that Twilio read the order and will not carry it out. */
const isRefusal = (error: unknown): boolean => {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === "number" && status >= 400 && status < 500 && status !== 408 && status !== 429;
};

export const twilioTelephony = (
  platform: Pick<Platform, "publicUrl">,
  account: { readonly accountSid: string; readonly authToken: string; readonly voiceNumber: string },
  options: Options = {},
): Telephony => {
  const client = twilioClient(account, options.apiOrigin);
  return {
    name: "twilio",
    placeCall: async (order: CallOrder): Promise<PlacedCall> => {
      const path = `/hooks/voice/twilio/outgoing/${order.outgoingCallId}`;
      try {
        const call = await client.calls.create({
          to: order.toNumber.replace(/;ext=.*$/, ""),
          from: account.voiceNumber,
          twiml: acknowledgeTwiml({ ...order, action: twilioAddress(platform, `${path}/keys`) }),
          timeout: order.ringSeconds,
          statusCallback: twilioAddress(platform, `${path}/status`),
          statusCallbackEvent: STATUS_EVENTS,
          statusCallbackMethod: "POST",
        });
        return { providerCallId: call.sid, follows: "results" };
      } catch (error) {
        if (isRefusal(error)) throw new CallRefused("Twilio refused the call", { cause: error });
        throw error;
      }
    },
    playAndGather: async (callSid: string, reply: VoiceReply, nextStep: number): Promise<void> => {
      const path = "/hooks/voice/twilio";
      await client.calls(callSid).update({
        twiml: twimlOf(reply, {
          action: twilioAddress(platform, `${path}/steps/${nextStep}`),
          queueAction: twilioAddress(platform, `${path}/queue`),
        }),
      });
    },
    endCall: async (callSid: string): Promise<void> => {
      await client.calls(callSid).update({ status: "completed" });
    },
  };
};
