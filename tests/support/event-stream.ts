/** A listener to the live feed, as a browser is one: reads Server-Sent Events and remembers the last id. */
import { setTimeout as delay } from "node:timers/promises";

export type StreamMessage = {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export type EventStream = {
  readonly status: number;
  /** Everything heard, `hello` and `reset` among them. */
  readonly messages: StreamMessage[];
  /** Subjects heard of real events. */
  subjects(): string[];
  lastId(): string;
  /** Heartbeats so far. */
  heartbeats(): number;
  until(what: string, reached: () => boolean, limitMs?: number): Promise<void>;
  /** Resolves when the other side ends the stream. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
};

const fieldOf = (block: string, name: string): string | undefined =>
  block
    .split("\n")
    .find((line) => line.startsWith(`${name}: `))
    ?.slice(name.length + 2);

export const openEventStream = async (
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<EventStream> => {
  const stopping = new AbortController();
  const response = await fetch(url, { headers: { ...headers }, signal: stopping.signal });
  const messages: StreamMessage[] = [];
  let lastId = "";
  let heartbeats = 0;
  const take = (block: string): void => {
    const id = fieldOf(block, "id");
    if (id !== undefined) lastId = id;
    if (block.includes(": heartbeat")) heartbeats += 1;
    const data = fieldOf(block, "data");
    if (data === undefined) return;
    messages.push({
      id: id ?? "",
      event: fieldOf(block, "event") ?? "message",
      data: JSON.parse(data) as Record<string, unknown>,
    });
  };
  const read = async (): Promise<void> => {
    if (response.body === null) return;
    let rest = "";
    const decoder = new TextDecoder();
    try {
      for await (const bytes of response.body) {
        rest += decoder.decode(bytes, { stream: true });
        const blocks = rest.split("\n\n");
        rest = blocks.pop() ?? "";
        for (const block of blocks) take(block);
      }
    } catch {
      // The other side cut the stream, or this one did.
    }
  };
  const ended = response.status === 200 ? read() : Promise.resolve();
  return {
    status: response.status,
    messages,
    subjects: () =>
      messages
        .filter(({ event }) => event !== "hello" && event !== "reset")
        .map(({ data }) => String(data["subject"])),
    lastId: () => lastId,
    heartbeats: () => heartbeats,
    until: async (what, reached, limitMs = 120_000) => {
      const ends = performance.now() + limitMs;
      while (!reached()) {
        if (performance.now() > ends) throw new Error(`not within ${limitMs} ms: ${what}`);
        await delay(10);
      }
    },
    ended,
    close: async () => {
      stopping.abort();
      await ended;
    },
  };
};
