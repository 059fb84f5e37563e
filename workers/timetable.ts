/** Queue `timetable`: once a minute looks what is due. */
import type { QueueWorker } from "./queue-worker.ts";
import { runDueJobs } from "./scheduler.ts";

export const timetableWorker: QueueWorker = {
  queue: "timetable",
  concurrency: 1,
  handlers: { tick: (services) => runDueJobs(services) },
};
