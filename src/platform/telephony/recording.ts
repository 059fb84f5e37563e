/**
 * Without a telephone provider (the default of the embedded database): nothing is dialled, and what would have been done is
 * written down for a newcomer to see. Numbers are masked, the words are kept.
 */
import { maskPhone, type PhoneNumber } from "#src/kernel/phone.ts";
import type { Platform } from "#src/platform/route.ts";
import type { CallOrder, PlacedCall, Telephony, VoiceReply } from "./port.ts";
import { insertRecord } from "./queries.ts";

export const recordingTelephony = (platform: Pick<Platform, "database" | "clock">): Telephony => {
  const record = async (
    command: "place-call" | "play-and-gather" | "end-call",
    details: Readonly<Record<string, unknown>>,
  ): Promise<bigint> =>
    (
      await insertRecord(platform.database.sql, {
        command,
        details: JSON.stringify(details),
        now: platform.clock.now(),
      })
    ).id;
  return {
    name: "recording",
    placeCall: async (order: CallOrder): Promise<PlacedCall> => {
      const id = await record("place-call", {
        outgoingCallId: String(order.outgoingCallId),
        number: maskPhone(order.toNumber as PhoneNumber),
        language: order.language,
        words: order.words,
        expectedKey: order.expectedKey,
      });
      return { providerCallId: `recorded-${id}`, follows: "nothing" };
    },
    playAndGather: async (providerCallId: string, reply: VoiceReply, nextStep: number): Promise<void> => {
      await record("play-and-gather", { call: providerCallId, reply, nextStep });
    },
    endCall: async (providerCallId: string): Promise<void> => {
      await record("end-call", { call: providerCallId });
    },
  };
};
