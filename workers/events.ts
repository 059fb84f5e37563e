/** Queue `events`: hands what the outbox rang to its subscribers. */
import { z } from "zod";
import { handleEvent } from "#src/platform/outbox.ts";
import type { QueueWorker } from "./queue-worker.ts";

const eventJob = z.object({ eventId: z.string().regex(/^\d+$/).transform(BigInt) });

export const eventsWorker: QueueWorker = {
  queue: "events",
  concurrency: 8,
  handlers: {
    event: async ({ platform, subscribers, log }, job) => {
      const { eventId } = eventJob.parse(job.data);
      const { database, commands } = platform;
      await handleEvent({ database, commands, subscribers, log }, eventId, job.starts > 1);
    },
  },
};
