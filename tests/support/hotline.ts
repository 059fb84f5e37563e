/** Calls for tests: events as an exchange tells them. */
import type { Platform } from "#src/platform/route.ts";
import { receiveCallEvents, type CtiEvent } from "#src/service/hotline/index.ts";

export type Told = Omit<CtiEvent, "eventId" | "callId" | "at"> & { readonly at: number };

/** Events of one call; `at` counts seconds from `begin`. */
export const eventsOf = (callId: string, begin: Date, told: readonly Told[]): CtiEvent[] =>
  told.map(({ at, ...event }, n) => ({
    ...event,
    callId,
    eventId: `${callId}-${n}`,
    at: new Date(begin.getTime() + at * 1000).toISOString(),
  }));

export const answeredCall = (from: string, agent = "8001"): readonly Told[] => [
  { type: "ringing", at: 0, direction: "inbound", from, line: "L01" },
  { type: "queued", at: 2 },
  { type: "answered", at: 9, agent },
  { type: "ended", at: 120 },
];

export const abandonedCall = (from: string): readonly Told[] => [
  { type: "ringing", at: 0, direction: "inbound", from, line: "L02" },
  { type: "queued", at: 2 },
  { type: "abandoned", at: 40 },
];

let calls = 0;
/** Tells a whole call at once; answers its id at the exchange. */
export const placeCall = async (platform: Platform, begin: Date, told: readonly Told[]): Promise<string> => {
  calls += 1;
  const callId = `call-${calls}`;
  await receiveCallEvents(platform, "cti", eventsOf(callId, begin, told));
  return callId;
};
