/** Places the calls that the house asked for; any number of processes may, a call is claimed by one. */
import { type Loop, startLoop } from "#src/platform/outbox.ts";
import { chooseTelephony, placeCallsOnce } from "#src/platform/telephony/index.ts";
import type { Services } from "./services.ts";

const LOOK_EVERY_MS = 1000;

export const startDialler = ({ platform, log }: Pick<Services, "platform" | "log">): Loop => {
  const telephony = chooseTelephony(platform);
  return startLoop("dialler", log, async () => {
    await placeCallsOnce({ platform, telephony });
    return LOOK_EVERY_MS;
  });
};
