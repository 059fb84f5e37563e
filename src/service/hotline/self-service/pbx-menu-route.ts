/** The same menu for an exchange on site: it says what the caller pressed, we say what it shall say and take. */
import { z } from "zod";
import { systemActor } from "#src/platform/actor.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { parseSigned } from "#src/platform/telephony/index.ts";
import { readWebhookBody, verifyWebhook } from "#src/platform/webhook-signature.ts";
import { isServed } from "./menu-queries.ts";
import { digestOfNumber } from "./prove-caller.ts";
import { continueMenu, startMenu } from "./run-menu.ts";
import { VOICE_LANGUAGES } from "./words.ts";

const message = z.strictObject({
  /** The id of the call that the CTI events carry. */
  callId: z.string().regex(/^[0-9A-Za-z._:-]{1,80}$/),
  /** 0 begins; then the `nextStep` of our last answer. */
  step: z.int().min(0).max(10_000),
  /** With step 0: the caller's number, when it is shown. */
  from: z.string().trim().max(40).optional(),
  /** The keys, without what ended them; missing or empty: none in time. */
  keys: z
    .string()
    .regex(/^[0-9*#]{0,40}$/)
    .default(""),
});

const replyOut = z.object({
  kind: z.enum(["gather", "agent", "hang-up"]),
  language: z.enum(VOICE_LANGUAGES),
  say: z.array(z.string()),
  digits: z.int().optional(),
  finishOnHash: z.boolean().optional(),
  timeoutSeconds: z.int().optional(),
  nextStep: z.int(),
  /** For the exchange to say with the call's `ended` event, as `selfServed`. */
  served: z.boolean(),
});

const MENU = systemActor("self-service");

export const pbxMenuRoute: Route = defineRoute({
  method: "post",
  path: "/hooks/voice/pbx/menu",
  permission: "public",
  summary:
    "An exchange on site: what a caller pressed in the menu; the answer says what to say and take next",
  tag: "telephony",
  consumes: "raw",
  response: replyOut,
  handle: async ({ platform, headers, requestId }, stream) => {
    const body = await readWebhookBody(stream);
    verifyWebhook({ secret: platform.webhookSecrets?.cti, headers, body, now: platform.clock.now() });
    const { callId, step, from, keys } = parseSigned(message, body);
    const call = { provider: "pbx", providerCallId: callId } as const;
    const digestOf = (number: string | null) => digestOfNumber(platform.secretKey, number);
    const { result } = await platform.commands.run(
      { name: "menu.step", actor: MENU, requestId },
      async (context) => {
        const heard =
          step === 0
            ? await startMenu(context, { ...call, from: from ?? null })
            : await continueMenu(context, call, { step, keys }, digestOf);
        return { ...heard, served: await isServed(context.sql, call) };
      },
    );
    const { say, ...reply } = result.reply;
    return { body: { ...reply, say: [...say], nextStep: result.nextStep, served: result.served } };
  },
});
