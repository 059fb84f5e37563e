/**
 * Stands where a domestic SMS gateway stands, over real HTTP: takes messages, answers questions, reports by push or pull. It
 * checks our signature as a real one would, and keeps its own log.
 */
import { signWebhook, verifyWebhook } from "#src/platform/webhook-signature.ts";
import {
  ACCEPT,
  bodyOf,
  carryOut,
  createRecorder,
  listen,
  onTheRoad,
  type ProviderLog,
  type Road,
  type Script,
  type Taken,
} from "./behaviour.ts";

export type GatewayState = "accepted" | "delivered" | "undelivered" | "expired" | "rejected";

export type GatewayReport = {
  readonly eventId: string;
  readonly id: string;
  readonly messageId: string;
  readonly state: GatewayState;
  readonly code?: string;
  readonly at: string;
  readonly segments?: number;
  readonly costMilliFen?: number;
};

export type GatewaySimulator = {
  readonly url: string;
  readonly secret: string;
  readonly log: ProviderLog;
  /** From now on; `() => ACCEPT` at the start. */
  behave(script: Script): void;
  /** Connections that are open now. */
  connections(): Promise<number>;
  /** Requests whose signature was not ours. */
  readonly forged: () => number;
  /** How a message ends, for questions and receipts; delivered unless told otherwise. */
  end(ref: string, state: GatewayState, code?: string): void;
  /** Posts receipts of everything taken (accepted, then how it ended) to our webhook; answers the statuses that came back. */
  push(
    publicUrl: string,
    road?: Road & { readonly batch?: number; readonly only?: (taken: Taken) => boolean },
  ): Promise<number[]>;
  /** Posts these. */
  pushReports(publicUrl: string, reports: readonly GatewayReport[], secret?: string): Promise<Response>;
  /** The reports of one message, to be lost, changed or repeated by hand. */
  reportsOf(taken: Taken): GatewayReport[];
  stop(): Promise<void>;
};

export const GATEWAY_RECEIPTS_PATH = "/api/v1/hooks/sms/gateway/receipts";

const PAGE = 500;

export const startGatewaySimulator = async (options: {
  readonly secret: string;
  readonly now: () => Date;
}): Promise<GatewaySimulator> => {
  const { secret, now } = options;
  const recorder = createRecorder();
  const ends = new Map<string, { readonly state: GatewayState; readonly code: string }>();
  let script: Script = () => ACCEPT;
  let forged = 0;

  const endOf = (ref: string) => ends.get(ref) ?? { state: "delivered" as const, code: "DELIVRD" };
  const reportsOf = (taken: Taken): GatewayReport[] => {
    const { state, code } = endOf(taken.ref);
    const common = { id: taken.id, messageId: taken.ref, segments: 1, costMilliFen: 4500 };
    return [
      { ...common, eventId: `${taken.id}-1`, state: "accepted", at: now().toISOString() },
      { ...common, eventId: `${taken.id}-2`, state, code, at: now().toISOString() },
    ];
  };
  const isGenuine = (headers: Record<string, string | undefined>, body: string): boolean => {
    try {
      verifyWebhook({ secret, headers, body: Buffer.from(body), now: now() });
      return true;
    } catch {
      forged += 1;
      return false;
    }
  };

  const server = await listen(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://gateway");
    const body = (await bodyOf(request)).toString("utf8");
    const json = (status: number, answer: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    };
    const headers = request.headers as Record<string, string | undefined>;
    if (!isGenuine(headers, request.method === "GET" ? `${url.pathname}${url.search}` : body)) {
      return json(401, { code: "forged" });
    }
    if (request.method === "GET" && url.pathname === "/receipts") {
      const all = recorder.taken.flatMap(reportsOf);
      const from = Number(url.searchParams.get("after") ?? "0");
      const page = all.slice(from, from + Math.min(PAGE, Number(url.searchParams.get("limit") ?? PAGE)));
      return json(200, { receipts: page, next: String(from + page.length) });
    }
    if (request.method === "GET") {
      const ref = url.pathname.split("/").at(-1) ?? "";
      recorder.asked(ref);
      const [taken] = recorder.takenOf(ref);
      if (taken === undefined) return json(404, { code: "unknown-message" });
      const { state, code } = endOf(ref);
      return json(200, { id: taken.id, messageId: ref, state, code, segments: 1, costMilliFen: 4500 });
    }
    const order = JSON.parse(body) as Omit<Taken, "id" | "ref" | "at"> & {
      messageId: string;
      signature: string;
    };
    const ref = order.messageId;
    const take = () => {
      const id = `gw-${recorder.taken.length + 1}`;
      recorder.take({
        id,
        ref,
        to: order.to,
        text: `【${order.signature}】${order.text}`,
        templateId: order.templateId,
        variables: order.variables,
        at: now(),
      });
      return { status: 202, body: { id, segments: 1, costMilliFen: 4500 } };
    };
    const behaviour = script(recorder.nextCall(), ref);
    recorder.sent(ref, behaviour);
    await carryOut(behaviour, { request, response }, take, (_, code) => ({ code }));
  });

  const pushReports = (
    publicUrl: string,
    reports: readonly GatewayReport[],
    by = secret,
  ): Promise<Response> => {
    const body = JSON.stringify({ receipts: reports });
    return fetch(`${publicUrl}${GATEWAY_RECEIPTS_PATH}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...signWebhook(by, body, now()) },
      body,
    });
  };

  return {
    url: server.url,
    secret,
    log: recorder,
    behave: (next) => {
      script = next;
    },
    forged: () => forged,
    end: (ref, state, code = "") => void ends.set(ref, { state, code }),
    reportsOf,
    pushReports,
    push: async (publicUrl, { batch = 1, only = () => true, ...road } = {}) => {
      const reports = onTheRoad(recorder.taken.filter(only).flatMap(reportsOf), road);
      const statuses: number[] = [];
      for (let from = 0; from < reports.length; from += batch) {
        statuses.push((await pushReports(publicUrl, reports.slice(from, from + batch))).status);
      }
      return statuses;
    },
    connections: server.connections,
    stop: server.stop,
  };
};
