/** For those who look after the house: queues and dead letters. */
import { z } from "zod";
import { readDatabaseFacts, readOutboxFigures, readSealFigures } from "./figures.ts";
import { listStuckEvents } from "./operations-queries.ts";
import { listDeadLetters, replayDeadLetter } from "./outbox-dead-letters.ts";
import { defineRoute, type Route, rowIdIn } from "./route.ts";
import { findLatestRuns } from "./scheduled-runs.ts";

const tag = "Operations 运维";
/** What was rung and not handled for so long is worth a look. */
const STUCK_SECONDS = 120;
const MOST = 100;

const queuesOut = z.object({
  outbox: z.object({
    toRing: z.int(),
    unsettled: z.int(),
    oldestToRingSeconds: z.number(),
    oldestUnsettledSeconds: z.number(),
    deadLetters: z.int(),
  }),
  /** Waiting longer than two minutes, the oldest first. */
  stuck: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      subject: z.string(),
      occurredAt: z.string(),
      subscriber: z.string().nullable(),
      tries: z.int(),
      lastError: z.string(),
    }),
  ),
  seals: z.array(
    z.object({
      stream: z.string(),
      blocks: z.int(),
      lastSealedAt: z.string().nullable(),
      unsealedRows: z.int(),
    }),
  ),
  /** The latest run of each job of the timetable. */
  jobs: z.array(
    z.object({
      job: z.string(),
      businessDate: z.string(),
      state: z.enum(["running", "done", "failed"]),
      startedAt: z.string(),
      finishedAt: z.string().nullable(),
      outcome: z.unknown(),
    }),
  ),
  /** A restored copy sends nothing until it is released. */
  sendingHeld: z.boolean(),
  demo: z.boolean(),
});

const queues = defineRoute({
  method: "get",
  path: "/operations/queues",
  permission: "operations.read",
  summary: "What waits, what is stuck, what ran last: queues, seals and the timetable",
  tag,
  response: queuesOut,
  handle: async ({ platform }) => {
    const { sql } = platform.database;
    const [outbox, stuck, seals, jobs, facts] = await Promise.all([
      readOutboxFigures(sql),
      listStuckEvents(sql, { olderThanSeconds: STUCK_SECONDS, limit: MOST }),
      readSealFigures(sql),
      findLatestRuns(sql),
      readDatabaseFacts(sql),
    ]);
    return {
      body: {
        outbox,
        stuck: stuck.map((event) => ({
          ...event,
          id: String(event.id),
          occurredAt: event.occurredAt.toISOString(),
        })),
        seals: seals.map(({ stream, blocks, lastSealedAt, unsealedRows }) => ({
          stream,
          blocks,
          lastSealedAt: lastSealedAt?.toISOString() ?? null,
          unsealedRows,
        })),
        jobs: jobs.map((run) => ({
          ...run,
          startedAt: run.startedAt.toISOString(),
          finishedAt: run.finishedAt?.toISOString() ?? null,
        })),
        sendingHeld: facts.sendingHeld,
        demo: facts.demo,
      },
    };
  },
});

const deadLetterOut = z.object({
  id: z.string(),
  eventId: z.string(),
  type: z.string(),
  subject: z.string(),
  subscriber: z.string(),
  reason: z.string(),
  attempts: z.int(),
  diedAt: z.string(),
});

const deadLetters = defineRoute({
  method: "get",
  path: "/operations/dead-letters",
  permission: "operations.read",
  summary: "Events that a subscriber gave up, with its reason; a hundred at most",
  tag,
  response: z.object({ items: z.array(deadLetterOut) }),
  handle: async ({ platform }) => ({
    body: {
      items: (await listDeadLetters(platform.database.sql, MOST)).map((letter) => ({
        ...letter,
        id: String(letter.id),
        eventId: String(letter.eventId),
        diedAt: letter.diedAt.toISOString(),
      })),
    },
  }),
});

const replay = defineRoute({
  method: "post",
  path: "/operations/dead-letters/{id}/replay",
  permission: "operations.write",
  summary: "Have a given-up event tried again by the subscriber that failed it",
  tag,
  params: z.strictObject({ id: rowIdIn }),
  response: z.object({ id: z.string() }),
  handle: async ({ platform, actor, params, requestId }) => {
    await platform.commands.run({ name: "dead-letter.replay", actor, requestId }, (context) =>
      replayDeadLetter(context, params.id),
    );
    return { body: { id: String(params.id) } };
  },
});

export const operationsRoutes: readonly Route[] = [queues, deadLetters, replay];
