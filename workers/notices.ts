/**
 * Queue `notices`: goes on with notices that run, were paused or stopped. Every second each process looks which these are and
 * rings; the queue gives each to one of them, and a queue that forgot everything is rung again.
 */
import { z } from "zod";
import { AT_WORK_TOGETHER, findNoticesAtWork, workOnNotice } from "#src/messages/notices/index.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import { type Loop, startLoop } from "#src/platform/outbox.ts";
import { isSendingHeld } from "#src/platform/sending.ts";
import type { QueueWorker } from "./queue-worker.ts";
import type { Services } from "./services.ts";

const LOOK_EVERY_MS = 1000;
/** Whether the last message of a notice is gone is asked less often. */
const SENDING_EVERY = 10;
/** Then the job ends and is rung again: a worker that shall stop waits no longer. */
const LONGEST_JOB_MS = 10_000;

const workJob = z.object({ noticeId: z.string().regex(/^\d+$/).transform(BigInt) });

export const noticesWorker: QueueWorker = {
  queue: "notices",
  concurrency: 2,
  handlers: {
    work: async ({ platform, log }, job) => {
      const { noticeId } = workJob.parse(job.data);
      const ends = monotonicMs() + LONGEST_JOB_MS;
      const chunks = await workOnNotice(platform, noticeId, { goesOn: () => monotonicMs() < ends });
      if (chunks > 0) log.info({ noticeId: String(noticeId), chunks }, "notice worked on");
    },
  },
};

export const startNotices = ({ platform, queues, log }: Services): Loop => {
  const queue = queues.queue("notices");
  let looks = 0;
  let afterId = 0n;
  return startLoop("notices", log, async () => {
    const { sql } = platform.database;
    if (await isSendingHeld(sql)) return LOOK_EVERY_MS;
    if (afterId === 0n) looks += 1;
    const ids = await findNoticesAtWork(sql, looks % SENDING_EVERY === 1, afterId);
    afterId = ids.length < AT_WORK_TOGETHER ? 0n : (ids.at(-1) ?? 0n);
    if (ids.length === 0) return LOOK_EVERY_MS;
    // The same second is the same job for every process; a job that is done or lost leaves the next second's.
    const second = Math.floor(platform.clock.now().getTime() / 1000);
    await queue.addAll(
      ids.map((id) => ({
        id: `notice-${id}-${second}`,
        name: "work",
        data: { noticeId: String(id) },
      })),
    );
    return LOOK_EVERY_MS;
  });
};
