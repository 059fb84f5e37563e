/** What a simulated provider does with one request, and the log of what it truly took: the tests count there, not in our rows. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export type Behaviour =
  | { readonly kind: "accept" }
  /** Takes it at once and answers late. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Takes it at once and answers when a test lets it. */
  | { readonly kind: "hold"; readonly until: Promise<void> }
  /** 429, not taken. */
  | { readonly kind: "limit"; readonly retryAfterSeconds: number }
  /** Not taken, and the answer does not say so. */
  | { readonly kind: "fail"; readonly status: number }
  /** Taken, and the answer does not say so. */
  | { readonly kind: "fail-after-accept"; readonly status: number }
  /** Its clear no. */
  | { readonly kind: "refuse"; readonly status: number; readonly code: string }
  /** Cuts the line before it takes it. */
  | { readonly kind: "reset" }
  | { readonly kind: "accept-then-reset" }
  | { readonly kind: "accept-then-hang" }
  /** Taken, and what it answers is no JSON. */
  | { readonly kind: "accept-then-rubbish" };

export const ACCEPT: Behaviour = { kind: "accept" };

export type Taken = {
  /** The provider's id. */
  readonly id: string;
  /** Our message id; '' where the provider is not told. */
  readonly ref: string;
  readonly to: string;
  readonly text: string;
  readonly templateId: string | null;
  readonly variables: Readonly<Record<string, string>>;
  readonly at: Date;
};

export type ProviderLog = {
  /** Every message that was taken, in order. Two of one `ref` are a double send. */
  readonly taken: readonly Taken[];
  /** Requests that came, taken or not. */
  readonly calls: () => number;
  readonly takenOf: (ref: string) => readonly Taken[];
  /** Refs that were taken more than once. */
  readonly doubled: () => readonly string[];
  /** Refs that were sent again though nobody could know what had become of them, and nobody had asked. */
  readonly blind: () => readonly string[];
  /** From outside: these may have been called, whether or not a request came. */
  suspect(refs: readonly string[]): void;
};

/** Which behaviour the n-th call (from 0) gets. */
export type Script = (call: number, ref: string) => Behaviour;

export type Recorder = ProviderLog & {
  take(taken: Taken): void;
  nextCall(): number;
  /** A request to send came, and this is what it gets. */
  sent(ref: string, behaviour: Behaviour): void;
  /** Somebody asks what became of it. */
  asked(ref: string): void;
};

/** After these the sender knows that it was not taken. */
const CLEAR_NO = new Set<Behaviour["kind"]>(["limit", "refuse"]);

export const createRecorder = (): Recorder => {
  const taken: Taken[] = [];
  const byRef = new Map<string, Taken[]>();
  const open = new Set<string>();
  const blind = new Set<string>();
  let calls = 0;
  return {
    taken,
    calls: () => calls,
    takenOf: (ref) => byRef.get(ref) ?? [],
    doubled: () => [...byRef].filter(([ref, all]) => ref !== "" && all.length > 1).map(([ref]) => ref),
    take: (one) => {
      taken.push(one);
      byRef.set(one.ref, [...(byRef.get(one.ref) ?? []), one]);
    },
    nextCall: () => calls++,
    blind: () => [...blind],
    suspect: (refs) => {
      for (const ref of refs) open.add(ref);
    },
    sent: (ref, { kind }) => {
      if (ref === "") return;
      if (open.has(ref)) blind.add(ref);
      if (!CLEAR_NO.has(kind)) open.add(ref);
    },
    asked: (ref) => void open.delete(ref),
  };
};

const TAKES = new Set<Behaviour["kind"]>([
  "accept",
  "delay",
  "hold",
  "fail-after-accept",
  "accept-then-reset",
  "accept-then-hang",
  "accept-then-rubbish",
]);

const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
};

/** Carries a behaviour out. `take` is called when it takes the message, before anything is answered. */
export const carryOut = async (
  behaviour: Behaviour,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  take: () => { readonly status: number; readonly body: unknown },
  refusal: (status: number, code: string) => unknown,
): Promise<void> => {
  const answer = TAKES.has(behaviour.kind) ? take() : null;
  switch (behaviour.kind) {
    case "accept":
      return json(response, answer?.status ?? 200, answer?.body);
    case "delay":
      await delay(behaviour.ms);
      return json(response, answer?.status ?? 200, answer?.body);
    case "hold":
      await behaviour.until;
      return json(response, answer?.status ?? 200, answer?.body);
    case "limit":
      return json(response, 429, refusal(429, "too-many"), {
        "retry-after": String(behaviour.retryAfterSeconds),
      });
    case "fail":
    case "fail-after-accept":
      return json(response, behaviour.status, refusal(behaviour.status, "broken"));
    case "refuse":
      return json(response, behaviour.status, refusal(behaviour.status, behaviour.code));
    case "reset":
    case "accept-then-reset":
      request.socket.resetAndDestroy();
      return;
    case "accept-then-hang":
      return;
    case "accept-then-rubbish":
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<html>proxy</html>");
  }
};

export const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

export type RunningHttp = {
  /** Open now. None: everything that was sent by those who are gone has been read. */
  connections(): Promise<number>;
  readonly url: string;
  stop(): Promise<void>;
};

/** A server on a port of its own on this machine. */
export const listen = async (
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<RunningHttp> => {
  const server: Server = createServer((request, response) => {
    handle(request, response).catch(() => {
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () =>
      new Promise<number>((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** A small generator of repeatable chance (mulberry32): the same seed loses and shuffles the same. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export const shuffled = <T>(items: readonly T[], random: () => number): T[] => {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [left, right] = [mixed[last], mixed[other]];
    if (left === undefined || right === undefined) continue;
    mixed[last] = right;
    mixed[other] = left;
  }
  return mixed;
};

/** How receipts go astray on their way to us. */
export type Road = {
  readonly seed?: number;
  /** 0.1 loses a tenth. */
  readonly lost?: number;
  /** 0.1 sends a tenth twice. */
  readonly twice?: number;
  readonly shuffled?: boolean;
};

export const onTheRoad = <T>(reports: readonly T[], road: Road): T[] => {
  const random = seeded(road.seed ?? 1);
  const arrived = reports
    .filter(() => random() >= (road.lost ?? 0))
    .flatMap((report) => (random() < (road.twice ?? 0) ? [report, report] : [report]));
  return road.shuffled === true ? shuffled(arrived, random) : arrived;
};
