/**
 * The one place where the backend of the queues is chosen: BullMQ on Redis when there is a `REDIS_URL`, BullMQ on
 * PostgreSQL (its own tables in the schema `bullmq`) when there is none. A queue is a doorbell and never a store: what is
 * due stands in our tables, and the sweeper rings again what a lost queue has forgotten.
 */
import { createPostgresBackend, type PostgresConnectionOptions, Queue, withBackend, Worker } from "bullmq";
import { Redis, type RedisOptions } from "ioredis";
import pg from "pg";
import { DomainError } from "#src/kernel/errors.ts";
import { monotonicMs } from "./clock.ts";
import { closedWhole } from "./pool-listeners.ts";
import { beginWhenReady, type StillWorker } from "./ready-worker.ts";

/** What the code above logs with; pino fits. */
export type Log = {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
};

export type JobData = Readonly<Record<string, string>>;
/** `id` is unique in its queue for as long as the queue keeps the job; a second one with the same id is ignored. */
export type NewJob = {
  readonly id: string;
  readonly name: string;
  readonly data: JobData;
  /** Before all that wait. */
  readonly first?: boolean;
};
export type QueuedJob = {
  readonly name: string;
  readonly data: JobData;
  /** How often the queue has handed this job out, this time included: above 1, an earlier run ended without an answer. */
  readonly starts: number;
};

/** The side that rings. Every call answers or refuses within seconds (`queue.unavailable`), it never waits for a backend. */
export type JobQueue = {
  addAll(jobs: readonly NewJob[]): Promise<void>;
  /** Which of these jobs the queue still has before it or in work. */
  pending(ids: readonly string[]): Promise<ReadonlySet<string>>;
  waitingCount(): Promise<number>;
  /**
   * A job `name` every `everyMs`, one per interval however many processes ask for it; asking may itself give one more.
   * Repeating is safe.
   */
  tick(name: string, everyMs: number): Promise<void>;
};

/** The side that works. */
export type JobWorker = {
  /** Milliseconds since a job was begun or ended, or since the start. */
  idleMs(): number;
  activeCount(): number;
  /** Takes no new job and waits for those in work, `graceMs` at most; repeating is safe. */
  close(graceMs: number): Promise<void>;
};

export type Queues = {
  readonly backend: "postgres" | "redis";
  queue(name: QueueName): JobQueue;
  /** Hands the jobs of a queue to `handle`. A job whose handler throws is tried five times, with growing pauses. */
  work(name: QueueName, handle: (job: QueuedJob) => Promise<void>, concurrency: number): JobWorker;
  /** Close the workers before. */
  close(): Promise<void>;
};

export type QueueOptions = {
  /** As the runtime role. */
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly log: Log;
  /** Connections of this process to PostgreSQL for its queues; each worker holds one of them to listen. */
  readonly poolSize?: number;
  /** How long a job may be silent before it is handed out again. */
  readonly lockMs?: number;
};

/** Every queue of the house and its jobs; each job has one handler, in the worker file of its queue. */
export const JOBS = {
  events: ["event", "events"],
  messages: ["send"],
  notices: ["work"],
  timetable: ["tick"],
} as const;
export type QueueName = keyof typeof JOBS;
export const QUEUE_NAMES = Object.keys(JOBS) as readonly QueueName[];
/** Of BullMQ's own tables. */
export const QUEUE_SCHEMA = "bullmq";

/** What we use of a BullMQ queue, whichever backend it stands on. */
type BullQueue = {
  on(event: "error", listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  addBulk(jobs: { name: string; data: JobData; opts: object }[]): Promise<unknown>;
  getJobState(id: string): Promise<string>;
  getJobCountByTypes(...types: ("wait" | "waiting" | "prioritized")[]): Promise<number>;
  upsertJobScheduler(id: string, repeat: { every: number }, template: object): Promise<unknown>;
  close(): Promise<void>;
};

type Backend = {
  readonly kind: Queues["backend"];
  /** Throws when the backend cannot be reached now. */
  assertReachable(): void;
  makeQueue(name: string): BullQueue;
  makeWorker(
    name: string,
    handle: (job: QueuedJob) => Promise<void>,
    concurrency: number,
    report: (error: Error) => void,
  ): { close(): Promise<void> };
  close(): Promise<void>;
};

const unavailable = (error: unknown): DomainError =>
  new DomainError("queue.unavailable", "the queue cannot be reached", {
    remedy: "nothing is lost: it is rung again when the queue is back",
    facts: { cause: error instanceof Error ? error.message : String(error) },
  });

const JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: "exponential", delay: 500 },
  removeOnComplete: true,
  // Kept a day to be looked at; what failed is rung again under a new id.
  removeOnFail: { age: 86_400, count: 1000 },
};
const WORKER_OPTIONS = { drainDelay: 5, stalledInterval: 15_000, maxStalledCount: 2 };
const DEFAULT_LOCK_MS = 30_000;
const POOL_GRACE_MS = 3000;

const INT8: number = pg.types.builtins.INT8;
/** BullMQ's code expects int8 as text, as the driver gives it by itself; our global parsers make it a bigint. */
const driverTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === INT8 ? (value: string) => value : pg.types.getTypeParser(oid, format),
};

const onPostgres = (options: QueueOptions): Backend => {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    application_name: "nuan queues",
    max: options.poolSize ?? 8,
    connectionTimeoutMillis: 3000,
    keepAlive: true,
    types: driverTypes,
    // As durable as a Redis that syncs every second: what a crash of the server takes back is rung again from our own tables.
    options: `-c search_path=${QUEUE_SCHEMA} -c statement_timeout=10000 -c lock_timeout=5000 -c synchronous_commit=off`,
  });
  pool.on("error", (error) => options.log.warn({ cause: error.message }, "queue connection lost"));
  const onTables = withBackend(createPostgresBackend);
  // The driver's own type says more than BullMQ's picture of it, so the two do not match by themselves.
  const connection = pool as unknown as PostgresConnectionOptions;
  return {
    kind: "postgres",
    assertReachable: () => undefined,
    makeQueue: (name) => closedWhole<BullQueue>(pool, () => new onTables.Queue(name, { connection })),
    makeWorker: (name, handle, concurrency, report) => {
      const lockDuration = options.lockMs ?? DEFAULT_LOCK_MS;
      const settings = { ...WORKER_OPTIONS, connection, concurrency, lockDuration, autorun: false };
      const make = () =>
        closedWhole<StillWorker>(
          pool,
          () =>
            new onTables.Worker(
              name,
              (job) => handle({ name: job.name, data: job.data as JobData, starts: job.attemptsStarted }),
              settings,
            ),
        );
      return beginWhenReady(make, report, ({ message }) =>
        options.log.warn(
          { queue: name, cause: message },
          "a queue's worker cannot begin; it is tried until it can",
        ),
      );
    },
    close: async () => {
      // A worker that was closed while it was opening may keep its listening connection; it ends with the process.
      const left = Promise.withResolvers<"left">();
      const timer = setTimeout(() => left.resolve("left"), POOL_GRACE_MS);
      const outcome = await Promise.race([pool.end(), left.promise]);
      clearTimeout(timer);
      if (outcome === "left") options.log.warn({ open: pool.totalCount }, "queue connections left open");
    },
  };
};

const onRedis = (url: string, options: QueueOptions): Backend => {
  const connections: Redis[] = [];
  const open = (settings: Omit<RedisOptions, "replyMapping">): Redis => {
    const connection = new Redis(url, {
      ...settings,
      connectTimeout: 3000,
      retryStrategy: (times) => Math.min(times * 200, 2000),
    });
    connection.on("error", (error: Error) => options.log.debug({ cause: error.message }, "redis connection"));
    connections.push(connection);
    return connection;
  };
  // Fail fast: without its offline queue a command on a lost connection is refused at once instead of hanging.
  const ringing = open({ enableOfflineQueue: false, commandTimeout: 5000, maxRetriesPerRequest: null });
  return {
    kind: "redis",
    assertReachable: () => {
      if (ringing.status !== "ready") throw unavailable(`redis is ${ringing.status}`);
    },
    makeQueue: (name) => new Queue(name, { connection: ringing, skipWaitingForReady: true }),
    makeWorker: (name, handle, concurrency, report) => {
      // BullMQ demands it: a worker waits for its connection instead of failing its loop.
      const connection = open({ maxRetriesPerRequest: null });
      const worker = new Worker(
        name,
        (job) => handle({ name: job.name, data: job.data as JobData, starts: job.attemptsStarted }),
        { ...WORKER_OPTIONS, connection, concurrency, lockDuration: options.lockMs ?? DEFAULT_LOCK_MS },
      );
      worker.on("error", report);
      return {
        close: async () => {
          await worker.close();
          connection.disconnect();
        },
      };
    },
    close: async () => {
      for (const connection of connections) connection.disconnect();
    },
  };
};

/** A BullMQ queue that failed before it was ever ready stays broken for good, so it is made anew at the next call. */
const lazyQueue = (backend: Backend, name: string, log: Log) => {
  let ready: Promise<BullQueue> | undefined;
  const prepare = async (): Promise<BullQueue> => {
    const made = backend.makeQueue(name);
    made.on("error", (error) => log.debug({ queue: name, cause: error.message }, "queue error"));
    try {
      await made.waitUntilReady();
      return made;
    } catch (error) {
      ready = undefined;
      await made.close();
      throw error;
    }
  };
  return {
    use: async <T>(work: (queue: BullQueue) => Promise<T>): Promise<T> => {
      backend.assertReachable();
      try {
        ready ??= prepare();
        return await work(await ready);
      } catch (error) {
        throw error instanceof DomainError ? error : unavailable(error);
      }
    },
    close: async () => {
      const made = await ready?.catch(() => undefined);
      await made?.close();
    },
  };
};

const HELD = new Set(["waiting", "active", "delayed", "prioritized", "paused"]);

const jobQueueOn = (lazy: ReturnType<typeof lazyQueue>): JobQueue => ({
  addAll: (jobs) =>
    lazy.use(async (queue) => {
      await queue.addBulk(
        jobs.map((job) => ({
          name: job.name,
          data: job.data,
          opts: { ...JOB_OPTIONS, jobId: job.id, ...(job.first === true && { lifo: true }) },
        })),
      );
    }),
  pending: (ids) =>
    lazy.use(async (queue) => {
      const states = await Promise.all(ids.map(async (id) => [id, await queue.getJobState(id)] as const));
      return new Set(states.filter(([, state]) => HELD.has(state)).map(([id]) => id));
    }),
  waitingCount: () => lazy.use((queue) => queue.getJobCountByTypes("waiting")),
  tick: (name, everyMs) =>
    lazy.use(async (queue) => {
      const opts = { removeOnComplete: true, removeOnFail: true };
      await queue.upsertJobScheduler(name, { every: everyMs }, { name, data: {}, opts });
    }),
});

const workerOn = (
  backend: Backend,
  name: string,
  handle: (job: QueuedJob) => Promise<void>,
  concurrency: number,
  log: Log,
): JobWorker => {
  let movedAt = monotonicMs();
  let active = 0;
  const counted = async (job: QueuedJob): Promise<void> => {
    active += 1;
    movedAt = monotonicMs();
    try {
      await handle(job);
    } finally {
      active -= 1;
      movedAt = monotonicMs();
    }
  };
  const worker = backend.makeWorker(name, counted, concurrency, (error) =>
    log.debug({ queue: name, cause: error.message }, "queue worker error"),
  );
  let closing: Promise<void> | undefined;
  const close = async (graceMs: number): Promise<void> => {
    const timeout = Promise.withResolvers<"late">();
    const timer = setTimeout(() => timeout.resolve("late"), graceMs);
    const outcome = await Promise.race([worker.close(), timeout.promise]);
    clearTimeout(timer);
    // What is still in work is handed out again by the queue, and its receipt makes that harmless.
    if (outcome === "late") log.warn({ queue: name, active }, "jobs did not end in time");
  };
  return {
    idleMs: () => monotonicMs() - movedAt,
    activeCount: () => active,
    close: (graceMs) => (closing ??= close(graceMs)),
  };
};

/** Opens the queues of this process. Nothing is sent before the first use; a backend that is down is not an error here. */
export const openQueues = (options: QueueOptions): Queues => {
  const backend = options.redisUrl === undefined ? onPostgres(options) : onRedis(options.redisUrl, options);
  const lazies = new Map<string, ReturnType<typeof lazyQueue>>();
  let closing: Promise<void> | undefined;
  return {
    backend: backend.kind,
    queue: (name) => {
      const lazy = lazies.get(name) ?? lazyQueue(backend, name, options.log);
      lazies.set(name, lazy);
      return jobQueueOn(lazy);
    },
    work: (name, handle, concurrency) => workerOn(backend, name, handle, concurrency, options.log),
    close: () =>
      (closing ??= (async () => {
        await Promise.all([...lazies.values()].map((lazy) => lazy.close()));
        await backend.close();
      })()),
  };
};
