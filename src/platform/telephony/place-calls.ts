/** The dialler: takes the calls that commands asked for, one by one, and lets the adapter place them. */
import { systemActor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { isSendingHeld } from "#src/platform/sending.ts";
import { settleCall } from "./outgoing-calls.ts";
import { CallRefused, type Telephony } from "./port.ts";
import {
  callsWhoseDiallerDied,
  callsWithoutResult,
  claimNextCall,
  type OutgoingCall,
  markPlaced,
} from "./queries.ts";

const actor = systemActor("telephony");
/** Longer than any call of ours takes: then its results are lost. */
const NO_RESULT_AFTER_MS = 10 * 60_000;

type Dependencies = { readonly platform: Platform; readonly telephony: Telephony };

/** Commits the end of a call that nobody can report any more. */
const settle = (platform: Platform, id: bigint, outcome: "unknown" | "refused" | "recorded") =>
  platform.commands.run({ name: "outgoing-call.settle", actor }, (context) =>
    settleCall(context, id, outcome),
  );

const place = async ({ platform, telephony }: Dependencies, call: OutgoingCall): Promise<void> => {
  let placed;
  try {
    placed = await telephony.placeCall({ ...call, outgoingCallId: call.id });
  } catch (error) {
    // It may ring or not: who asked is told that nobody knows, and decides; it is never dialled again by itself.
    await settle(platform, call.id, error instanceof CallRefused ? "refused" : "unknown");
    return;
  }
  await markPlaced(platform.database.sql, {
    id: call.id,
    fence: call.fence,
    provider: telephony.name,
    providerCallId: placed.providerCallId,
    now: platform.clock.now(),
  });
  if (placed.follows === "nothing") await settle(platform, call.id, "recorded");
};

/** Places every call that waits; answers how many. In a restored database nothing is dialled until a person releases it. */
export const placeCallsOnce = async (dependencies: Dependencies): Promise<number> => {
  const { platform } = dependencies;
  const { sql } = platform.database;
  if (await isSendingHeld(sql)) return 0;
  for (const { id } of await callsWhoseDiallerDied(sql)) await settle(platform, id, "unknown");
  const before = new Date(platform.clock.now().getTime() - NO_RESULT_AFTER_MS);
  for (const { id } of await callsWithoutResult(sql, before)) await settle(platform, id, "unknown");
  for (let count = 0; ; count += 1) {
    const call = await claimNextCall(sql);
    if (call === null) return count;
    await place(dependencies, call);
  }
};
