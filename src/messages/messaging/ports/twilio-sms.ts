/**
 * Text messages through Twilio (消息服务). The create is never repeated: Twilio promises no idempotency for it, so a lost answer
 * is `unknown`. Our id rides in the address of the status callback, so a report names our message even then.
 */
import type { Platform } from "#src/platform/route.ts";
import { twilioAddress } from "#src/platform/telephony/twilio-webhook.ts";
import { type TwilioAccount, twilioClient, TwilioLimited } from "#src/platform/twilio-client.ts";
import { signed } from "../templates/segments.ts";
import { neverLeft } from "./failures.ts";
import type { ProviderQuestion, ProviderState, SendAnswer, SmsOrder, SmsPort } from "./port.ts";
import { retryAfterMs } from "./retry-after.ts";

export const TWILIO_STATUS_PATH = "/hooks/sms/twilio/status";

type Options = {
  readonly messagingServiceSid: string;
  /** Instead of https://api.twilio.com. */
  readonly apiOrigin?: string | undefined;
  readonly timeoutMs?: number;
};

/**
 * Twilio's words for how a message stands, as ours. `sent` means that the carrier has it; `failed` never left Twilio, but it
 * was accepted before, so for us it is undelivered.
 */
const TWILIO_STATES: Readonly<Record<string, ProviderState["state"]>> = {
  accepted: "accepted",
  scheduled: "accepted",
  queued: "accepted",
  sending: "accepted",
  sent: "accepted",
  delivered: "delivered",
  read: "delivered",
  partially_delivered: "undelivered",
  undelivered: "undelivered",
  failed: "undelivered",
  canceled: "undelivered",
};

/** Null for words that say nothing of a message of ours (`receiving`, `received`). */
export const twilioState = (status: string): ProviderState["state"] | null => TWILIO_STATES[status] ?? null;

type TwilioMessage = {
  readonly sid: string;
  readonly status: string;
  readonly errorCode: number | null;
  readonly numSegments: string | null;
};

const segmentsOf = ({ numSegments }: Pick<TwilioMessage, "numSegments">): number | null => {
  const count = Number(numSegments ?? "0");
  return Number.isInteger(count) && count > 0 && count < 100 ? count : null;
};

/** Its price is in another currency and comes late: the cost stays unknown. */
const stateOf = (message: TwilioMessage): ProviderState | null => {
  const state = twilioState(message.status);
  if (state === null) return null;
  return {
    state,
    providerMessageId: message.sid,
    code: message.errorCode === null ? "" : String(message.errorCode),
    segments: segmentsOf(message),
    costMilliFen: null,
  };
};

/** Wrong login, a suspended account, a missing service: mended by us, and then the same message may go. */
const MENDABLE = new Set([401, 403, 404]);

const refusalOf = (error: unknown, now: Date): SendAnswer | null => {
  if (error instanceof TwilioLimited)
    return { kind: "limited", retryAfterMs: retryAfterMs(error.retryAfter, now) };
  const { status, code } = error as { status?: unknown; code?: unknown };
  if (typeof status === "number" && status >= 400 && status < 500 && status !== 408 && status !== 409) {
    const named = typeof code === "number" ? `twilio-${code}` : `http-${status}`;
    return { kind: "rejected", code: named, permanent: !MENDABLE.has(status) };
  }
  const unreached = neverLeft(error);
  return unreached === null ? null : { kind: "rejected", code: unreached, permanent: false };
};

const CLOCKS_DIFFER_MS = 60_000;
const CALLED_WITHIN_MS = 120_000;
/** More than these to one number in the time since, and the list may not be whole. */
const MOST_LISTED = 50;

export const twilioSms = (
  platform: Pick<Platform, "publicUrl" | "clock">,
  account: TwilioAccount,
  { messagingServiceSid, apiOrigin, timeoutMs }: Options,
): SmsPort => {
  const client = twilioClient(account, apiOrigin, timeoutMs);

  /** Without its id: what went to this number from a minute before the call until two after it. */
  const lookUp = async ({ to, since, others, hasRival }: ProviderQuestion): Promise<ProviderState | null> => {
    const listed = await client.messages.list({ to, limit: MOST_LISTED });
    const from = since.getTime() - CLOCKS_DIFFER_MS;
    const isWhole = listed.length < MOST_LISTED || listed.some((one) => one.dateCreated.getTime() < from);
    const near = listed.filter(
      ({ sid, dateCreated, direction }) =>
        direction.startsWith("outbound") &&
        !others.includes(sid) &&
        dateCreated.getTime() >= from &&
        dateCreated.getTime() <= since.getTime() + CALLED_WITHIN_MS,
    );
    const [only, another] = near;
    if (only === undefined) {
      return isWhole
        ? { state: "absent", providerMessageId: null, code: "", segments: null, costMilliFen: null }
        : null;
    }
    // Two in these minutes, of ours or of theirs, cannot be told apart: a person decides.
    return another === undefined && !hasRival ? stateOf(only) : null;
  };

  return {
    name: "twilio",
    receipts: true,
    concurrency: 16,
    send: async (order: SmsOrder): Promise<SendAnswer> => {
      try {
        const message = await client.messages.create({
          to: order.to,
          messagingServiceSid,
          body: signed(order.text, order.signature),
          statusCallback: twilioAddress(platform, `${TWILIO_STATUS_PATH}/${order.messageId}`),
        });
        return {
          kind: "accepted",
          providerMessageId: message.sid,
          segments: segmentsOf(message),
          costMilliFen: null,
        };
      } catch (error) {
        const refusal = refusalOf(error, platform.clock.now());
        if (refusal === null) throw error;
        return refusal;
      }
    },
    ask: async (question: ProviderQuestion): Promise<ProviderState | null> =>
      question.providerMessageId === null
        ? lookUp(question)
        : stateOf(await client.messages(question.providerMessageId).fetch()),
  };
};
