/**
 * The outbox of a phone against a server that is played here: what is no verdict on what was written refuses nothing, and whatever
 * breaks off, something is tried again.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type * as Deliver from "./deliver.ts";
import type { Outgoing } from "./outbox.ts";
import type * as Outbox from "./outbox.ts";

type Row = Record<string, unknown>;
type Table = { readonly keyPath: string; readonly rows: Map<IDBValidKey, Row> };

/** As much of a browser's database as the phone's store asks of it: every answer comes later, as an event. */
class Told extends EventTarget {
  result: unknown;
  readonly error = null;
  tell(name: string, result?: unknown): this {
    queueMicrotask(() => {
      this.result = result ?? this.result;
      this.dispatchEvent(new Event(name));
    });
    return this;
  }
}
const tables = new Map<string, Table>();
let isStoreBroken = false;
/** Takes nothing more; lets go of what it has. */
let fullStore = "";
let lastSeq = 0;

const put = ({ keyPath, rows }: Table, value: Row): IDBValidKey => {
  const key = (value[keyPath] ?? (lastSeq += 1)) as IDBValidKey;
  rows.set(key, { ...structuredClone(value), [keyPath]: key });
  return key;
};
const openTable = (name: string, table: Table, done: () => void) => {
  const answer = (result: unknown): Told => {
    queueMicrotask(done);
    return new Told().tell("success", result);
  };
  return {
    get: (key: IDBValidKey) => answer(table.rows.get(key)),
    getAll: () => answer([...table.rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)),
    put: (value: Row) => {
      if (fullStore === name) throw new DOMException("no room", "QuotaExceededError");
      return answer(put(table, value));
    },
    delete: (key: IDBValidKey) => answer(void table.rows.delete(key)),
    clear: () => answer(table.rows.clear()),
  };
};
class Database extends EventTarget {
  createObjectStore(name: string, { keyPath }: { keyPath: string }): void {
    tables.set(name, { keyPath, rows: new Map() });
  }
  transaction(name: string): Told & { objectStore?: () => ReturnType<typeof openTable> } {
    const table = tables.get(name);
    if (table === undefined || isStoreBroken) throw new Error("the phone's store is full");
    const transaction = new Told();
    const objectStore = () => openTable(name, table, () => transaction.tell("complete"));
    return Object.assign(transaction, { objectStore });
  }
}
const fakeIndexedDB = {
  open: () => {
    const request = new Told();
    request.result = new Database();
    return request.tell("upgradeneeded").tell("success");
  },
};

/** One tab at a time, as the browser does it. */
let held = Promise.resolve<unknown>(undefined);
const locks = {
  request: (_: string, work: () => Promise<unknown>) => (held = held.catch(() => undefined).then(work)),
};

type Reply = Response | Error | "hangs";
type Asked = { readonly path: string; readonly key: string | null };
let asked: Asked[] = [];
/** What the server answers to a record; to everything else it answers as a server does. */
let reply: (asked: Asked, n: number) => Reply;
let session: Row = {};
let isAlive = true;

const answerOf = (path: string, init: RequestInit): Reply => {
  if (path === "/livez") return isAlive ? new Response("ok") : new TypeError("no line");
  if (path === "/api/v1/session") return Response.json(session);
  const one = { path, key: new Headers(init.headers).get("Idempotency-Key") };
  asked.push(one);
  return reply(one, asked.length);
};
const fakeFetch = (path: string, init: RequestInit = {}): Promise<Response> =>
  new Promise((resolve, reject) => {
    const { signal } = init;
    const end = (): void => reject(new DOMException("it took too long", "TimeoutError"));
    if (signal?.aborted) return end();
    signal?.addEventListener("abort", end);
    const answer = answerOf(path, init);
    if (answer instanceof Error) reject(answer);
    else if (answer !== "hangs") resolve(answer);
  });

const timers: number[] = [];
let deliver: typeof Deliver;
let outbox: typeof Outbox;
beforeAll(async () => {
  vi.stubGlobal("indexedDB", fakeIndexedDB);
  vi.stubGlobal("navigator", { onLine: true, locks });
  vi.stubGlobal("fetch", fakeFetch);
  vi.stubGlobal("window", {
    setTimeout: (_: unknown, ms: number) => timers.push(ms),
    clearTimeout: () => undefined,
  });
  vi.stubGlobal(
    "BroadcastChannel",
    class extends EventTarget {
      postMessage = (): void => undefined;
    },
  );
  deliver = await import("./deliver.ts");
  outbox = await import("./outbox.ts");
});
afterAll(() => vi.unstubAllGlobals());

const LOGIN = "zhao.area";
const MADE_AT = "2026-11-20T09:00:00+08:00";
const write = (about: string, more: Partial<Outbox.NewOutgoing> = {}): Promise<string | undefined> =>
  // Held, so that nothing goes before the test says so.
  outbox.putOut({
    about,
    kind: "visit",
    label: about,
    path: `/${about}`,
    madeAt: MADE_AT,
    holdMs: 60_000,
    ...more,
  });
const waiting = (): Outgoing[] => [...(tables.get("outbox")?.rows.values() ?? [])] as unknown as Outgoing[];
const due = async (): Promise<void> => {
  // What writing began looks first, and finds nothing that may go.
  await locks.request("", () => Promise.resolve());
  for (const row of tables.get("outbox")?.rows.values() ?? []) row["notBefore"] = Date.now();
};
const only = (): Outgoing => {
  const [one, ...more] = waiting();
  if (one === undefined || more.length > 0) throw new Error(`${waiting().length} are waiting`);
  return one;
};
const problem = (status: number, code: string): Response => Response.json({ code, title: code }, { status });
const photoOf = async (): Promise<Outgoing> => {
  await write("order:photo");
  return only();
};
const cutOff = (): Response =>
  new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError("the line broke")) }));

beforeEach(async () => {
  // Opens the store.
  await outbox.flush();
  for (const table of tables.values()) table.rows.clear();
  tables
    .get("copies")
    ?.rows.set("owner", { name: "owner", value: { login: LOGIN, until: Date.now() + 3_600_000 } });
  session = { login: LOGIN, mustChangePassword: false, secondFactorNeeded: false };
  [isAlive, isStoreBroken, fullStore] = [true, false, ""];
  reply = () => Response.json({ result: "done" });
  asked = [];
  timers.length = 0;
});

describe("what says nothing about the record itself", () => {
  test.each([
    [401, "session.ended"],
    [403, "session.second-factor-expected"],
    [403, "session.password-expected"],
    [403, "request.cross-site"],
    [429, "request.too-many"],
  ])("%i %s: it waits as it was, and nothing behind it is asked", async (status, code) => {
    await write(`order:${code}:1`);
    await write(`order:${code}:2`);
    await due();
    const before = waiting();
    reply = () => problem(status, code);
    await outbox.flush();
    expect(waiting()).toEqual(before);
    expect(asked).toHaveLength(1);
    expect(timers.at(-1)).toBe(15_000);
    // Signed in for good: both go, each once and under its own key.
    reply = () => Response.json({ result: "done" });
    await outbox.flush();
    expect(waiting()).toEqual([]);
    expect(asked.map(({ key }) => key)).toEqual([before[0]?.key, before[0]?.key, before[1]?.key]);
  });

  test.each([
    ["the second factor is still to come", { secondFactorNeeded: true }],
    ["the password is to be changed", { mustChangePassword: true }],
    ["somebody else is signed in", { login: "qian.agent" }],
  ])("%s: nothing is sent at all, and it is tried again", async (name, standing) => {
    await write(`order:${name}`);
    await due();
    session = { ...session, ...standing };
    await outbox.flush();
    expect(asked).toEqual([]);
    expect(only().refusal).toBeUndefined();
    expect(timers.at(-1)).toBe(15_000);
  });

  test("another 403 is a verdict: refused, told to the house, and never sent again", async () => {
    await write("order:foreign");
    await due();
    reply = ({ path }) =>
      path === "/api/v1/field-refusals" ? Response.json({ taskId: 7 }) : problem(403, "field.not-yours");
    await outbox.flush();
    expect(only().refusal).toEqual({ code: "field.not-yours", detail: "field.not-yours", taskId: "7" });
    await outbox.flush();
    expect(asked.map(({ path }) => path)).toEqual(["/api/v1/order:foreign", "/api/v1/field-refusals"]);
  });
});

describe("what breaks off", () => {
  test("an answer that is cut in the middle: set aside with its reason, what is behind it goes, and it goes later, once", async () => {
    const key = await write("order:cut");
    await write("order:behind");
    await due();
    reply = ({ path }) => (path === "/api/v1/order:cut" ? cutOff() : Response.json({ result: "done" }));
    await outbox.flush();
    expect(only()).toMatchObject({ key, trouble: { status: 0, code: "network.no-answer", tries: 1 } });
    expect(asked.map(({ path }) => path)).toEqual(["/api/v1/order:cut", "/api/v1/order:behind"]);
    expect(timers.at(-1)).toBeGreaterThan(0);
    expect(timers.at(-1)).toBeLessThanOrEqual(15_000);
    reply = () => Response.json({ result: "done" });
    await outbox.sendNow();
    expect(waiting()).toEqual([]);
    expect(asked.at(-1)?.key).toBe(key);
  });

  test("an answer that is cut and no server behind it: there is no line, so it waits as it was", async () => {
    await write("order:line");
    await due();
    const before = waiting();
    isAlive = false;
    reply = cutOff;
    await outbox.flush();
    expect(waiting()).toEqual(before);
    expect(timers.at(-1)).toBe(15_000);
  });

  test("a request that hangs is given up after its time, and holds no other tab", async () => {
    const times: number[] = [];
    const timeout = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      times.push(ms);
      const over = new AbortController();
      // The time of the records is over; that of the question who is signed in is not.
      if (asked.length > 0 || times.length > 1) queueMicrotask(() => over.abort());
      return over.signal;
    });
    try {
      await write("order:hangs");
      await due();
      reply = () => "hangs";
      isAlive = false;
      await outbox.flush();
      expect(times.slice(0, 2)).toEqual([30_000, 30_000]);
      expect(only().refusal).toBeUndefined();
      expect(timers.at(-1)).toBe(15_000);
      // The lock is free: what is not on its way can be taken back.
      await outbox.takeBack(only().seq);
      expect(waiting()).toEqual([]);
      times.length = 0;
      const photo = { ...(await photoOf()), file: new Blob(["x"], { type: "image/jpeg" }) };
      expect(await deliver.sendOne(photo)).toBe("later");
      expect(times[0]).toBe(180_000);
    } finally {
      timeout.mockRestore();
    }
  });

  test("the server fails: longer pauses each time; what is about the same thing waits in its order", async () => {
    await write("order:same");
    await write("order:same", { path: "/order:same/second" });
    await write("order:other");
    await due();
    reply = ({ path }) =>
      path.startsWith("/api/v1/order:same") ? problem(500, "defect") : Response.json({ result: "done" });
    await outbox.flush();
    expect(asked.map(({ path }) => path)).toEqual(["/api/v1/order:same", "/api/v1/order:other"]);
    expect(waiting().map(({ trouble }) => trouble?.tries)).toEqual([1, undefined]);
    await due();
    await outbox.flush();
    expect(waiting()[0]?.trouble?.tries).toBe(2);
  });

  test("a store that fails in the middle of it ends the round and not the outbox", async () => {
    await write("order:full");
    await due();
    await outbox.flush();
    await write("order:full-2");
    await due();
    reply = () => {
      isStoreBroken = true;
      return Response.json({ result: "done" });
    };
    timers.length = 0;
    await outbox.flush();
    expect(timers.at(-1)).toBe(15_000);
    isStoreBroken = false;
    reply = () => Response.json({ result: "done" });
    await outbox.flush();
    expect(waiting()).toEqual([]);
    // Asked twice under one key: the server does it once.
    expect(new Set(asked.slice(1).map(({ key }) => key)).size).toBe(1);
  });

  test("a disk that is full keeps no note of what arrived, and lets go of it: that is what makes room", async () => {
    await write("order:noted-nowhere");
    await write("order:behind-it");
    await due();
    fullStore = "sent";
    await outbox.flush();
    expect(waiting()).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  test("what cannot even be set aside holds up nothing but its own, and stands as it was", async () => {
    await write("order:fails");
    await write("order:fails", { path: "/order:fails/second" });
    await write("order:goes");
    await due();
    fullStore = "outbox";
    reply = ({ path }) =>
      path.includes("fails") ? problem(500, "defect") : Response.json({ result: "done" });
    await outbox.flush();
    expect(waiting().map(({ path, trouble }) => [path, trouble])).toEqual([
      ["/order:fails", undefined],
      ["/order:fails/second", undefined],
    ]);
    expect(await write("order:not-kept")).toBeUndefined();
    fullStore = "";
    reply = () => Response.json({ result: "done" });
    await outbox.flush();
    expect(waiting()).toEqual([]);
  });

  test("what was sent or discarded elsewhere is not brought back by trying it again", async () => {
    await write("order:gone");
    const one = only();
    await outbox.takeBack(one.seq);
    await outbox.tryAgain(one);
    expect([waiting(), asked]).toEqual([[], []]);
  });

  test("what another login wrote waits for that login", async () => {
    await write("order:mine");
    tables
      .get("copies")
      ?.rows.set("owner", { name: "owner", value: { login: "other", until: Date.now() + 1000 } });
    session = { ...session, login: "other" };
    await due();
    await outbox.flush();
    expect([waiting().length, asked]).toEqual([1, []]);
  });
});
