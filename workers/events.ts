/** Queue `events`: hands what the outbox rang to its subscribers. */
import { z } from "zod";
import { handleEvent, handleEvents } from "#src/platform/outbox.ts";
import type { QueueWorker } from "./queue-worker.ts";

const eventJob = z.object({ eventId: z.string().regex(/^\d+$/).transform(BigInt) });

const eventsJob = z.object({
  type: z.string(),
  eventIds: z
    .string()
    .regex(/^\d+(,\d+)*$/)
    .transform((text) => text.split(",").map(BigInt)),
});

export const eventsWorker: QueueWorker = {
  queue: "events",
  concurrency: 8,
  handlers: {
    event: async ({ platform, subscribers, log }, job) => {
      const { eventId } = eventJob.parse(job.data);
      const { database, commands } = platform;
      await handleEvent({ database, commands, subscribers, log }, eventId, job.starts > 1);
    },
    events: async ({ platform, subscribers, log }, job) => {
      const { database, commands } = platform;
      const rung = eventsJob.parse(job.data);
      await handleEvents({ database, commands, subscribers, log }, rung, job.starts > 1);
    },
  },
};
