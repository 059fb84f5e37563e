/** Announces messages that did not reach anybody, so that somebody rings instead. */
import type { CommandContext } from "#src/platform/command.ts";

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
