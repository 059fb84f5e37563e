/** Announces messages that did not reach anybody, so that somebody rings instead. */
import type { CommandContext } from "#src/platform/command.ts";
import type { Moved } from "./call-queries.ts";

const CHUNK = 200;

export const announceFailed = (context: CommandContext, ids: readonly bigint[]): void => {
  for (let from = 0; from < ids.length; from += CHUNK) {
    const chunk = ids.slice(from, from + CHUNK);
    context.emit({
      type: "messages.failed",
      subject: `outgoing:${chunk[0]}`,
      payload: { messageIds: chunk.map(String) },
    });
  }
};

const NOBODY_COULD = new Set([
  "number-wrong",
  "number-moved",
  "no-address",
  "address-unfit",
  "purpose-unknown",
]);
/** A crew comes, or a deadline runs, whether or not messages about it are wanted. */
const MUST_KNOW = new Set(["appointment", "referral"]);

/**
 * Whether a message that was skipped leaves somebody untold who has to know: nothing could reach them, or not in time. What has
 * lost its reason (paid, answered meanwhile, moved out) or is not wanted leaves nobody. Pure.
 */
export const leavesUntold = (purpose: string, reason: string): boolean =>
  NOBODY_COULD.has(reason) ||
  reason === "too-late" ||
  reason.startsWith("too-late-") ||
  reason.startsWith("too-late:") ||
  (reason === "no-consent" && MUST_KNOW.has(purpose));

/** Of what was moved, what failed. */
export const announceMoved = (context: CommandContext, moved: readonly Moved[]): void =>
  announceFailed(
    context,
    moved
      .filter(
        ({ state, purpose, reason }) =>
          state === "rejected" || (state === "skipped" && leavesUntold(purpose, reason)),
      )
      .map(({ id }) => id),
  );
