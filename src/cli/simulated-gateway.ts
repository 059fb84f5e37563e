/**
 * Stands where a domestic SMS gateway stands (模拟短信网关), for whoever tries the house without a contract: takes messages as
 * docs/messages.md says, answers questions about them, and pushes receipts. It holds all of it in memory.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { maskRecipient, segmentsOf, STANDARD_SEGMENT_MILLI_FEN } from "#src/messages/messaging/index.ts";
import { DomainError, fail } from "#src/kernel/errors.ts";
import { readWebhookBody, verifyWebhook } from "#src/platform/webhook-signature.ts";

const order = z.strictObject({
  messageId: z.string().regex(/^\d{1,18}$/),
  to: z.string().regex(/^\+\d{7,15}$/),
  signature: z.string().max(20),
  text: z.string().min(1).max(1000),
  templateId: z.string().max(100).nullable(),
  variables: z.record(z.string(), z.string()),
});

type Taken = {
  readonly id: string;
  readonly messageId: string;
  readonly segments: number;
  state: "accepted" | "delivered" | "undelivered";
};

export type SimulatedGateway = {
  readonly url: string;
  /** Messages that were taken and reported on. */
  readonly reported: () => number;
  stop(): Promise<void>;
};

export type GatewayOptions = {
  /** 0: whichever is free. */
  readonly port: number;
  readonly secret: string;
  /** The business clock, read anew for each message, and as it was before somebody moved it: a house reads its own some seconds later. */
  readonly now: () => Promise<{ readonly now: Date; readonly before: Date }>;
  /** Every so many messages one does not arrive; 0: all arrive. */
  readonly loseEvery: number;
  /** Posts receipts to the house, signed. */
  report(receipts: readonly object[]): Promise<unknown>;
  say(line: string): void;
};

const REPORT_EVERY_MS = 500;
const MOST_REPORTS = 500;
/** A house that does not answer is told again, a few times. */
const REPORT_TRIES = 5;

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};

const stateOf = ({ id, messageId, state, segments }: Taken) => ({
  id,
  messageId,
  state,
  code: state === "accepted" ? "" : state === "delivered" ? "DELIVRD" : "UNDELIV",
  segments,
  costMilliFen: Number(STANDARD_SEGMENT_MILLI_FEN) * segments,
});

const createGateway = (options: GatewayOptions) => {
  const taken = new Map<string, Taken>();
  const waiting: Taken[] = [];
  let reported = 0;

  const take = (body: Buffer): { status: number; body: object } => {
    const read = order.safeParse(JSON.parse(body.toString("utf8")));
    if (!read.success) return { status: 400, body: { code: "unreadable" } };
    const { messageId, to, signature, text, templateId } = read.data;
    const known = taken.get(messageId);
    // The same messageId is taken once.
    if (known !== undefined) return { status: 202, body: stateOf(known) };
    const { segments } = segmentsOf(text, signature);
    const one: Taken = { id: `sim-${messageId}`, messageId, segments, state: "accepted" };
    taken.set(messageId, one);
    waiting.push(one);
    options.say(`${maskRecipient(`tel:${to}`)} ${templateId ?? "-"} 【${signature}】${text}`);
    return { status: 202, body: stateOf(one) };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "/";
    const isGet = request.method === "GET";
    const body = isGet ? Buffer.from(path) : await readWebhookBody(request);
    const headers = request.headers as Readonly<Record<string, string | undefined>>;
    const signed = { secret: options.secret, headers, body };
    const { now, before } = await options.now();
    try {
      verifyWebhook({ ...signed, now });
    } catch {
      verifyWebhook({ ...signed, now: before });
    }
    if (!isGet && path === "/messages") {
      const made = take(body);
      return answer(response, made.status, made.body);
    }
    const asked = taken.get(/^\/messages\/(\d{1,18})$/.exec(path)?.[1] ?? "");
    return asked === undefined
      ? answer(response, 404, { code: path.startsWith("/messages/") ? "unknown-message" : "no-address" })
      : answer(response, 200, stateOf(asked));
  };

  const reportSome = async (): Promise<void> => {
    const batch = waiting.splice(0, MOST_REPORTS);
    if (batch.length === 0) return;
    for (const one of batch) {
      const isLost = options.loseEvery > 0 && Number(one.messageId) % options.loseEvery === 0;
      one.state = isLost ? "undelivered" : "delivered";
    }
    const { now } = await options.now();
    const receipts = batch.map((one) => ({
      ...stateOf(one),
      eventId: `${one.id}-end`,
      at: now.toISOString(),
    }));
    for (let tries = 1; ; tries += 1) {
      try {
        await options.report(receipts);
        break;
      } catch (error) {
        if (!(error instanceof DomainError) || tries === REPORT_TRIES) throw error;
        await delay(REPORT_EVERY_MS * tries);
      }
    }
    reported += batch.length;
    options.say(`${batch.length} receipts`);
  };

  return { serve, reportSome, reported: () => reported };
};

/**
 * Listens until it is stopped. What is not signed by the house is answered 401.
 * @throws DomainError `gateway.no-port`
 */
export const startSimulatedGateway = async (options: GatewayOptions): Promise<SimulatedGateway> => {
  const gateway = createGateway(options);
  const server = createServer((request, response) => {
    gateway.serve(request, response).catch((error: unknown) => {
      const refused = error instanceof DomainError;
      answer(response, refused ? 401 : 400, { code: refused ? error.code : "unreadable" });
    });
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening").catch(() =>
    fail("gateway.no-port", `port ${options.port} is not free`, { field: "--port", remedy: "name another" }),
  );
  const ended = new AbortController();
  const reporting = (async () => {
    while (!ended.signal.aborted) {
      await gateway
        .reportSome()
        .catch((error: unknown) => options.say(error instanceof Error ? error.message : String(error)));
      await delay(REPORT_EVERY_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reported: gateway.reported,
    stop: async () => {
      ended.abort();
      await reporting;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
