/**
 * `kill -9` of the worker twice during the fan-out of a notice: every household of the frozen audience is named by one message
 * afterwards, and none by two. The short form has 12,000 homes and dies before and behind chunks; the full one 260,000.
 */
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { countNotice, freezeNotice, NOTICE_ID } from "../support/killed-notice.ts";
import { ask, askOne } from "../support/outside.ts";
import { startWorker } from "../support/processes.ts";
import { until } from "../support/until.ts";

const SETTLE_LIMIT_MS = 600_000;

const standsAt = (url: string) =>
  askOne<{ messages: number; finished: boolean }>(
    url,
    `select messages, finished_at is not null as finished from notice_fan_outs where notice_id = ${NOTICE_ID}`,
  );

export const noticeFanOutKilled: FaultCase = {
  name: "notice-fan-out-killed",
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const clone = await stage.clone(full ? "whole" : "unbilled");
    await freezeNotice(clone.url);
    // By the chunk: once behind one that is committed, once before another that is begun; at whatever moment in the full form.
    for (const failpoint of ["notice-chunk-after:1", "notice-chunk-before:2"]) {
      const before = await standsAt(clone.url);
      const worker = startWorker(clone, full ? {} : { failpoint });
      if (full) {
        const goal = before.messages + random.between(5000, 90_000);
        await until("some households are queued", SETTLE_LIMIT_MS, async () =>
          (await standsAt(clone.url)).messages >= goal ? true : null,
        );
        await worker.kill();
      }
      const { signal } = await worker.ended;
      const after = await standsAt(clone.url);
      say(`worker killed with ${after.messages} messages queued`);
      tally.ran(signal === "SIGKILL" && !after.finished);
    }
    const healer = startWorker(clone);
    await until("every household is queued", SETTLE_LIMIT_MS, async () => {
      if (!healer.isRunning()) throw new Error(`the worker ended: ${healer.tail()}`);
      return (await standsAt(clone.url)).finished ? true : null;
    });
    await healer.stop();
    tally.counted(await countNotice(clone.url));
    const [sums] = await ask<{ counted: number; queued: number }>(
      clone.url,
      `select (select messages from notice_fan_outs) as counted,
         (select count(*)::int from messages where regarding = 'notice:${NOTICE_ID}') as queued`,
    );
    if (sums?.counted !== sums?.queued) tally.problem(`${sums?.queued} messages, counted ${sums?.counted}`);
    await clone.drop();
    return tally.result(100);
  },
};
