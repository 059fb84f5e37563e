/** Pulls receipts from a gateway that does not push them; any number of processes may, a page is stored once. */
import { pullReceiptsOnce } from "#src/messages/messaging/index.ts";
import { type Loop, startLoop } from "#src/platform/outbox.ts";
import type { Services } from "./services.ts";

const LOOK_EVERY_MS = 10_000;

export const startReceiptPull = ({ platform, log }: Services): Loop[] =>
  platform.messages?.smsProvider === "gateway" && platform.messages.gateway?.receipts === "pull"
    ? [
        startLoop("receipts-pull", log, async () => {
          const pulled = await pullReceiptsOnce(platform);
          if (pulled !== null && pulled.trouble !== "")
            log.warn({ trouble: pulled.trouble }, "the gateway gave no receipts");
          if (pulled !== null && pulled.unreadable > 0)
            log.warn({ unreadable: pulled.unreadable }, "receipts that cannot be read");
          return LOOK_EVERY_MS;
        }),
      ]
    : [];
