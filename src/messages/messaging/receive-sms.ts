/**
 * A text message from outside: stored as it came under the provider's own id, then announced. The second arrival of the same
 * id is the first.
 */
import { parsePhone } from "#src/kernel/phone.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { cleanText } from "./clean-text.ts";
import { findReceivedOfKey, insertReceived, markRead } from "./received-queries.ts";

export type InboundSms = {
  readonly provider: "twilio" | "gateway";
  readonly providerMessageId: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** What the text does not hold, for the reader: `2 pictures were not taken`. */
  readonly notes?: string;
  /** The request as it came, without what proves who sent it. */
  readonly raw: Uint8Array;
  readonly rawHeaders: Readonly<Record<string, string>>;
};

export type StoredInbound = { readonly messageId: bigint; readonly isNew: boolean };

/** Of a house number or a short code nobody can be called back: such a sender stays unknown. */
const telOf = (text: string): string => {
  try {
    return `tel:${parsePhone(text).number}`;
  } catch {
    return "";
  }
};

const LONGEST_SMS = 2000;

/**
 * Stores a text message and announces `message.received`, in one transaction. Repeating is safe: provider and id are unique,
 * and only the first is announced.
 */
export const receiveSms = async (
  platform: Pick<Platform, "commands">,
  sms: InboundSms,
  requestId?: string,
): Promise<StoredInbound> => {
  const { result } = await platform.commands.run(
    {
      name: "message.receive",
      actor: systemActor(`sms-${sms.provider}`),
      ...(requestId !== undefined && { requestId }),
    },
    async (context): Promise<StoredInbound> => {
      const { sql, now } = context;
      const key = { provider: sms.provider, providerMessageId: sms.providerMessageId };
      const inserted = await insertReceived(sql, {
        ...key,
        channel: "sms",
        receivedAt: now,
        raw: sms.raw,
        rawSize: sms.raw.byteLength,
        rawHeaders: JSON.stringify(sms.rawHeaders),
      });
      if (inserted === null) return { messageId: (await findReceivedOfKey(sql, key)).id, isNew: false };
      const body = cleanText(sms.text, LONGEST_SMS);
      await markRead(sql, {
        id: inserted.id,
        now,
        sender: telOf(sms.from),
        recipient: telOf(sms.to),
        subject: "",
        body: body.text,
        readingNotes: [sms.notes ?? "", body.cut ? "cut" : ""].filter((note) => note !== "").join("; "),
        internetMessageId: "",
        mentionedIds: [],
        automatic: "",
        mayAnswer: true,
      });
      context.audit({
        subject: `message:${inserted.id}`,
        details: { provider: sms.provider, bytes: sms.raw.byteLength },
      });
      context.emit({
        type: "message.received",
        subject: `message:${inserted.id}`,
        payload: { messageId: String(inserted.id) },
      });
      return { messageId: inserted.id, isNew: true };
    },
  );
  return result;
};
