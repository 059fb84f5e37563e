/**
 * What happens, as it happens: one connection for all tabs of a browser. The tab that holds the lock listens to the
 * server and tells the others over a channel; when it closes, another takes the lock and goes on behind the last event seen.
 */
export type LiveEvent = {
  readonly id: string;
  /** `ticket.opened`, `call.ringing` …; `reset`: too much was missed, read everything anew. */
  readonly topic: string;
  readonly subject: string | null;
  readonly at: string | null;
  readonly ids: Readonly<Record<string, unknown>>;
};
/** `lost`: the line is down and what stands on the screen may be old. */
export type LiveState = "connecting" | "open" | "lost";

type Heard =
  | { readonly kind: "event"; readonly event: LiveEvent }
  | { readonly kind: "state"; readonly state: LiveState }
  /** How far the listening tab has come, without an event of its own to say so. */
  | { readonly kind: "at"; readonly id: string };
/** A tab that has just opened asks whoever listens where the feed stands. */
type Said = Heard | { readonly kind: "ask" };

const LOCK = "nuan-live";
const channel = new BroadcastChannel("nuan-live");
const listeners = new Set<(event: LiveEvent) => void>();
const stateListeners = new Set<() => void>();
let state: LiveState = "connecting";
let lastId: string | undefined;
let stop: AbortController | undefined;
let isListening = false;

const take = (heard: Heard): void => {
  if (heard.kind === "state") {
    state = heard.state;
    stateListeners.forEach((listener) => listener());
    return;
  }
  if (heard.kind === "at") {
    lastId = heard.id;
    return;
  }
  lastId = heard.event.id;
  listeners.forEach((listener) => listener(heard.event));
};
const say = (said: Said): void => channel.postMessage(said);
const tellAll = (heard: Heard): void => {
  take(heard);
  say(heard);
};
const sayWhereWeAre = (): void => {
  if (!isListening) return;
  say({ kind: "state", state });
  if (lastId !== undefined) say({ kind: "at", id: lastId });
};
channel.addEventListener("message", ({ data }: MessageEvent<Said>) =>
  data.kind === "ask" ? sayWhereWeAre() : take(data),
);

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};

const eventOf = (topic: string, message: MessageEvent<string>): LiveEvent => {
  const data = record(JSON.parse(message.data === "" ? "{}" : message.data));
  return {
    id: message.lastEventId,
    topic,
    subject: typeof data["subject"] === "string" ? data["subject"] : null,
    at: typeof data["at"] === "string" ? data["at"] : null,
    ids: record(data["ids"]),
  };
};

/**
 * Listens until the signal; browsers reconnect by themselves and say the last id that they have. Who takes over without knowing
 * how far the tab before had come, has missed nobody knows what: everything is read anew.
 */
const listen = (topics: readonly string[], signal: AbortSignal, isHeir: boolean): Promise<void> =>
  new Promise((resolve) => {
    isListening = true;
    let isBlind = isHeir && lastId === undefined;
    let source: EventSource | undefined;
    let again: number | undefined;
    const open = (): void => {
      const after = lastId === undefined ? "" : `?after=${lastId}`;
      source = new EventSource(`/api/v1/live${after}`);
      source.addEventListener("open", () => tellAll({ kind: "state", state: "open" }));
      source.addEventListener("error", () => {
        tellAll({ kind: "state", state: "lost" });
        // Refused (a session that ended, a server that is full): the browser gives up, we do not.
        if (source?.readyState === EventSource.CLOSED) again = window.setTimeout(open, 3000);
      });
      for (const topic of [...topics, "reset", "hello"]) {
        source.addEventListener(topic, (message) => {
          if (topic === "hello") {
            tellAll({ kind: "at", id: message.lastEventId });
            if (isBlind) tellAll({ kind: "event", event: eventOf("reset", message) });
            isBlind = false;
          } else tellAll({ kind: "event", event: eventOf(topic, message) });
        });
      }
    };
    open();
    signal.addEventListener("abort", () => {
      window.clearTimeout(again);
      source?.close();
      isListening = false;
      resolve();
    });
  });

const listenInTurn = async (topics: readonly string[], signal: AbortSignal): Promise<void> => {
  const { held = [] } = await navigator.locks.query();
  const isHeir = held.some(({ name }) => name === LOCK);
  if (isHeir) say({ kind: "ask" });
  await navigator.locks.request(LOCK, { signal }, () => listen(topics, signal, isHeir));
};

/** Begins to listen, or waits behind the tab that does. Once per login; `endLive` stops it. */
export const beginLive = (topics: readonly string[]): void => {
  if (stop !== undefined) return;
  const mine = new AbortController();
  stop = mine;
  void listenInTurn(topics, mine.signal)
    // Ended while it waited for its turn.
    .catch(() => undefined);
};

export const endLive = (): void => {
  stop?.abort();
  stop = undefined;
  lastId = undefined;
};

export const onLive = (listener: (event: LiveEvent) => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const onLiveState = (listener: () => void): (() => void) => {
  stateListeners.add(listener);
  return () => void stateListeners.delete(listener);
};
export const liveState = (): LiveState => state;
