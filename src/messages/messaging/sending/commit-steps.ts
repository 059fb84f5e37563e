/** The step that is committed before anybody is called: what is skipped, put off, a dead letter, and what may be called now. */
import type { CommandContext } from "#src/platform/command.ts";
import { leaveOutHomes, stepClaimed } from "./call-queries.ts";
import { announceMoved } from "./failed.ts";
import type { Wave } from "./wave.ts";

/** Answers the messages that may be called once this is committed. Failures are announced of rows that were really moved. */
export const commitSteps = async (
  context: CommandContext,
  key: { readonly provider: string; readonly fence: number },
  wave: Wave,
  leaseMs: number,
): Promise<ReadonlySet<bigint>> => {
  const { sql, now } = context;
  // One flight: the statements of a connection are carried out in this order.
  const [, moved] = await Promise.all([
    wave.leftOut.length > 0 ? leaveOutHomes(sql, key.fence, wave.leftOut) : 0,
    stepClaimed(sql, { provider: key.provider, fence: key.fence, steps: wave.steps, now, leaseMs }),
  ]);
  announceMoved(context, moved);
  return new Set(moved.filter(({ state }) => state === "calling").map(({ id }) => id));
};
