/**
 * From the outbox to the queue. An event's row says where it stands: not rung (`rung_at` null; the lease says who rings it
 * or how long it pauses), rung, settled. The relay rings, the sweeper makes due again what was rung and lost. Ringing twice
 * is allowed, forgetting is not: the receipts make the second time harmless. A job is one event, or several of a type that
 * somebody handles several at a time; the row says which job rang it.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "./database.ts";
import { failpoint } from "./failpoint.ts";
import {
  type ClaimedEvent,
  claimToRing,
  giveBack,
  markRung,
  overdueEvents,
  rescheduleOverdue,
} from "./outbox-queries.ts";
import { JOBS, type JobQueue, type Log, type NewJob } from "./queues.ts";
import { isSendingHeld } from "./sending.ts";

export const EVENT_QUEUE = "events";
const [EVENT_JOB, EVENTS_JOB] = JOBS[EVENT_QUEUE];

/** The queue ignores an id that it still keeps, so each ringing has its own; several together are named after the first. */
const jobIdOf = (event: { readonly id: bigint; readonly attempts: number }): string =>
  `ev-${event.id}-${event.attempts}`;

export type RelayDependencies = {
  readonly database: Pick<Database, "sql">;
  readonly queue: JobQueue;
  /** Types that somebody listens to; the others are settled without a job. */
  readonly heardTypes: readonly string[];
  /** Types that somebody handles several at a time; left out: none. */
  readonly batchedTypes?: readonly string[];
};

export type RelaySettings = {
  readonly batchSize: number;
  /** So many of a type go into one job: a job costs the queue as much as an event costs us. */
  readonly eventsPerJob: number;
  /** How long a relay that died keeps its batch from the others. */
  readonly leaseMs: number;
  readonly idleMs: number;
  /** The sweeper looks at what was rung longer ago than this. */
  readonly overdueMs: number;
  readonly sweepEveryMs: number;
};

export const RELAY_SETTINGS: RelaySettings = {
  batchSize: 500,
  eventsPerJob: 80,
  leaseMs: 10_000,
  idleMs: 200,
  overdueMs: 60_000,
  sweepEveryMs: 5000,
};

type Claimed = ClaimedEvent & { readonly type: string };

/** One job for several events of a type that is handled so, else one each; what was rung before is looked at alone. */
const groupsOf = (
  claimed: readonly Claimed[],
  batchedTypes: readonly string[],
  eventsPerJob: number,
): [Claimed, ...Claimed[]][] => {
  const groups: [Claimed, ...Claimed[]][] = [];
  const openGroups = new Map<string, [Claimed, ...Claimed[]]>();
  for (const event of claimed) {
    const open = openGroups.get(event.type);
    if (event.attempts > 1 || !batchedTypes.includes(event.type)) groups.push([event]);
    else if (open !== undefined && open.length < eventsPerJob) open.push(event);
    else {
      const group: [Claimed, ...Claimed[]] = [event];
      openGroups.set(event.type, group);
      groups.push(group);
    }
  }
  return groups;
};

const byId = (one: Claimed, other: Claimed): number => (one.id < other.id ? -1 : 1);

const jobOf = (group: readonly [Claimed, ...Claimed[]]): NewJob => {
  const [first] = group;
  const id = jobIdOf(first);
  if (group.length === 1) return { id, name: EVENT_JOB, data: { eventId: String(first.id) } };
  const eventIds = group.map((event) => event.id).join(",");
  return { id, name: EVENTS_JOB, data: { type: first.type, eventIds } };
};

/**
 * Rings one batch; answers how many rows it took. The order of ringing is the order of ids, but order is promised by the
 * handling side, not here. A restored database rings nothing until a person releases it. When the queue refuses, the rows are given back and the refusal is thrown.
 */
export const ringOnce = async (
  { database, queue, heardTypes, batchedTypes = [] }: RelayDependencies,
  settings: RelaySettings = RELAY_SETTINGS,
): Promise<number> => {
  if (await isSendingHeld(database.sql)) return 0;
  const taken = await claimToRing(database.sql, {
    types: heardTypes,
    limit: settings.batchSize,
    leaseMs: settings.leaseMs,
  });
  const claimed = taken.filter((event) => event.heard);
  if (claimed.length === 0) return taken.length;
  const groups = groupsOf(claimed.toSorted(byId), batchedTypes, settings.eventsPerJob);
  const rung = groups.flatMap((group) => group.map((event) => ({ ...event, jobId: jobIdOf(group[0]) })));
  try {
    await queue.addAll(groups.map(jobOf));
  } catch (error) {
    await giveBack(database.sql, rung);
    throw error;
  }
  await failpoint("relay-enqueued");
  await markRung(database.sql, rung);
  return taken.length;
};

/**
 * Makes due again what was rung longer ago than `overdueMs`, is not settled and is not in the queue any more (a flushed
 * Redis, a job that failed). Answers how many. What the queue still holds is left in its line, however long that is.
 */
export const sweepOnce = async (
  { database, queue }: RelayDependencies,
  settings: RelaySettings = RELAY_SETTINGS,
): Promise<number> => {
  const overdue = await overdueEvents(database.sql, { overdueMs: settings.overdueMs, limit: 1000 });
  if (overdue.length === 0) return 0;
  const pending = await queue.pending([...new Set(overdue.map((event) => event.jobId))]);
  const lost = overdue.filter((event) => !pending.has(event.jobId)).map((event) => event.id);
  const held = overdue.filter((event) => pending.has(event.jobId)).map((event) => event.id);
  await rescheduleOverdue(database.sql, { lost, held, overdueMs: settings.overdueMs });
  return lost.length;
};

export type Loop = {
  /** Ends after the round in work; repeating is safe. */
  stop(): Promise<void>;
};

const LONGEST_PAUSE_MS = 5000;

/** Runs `round` again and again; a round says how long to wait. A failing round is logged and paused for, longer each time. */
export const startLoop = (name: string, log: Log, round: () => Promise<number>): Loop => {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      let pauseMs: number;
      try {
        pauseMs = await round();
        if (failures > 0) log.info({ loop: name, failures }, "works again");
        failures = 0;
      } catch (error) {
        failures += 1;
        pauseMs = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2);
        const cause = error instanceof Error ? error.message : String(error);
        // One line when it begins and then now and then: an outage must not fill the log.
        if (failures === 1 || failures % 20 === 0) log.warn({ loop: name, failures, cause }, "does not work");
      }
      if (pauseMs > 0) {
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
};

/** The relay of one process; as many may run as there are processes. */
export const startRelay = (
  dependencies: RelayDependencies,
  log: Log,
  settings: RelaySettings = RELAY_SETTINGS,
): Loop =>
  startLoop("relay", log, async () => {
    const taken = await ringOnce(dependencies, settings);
    return taken === settings.batchSize ? 0 : settings.idleMs;
  });

/** The sweeper of one process. */
export const startSweeper = (
  dependencies: RelayDependencies,
  log: Log,
  settings: RelaySettings = RELAY_SETTINGS,
): Loop =>
  startLoop("sweeper", log, async () => {
    const lost = await sweepOnce(dependencies, settings);
    if (lost > 0) log.warn({ lost }, "rung again: the queue had lost them");
    return settings.sweepEveryMs;
  });
