/** Click-to-dial: the agent's side and the exchange's. */
import { z } from "zod";
import { systemActor } from "#src/platform/actor.ts";
import { accountNoIn, defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { readWebhookBody, SIGNATURE_HEADER, verifyWebhook } from "#src/platform/webhook-signature.ts";
import { dial, handOutDials } from "./dial.ts";

const tag = "Hotline 热线";

export const dialRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/hotline/dial",
    permission: "hotline.work",
    tag,
    summary:
      "Call a household's person, a caller, a call-back or whoever told of a case from the agent's telephone, without seeing the number",
    body: z.union([
      z.strictObject({ callId: rowIdIn }),
      z.strictObject({ callBackId: rowIdIn }),
      z.strictObject({ ticketNo: z.string().regex(/^\d{2,20}$/, "the number of a case") }),
      z.strictObject({ accountNo: accountNoIn, personId: rowIdIn }),
    ]),
    response: z.object({ dialId: z.string() }),
    status: 202,
    handle: async ({ platform, actor, requestId, body }) => {
      const { result } = await platform.commands.run({ name: "hotline.dial", actor, requestId }, (context) =>
        dial(context, body),
      );
      return { body: { dialId: String(result) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hooks/cti/dials",
    permission: "public",
    tag,
    summary:
      "What the exchange on site is to dial now; signed like its events, each order is handed out once",
    consumes: "raw",
    response: z.object({
      orders: z.array(z.object({ dialId: z.string(), extension: z.string(), number: z.string() })),
    }),
    handle: async ({ platform, headers }, stream) => {
      const body = await readWebhookBody(stream);
      const secret = platform.webhookSecrets?.cti;
      verifyWebhook({ secret, headers, body, now: platform.clock.now() });
      const { result } = await platform.commands.run(
        { name: "hotline.hand-out-dials", actor: systemActor("hotline") },
        (context) => handOutDials(context, headers[SIGNATURE_HEADER] ?? ""),
      );
      return {
        body: { orders: result.map(({ id, ...order }) => ({ dialId: String(id), ...order })) },
      };
    },
  }),
];
