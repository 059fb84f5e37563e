/** The original (原件) of what somebody wrote, as a file to save: never shown by a browser, whatever is in it. */
import { fail } from "#src/kernel/errors.ts";
import type { RouteReply } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findOriginal } from "./received-queries.ts";

/**
 * Whoever calls has checked that the reader may see the message.
 * @throws DomainError `message.not-found`, `message.original-forgotten`
 */
export const originalReply = async (
  sql: Sql,
  id: bigint,
  quarantined: boolean,
): Promise<RouteReply<Buffer<ArrayBuffer>>> => {
  const found = await findOriginal(sql, { id, quarantined });
  if (found === null) return fail("message.not-found", "there is no such message");
  if (found.raw === null) {
    return fail("message.original-forgotten", "the original is forgotten after its time; the text is kept");
  }
  const ending = found.channel === "email" ? "eml" : "txt";
  return {
    body: Buffer.from(found.raw),
    headers: {
      "Content-Disposition": `attachment; filename="message-${id}.${ending}"`,
      "X-Content-Type-Options": "nosniff",
      "Content-Security-Policy": "default-src 'none'; sandbox",
    },
  };
};
