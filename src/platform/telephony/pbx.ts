/**
 * An exchange on site (自有交换机): commands go to it as signed JSON, its events come by the CTI API. Vendor-neutral and small on
 * purpose: whoever connects an exchange writes a gateway of three commands.
 *
 *   POST PBX_URL/commands  {"command": "originate" | "say-and-gather" | "hang-up", "commandId", ...}
 *   reports by POST /api/v1/hooks/voice/pbx/outgoing with the same commandId;
 *   answers 2xx with {"callId": "..."}; 4xx: refused and surely not dialled; anything else: unknown
 */
import { z } from "zod";
import type { Clock } from "#src/platform/clock.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { type CallOrder, CallRefused, type PlacedCall, type Telephony, type VoiceReply } from "./port.ts";

const TIMEOUT_MS = 10_000;

const answered = z.looseObject({ callId: z.string().min(1).max(100) });

export const pbxTelephony = (
  clock: Clock,
  exchange: { readonly url: string; readonly secret: string },
): Telephony => {
  const send = async (command: Readonly<Record<string, unknown>>): Promise<Response> => {
    const body = JSON.stringify(command);
    const response = await fetch(`${exchange.url}/commands`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...signWebhook(exchange.secret, body, clock.now()),
      },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status >= 400 && response.status < 500) {
      throw new CallRefused(`the exchange refused the command with ${response.status}`);
    }
    if (!response.ok) throw new Error(`the exchange answered ${response.status}`);
    return response;
  };
  return {
    name: "pbx",
    placeCall: async (order: CallOrder): Promise<PlacedCall> => {
      const response = await send({
        command: "originate",
        // the exchange takes the same id once, so a repetition on its side of the wire is harmless
        commandId: `outgoing-call-${order.outgoingCallId}`,
        number: order.toNumber,
        language: order.language,
        say: order.words,
        expectedKey: order.expectedKey,
        ringSeconds: order.ringSeconds,
      });
      const { callId } = answered.parse(await response.json());
      return { providerCallId: callId, follows: "results" };
    },
    playAndGather: async (callId: string, reply: VoiceReply, nextStep: number): Promise<void> => {
      await send({ command: "say-and-gather", callId, reply, nextStep });
    },
    endCall: async (callId: string): Promise<void> => {
      await send({ command: "hang-up", callId });
    },
  };
};
