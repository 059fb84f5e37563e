/**
 * Text messages through a domestic gateway (国内短信网关): signature, template id and variables, and the full text. Small and
 * vendor-neutral on purpose: whoever connects a provider writes a bridge of three requests. Both sides sign as
 * platform/webhook-signature says, with one secret; a GET is signed over its path with the query.
 *
 *   POST URL/messages {"messageId", "to", "signature", "text", "templateId", "variables"}
 *     2xx {"id", "segments"?, "costMilliFen"?}: taken. 4xx {"code"}: surely not taken. 429, or 503 with Retry-After: not
 *     taken, come later. Anything else: unknown
 *   GET URL/messages/MESSAGE-ID  200 as a receipt, 404 {"code": "unknown-message"}: never taken
 *   GET URL/receipts?after=CURSOR&limit=N {"receipts": [...], "next": CURSOR}, where receipts are pulled
 */
import { z } from "zod";
import type { Clock } from "#src/platform/clock.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { neverLeft } from "./failures.ts";
import { gatewayReceipt, gatewayState } from "./gateway-receipt.ts";
import type { ProviderState, Receipt, SendAnswer, SmsOrder, SmsPort } from "./port.ts";
import { retryAfterMs } from "./retry-after.ts";

const TIMEOUT_MS = 10_000;
const LONGEST_ANSWER = 1024 * 1024;

export type Gateway = {
  readonly url: string;
  readonly key: string;
  readonly secret: string;
  readonly templates: "optional" | "required";
};

const accepted = z.looseObject({
  id: z.string().regex(/^[\x21-\x7e]{1,100}$/),
  segments: z.int().min(1).max(100).nullish(),
  costMilliFen: z.int().min(0).max(1_000_000_000).nullish(),
});
const refused = z.looseObject({ code: z.string().regex(/^[\w.:-]{1,60}$/) });
const pulled = z.looseObject({
  receipts: z.array(z.unknown()).max(1000),
  next: z.string().max(200),
});

const refusalCode = async (response: Response): Promise<string> => {
  const read = refused.safeParse(await response.json().catch(() => null));
  return read.success ? read.data.code : `http-${response.status}`;
};

/** An answer that is larger than any of theirs is none. */
const answerOf = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (text.length > LONGEST_ANSWER) throw new Error("the gateway's answer is too long");
  return JSON.parse(text) as unknown;
};

/** What a status says for sure; null when the message was taken. */
const refusalOf = async (response: Response, now: Date): Promise<SendAnswer | null> => {
  const { status, headers } = response;
  if (response.ok) return null;
  const retryAfter = headers.get("retry-after");
  if (status === 429 || (status === 503 && retryAfter !== null)) {
    await response.body?.cancel();
    return { kind: "limited", retryAfterMs: retryAfterMs(retryAfter, now) };
  }
  // 408: it lost the request, read or not; 409: it has a message of this id already. The others are its clear no.
  if (status < 400 || status >= 500 || status === 408 || status === 409)
    throw Object.assign(new Error(`the gateway answered ${status}`), { status });
  // Our own key or address is wrong: the same message may go once that is mended.
  const permanent = ![401, 403, 404].includes(status);
  return { kind: "rejected", code: await refusalCode(response), permanent };
};

type GatewayPort = SmsPort & {
  /** Receipts behind the cursor; unreadable ones are left out and counted. */
  pull(
    after: string,
    limit: number,
  ): Promise<{
    readonly receipts: readonly Receipt[];
    readonly unreadable: number;
    readonly next: string;
  }>;
};

/** One request, signed; answered or thrown. */
type Wire = (path: string, body?: string) => Promise<Response>;

const wireTo =
  (clock: Clock, gateway: Gateway, timeoutMs: number): Wire =>
  (path, body) =>
    fetch(`${gateway.url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        "x-nuan-key": gateway.key,
        ...signWebhook(gateway.secret, body ?? path, clock.now()),
      },
      ...(body !== undefined && { body }),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });

const post = async (wire: Wire, order: SmsOrder): Promise<Response | SendAnswer> => {
  const { messageId, to, signature, text, templateId, variables } = order;
  try {
    return await wire(
      "/messages",
      JSON.stringify({ messageId: String(messageId), to, signature, text, templateId, variables }),
    );
  } catch (error) {
    const code = neverLeft(error);
    if (code === null) throw error;
    return { kind: "rejected", code, permanent: false };
  }
};

const send = async (wire: Wire, clock: Clock, order: SmsOrder): Promise<SendAnswer> => {
  const response = await post(wire, order);
  if (!(response instanceof Response)) return response;
  const refusal = await refusalOf(response, clock.now());
  if (refusal !== null) return refusal;
  const { id, segments, costMilliFen } = accepted.parse(await answerOf(response));
  return {
    kind: "accepted",
    providerMessageId: id,
    segments: segments ?? null,
    costMilliFen: costMilliFen === undefined || costMilliFen === null ? null : BigInt(costMilliFen),
  };
};

const ABSENT: ProviderState = {
  state: "absent",
  providerMessageId: null,
  code: "",
  segments: null,
  costMilliFen: null,
};

const askAbout = async (wire: Wire, messageId: bigint): Promise<ProviderState | null> => {
  const response = await wire(`/messages/${messageId}`);
  // Only the gateway's own word counts: a wrong address answers 404 as well.
  if (response.status === 404) return (await refusalCode(response)) === "unknown-message" ? ABSENT : null;
  if (!response.ok) return null;
  const read = gatewayState.safeParse(await answerOf(response));
  return read.success ? read.data : null;
};

const pullPage: (
  wire: Wire,
  ...page: Parameters<GatewayPort["pull"]>
) => ReturnType<GatewayPort["pull"]> = async (wire, after, limit) => {
  const query = new URLSearchParams({ after, limit: String(limit) });
  const response = await wire(`/receipts?${query.toString()}`);
  if (!response.ok) throw new Error(`the gateway answered ${response.status} to a pull of receipts`);
  const { receipts, next } = pulled.parse(await answerOf(response));
  const read = receipts.map((one) => gatewayReceipt.safeParse(one));
  const good = read.flatMap((one) => (one.success ? [one.data] : []));
  return { receipts: good, unreadable: read.length - good.length, next };
};

export const gatewaySms = (clock: Clock, gateway: Gateway, timeoutMs = TIMEOUT_MS): GatewayPort => {
  const wire = wireTo(clock, gateway, timeoutMs);
  return {
    name: "gateway",
    receipts: true,
    concurrency: 16,
    send: async (order) =>
      order.templateId === null && gateway.templates === "required"
        ? { kind: "rejected", code: "template-not-approved", permanent: true }
        : send(wire, clock, order),
    ask: ({ messageId }) => askAbout(wire, messageId),
    pull: (after, limit) => pullPage(wire, after, limit),
  };
};
