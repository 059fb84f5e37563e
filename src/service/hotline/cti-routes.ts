/** The door of the exchange on site: signed events, any vendor. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { readWebhookBody, verifyWebhook } from "#src/platform/webhook-signature.ts";
import { ctiBatch, sortEvents } from "./cti-schema.ts";
import { receiveCallEvents } from "./record-events.ts";

const PROVIDER = "cti";

const REMEDY =
  "docs/hotline.md lists the fields and the characters of ids; what is your own goes under `vendor`";

/** The events of a message as they were told: one, or up to 500 as `events`. Each is looked at for itself afterwards. */
const readEvents = (body: Buffer): readonly unknown[] => {
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    return fail("call-event.unreadable", "this is not JSON", { field: "body", remedy: REMEDY });
  }
  const isBatch = typeof json === "object" && json !== null && "events" in json;
  if (!isBatch) return [json];
  const batch = ctiBatch.safeParse(json);
  if (batch.success) return batch.data.events;
  const [issue] = batch.error.issues;
  return fail("call-event.unreadable", "these are not events of calls: 1 to 500, as `events`", {
    field: ["body", ...(issue?.path ?? [])].map(String).join("."),
    remedy: REMEDY,
  });
};

/** @throws DomainError `call-event.unreadable` when none can be taken */
const takeReadable = (body: Buffer): ReturnType<typeof sortEvents> => {
  const sorted = sortEvents(readEvents(body));
  const [first] = sorted.refused;
  if (sorted.events.length > 0 || first === undefined) return sorted;
  return fail("call-event.unreadable", `no event of these can be taken: ${first.reason}`, {
    field: first.field === "" ? "body" : `body.${first.field}`,
    remedy: REMEDY,
    facts: { refused: sorted.refused.slice(0, 20) },
  });
};

export const ctiRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/hooks/cti",
    permission: "public",
    tag: "Hotline 热线",
    summary:
      "Events of calls from the exchange on site, one or up to 500, signed (X-Nuan-Timestamp, X-Nuan-Signature). Late, repeated and out of order are harmless; one that cannot be read refuses itself only",
    consumes: "raw",
    response: z.object({
      stored: z.int(),
      repeated: z.int(),
      refused: z.array(z.object({ index: z.int(), field: z.string(), reason: z.string() })),
    }),
    handle: async ({ platform, headers }, stream) => {
      const body = await readWebhookBody(stream);
      const secret = platform.webhookSecrets?.cti;
      verifyWebhook({ secret, headers, body, now: platform.clock.now() });
      const { events, refused } = takeReadable(body);
      return { body: { ...(await receiveCallEvents(platform, PROVIDER, events)), refused: [...refused] } };
    },
  }),
];
