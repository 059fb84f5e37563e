/** Calls whose events a process stored and did not live to work on, and calls whose end was never told. */
import { type Loop, startLoop } from "#src/platform/outbox.ts";
import { finishOverdueCalls, workWaitingCalls } from "#src/service/hotline/index.ts";
import type { Services } from "./services.ts";

const LOOK_EVERY_MS = 5000;

export const startCallWork = ({ platform, log }: Services): Loop =>
  startLoop("call-work", log, async () => {
    const worked = await workWaitingCalls(platform);
    if (worked > 0) log.info({ worked }, "calls worked on that had been left");
    const finished = await finishOverdueCalls(platform);
    if (finished > 0) log.warn({ finished }, "calls finished by the time limit: their end was never told");
    return LOOK_EVERY_MS;
  });
