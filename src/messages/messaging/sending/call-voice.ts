/**
 * Messages that are spoken: an acknowledged call is a row of the telephone, made in the same transaction that accepts the
 * message, so there is no call of a provider here. How the call ended comes back as an event.
 */
import { must } from "#src/kernel/errors.ts";
import { placeAcknowledgedCall } from "#src/platform/telephony/index.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { numberOf } from "../recipient.ts";
import { recordAnswers } from "./call-queries.ts";
import { commitSteps } from "./commit-steps.ts";
import { VOICE_PROVIDER } from "./dispatch.ts";
import { findMessageOfProvider } from "./receipt-queries.ts";
import { recordReceipts } from "./receipts.ts";
import { ASK_ACCEPTED_AFTER_MS, type SendingSettings } from "./settings.ts";
import { SENDING_ACTOR, type SendDependencies, type Wave } from "./wave.ts";

/** Of our placed calls, as against those of the duty chain. */
const CALL_PURPOSE = "message";

export const placeVoiceMessages = async (
  { platform }: SendDependencies,
  key: { readonly provider: string; readonly fence: number },
  wave: Wave,
  settings: SendingSettings,
): Promise<void> => {
  await platform.commands.run({ name: "message.call", actor: SENDING_ACTOR }, async (context) => {
    const { sql, now } = context;
    const mine = await commitSteps(context, key, wave, settings.callLeaseMs);
    const answers = [];
    for (const { fact, address, rendered } of wave.prepared) {
      if (!mine.has(fact.id)) continue;
      const { outgoingCallId } = await placeAcknowledgedCall(context, {
        purpose: CALL_PURPOSE,
        about: `outgoing:${fact.id}`,
        number: must(numberOf(address), "a number"),
        language: fact.locale,
        words: rendered.sentences,
        uniqueKey: `message:${fact.id}:${fact.replays}`,
      });
      answers.push({
        id: fact.id,
        state: "accepted" as const,
        reason: "",
        until: null,
        uncalled: false,
        providerMessageId: String(outgoingCallId),
        segments: null,
        costMilliFen: null,
        // The telephone says how it ended; a call of which it never does is expired like a message without a receipt.
        askAt: new Date(now.getTime() + (ASK_ACCEPTED_AFTER_MS[0] ?? 0)),
        settled: false,
      });
    }
    await recordAnswers(sql, { answers, fence: key.fence, now });
  });
};

/** Heard or acknowledged is delivered; a call that only was recorded (no exchange, no Twilio) is as far as it gets. */
const RECEIPTS: Readonly<Record<string, "delivered" | "undelivered" | "accepted">> = {
  acknowledged: "delivered",
  delivered: "delivered",
  "not-acknowledged": "undelivered",
  busy: "undelivered",
  unanswered: "undelivered",
  refused: "undelivered",
  unknown: "undelivered",
  recorded: "accepted",
};

/** Carries the end of a call to its message; calls of the duty chain have none. */
export const spokenMessageSubscriber: Subscriber = {
  name: "messages-spoken",
  handlers: {
    "outgoing-call.settled": async (context, event) => {
      const { outgoingCallId, outcome } = event.payload;
      const ours = { provider: VOICE_PROVIDER, providerMessageId: String(outgoingCallId) };
      if ((await findMessageOfProvider(context.sql, ours)) === null) return;
      await recordReceipts(context, [
        {
          provider: VOICE_PROVIDER,
          eventId: `${outgoingCallId}:${outcome}`,
          providerMessageId: String(outgoingCallId),
          messageId: null,
          state: RECEIPTS[outcome] ?? "accepted",
          code: outcome,
          at: event.occurredAt,
          segments: null,
          costMilliFen: null,
        },
      ]);
    },
  },
};
