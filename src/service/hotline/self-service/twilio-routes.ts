/**
 * Twilio Voice leads callers through the menu. What it reports of a call becomes the same events that an exchange on site sends
 * (ringing, queued, answered, abandoned, ended, recorded), under call and sequence. Addresses carry steps and our own
 * telephones, never numbers of callers.
 */
import { z } from "zod";
import { systemActor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { isOfTheMoment } from "#src/platform/of-the-moment.ts";
import { refusalOf } from "#src/platform/problem.ts";
import { defineRoute, type Platform, type Route } from "#src/platform/route.ts";
import {
  callSidOf,
  receiveTwilio,
  twilioAddress,
  type TwilioForm,
  twimlOf,
  type VoiceReply,
} from "#src/platform/telephony/index.ts";
import { type CtiEvent, extension } from "../cti-schema.ts";
import { receiveCallEvents } from "../record-events.ts";
import { endSession, findSessionOutcome } from "./menu-queries.ts";
import { digestOfNumber } from "./prove-caller.ts";
import { continueMenu, type MenuReply, startMenu } from "./run-menu.ts";
import { standardWords } from "./words.ts";

const PATH = "/hooks/voice/twilio";
const PROVIDER = "twilio";
const EMPTY = `<?xml version="1.0" encoding="UTF-8"?>\n<Response/>`;
const MENU = systemActor("self-service");

type EventKind = CtiEvent["type"];

const tell = async (
  platform: Platform,
  form: TwilioForm,
  event: { readonly type: EventKind; readonly key: string } & Partial<
    Pick<CtiEvent, "agent" | "recording" | "selfServed">
  >,
): Promise<void> => {
  const { type, key, ...more } = event;
  const callId = callSidOf(form);
  const sentAt = form["Timestamp"] === undefined ? platform.clock.now() : new Date(form["Timestamp"]);
  await receiveCallEvents(platform, PROVIDER, [
    {
      eventId: `${callId}:${key}`,
      callId,
      type,
      at: sentAt.toISOString(),
      direction: "inbound",
      ...(form["From"] !== undefined && { from: form["From"].slice(0, 40) }),
      ...(form["To"] !== undefined && { to: form["To"].slice(0, 40) }),
      ...more,
    },
  ]);
};

/**
 * The same of a caller who is on the line: that we cannot write it down now is no reason to drop the call. What was not told is told by
 * the calls of `status`, which end the call in our books too.
 */
const tellOnTheLine: typeof tell = async (platform, form, event) => {
  try {
    await tell(platform, form, event);
  } catch (error) {
    if (!isOfTheMoment(error)) throw error;
  }
};

const twiml = (platform: Platform, reply: VoiceReply, nextStep: number): string =>
  twimlOf(reply, {
    action: twilioAddress(platform, `${PATH}/steps/${nextStep}`),
    queueAction: twilioAddress(platform, `${PATH}/queue`),
  });

/** A refusal of the house, or a database that is busy or gone; not a message that is itself refused, and no defect. */
const isOurTrouble = (error: unknown): boolean => {
  const refusal = refusalOf(error);
  return refusal !== undefined && !/^(webhook|menu)\./.test(refusal.code);
};

/**
 * One step of the menu as TwiML. When the house cannot work on it now, the caller is handed to an agent instead of hearing
 * that an application failed; a message that is refused stays refused.
 */
const answer = async (
  platform: Platform,
  requestId: string,
  work: (context: CommandContext) => Promise<MenuReply>,
): Promise<{ readonly text: string; readonly reply: VoiceReply }> => {
  try {
    const { result } = await platform.commands.run({ name: "menu.step", actor: MENU, requestId }, work);
    return { text: twiml(platform, result.reply, result.nextStep), reply: result.reply };
  } catch (error) {
    if (!isOurTrouble(error)) throw error;
    const reply: VoiceReply = { kind: "agent", language: "zh-CN", say: [standardWords("zh-CN").trouble] };
    return { text: twiml(platform, reply, 0), reply };
  }
};

const afterReply = async (platform: Platform, form: TwilioForm, reply: VoiceReply): Promise<void> => {
  if (reply.kind === "agent") await tellOnTheLine(platform, form, { type: "queued", key: "queued" });
};

const webhook = (
  path: string,
  summary: string,
  handle: (request: {
    readonly platform: Platform;
    readonly form: TwilioForm;
    readonly requestId: string;
  }) => Promise<string>,
): Route =>
  defineRoute({
    method: "post",
    path,
    permission: "public",
    summary,
    tag: "telephony",
    consumes: "raw",
    produces: "text/xml",
    response: z.string(),
    handle: async (request, stream) => {
      const form = await receiveTwilio(request, stream, path);
      const { platform, requestId } = request;
      return { body: await handle({ platform, form, requestId }) };
    },
  });

const incoming = webhook(PATH, "Twilio: a call comes in", async ({ platform, form, requestId }) => {
  const providerCallId = callSidOf(form);
  await tellOnTheLine(platform, form, { type: "ringing", key: "ringing" });
  const { text, reply } = await answer(platform, requestId, (context) =>
    startMenu(context, { provider: PROVIDER, providerCallId, from: form["From"] ?? null }),
  );
  await afterReply(platform, form, reply);
  return text;
});

const step = defineRoute({
  method: "post",
  path: `${PATH}/steps/{step}`,
  permission: "public",
  summary: "Twilio: the keys that a caller pressed, or none in time",
  tag: "telephony",
  params: z.strictObject({ step: z.string().regex(/^[1-9]\d{0,4}$/) }),
  consumes: "raw",
  produces: "text/xml",
  response: z.string(),
  handle: async (request, stream) => {
    const { platform, params, requestId } = request;
    const form = await receiveTwilio(request, stream, `${PATH}/steps/${params.step}`);
    const call = { provider: PROVIDER, providerCallId: callSidOf(form) } as const;
    const pressed = { step: Number(params.step), keys: form["Digits"] ?? "" };
    const { text, reply } = await answer(platform, requestId, (context) =>
      continueMenu(context, call, pressed, (number) => digestOfNumber(platform.secretKey, number)),
    );
    await afterReply(platform, form, reply);
    return { body: text };
  },
});

/** How waiting for an agent ended: an agent took the call, or the caller hung up. */
const queue = webhook(`${PATH}/queue`, "Twilio: how waiting ended", async ({ platform, form }) => {
  if (form["QueueResult"] === "hangup")
    await tell(platform, form, { type: "abandoned", key: "queue-hangup" });
  if (form["QueueResult"] === "bridged") return EMPTY;
  const isBroken = /^(error|system-error|queue-full)$/.test(form["QueueResult"] ?? "");
  if (!isBroken) return EMPTY;
  const say = [standardWords("zh-CN")["agents-away"]];
  return twiml(platform, { kind: "hang-up", language: "zh-CN", say }, 0);
});

const answered = defineRoute({
  method: "post",
  path: `${PATH}/answered/{agent}`,
  permission: "public",
  summary: "Twilio: the agent at this telephone took a call",
  tag: "telephony",
  params: z.strictObject({ agent: extension }),
  consumes: "raw",
  produces: "text/xml",
  response: z.string(),
  handle: async (request, stream) => {
    const { platform, params } = request;
    const form = await receiveTwilio(request, stream, `${PATH}/answered/${params.agent}`);
    await tell(platform, form, { type: "answered", key: "answered", agent: params.agent });
    return { body: EMPTY };
  },
});

const ENDED = new Set(["completed", "busy", "failed", "no-answer", "canceled"]);

const status = webhook(
  `${PATH}/status`,
  "Twilio: how a call stands",
  async ({ platform, form, requestId }) => {
    const key = `status:${form["SequenceNumber"] ?? form["CallStatus"] ?? ""}`;
    if (form["CallStatus"] === "ringing") await tell(platform, form, { type: "ringing", key });
    if (!ENDED.has(form["CallStatus"] ?? "")) return EMPTY;
    const call = { provider: PROVIDER, providerCallId: callSidOf(form) } as const;
    const { result } = await platform.commands.run(
      { name: "menu.end", actor: MENU, requestId },
      async ({ sql, now }) => {
        await endSession(sql, { ...call, now });
        return findSessionOutcome(sql, call);
      },
    );
    const selfServed = result?.outcome === "self-served" || result?.outcome === "call-back";
    await tell(platform, form, { type: "ended", key, ...(selfServed && { selfServed: true }) });
    return EMPTY;
  },
);

/** The link, not the sound: it stays with Twilio, and whoever opens it logs in there. */
const recording = webhook(
  `${PATH}/recording`,
  "Twilio: a recording can be heard",
  async ({ platform, form }) => {
    const link = URL.parse(form["RecordingUrl"] ?? "");
    const sid = form["RecordingSid"] ?? "";
    const isTwilios = link?.protocol === "https:" && /(^|\.)twilio\.com$/.test(link.hostname);
    if (isTwilios && /^RE[0-9a-fA-F]{32}$/.test(sid)) {
      await tell(platform, form, { type: "recorded", key: `recording:${sid}`, recording: link.href });
    }
    return EMPTY;
  },
);

export const twilioMenuRoutes: Route[] = [incoming, step, queue, answered, status, recording];
