/** Sending through ports that a test chooses by its settings; the town, its queue and its rows are those of `createSendingTown`. */
import {
  choosePorts,
  dispatchOnce,
  messageRenderer,
  sendBatch,
  VOICE_PROVIDER,
} from "#src/messages/messaging/index.ts";
import type { Platform } from "#src/platform/route.ts";
import { quietLog } from "./quiet-log.ts";
import { claimOf, type SendingTown } from "./sending.ts";

export type SendingWith = {
  readonly platform: Platform;
  /** Claims and sends what is due, until nothing is. */
  sendDue(): Promise<void>;
  close(): void;
};

export const sendingWith = (town: SendingTown, more: Partial<Platform>): SendingWith => {
  const platform: Platform = { ...town.platform, ...more };
  const ports = choosePorts(platform);
  const providers = { sms: ports.sms.name, email: ports.email.name, voice: VOICE_PROVIDER };
  const dependencies = { ...town.dependencies, platform, ports, render: messageRenderer(platform) };
  return {
    platform,
    sendDue: async () => {
      for (;;) {
        await dispatchOnce({ platform, queue: town.queue, providers, log: quietLog });
        const jobs = town.queue.jobs.splice(0);
        if (jobs.length === 0) return;
        for (const job of jobs) await sendBatch(dependencies, claimOf(job));
      }
    },
    close: () => ports.close(),
  };
};
