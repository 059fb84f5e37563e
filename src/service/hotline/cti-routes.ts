/** The door of the exchange on site: signed events, any vendor. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { parseStorableJson } from "#src/kernel/json-text.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { readWebhookBody, verifyWebhook } from "#src/platform/webhook-signature.ts";
import { ctiBody } from "./cti-schema.ts";
import { receiveCallEvents } from "./record-events.ts";

const PROVIDER = "cti";

const parseEvents = (body: Buffer): z.output<typeof ctiBody> => {
  let json: unknown;
  try {
    json = parseStorableJson(body.toString("utf8"));
  } catch {
    return fail("call-event.unreadable", "this is not JSON", { field: "body" });
  }
  const parsed = ctiBody.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return fail("call-event.unreadable", "these are not events of calls", {
    field: ["body", ...(issue?.path ?? [])].map(String).join("."),
    remedy: "docs/hotline.md lists the fields; what is your own goes under `vendor`",
  });
};

export const ctiRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/hooks/cti",
    permission: "public",
    tag: "Hotline 热线",
    summary:
      "Events of calls from the exchange on site, one or up to 500, signed (X-Nuan-Timestamp, X-Nuan-Signature). Late, repeated and out of order are harmless",
    consumes: "raw",
    response: z.object({ stored: z.int(), repeated: z.int() }),
    handle: async ({ platform, headers }, stream) => {
      const body = await readWebhookBody(stream);
      const secret = platform.webhookSecrets?.cti;
      verifyWebhook({ secret, headers, body, now: platform.clock.now() });
      const { events } = parseEvents(body);
      return { body: await receiveCallEvents(platform, PROVIDER, events) };
    },
  }),
];
