/** What providers report about calls that we placed, and what was only recorded. */
import { z } from "zod";
import { systemActor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { readWebhookBody, verifyWebhook } from "#src/platform/webhook-signature.ts";
import { parseSigned } from "./signed-json.ts";
import { applyCallResult, CALL_RESULTS, type CallResult } from "./outgoing-calls.ts";
import { findOutgoingCall, findRecords, storeCallback } from "./queries.ts";
import { callSidOf, receiveTwilio, type TwilioForm } from "./twilio-webhook.ts";

const EMPTY_TWIML = `<?xml version="1.0" encoding="UTF-8"?><Response/>`;

/** Twilio's words for how a call stands, as ours; others say nothing that we need. */
const TWILIO_RESULTS: Readonly<Record<string, CallResult>> = {
  ringing: "ringing",
  "in-progress": "answered",
  answered: "answered",
  completed: "ended",
  busy: "busy",
  "no-answer": "unanswered",
  failed: "failed",
  canceled: "unanswered",
};

/** Stores a message under its id and makes something of it in the same transaction; the second time it is nothing. */
const once = async (
  platform: Platform,
  requestId: string,
  message: { readonly provider: "twilio-voice" | "pbx"; readonly eventId: string; readonly body: object },
  work: (context: CommandContext) => Promise<unknown>,
): Promise<void> => {
  await platform.commands.run(
    { name: "outgoing-call.report", actor: systemActor(message.provider), requestId },
    async (context) => {
      const stored = { ...message, body: JSON.stringify(message.body), now: context.now };
      if (await storeCallback(context.sql, stored)) await work(context);
    },
  );
};

const applyTwilio = async (
  context: CommandContext,
  outgoingCallId: bigint,
  callSid: string,
  report: { readonly result: CallResult; readonly key?: string },
): Promise<void> => {
  const call = await findOutgoingCall(context.sql, outgoingCallId);
  // A report may overtake the answer to our order, so the id of the call may not be known here yet; another call's is wrong.
  if (call === null || (call.providerCallId !== null && call.providerCallId !== callSid)) return;
  await applyCallResult(context, { outgoingCallId, ...report });
};

const statusOf = (form: TwilioForm): CallResult | undefined => TWILIO_RESULTS[form["CallStatus"] ?? ""];

const idIn = z.strictObject({ id: rowIdIn });

const twilioRoutes: Route[] = [
  defineRoute({
    method: "post",
    path: "/hooks/voice/twilio/outgoing/{id}/status",
    permission: "public",
    summary: "Twilio: how a call that we placed stands",
    tag: "telephony",
    params: idIn,
    consumes: "raw",
    response: z.string(),
    produces: "text/xml",
    handle: async (request, stream) => {
      const { platform, params, requestId } = request;
      const form = await receiveTwilio(request, stream, `/hooks/voice/twilio/outgoing/${params.id}/status`);
      const callSid = callSidOf(form);
      const eventId = `${callSid}:status:${form["SequenceNumber"] ?? form["CallStatus"] ?? ""}`;
      const result = statusOf(form);
      await once(platform, requestId, { provider: "twilio-voice", eventId, body: form }, async (context) => {
        if (result !== undefined) await applyTwilio(context, params.id, callSid, { result });
      });
      return { body: EMPTY_TWIML };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hooks/voice/twilio/outgoing/{id}/keys",
    permission: "public",
    summary: "Twilio: the key that was pressed on a call that we placed",
    tag: "telephony",
    params: idIn,
    consumes: "raw",
    response: z.string(),
    produces: "text/xml",
    handle: async (request, stream) => {
      const { platform, params, requestId } = request;
      const form = await receiveTwilio(request, stream, `/hooks/voice/twilio/outgoing/${params.id}/keys`);
      const callSid = callSidOf(form);
      const key = form["Digits"] ?? "";
      const message = { provider: "twilio-voice" as const, eventId: `${callSid}:key:${key}`, body: form };
      await once(platform, requestId, message, async (context) => {
        await applyTwilio(context, params.id, callSid, { result: "answered" });
        await applyTwilio(context, params.id, callSid, { result: "key", key });
      });
      return { body: EMPTY_TWIML };
    },
  }),
];

const pbxReport = z.strictObject({
  eventId: z.string().min(1).max(120),
  commandId: z.string().regex(/^outgoing-call-\d{1,18}$/, "the commandId of our originate"),
  result: z.enum(CALL_RESULTS),
  key: z
    .string()
    .regex(/^[0-9*#]$/)
    .optional(),
});

const pbxRoute = defineRoute({
  method: "post",
  path: "/hooks/voice/pbx/outgoing",
  permission: "public",
  summary: "An exchange on site: how a call that we placed stands, and the key that was pressed",
  tag: "telephony",
  consumes: "raw",
  response: z.object({ stored: z.boolean() }),
  handle: async ({ platform, headers, requestId }, stream) => {
    const body = await readWebhookBody(stream);
    verifyWebhook({ secret: platform.webhookSecrets?.cti, headers, body, now: platform.clock.now() });
    const report = parseSigned(pbxReport, body);
    const message = { provider: "pbx" as const, eventId: `outgoing:${report.eventId}`, body: report };
    await once(platform, requestId, message, async (context) => {
      // By our own id: a report may overtake the answer that tells us the exchange's.
      const outgoingCallId = BigInt(report.commandId.replace(/^\D+/, ""));
      await applyCallResult(context, { outgoingCallId, result: report.result, key: report.key });
    });
    return { body: { stored: true } };
  },
});

const recordedRoute = defineRoute({
  method: "get",
  path: "/telephony/recorded",
  permission: "hotline.supervise",
  summary: "What would have been done on the telephone, without a provider: the latest first",
  tag: "telephony",
  query: pageIn,
  response: pageOf(
    z.object({
      id: z.string(),
      command: z.string(),
      details: z.record(z.string(), z.unknown()),
      recordedAt: z.string(),
    }),
  ),
  handle: async ({ platform, query }) => {
    const rows = await findRecords(platform.database.sql, {
      beforeId: idOfCursor(query.cursor),
      limit: query.limit + 1,
    });
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.id)],
        (row) => ({
          id: String(row.id),
          command: row.command,
          details: row.details as Record<string, unknown>,
          recordedAt: row.recordedAt.toISOString(),
        }),
      ),
    };
  },
});

export const telephonyRoutes: Route[] = [...twilioRoutes, pbxRoute, recordedRoute];
