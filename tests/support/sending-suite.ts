/** Sending through a real queue, the same on both backends: all of it once, whatever the queue loses. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { queueMany } from "#src/messages/messaging/index.ts";
import { checkSubscribers, type Loop } from "#src/platform/outbox.ts";
import { migrateQueues } from "#src/platform/queue-schema.ts";
import { type JobWorker, openQueues, type Queues } from "#src/platform/queues.ts";
import { messagesWorker, startSending } from "#workers/messages.ts";
import { handlerOf } from "#workers/queue-worker.ts";
import { until } from "./until.ts";
import { quietLog } from "./quiet-log.ts";
import { createSendingTown, type SendingTown } from "./sending.ts";

export const describeSending = (backend: string, redisUrl: () => string | undefined): void => {
  describe(`sending on ${backend}`, () => {
    let town: SendingTown;
    let queues: Queues;
    let worker: JobWorker;
    let loops: Loop[];
    beforeAll(async () => {
      town = await createSendingTown();
      await migrateQueues(town.db.ownerUrl);
      queues = openQueues({ databaseUrl: town.db.appUrl, redisUrl: redisUrl(), log: quietLog });
      const services = {
        platform: town.platform,
        queues,
        subscribers: checkSubscribers([]),
        log: quietLog,
      };
      worker = queues.work("messages", (job) => handlerOf(messagesWorker, job)(services, job), 4);
      loops = startSending(services);
    });
    afterAll(async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      await worker.close(5000);
      await queues.close();
      await town.close();
    });

    const queue = (step: string, count: number) =>
      town.run((context) =>
        queueMany(context, {
          purpose: "appointment",
          channel: "sms",
          step,
          regarding: "",
          template: "appointment-made",
          select: `select 'tel:+86' || (13812300000 + n)::text as recipient, null::bigint as person_id,
              null::bigint as account_id, '' as label,
              jsonb_build_object('orderNo', 'W000001', 'slot', '2026-11-21 09:00 - 11:00') as variables
            from generate_series(1, :count::integer) n`,
          bindings: { count },
        }),
      );
    const open = async () =>
      (
        await town.rows<{ n: number }>(
          "select count(*)::int as n from messages where state in ('queued', 'claimed', 'calling', 'unknown')",
        )
      )[0]?.n;

    test("700 messages: each once, and nothing of people in what the queue holds", async () => {
      await queue("many", 700);
      await until("every message is sent", async () => (await open()) === 0, 25_000);
      expect(town.gateway.log.taken).toHaveLength(700);
      expect(town.gateway.log.doubled()).toEqual([]);
    });

    test("a job that the queue hands out a second time sends nothing", async () => {
      const [sent] = await town.rows<{ id: bigint; fence: number }>("select id, fence from messages limit 1");
      await queues
        .queue("messages")
        .addAll([
          { id: "again-1", name: "send", data: { fence: String(sent?.fence), ids: String(sent?.id) } },
        ]);
      await until(
        "the job is done",
        async () => (await queues.queue("messages").pending(["again-1"])).size === 0,
        20_000,
      );
      expect(town.gateway.log.taken).toHaveLength(700);
    });
  });
};
