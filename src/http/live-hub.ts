/**
 * Who listens to the live feed in this process, and the one loop that serves them all. Every listener has a cursor and
 * nothing else: what a slow one has not read stays in the database, so memory does not grow with slowness, and whoever
 * comes back with Last-Event-ID is served from there. Events are read below the horizon only (platform/live-horizon.ts).
 *
 * Before a batch goes out its listeners are authenticated again in one statement: an area taken away, a login disabled or a
 * session ended holds for the next batch, and all are looked at every half second besides.
 */
import { fail } from "#src/kernel/errors.ts";
import { type Actor, can } from "#src/platform/actor.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import type { Database } from "#src/platform/database.ts";
import { createHorizon, type LiveHorizon } from "#src/platform/live-horizon.ts";
import { type Bell, listenLive } from "#src/platform/live-listen.ts";
import { type LiveRow, readForgottenTo, readNewestLive } from "#src/platform/live-queries.ts";
import type { Logger } from "#src/platform/log.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { Credential } from "./authentication.ts";
import { isCandidate, mayHear, type Topics } from "./live-audience.ts";
import { createRecent, type Recent } from "./live-recent.ts";

/** Turns credentials into actors in one go; null where there is none any more. */
export type Watch = (credentials: readonly Credential[]) => Promise<(Actor | null)[]>;

/** The outgoing side of one listener. */
export type LiveSink = {
  /** False when the other side does not keep up: wait for `onDrain`. */
  write(text: string): boolean;
  end(): void;
};

export type LiveSettings = {
  readonly pollMs: number;
  readonly checkMs: number;
  readonly heartbeatMs: number;
  /** How long the other side may read nothing. */
  readonly stalledMs: number;
  readonly pageSize: number;
  readonly mostListeners: number;
};
export const LIVE_SETTINGS: LiveSettings = {
  pollMs: 250,
  checkMs: 500,
  heartbeatMs: 15_000,
  stalledMs: 30_000,
  pageSize: 500,
  mostListeners: 2000,
};

export type NewListener = {
  readonly credential: Credential;
  readonly actor: Actor;
  readonly topics: Topics;
  /** The last event that this listener has; null begins now. */
  readonly afterId: bigint | null;
  /** False: the stream ends after what is there. */
  readonly follow: boolean;
  readonly sink: LiveSink;
};

export type Listening = {
  onDrain(): void;
  leave(): void;
};

export type LiveHub = {
  /** @throws DomainError `live.full`, `live.closing` */
  join(listener: NewListener): Listening;
  listeners(): number;
  /** Ends every stream; browsers come back to another process with their Last-Event-ID. Repeating is safe. */
  close(): Promise<void>;
};

type Listener = Omit<NewListener, "actor" | "afterId"> & {
  actor: Actor;
  cursor: bigint | null;
  /** What the listener gave when it came; looked at once. */
  resumeFrom: bigint | null;
  blockedSince: number | null;
  checkedAt: number;
  saidAt: number;
};

const eventText = (row: LiveRow): string => {
  const data = JSON.stringify({ subject: row.subject, at: row.occurredAt.toISOString(), ids: row.payload });
  return `id: ${row.id}\nevent: ${row.topic}\ndata: ${data}\n\n`;
};
const RESET = (id: bigint): string =>
  `id: ${id}\nevent: reset\ndata: {"reason":"too old, read everything anew"}\n\n`;
const HELLO = (id: bigint): string => `id: ${id}\nevent: hello\ndata: {}\n\n`;
/** A message without data moves the browser's Last-Event-ID and raises no event. */
const HEARTBEAT = (id: bigint): string => `id: ${id}\n: heartbeat\n\n`;
/** While the horizon waits for somebody who announces: the time that a command takes. */
const SOON_MS = 15;
const RETRY = "retry: 1000\n\n";

type Dependencies = {
  readonly database: Pick<Database, "sql" | "url">;
  readonly watch: Watch;
  readonly log: Pick<Logger, "warn">;
  readonly settings?: Partial<LiveSettings>;
};

/** What one process keeps: its listeners, the loop that serves them, and the bell that wakes it. */
type Hub = Pick<Dependencies, "watch" | "log"> & {
  readonly sql: Sql;
  readonly settings: LiveSettings;
  readonly horizon: () => Promise<LiveHorizon>;
  readonly recent: Recent;
  readonly listeners: Set<Listener>;
  loop: Promise<void> | undefined;
  closing: boolean;
  rung: boolean;
  wake: () => void;
};

const ring = (hub: Hub): void => {
  hub.rung = true;
  hub.wake();
};

const cut = (hub: Hub, listener: Listener): void => {
  hub.listeners.delete(listener);
  listener.sink.end();
};

const say = (listener: Listener, text: string): void => {
  listener.saidAt = monotonicMs();
  if (!listener.sink.write(text)) listener.blockedSince ??= listener.saidAt;
};

/** A listener's first round: where it begins, and whether what it missed is still there. */
const begin = async ({ sql }: Hub, listener: Listener, settledTo: bigint): Promise<bigint> => {
  const from = listener.resumeFrom;
  if (from === null) {
    say(listener, RETRY + HELLO(settledTo));
    return settledTo;
  }
  const isGone = from < (await readForgottenTo(sql));
  // Newer than anything that was ever drawn here: the id of a database that was restored since.
  const isForeign = from > settledTo && from > (await readNewestLive(sql));
  say(listener, RETRY + (isGone || isForeign ? RESET(settledTo) : ""));
  return isGone || isForeign ? settledTo : from;
};

type Batch = { readonly listener: Listener; readonly rows: readonly LiveRow[]; readonly toId: bigint };

const batchFor = async (hub: Hub, listener: Listener, settledTo: bigint): Promise<Batch | null> => {
  listener.cursor ??= await begin(hub, listener, settledTo);
  if (listener.cursor >= settledTo || listener.blockedSince !== null) return null;
  const page = await hub.recent.after(listener.cursor, settledTo);
  const rows = page.rows.filter((row) => isCandidate(row, listener.actor, listener.topics));
  return { listener, rows, toId: page.toId };
};

/** Asks again who these are; whoever is nobody any more, or may not listen, is cut. */
const recheck = async (hub: Hub, due: readonly Listener[]): Promise<void> => {
  if (due.length === 0) return;
  const actors = await hub.watch(due.map((listener) => listener.credential));
  const now = monotonicMs();
  for (const [index, listener] of due.entries()) {
    const actor = actors[index] ?? null;
    listener.checkedAt = now;
    if (actor === null || !can(actor, "live.read")) cut(hub, listener);
    else listener.actor = actor;
  }
};

const deliver = (hub: Hub, { listener, rows, toId }: Batch): void => {
  if (!hub.listeners.has(listener)) return;
  listener.cursor = toId;
  const text = rows
    .filter((row) => mayHear(row, listener.actor))
    .map(eventText)
    .join("");
  if (text !== "") say(listener, text);
};

const attend = (hub: Hub, listener: Listener, settledTo: bigint): void => {
  const now = monotonicMs();
  const { cursor, blockedSince } = listener;
  if (cursor === null) return;
  if (!listener.follow && cursor >= settledTo) cut(hub, listener);
  else if (blockedSince !== null) {
    if (now - blockedSince > hub.settings.stalledMs) cut(hub, listener);
  } else if (now - listener.saidAt >= hub.settings.heartbeatMs) say(listener, HEARTBEAT(cursor));
};

/** One round; answers how long to wait for the next. */
const round = async (hub: Hub): Promise<number> => {
  const { settledTo, waiting } = await hub.horizon();
  if (settledTo === null) return SOON_MS;
  const batches: Batch[] = [];
  for (const listener of hub.listeners) {
    const batch = await batchFor(hub, listener, settledTo);
    if (batch !== null) batches.push(batch);
  }
  const now = monotonicMs();
  const spoken = new Set(batches.filter(({ rows }) => rows.length > 0).map(({ listener }) => listener));
  const due = [...hub.listeners].filter(
    (one) => spoken.has(one) || now - one.checkedAt >= hub.settings.checkMs,
  );
  await recheck(hub, due);
  for (const batch of batches) deliver(hub, batch);
  for (const listener of hub.listeners) attend(hub, listener, settledTo);
  const isBehind = batches.some(({ listener, toId }) => toId < settledTo && listener.blockedSince === null);
  if (isBehind) return 0;
  return waiting ? SOON_MS : hub.settings.pollMs;
};

const pause = async (hub: Hub, ms: number): Promise<void> => {
  if (ms === 0 || hub.rung || hub.closing) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  hub.wake = resolve;
  await promise;
  clearTimeout(timer);
};

/** Serves as long as somebody listens. */
const run = async (hub: Hub, bell: Bell): Promise<void> => {
  let failures = 0;
  while (!hub.closing && hub.listeners.size > 0) {
    hub.rung = false;
    let waitMs = hub.settings.pollMs;
    try {
      waitMs = await round(hub);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures % 40 === 1) hub.log.warn({ err: error, failures }, "the live feed does not work");
    }
    await pause(hub, waitMs);
  }
  hub.loop = undefined;
  await bell.stop();
};

const join = (hub: Hub, url: string, { afterId, ...wanted }: NewListener): Listening => {
  if (hub.closing) fail("live.closing", "this process is ending", { remedy: "connect again" });
  if (hub.listeners.size >= hub.settings.mostListeners) {
    fail("live.full", "too many screens listen to this process", { remedy: "try again in a few seconds" });
  }
  const now = monotonicMs();
  const listener: Listener = {
    ...wanted,
    cursor: null,
    resumeFrom: afterId,
    blockedSince: null,
    checkedAt: now,
    saidAt: now,
  };
  hub.listeners.add(listener);
  hub.loop ??= run(
    hub,
    listenLive(url, () => ring(hub)),
  );
  ring(hub);
  return {
    onDrain: () => {
      listener.blockedSince = null;
      ring(hub);
    },
    leave: () => void hub.listeners.delete(listener),
  };
};

/** Nothing runs until somebody listens, and nothing when nobody does any more. */
export const createLiveHub = ({ database, watch, log, settings: given }: Dependencies): LiveHub => {
  const settings: LiveSettings = { ...LIVE_SETTINGS, ...given };
  const hub: Hub = {
    watch,
    log,
    sql: database.sql,
    settings,
    horizon: createHorizon(database.sql),
    recent: createRecent(database.sql, settings.pageSize),
    listeners: new Set(),
    loop: undefined,
    closing: false,
    rung: false,
    wake: () => undefined,
  };
  return {
    join: (listener) => join(hub, database.url, listener),
    listeners: () => hub.listeners.size,
    close: async () => {
      hub.closing = true;
      for (const listener of hub.listeners) cut(hub, listener);
      hub.wake();
      await hub.loop;
    },
  };
};
