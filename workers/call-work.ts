/** Calls whose events a process stored and did not live to work on. */
import { type Loop, startLoop } from "#src/platform/outbox.ts";
import { workWaitingCalls } from "#src/service/hotline/index.ts";
import type { Services } from "./services.ts";

const LOOK_EVERY_MS = 5000;

export const startCallWork = ({ platform, log }: Services): Loop =>
  startLoop("call-work", log, async () => {
    const worked = await workWaitingCalls(platform);
    if (worked > 0) log.info({ worked }, "calls worked on that had been left");
    return LOOK_EVERY_MS;
  });
