/**
 * The original (原件) of what somebody wrote, as a file to save: never shown by a browser, whatever is in it. It names the
 * sender in clear, so whoever takes it leaves a trace.
 */
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Platform, RouteReply } from "#src/platform/route.ts";
import { findOriginal } from "./received-queries.ts";

type Asking = { readonly platform: Platform; readonly actor: Actor; readonly requestId: string };

/**
 * Whoever calls has checked that the reader may see the message.
 * @throws DomainError `message.not-found`, `message.original-forgotten`
 */
export const originalReply = async (
  { platform, actor, requestId }: Asking,
  id: bigint,
  quarantined: boolean,
): Promise<RouteReply<Buffer<ArrayBuffer>>> => {
  const { result } = await platform.commands.run(
    { name: "message.original", actor, requestId },
    async ({ sql, audit }) => {
      const found = await findOriginal(sql, { id, quarantined });
      if (found === null) return fail("message.not-found", "there is no such message");
      const { raw, channel } = found;
      if (raw === null) {
        return fail(
          "message.original-forgotten",
          "the original is forgotten after its time; the text is kept",
        );
      }
      audit({ subject: `message:${id}`, details: { shown: "original" } });
      return { raw, ending: channel === "email" ? "eml" : "txt" };
    },
  );
  return {
    body: Buffer.from(result.raw),
    headers: {
      "Content-Disposition": `attachment; filename="message-${id}.${result.ending}"`,
      "X-Content-Type-Options": "nosniff",
      "Content-Security-Policy": "default-src 'none'; sandbox",
    },
  };
};
