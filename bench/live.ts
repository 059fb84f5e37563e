/**
 * The agent's screen: how long a screen pop takes by number, how long from the exchange's event to the agent's screen, and
 * whether 300 listeners who are cut again and again miss anything.
 */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs, systemClock } from "#src/platform/clock.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { type EventStream, openEventStream } from "#tests/support/event-stream.ts";
import { startApi } from "./payments.ts";
import { type Figure, percentile } from "./support/figure.ts";
import { type Clone, CTI_SECRET, nuan, raiseStage } from "./support/stage.ts";

const LISTENERS = 300;
const POPS = 2000;
const CLIENTS = 8;
const RINGS = 200;
/** Events that go out while listeners come and go. */
const EVENTS = 600;
const CUTS = 3;
const WARM_UP = 100;

const referenceOf = (n: number): string => `bench-listener-${String(n).padStart(17, "0")}`;
const headersOf = (n: number) => ({ cookie: `nuan=${referenceOf(n)}`, "sec-fetch-site": "same-origin" });

/** Every owner gets a mobile; so many agents are logged in, the first of them at a telephone. */
const plantPeople = async ({ database }: Clone): Promise<void> => {
  await database.sql.run(
    `insert into person_phones (person_id, number, kind, as_written)
     select id, '+86138' || lpad(id::text, 8, '0'), 'mobile', '' from people on conflict do nothing`,
  );
  await database.sql.run(
    `with agents as (
       insert into staff_members (login, display_name, must_change_password, password_hash)
       select 'bench.' || n, 'bench ' || n, false, 'none' from generate_series(0, :most::int - 1) n
       returning id, login
     ), roles as (insert into staff_roles (staff_id, role) select id, 'agent' from agents)
     insert into sessions (staff_id, reference_hash, created_at, last_seen_at, expires_at, second_factor)
     select id, sha256(convert_to('bench-listener-' || lpad(split_part(login, '.', 2), 17, '0'), 'UTF8')), now(), now(),
       now() + interval '10 hours', true from agents`,
    { most: LISTENERS },
  );
  await database.sql.run(
    `insert into agent_sessions (staff_id, extension, state, state_since, signed_in_at)
     select id, '8001', 'available', now(), now() - interval '1 hour' from staff_members where login = 'bench.0'`,
  );
};

const post = async (
  url: string,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<void> => {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`POST ${path}: ${response.status} ${text}`);
};

const tell = async (url: string, events: readonly unknown[]): Promise<void> => {
  const body = JSON.stringify({ events });
  await post(url, "/hooks/cti", signWebhook(CTI_SECRET, body, systemClock.now()), body);
};

const popFigures = async (url: string, token: string, households: number): Promise<Figure> => {
  const latencies: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < POPS + WARM_UP) {
      next += 1;
      const n = next;
      const person = 1 + ((n * 7919) % households);
      const started = monotonicMs();
      await post(
        url,
        "/hotline/pop",
        { authorization: `Bearer ${token}` },
        JSON.stringify({ number: `138${String(person).padStart(8, "0")}` }),
      );
      if (n > WARM_UP) latencies.push(monotonicMs() - started);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const p95 = percentile(latencies, 0.95);
  return {
    name: `screen pop by number at ${households} households, p95 of ${POPS} with ${CLIENTS} at a time`,
    measured: p95,
    limit: null,
    unit: "ms",
    ratio: null,
    peakMiB: null,
    target: "<= 1000 ms",
    ok: p95 <= 1000,
    note: `median ${Math.round(percentile(latencies, 0.5))} ms`,
  };
};

/** From the moment that the exchange speaks until the agent's screen has what it shows. */
const ringFigures = async (url: string, households: number): Promise<Figure> => {
  const stream = await openEventStream(`${url}/api/v1/live?topics=hotline.pop`, headersOf(0));
  await stream.until("hello", () => stream.messages.length > 0);
  const latencies: number[] = [];
  for (let n = 0; n < RINGS; n += 1) {
    const heard = stream.subjects().length;
    const started = monotonicMs();
    const at = systemClock.now().toISOString();
    const person = 1 + ((n * 104_729) % households);
    const from = `138${String(person).padStart(8, "0")}`;
    await tell(url, [
      { eventId: `r${n}-1`, callId: `r${n}`, type: "ringing", at, direction: "inbound", from },
      { eventId: `r${n}-2`, callId: `r${n}`, type: "answered", at, agent: "8001" },
    ]);
    await stream.until("the pop", () => stream.subjects().length > heard);
    const subject = stream.subjects().at(-1) ?? "";
    const id = subject.slice("call:".length);
    const pop = await fetch(`${url}/api/v1/hotline/calls/${id}/pop`, { headers: headersOf(0) });
    await pop.arrayBuffer();
    if (pop.status !== 200) throw new Error(`the pop of ${subject}: ${pop.status}`);
    latencies.push(monotonicMs() - started);
    await tell(url, [
      { eventId: `r${n}-3`, callId: `r${n}`, type: "ended", at: systemClock.now().toISOString() },
    ]);
  }
  await stream.close();
  const p95 = percentile(latencies, 0.95);
  return {
    name: `from the exchange's event to the agent's filled screen, p95 of ${RINGS}`,
    measured: p95,
    limit: null,
    unit: "ms",
    ratio: null,
    peakMiB: null,
    target: "<= 1000 ms",
    ok: p95 <= 1000,
    note: `median ${Math.round(percentile(latencies, 0.5))} ms`,
  };
};

/** Listens, is cut `CUTS` times at moments of its own, and comes back with the last id that it has. */
const startListener = (
  url: string,
  n: number,
  isOver: () => boolean,
): { readonly ready: Promise<void>; readonly done: Promise<string[]> } => {
  const ids: string[] = [];
  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
  const take = (stream: EventStream, from: number): number => {
    for (const message of stream.messages.slice(from)) {
      if (message.event === "hotline.board") ids.push(message.id);
      if (message.event === "reset") throw new Error("a listener was told to begin anew");
    }
    return stream.messages.length;
  };
  const run = async (): Promise<string[]> => {
    let lastId: string | undefined;
    for (let cut = 0; ; cut += 1) {
      const stream = await openEventStream(`${url}/api/v1/live?topics=hotline.board`, {
        ...headersOf(n),
        ...(lastId === undefined ? {} : { "last-event-id": lastId }),
      });
      if (stream.status !== 200) throw new Error(`a listener was refused: ${stream.status}`);
      if (cut === 0) {
        await stream.until("hello", () => stream.messages.length > 0);
        isReady();
      }
      const mayEnd = (): boolean => cut >= CUTS && isOver();
      const stays = cut < CUTS ? 300 + ((n * 37 + cut * 911) % 1200) : Number.POSITIVE_INFINITY;
      const since = monotonicMs();
      while (monotonicMs() - since < stays && !mayEnd()) await delay(25);
      await stream.close();
      take(stream, 0);
      lastId = stream.lastId() === "" ? lastId : stream.lastId();
      if (mayEnd()) return ids;
      await delay(20 + ((n * 13) % 200));
    }
  };
  return { ready, done: run() };
};

const listenFigures = async (url: string, clone: Clone): Promise<Figure[]> => {
  let over = false;
  const listeners = Array.from({ length: LISTENERS }, (_, n) => startListener(url, n, () => over));
  // All are there before the first event: whatever comes from here on is owed to each.
  await Promise.all(listeners.map(({ ready, done }) => Promise.race([ready, done])));
  const begun = await clone.database.sql.one<{ id: bigint }>(
    `select coalesce(max(id), 0) as id from live_events`,
  );
  const since = monotonicMs();
  for (let n = 0; n < EVENTS; n += 1) {
    const at = systemClock.now().toISOString();
    await tell(url, [
      { eventId: `s${n}-1`, callId: `s${n}`, type: "ringing", at, direction: "inbound", from: "anonymous" },
    ]);
    const due = since + (n + 1) * 12;
    if (due > monotonicMs()) await delay(due - monotonicMs());
  }
  await delay(3000);
  over = true;
  const heard = await Promise.all(listeners.map(({ done }) => done));
  const rows = await clone.database.sql.rows<{ id: bigint }>(
    `select id from live_events where id > :after and topic = 'hotline.board' order by id`,
    { after: begun.id },
  );
  const expected = rows.map(({ id }) => String(id));
  let missed = 0;
  let twice = 0;
  for (const ids of heard) {
    const unique = new Set(ids);
    twice += ids.length - unique.size;
    missed += expected.filter((id) => !unique.has(id)).length;
  }
  const figure = (name: string, measured: number): Figure => ({
    name,
    measured,
    limit: null,
    unit: "events",
    ratio: null,
    peakMiB: null,
    target: "0",
    ok: measured === 0,
    note: `${LISTENERS} listeners, each cut ${CUTS} times, ${expected.length} events`,
  });
  return [figure("live feed: missed after reconnect", missed), figure("live feed: heard twice", twice)];
};

export const measureLive = async (households: number, say: (text: string) => void): Promise<Figure[]> => {
  const stage = await raiseStage(households, true);
  try {
    const clone = await stage.clone();
    await plantPeople(clone);
    await clone.database.withBulkClient(async (client) => client.query("vacuum analyze"));
    const { output } = await nuan(clone.url, ["token", "create", "--role", "agent", "--name", "bench"]);
    const api = await startApi(clone.url);
    try {
      const pop = await popFigures(api.url, String(output["token"]), households);
      say(`screen pop: ${Math.round(pop.measured)} ms`);
      const ring = await ringFigures(api.url, households);
      say(`event to screen: ${Math.round(ring.measured)} ms`);
      const listen = await listenFigures(api.url, clone);
      say(`missed: ${listen[0]?.measured ?? "?"}`);
      return [pop, ring, ...listen];
    } finally {
      await api.stop();
      await clone.drop();
    }
  } finally {
    await stage.close();
  }
};
