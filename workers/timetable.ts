/** Queue `timetable`: once a minute looks what is due and what is late. */
import type { QueueWorker } from "./queue-worker.ts";
import { look } from "./scheduler.ts";

export const timetableWorker: QueueWorker = {
  queue: "timetable",
  concurrency: 1,
  handlers: { tick: look },
};
