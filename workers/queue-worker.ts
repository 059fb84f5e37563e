/** A queue's worker as its file declares it, and the check at boot that every job has exactly one handler. */
import { fail } from "#src/kernel/errors.ts";
import { JOBS, QUEUE_NAMES, type QueuedJob, type QueueName } from "#src/platform/queues.ts";
import type { Services } from "./services.ts";

export type JobHandler = (services: Services, job: QueuedJob) => Promise<void>;

export type QueueWorker = {
  readonly queue: QueueName;
  /** Jobs of this queue that one process works on at the same time. */
  readonly concurrency: number;
  readonly handlers: Readonly<Record<string, JobHandler>>;
};

/** Boot fails (`workers.wrong`) at a queue with no worker or two, a job without handler, a handler without job. */
export const checkWorkers = (workers: readonly QueueWorker[]): readonly QueueWorker[] => {
  for (const queue of QUEUE_NAMES) {
    const [worker, second] = workers.filter((one) => one.queue === queue);
    if (worker === undefined) fail("workers.wrong", `queue ${queue} has no worker`);
    if (second !== undefined) fail("workers.wrong", `queue ${queue} has two workers`);
    const jobs: readonly string[] = JOBS[queue];
    for (const job of jobs) {
      if (!Object.hasOwn(worker.handlers, job)) {
        fail("workers.wrong", `job ${job} of queue ${queue} has no handler`);
      }
    }
    for (const job of Object.keys(worker.handlers)) {
      if (!jobs.includes(job))
        fail("workers.wrong", `queue ${queue} has a handler for ${job}, which is not a job`);
    }
  }
  return workers;
};

/** A job of another version may wait in a queue; it fails visibly instead of being taken for done. */
export const handlerOf = (worker: QueueWorker, job: QueuedJob): JobHandler =>
  worker.handlers[job.name] ?? fail("job.unknown", `queue ${worker.queue} has no job ${job.name}`);
